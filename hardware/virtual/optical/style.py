"""How one optical port behaves, where meters differ: plain values, all of them this virtual meter's own."""

from dataclasses import dataclass
from enum import Enum

from hardware.optical.line import LineFormat


class Confirms(Enum):
    """Whether a meter answers the option select of mode E with the same characters before it changes to HDLC.

    Annex E of IEC 62056-21 has it answer at the new speed, still with parity (so MetCom MCS301, page 52). Not every
    meter does, as a remark in gurux's reader says; that reader listens at the old speed.
    """

    NEW = "at the new speed"
    OLD = "at the old speed"
    NOT = "not at all"


class Closing(Enum):
    """What a lock-out does to the optical port."""

    OPEN = "the port answers, and a token is refused with Lockout"
    CLOSED = "the connection is dropped, and the port is dark until the lock-out is over"


@dataclass(frozen=True, slots=True)
class Style:
    """One port. Times in seconds."""

    reaction: float = 0.2
    """From the last byte that came to the first that goes (IEC 62056-21: 200 to 1,500 ms, or from 20 ms)."""
    sign_on: bool = True
    """It begins at 300 baud with a sign-on; without it speaks HDLC at once."""
    maker: str = "VRT"
    """Three letters of the identification. They belong to no maker here."""
    product: str = "VIRTUAL"
    baud: int = 9600
    """What it offers at the sign-on, or the one speed that it has."""
    mode_e: bool = True
    """It offers HDLC; without it only the read-out of mode C."""
    read_out: bool = True
    confirms: Confirms = Confirms.NEW
    select_seconds: float = 3.0
    """How long it waits for the option select behind its identification."""
    settle: float = 0.0
    """For how long it hears nothing after it has changed to HDLC."""
    inactivity: float = 120.0
    """After how long without a frame it drops a connection and goes back to the sign-on (class 23, attribute 8)."""
    closing: Closing = Closing.OPEN


USUAL_STYLE = Style()


@dataclass(frozen=True, slots=True)
class Burst:
    """What a meter sends in one go, `after` seconds behind the last byte that it heard or sent."""

    data: bytes
    fmt: LineFormat
    after: float

    @property
    def seconds(self) -> float:
        """How long its bytes are on the line."""
        return self.fmt.seconds(len(self.data))
