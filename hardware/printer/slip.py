"""What is printed: lines, with what a receipt printer can do to them, and how they lie on paper of a width."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

DOTS = {80: 576, 58: 384}
"""Dots that a printer has across, at 8 a millimetre, by the paper's width in millimetres."""
WIDTHS = {80: 44, 58: 29}
"""Characters a line of the usual type (12 dots each): they leave 3.0 and 2.25 mm free at both sides."""
CHARACTER = 12
TICK = "[    ] "
"""A box to tick: a square of 6 mm where it is twice as high."""
QUIET = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""
_LARGEST_MODULE = 7
"""Dots: a phone reads a code of 0.9 mm a module at arm's length, and a larger one only takes paper."""

Modules = tuple[tuple[bool, ...], ...]
"""A QR code, line by line; True is dark."""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line, broken between words where it is too long. ASCII: it prints the same in every code page."""

    text: str = ""
    bold: bool = False
    centre: bool = False
    large: bool = False
    """Twice as high, and twice as wide where the line is not wider than the paper then."""
    tall: bool = False
    """Twice as high, and no wider."""
    band: bool = False
    """White on a black band from margin to margin, bold and tall."""
    tick: bool = False
    """A box to tick stands before it; then it is tall."""
    right: str = ""
    """What stands at the right end of the same line."""
    rule: bool = False
    """A line across, in place of text."""
    code: Modules = field(default=(), repr=False)
    """A QR code, in place of text."""


Slip = tuple[SlipLine, ...]


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as it goes to the printer: no longer than the paper is wide."""

    text: str = field(repr=False)
    """It may be a part of a row."""
    bold: bool
    centre: bool
    wide: bool
    high: bool
    inverse: bool
    code: Modules = field(default=(), repr=False)
    module: int = 0
    """Dots of one module of the code."""


def set_lines(slip: Slip, millimetres: int) -> Iterator[SetLine]:
    """The slip on paper of a width. Nothing is left to the printer's own breaking of lines."""
    width = WIDTHS[millimetres]
    for line in slip:
        if line.code:
            across = len(line.code) + 2 * QUIET
            module = min(_LARGEST_MODULE, width * CHARACTER // across)
            yield SetLine(
                "", bold=False, centre=True, wide=False, high=False, inverse=False, code=line.code, module=module
            )
            continue
        wide = line.large and 2 * len((TICK if line.tick else "") + line.text) <= width
        high = line.large or line.tall or line.band or line.tick
        for text in _texts(line, width // 2 if wide else width):
            yield SetLine(text, line.bold or line.band, line.centre, wide, high, line.band)


def _texts(line: SlipLine, width: int) -> Iterator[str]:
    """The words of a line, no part longer than `width`; what stands at the right gets a line of its own if it must."""
    if line.rule:
        yield "-" * width
        return
    # A band keeps a character free at both ends.
    start = TICK if line.tick else " " if line.band else ""
    room = width - len(start) - (1 if line.band else 0)
    parts = textwrap.wrap(line.text, room, break_on_hyphens=False) or [""]
    if line.right and len(parts[-1]) + 1 + len(line.right) > room:
        parts.append("")
    for number, part in enumerate(parts):
        text = (start if number == 0 or line.band else " " * len(start)) + part
        if line.right and number == len(parts) - 1:
            text += line.right.rjust(width - len(text))
        yield text.ljust(width) if line.band else text
