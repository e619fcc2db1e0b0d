"""What is printed: lines, with what a receipt printer can do to them."""

from dataclasses import dataclass

WIDTHS = {80: 48, 58: 32}
"""Characters a line of the usual type, by the paper's width in millimetres."""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line. ASCII: it prints the same in every code page."""

    text: str = ""
    bold: bool = False
    centre: bool = False
    large: bool = False
    """Twice as high, and twice as wide where the line is not wider than the paper then."""


Slip = tuple[SlipLine, ...]
