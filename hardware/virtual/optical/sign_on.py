"""The meter's side of an IEC 62056-21 sign-on: identification, read-out (mode C), and the way into HDLC (mode E)."""

import re
from collections.abc import Callable, Sequence
from functools import reduce
from operator import xor

from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.virtual.optical.style import Burst, Confirms, Style

STX, ETX = 0x02, 0x03
BAUDS = (300, 600, 1200, 2400, 4800, 9600, 19200)
"""What the digit Z of identification and option select means, in modes C and E (IEC 62056-21)."""
LONGEST = 64
"""Characters of a message that it keeps: a request with an address of 32 has 37."""
REQUEST = re.compile(rb"/\?([0-9A-Za-z ]{0,32})!\r\n\Z")
SELECT = re.compile(rb"\x06([0-9])([0-9])([0-9])\r\n\Z")
Fields = Sequence[tuple[str, str]]
"""Addresses and values of a read-out."""


class SignOn:
    """Characters in, bursts out, until it has `entered` HDLC; then nothing, until `reset`."""

    def __init__(self, style: Style, number: Callable[[], str], fields: Callable[[], Fields]) -> None:
        self.style = style
        self._number = number
        self._fields = fields
        self.reset()

    @property
    def fmt(self) -> LineFormat:
        """What the port listens in now."""
        return self._hdlc or SIGN_ON_FORMAT

    @property
    def entered(self) -> bool:
        """Whether the port speaks HDLC."""
        return self._hdlc is not None

    def reset(self) -> None:
        """Back to the start: the next thing that is understood is a request."""
        self._hdlc = None if self.style.sign_on else LineFormat(self.style.baud)
        self._heard, self._select_until = b"", -1.0

    def take(self, data: bytes, now: float) -> list[Burst]:
        """Characters that were heard at second `now`."""
        sent: list[Burst] = []
        for byte in data:
            # A request begins anew wherever its first character stands; so does a select, but not inside a request.
            self._heard = bytes((byte,)) if byte in b"/\x06" else (self._heard + bytes((byte,)))[-LONGEST:]
            sent += self._message(now)
        return sent

    def _message(self, now: float) -> list[Burst]:
        if request := REQUEST.match(self._heard):
            return self._identify(request[1].decode("ascii"), now)
        if (select := SELECT.match(self._heard)) and now <= self._select_until:
            self._select_until = -1.0
            return self._selected(*select.groups())
        return []

    def _identify(self, address: str, now: float) -> list[Burst]:
        # Leading zeros of an address do not count (IEC 62056-21, device address).
        if address and address.lstrip("0") != self._number().lstrip("0"):
            return []
        # The enhanced identification character 2: HDLC is there (list of the DLMS User Association).
        mode = r"\2" if self.style.mode_e else ""
        text = f"/{self.style.maker}{BAUDS.index(self.style.baud)}{mode}{self.style.product}\r\n"
        burst = self._burst(text.encode("ascii"), SIGN_ON_FORMAT)
        self._select_until = now + burst.after + burst.seconds + self.style.select_seconds
        return [burst]

    def _selected(self, protocol: bytes, speed: bytes, mode: bytes) -> list[Burst]:
        offered = BAUDS.index(self.style.baud)
        if int(speed) not in (0, offered):
            return []
        baud = BAUDS[int(speed)]
        if (protocol, mode) == (b"2", b"2") and self.style.mode_e:
            self._hdlc = LineFormat(baud)
            confirm = {Confirms.NEW: LineFormat(baud, 7, "E"), Confirms.OLD: SIGN_ON_FORMAT}.get(self.style.confirms)
            return [] if confirm is None else [self._burst(self._heard, confirm)]
        if (protocol, mode) == (b"0", b"0") and self.style.read_out:
            return [self._burst(self._block(), LineFormat(baud, 7, "E"))]
        return []

    def _block(self) -> bytes:
        lines = "".join(f"{address}({value})\r\n" for address, value in self._fields())
        body = f"{lines}!\r\n".encode("ascii") + bytes((ETX,))
        return bytes((STX,)) + body + bytes((reduce(xor, body),))

    def _burst(self, data: bytes, fmt: LineFormat) -> Burst:
        return Burst(data, fmt, self.style.reaction)
