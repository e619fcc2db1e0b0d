"""The line to an optical head: bytes out, bytes in, at a speed and format that may change while it is open."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class LineFormat:
    """Speed and frame of one byte on the line, such as 300 7E1."""

    baud: int
    data_bits: int = 8
    parity: str = "N"
    """"N" none, "E" even, "O" odd. There is always one stop bit."""

    @property
    def bits(self) -> int:
        """Bits on the line for one byte: start, data, parity if there is one, stop."""
        return 2 + self.data_bits + (self.parity != "N")

    def seconds(self, count: int) -> float:
        """How long so many bytes are on the line."""
        return count * self.bits / self.baud

    def __str__(self) -> str:
        return f"{self.baud} {self.data_bits}{self.parity}1"


SIGN_ON_FORMAT = LineFormat(300, 7, "E")
"""How every sign-on begins (IEC 62056-21, 6.3 and 5: 300 baud, 7 bits, even parity, one stop bit)."""
HDLC_FORMAT = LineFormat(9600)
"""The usual line of HDLC; a model or the meter's own offer says another speed."""


class Line(ABC):
    """One open line. Use it as a context manager: leaving it closes it."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Send, and return when the last byte is out. Raises LineLost."""

    @abstractmethod
    def read(self, seconds: float) -> bytes:
        """What has come, waiting at most `seconds` for the first byte of it; b"" if nothing came. Raises LineLost."""

    @abstractmethod
    def drop_input(self) -> None:
        """Forget what has come and was not read. Raises LineLost."""

    @abstractmethod
    def set_format(self, fmt: LineFormat) -> None:
        """Go on at another speed and format. Raises LineLost."""

    @abstractmethod
    def close(self) -> None:
        """Give the line back. May be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
