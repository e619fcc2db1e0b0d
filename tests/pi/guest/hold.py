"""Holds one key for a third of a second.

python -m tests.pi.guest.hold
"""

import time

from tests.pi.guest.adapter import opened

if __name__ == "__main__":
    adapter = opened()
    with adapter._contacts.pressed("5"):
        print("HELD", flush=True)
        time.sleep(0.3)
    print("RELEASED", flush=True)
