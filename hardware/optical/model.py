"""What is known of a meter model behind its optical port. No model holds a password or a key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from hardware.adapter import SECTION_TIMEOUT, MeterRegister
from hardware.optical.line import HDLC_FORMAT, SIGN_ON_FORMAT, LineFormat


class Route(Enum):
    """How a meter is spoken to behind its optical head."""

    HDLC = "hdlc"
    """HDLC from the first byte, at one speed (IEC 62056-46)."""
    MODE_E = "mode-e"
    """A sign-on at 300 baud, then HDLC at the speed that the meter offers (IEC 62056-21, annex E)."""
    READ_OUT = "read-out"
    """A sign-on, then one data set (IEC 62056-21, mode C): it can be read, and takes no token."""


class Access(Enum):
    """How the client is let in (the mechanism names of IEC 62056-5-3)."""

    PUBLIC = "public"
    LLS = "lls"
    HLS_GMAC = "hls-gmac"


class TokenForm(Enum):
    """The octets of a token in `enter`. The standard for them is for members only, so it is a setting."""

    ASCII = "ascii"
    """20 ASCII digits."""
    BCD = "bcd"
    """10 octets, two digits each, the first digit in the high half."""
    BINARY = "binary"
    """9 octets: the 66 bits of the token as one number, the highest octet first."""


@dataclass(frozen=True, slots=True)
class CosemAttribute:
    """One attribute of one COSEM object."""

    class_id: int
    obis: str
    """Six numbers with dots between them, such as "0.0.96.1.0.255"."""
    attribute: int = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    sign_on: float = 3.0
    """How long the identification is waited for; its 300 baud are in it."""
    reaction: float = 0.25
    """From the end of an identification to the option select (IEC 62056-21: 200 to 1500 ms)."""
    confirm: float = 1.0
    """How long the confirmation of mode E is waited for; not every meter sends one."""
    switch: float = 0.3
    """From there to the first byte of HDLC."""
    answer: float = 2.0
    """How long the answer to a frame is waited for."""
    between_bytes: float = 1.5
    """The longest pause within one message (IEC 62056-21: 1500 ms)."""
    poll: float = 0.5
    """Between two looks at a token that is received, not yet processed."""
    row: float = 60.0
    """The longest that one row may take to be sent and answered."""


@dataclass(frozen=True, slots=True)
class OpticalModel:
    """One meter model behind its optical port."""

    name: str
    title: str = ""
    maker: str = ""
    series: str = ""
    route: Route = Route.HDLC
    identification: tuple[str, ...] = ()
    """How the identification of its sign-on begins, without the slash and the sign of the speed, such as "LGZ"."""
    start: LineFormat = SIGN_ON_FORMAT
    """The line of the sign-on; for HDLC, the line from the first byte."""
    fastest: int = 9600
    """Baud; the meter may offer more, and a head or a cable may not follow."""
    data: LineFormat = HDLC_FORMAT
    """Bits and parity of HDLC after the sign-on; the speed is the meter's offer."""
    client: int = 16
    logical_device: int = 1
    physical_device: int = 0
    """0: the address has no lower part."""
    address_bytes: int = 1
    """Octets of the server's HDLC address: 1, 2 or 4."""
    access: Access = Access.PUBLIC
    ciphered: bool = False
    """Authenticated and encrypted (security suite 0)."""
    counter: CosemAttribute | None = None
    """Where its invocation counter is read by a public client; a meter that wants keys is not spoken to without it."""
    gateway: str = "0.0.19.40.0.255"
    """OBIS code of its Token gateway (class 115)."""
    token_form: TokenForm = TokenForm.ASCII
    results: Mapping[str, str] = field(default_factory=dict)
    """The standard's name of a result, such as "1stKCT", by the bits of `data_value`; empty: nobody knows them."""
    lockout: tuple[str, ...] = ()
    """Those names of `results` that mean a lock-out."""
    locked_for: CosemAttribute | None = None
    """Where it tells the seconds of lock-out that are left."""
    waits: tuple[str, ...] = ()
    """Those names of `results` with which it waits for a further section."""
    objects: Mapping[MeterRegister, CosemAttribute] = field(default_factory=dict)
    """Where its registers are, by COSEM."""
    read_out: Mapping[MeterRegister, str] = field(default_factory=dict)
    """Where its registers are in the data set of mode C, by their addresses, such as "0.0.0"."""
    timing: Timing = Timing()
    section_timeout: float = SECTION_TIMEOUT
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each value is from, by its name; "guess: …" for one that nobody has published."""

    @property
    def address_problem(self) -> str:
        """Why the server's address does not go into its octets; empty: it does."""
        if self.address_bytes == 1:
            fits = self.logical_device < 128 and self.physical_device == 0
        else:
            fits = max(self.logical_device, self.physical_device) < (128 if self.address_bytes == 2 else 16384)
        parts = f"logical_device {self.logical_device} and physical_device {self.physical_device}"
        return "" if fits else f"{parts} do not go into an address of {self.address_bytes} octets: set address_bytes"

    @property
    def secured(self) -> bool:
        """Whether the two keys are needed, and with them a counter that is never used twice."""
        return self.ciphered or self.access is Access.HLS_GMAC

    @property
    def access_problem(self) -> str:
        """Why the client cannot be let in as it is said; empty: it can."""
        if self.ciphered and self.access is Access.PUBLIC:
            return "ciphered needs a client that is let in by lls or hls-gmac"
        # A counter of this side's own would come from a clock, and a clock that is set back would use one twice.
        if self.takes_tokens and self.secured and self.counter is None:
            return "hls-gmac and ciphered need counter: where the meter's invocation counter is read"
        return ""

    @property
    def takes_tokens(self) -> bool:
        """Whether rows can be sent to it; else it can only be read."""
        return self.route is not Route.READ_OUT
