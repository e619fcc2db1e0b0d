"""A printer without paper: it reads ESC/POS as a printer does, and keeps what would be on the slip."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from hardware.errors import PrintBroken, PrinterNotReady
from hardware.printer.escpos import encode
from hardware.printer.port import Printer, PrinterState
from hardware.printer.slip import Slip


@dataclass(frozen=True, slots=True)
class Printed:
    """A line as it came out."""

    text: str
    bold: bool
    centre: bool
    wide: bool
    high: bool
    inverse: bool = False
    dots: tuple[bytes, ...] = field(default=(), repr=False)
    """A picture in place of text: its lines, eight dots a byte, the first one in the highest bit."""


@dataclass
class VirtualPrinter(Printer):
    """Keeps its slips, and shows each to `came_out`. `condition` and `breaks_after` are its faults."""

    came_out: Callable[[list[Printed]], None] = lambda lines: None
    millimetres: int = 80
    condition: PrinterState = PrinterState.READY
    breaks_after: int | None = None
    """The paper ends after this many lines."""
    slips: list[list[Printed]] = field(default_factory=list)

    def state(self) -> PrinterState:
        """See `Printer.state`."""
        return self.condition

    def print(self, slip: Slip) -> None:
        """See `Printer.print`."""
        if self.condition is not PrinterState.READY:
            raise PrinterNotReady(f"the printer is not ready: {self.condition.value}")
        lines = read_escpos(encode(slip, self.millimetres))
        self.slips.append(lines[: self.breaks_after])
        self.came_out(self.slips[-1])
        if self.breaks_after is not None and self.breaks_after < len(lines):
            self.condition = PrinterState.PAPER_OUT
            raise PrintBroken("the printer stopped in the middle of a slip: look whether it is whole")


_PLAIN = {"bold": False, "centre": False, "wide": False, "high": False, "inverse": False}
_STYLES: dict[bytes, Callable[[int], dict[str, bool]]] = {
    b"\x1b!": lambda mode: {"bold": bool(mode & 8), "high": bool(mode & 16), "wide": bool(mode & 32)},
    b"\x1bE": lambda on: {"bold": bool(on & 1)},
    b"\x1ba": lambda side: {"centre": side == 1},
    b"\x1d!": lambda size: {"wide": bool(size & 0x70), "high": bool(size & 0x07)},
    b"\x1dB": lambda on: {"inverse": bool(on & 1)},
}
"""What a command with one byte behind it changes of the lines that follow."""
_PASSED_OVER = {
    **dict.fromkeys((b"\x1bt", b"\x1db", b"\x1bM", b"\x1b-", b"\x1b{", b"\x1dV", b"\x1bd"), 3),
    **dict.fromkeys((b"\x1dL", b"\x1dW"), 4),
}
"""Bytes of a command that changes nothing of what is kept here."""


def _printed(text: str, style: Mapping[str, bool]) -> Printed:
    return Printed(text, style["bold"], style["centre"], style["wide"], style["high"], style["inverse"])


def read_escpos(content: bytes) -> list[Printed]:
    """The lines that a printer would print; raises ValueError for a command that is not known here."""
    lines: list[Printed] = []
    style = dict(_PLAIN)
    text = ""
    at = 0
    while at < len(content):
        match content[at : at + 2]:
            case b"\x1b@":
                style = dict(_PLAIN)
                at += 2
            case command if command in _STYLES:
                style |= _STYLES[command](content[at + 2])
                at += 3
            case command if command in _PASSED_OVER:
                at += _PASSED_OVER[command]
            case b"\x1dv":
                across, down = (int.from_bytes(content[at + 4 + n : at + 6 + n], "little") for n in (0, 2))
                at += 8
                dots = tuple(content[at + line * across : at + (line + 1) * across] for line in range(down))
                lines.append(replace(_printed("", style), dots=dots))
                at += across * down
            case command if content[at] >= 0x20:
                text += chr(content[at])
                at += 1
            case command if content[at] == 0x0A:
                lines.append(_printed(text, style))
                text = ""
                at += 1
            case command:
                raise ValueError(f"no such command of a printer: {command!r}")
    return lines
