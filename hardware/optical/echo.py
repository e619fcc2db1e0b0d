"""A line whose head hears itself: what comes back of our own bytes is dropped."""

import time
from collections import deque
from collections.abc import Callable

from hardware.optical.line import Line, LineFormat

STRAYS = 4
"""So many stray bytes may come before an echo begins; the shortest frame is longer."""
AWAITED = 8
"""Echoes of so many writes are awaited at once; a client sends no more without an answer."""


class EchoLine(Line):
    """Drops the echo of what was sent, by its content: some heads echo by design, and glass mirrors the light.

    It needs no setting, for no meter answers with an exact copy of what it was asked. An echo that came damaged is
    handed on: whoever reads frames drops it as noise, for its check or its addresses are wrong.
    """

    def __init__(self, line: Line, clock: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._clock = clock
        self._writes: deque[bytes] = deque(maxlen=AWAITED)
        """What may still come back, each write as a whole: the echo of an earlier one may have been lost."""
        self._held = bytearray()
        """What has come and is the beginning of one of them."""
        self._strays = 0

    def write(self, data: bytes) -> None:
        if data:
            self._writes.append(data)
            self._strays = 0
        self._line.write(data)

    def read(self, seconds: float) -> bytes:
        end = self._clock() + seconds
        left = seconds
        while True:
            come = self._line.read(max(0.0, left))
            kept = self._without_echo(come)
            left = end - self._clock()
            if kept or not come or left <= 0:
                return kept

    def _without_echo(self, come: bytes) -> bytes:
        kept = bytearray()
        for byte in come:
            self._held.append(byte)
            if bytes(self._held) in self._writes:
                self._heard(bytes(self._held))
                self._held.clear()
            elif not self._may_be_echo():
                kept += self._released()
        return bytes(kept)

    def _may_be_echo(self) -> bool:
        return any(write.startswith(self._held) for write in self._writes)

    def _released(self) -> bytes:
        """What is no echo after all: all that was held, but for a last byte with which one may begin."""
        last = bytes(self._held[-1:])
        self._strays += len(self._held) - 1
        begins = self._strays <= STRAYS and any(write.startswith(last) for write in self._writes)
        released = bytes(self._held[:-1]) if begins and len(self._held) > 1 else bytes(self._held)
        self._held = bytearray(last) if len(released) < len(self._held) else bytearray()
        if not self._held:
            self._strays += 1
        if self._strays > STRAYS:
            # The answer has begun: an echo would have come before it.
            self._writes.clear()
        return released

    def _heard(self, echo: bytes) -> None:
        """One echo came, and those of earlier writes will not come any more."""
        while self._writes and self._writes.popleft() != echo:
            pass
        self._strays = 0

    def drop_input(self) -> None:
        # The echo of what was sent last may still be on its way, and is still awaited.
        self._held.clear()
        self._line.drop_input()

    def set_format(self, fmt: LineFormat) -> None:
        self._line.set_format(fmt)

    def close(self) -> None:
        self._line.close()
