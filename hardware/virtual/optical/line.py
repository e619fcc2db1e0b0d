"""A line that ends in the virtual meter's optical port, on a clock moved by hand: no pty, no thread, no waiting."""

from typing import Protocol

from hardware.errors import LineLost
from hardware.optical.line import SIGN_ON_FORMAT, Line, LineFormat
from hardware.virtual.optical.light import Light
from hardware.virtual.optical.style import Burst
from hardware.virtual.optical.uart import heard


class Clock(Protocol):
    """Seconds, and how to let them pass (`hardware.virtual.clock.HandClock`)."""

    def __call__(self) -> float:
        """Seconds that only grow."""

    def wait(self, seconds: float) -> None:
        """Let them pass."""


class VirtualLine(Line):
    """Extends :class:`hardware.optical.line.Line`: every byte takes its bits' time, and comes at its own moment.

    A burst that has begun within the time of a `read` is read to its end, as a reader that goes on reading would.
    """

    def __init__(self, light: Light, clock: Clock, fmt: LineFormat = SIGN_ON_FORMAT) -> None:
        self.light = light
        self.plugged = True
        """The head's cable is in. Set it to pull the cable."""
        self.bytes_sent = 0
        self.bytes_read = 0
        self._clock = clock
        self._fmt = fmt
        self._coming: list[tuple[float, Burst]] = []
        """When the first bit of each burst comes."""
        self._ready = bytearray()

    def write(self, data: bytes) -> None:
        """See `Line.write`."""
        self._require_cable()
        self.bytes_sent += len(data)
        self._clock.wait(self._fmt.seconds(len(data)))
        now = self._clock()
        if self.light.echo:
            self._ready += heard(data, self._fmt, self._fmt, checks=False)
        at = max((start + burst.seconds for start, burst in self._coming), default=now)
        for burst in self.light.send(data, self._fmt, now):
            start = max(at, now) + burst.after
            self._coming.append((start, burst))
            at = start + burst.seconds

    def read(self, seconds: float) -> bytes:
        """See `Line.read`."""
        self._require_cable()
        self._arrive()
        if not self._ready and self._coming:
            start, burst = self._coming[0]
            first = start + burst.fmt.seconds(1) - self._clock()
            if first <= seconds:
                self._clock.wait(start + burst.seconds - self._clock())
                self._arrive()
        if not self._ready:
            self._clock.wait(max(0.0, seconds))
            self._arrive()
        got = bytes(self._ready)
        self.bytes_read += len(got)
        self._ready.clear()
        return got

    def drop_input(self) -> None:
        """See `Line.drop_input`."""
        self._require_cable()
        self._arrive()
        self._ready.clear()

    def set_format(self, fmt: LineFormat) -> None:
        """See `Line.set_format`: what has come was heard in the old one, what is on its way is heard in the new one."""
        self._require_cable()
        self._arrive()
        self._fmt = fmt

    def close(self) -> None:
        """See `Line.close`: what is on its way is heard by nobody."""
        self._coming.clear()
        self._ready.clear()

    def _require_cable(self) -> None:
        if not self.plugged:
            raise LineLost("the optical head is gone: plug its cable in")

    def _arrive(self) -> None:
        """Hear what has come until now."""
        now = self._clock() + 1e-9  # sums of seconds are not exact
        while self._coming and self._coming[0][0] < now:
            start, burst = self._coming.pop(0)
            count = min(len(burst.data), int((now - start) / burst.fmt.seconds(1)))
            self._ready += heard(burst.data[:count], burst.fmt, self._fmt, checks=False)
            if count < len(burst.data):
                rest = Burst(burst.data[count:], burst.fmt, 0.0)
                self._coming.insert(0, (start + burst.fmt.seconds(count), rest))
                return
