"""A printer without paper: it reads ESC/POS as a printer does, and keeps what would be on the slip."""

from collections.abc import Callable
from dataclasses import dataclass, field

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


def read_escpos(content: bytes) -> list[Printed]:
    """The lines that a printer would print; raises ValueError for a command that is not known here."""
    lines: list[Printed] = []
    bold = centre = wide = high = False
    text = ""
    at = 0
    while at < len(content):
        match content[at : at + 2]:
            case b"\x1b@":
                bold = centre = wide = high = False
                at += 2
            case b"\x1b!":
                mode = content[at + 2]
                bold, high, wide = bool(mode & 8), bool(mode & 16), bool(mode & 32)
                at += 3
            case b"\x1bE":
                bold = bool(content[at + 2])
                at += 3
            case b"\x1ba":
                centre = content[at + 2] == 1
                at += 3
            case b"\x1d!":
                wide, high = bool(content[at + 2] & 0x70), bool(content[at + 2] & 0x07)
                at += 3
            case b"\x1bt" | b"\x1db" | b"\x1bM" | b"\x1b-" | b"\x1b{" | b"\x1dB" | b"\x1dV" | b"\x1bd" | b"\x1dL":
                at += 3
            case command if content[at] >= 0x20:
                text += chr(content[at])
                at += 1
            case command if content[at] == 0x0A:
                lines.append(Printed(text, bold, centre, wide, high))
                text = ""
                at += 1
            case command:
                raise ValueError(f"no such command of a printer: {command!r}")
    return lines
