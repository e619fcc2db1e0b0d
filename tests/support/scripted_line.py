"""A line whose other end is a function: what a meter would say to each message, on a clock moved by hand."""

from collections.abc import Callable

from hardware.optical.line import Line, LineFormat
from hardware.virtual.clock import HandClock

Says = Callable[[bytes, LineFormat], bytes]
"""What comes back for a message that was sent in a format."""
NO_FORMAT = LineFormat(0)


class ScriptedLine(Line):
    """Bytes come back in pieces of `piece`, each after `pause` seconds; the head echoes if it is told to."""

    def __init__(self, says: Says, *, echo: bool = False, piece: int = 7, pause: float = 0.01) -> None:
        self.clock = HandClock()
        self.sent: list[tuple[LineFormat, bytes]] = []
        self.fmt = NO_FORMAT
        self.closed = False
        self._says = says
        self._echo = echo
        self._piece = piece
        self._pause = pause
        self._coming = b""

    def write(self, data: bytes) -> None:
        self.sent.append((self.fmt, data))
        self._coming += (data if self._echo else b"") + self._says(data, self.fmt)

    def read(self, seconds: float) -> bytes:
        if not self._coming:
            self.clock.wait(seconds)
            return b""
        self.clock.wait(self._pause)
        come, self._coming = self._coming[: self._piece], self._coming[self._piece :]
        return come

    def drop_input(self) -> None:
        self._coming = b""

    def set_format(self, fmt: LineFormat) -> None:
        self.fmt = fmt

    def close(self) -> None:
        self.closed = True
