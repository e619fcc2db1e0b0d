"""Types one row, and says what its own measuring of the presses tells."""

import threading

from tests.pi.guest.adapter import ROW, opened

with opened() as adapter:
    print("TYPING", flush=True)
    answer = adapter.submit(ROW, deadline=120, cancel=threading.Event())
lengths = [press.length for press in answer.presses]
print(
    f"TYPED {len(lengths)} presses, {min(lengths) * 1000:.1f} to {max(lengths) * 1000:.1f} ms, {answer.outcome.value}"
)
