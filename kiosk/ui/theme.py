"""Sizes in millimetres, and colours by the role they play."""

from collections.abc import Mapping
from enum import Enum, auto

from kiosk.view.panels import Panel
from kiosk.view.parts import Sight

Colour = tuple[int, int, int]


class Role(Enum):
    """What a colour is for. Which colour that is, a palette says."""

    BACKGROUND = auto()
    SURFACE = auto()
    """Cards, plain buttons, the foot."""
    OUTLINE = auto()
    """The edge of whatever can be pressed."""
    HAIR = auto()
    """Edges that only part things: decoration."""
    QUIET = auto()
    """The lower edge of keys and plain buttons: decoration."""
    TEXT = auto()
    SUPPORT = auto()
    """Text that helps, and is not what the screen is about."""
    BAR = auto()
    """The ground of the tools."""
    TILE = auto()
    """A tool."""
    TILE_LINE = auto()
    ON_BAR = auto()
    BAR_SUPPORT = auto()
    TO_COME = auto()
    """A segment of the way that is still to come: decoration, the words say it too."""
    PRIMARY = auto()
    """The button that goes on."""
    PRIMARY_EDGE = auto()
    ON_PRIMARY = auto()
    HERE = auto()
    """You are here: the cursor, the current step, the current code, the tool that is on."""
    ON_HERE = auto()
    PRESSED = auto()
    PRIMARY_PRESSED = auto()
    GOOD = auto()
    GOOD_SOFT = auto()
    CAREFUL = auto()
    CAREFUL_SOFT = auto()
    BAD = auto()
    BAD_SOFT = auto()
    ON_SIGN = auto()
    """What is drawn on a disc of good, careful or bad."""
    INFORMATION = auto()
    INFORMATION_LINE = auto()
    GLOW = auto()
    """The disc behind a picture: decoration."""
    CASE = auto()
    DISPLAY = auto()
    DISPLAY_TEXT = auto()


Palette = Mapping[Role, Colour]
COLOURS: Palette = {
    Role.BACKGROUND: (0xF5, 0xF1, 0xE8),
    Role.SURFACE: (0xFF, 0xFF, 0xFF),
    Role.OUTLINE: (0x5B, 0x70, 0x7A),
    Role.HAIR: (0xD8, 0xD2, 0xC4),
    Role.QUIET: (0xE9, 0xE4, 0xD8),
    Role.TEXT: (0x10, 0x22, 0x2B),
    Role.SUPPORT: (0x3D, 0x51, 0x5B),
    Role.BAR: (0x0B, 0x30, 0x40),
    Role.TILE: (0x18, 0x45, 0x56),
    Role.TILE_LINE: (0x6F, 0x97, 0xA6),
    Role.ON_BAR: (0xFF, 0xFF, 0xFF),
    Role.BAR_SUPPORT: (0xC9, 0xDD, 0xE4),
    Role.TO_COME: (0x3F, 0x63, 0x71),
    Role.PRIMARY: (0x00, 0x59, 0x6F),
    Role.PRIMARY_EDGE: (0x00, 0x32, 0x3F),
    Role.ON_PRIMARY: (0xFF, 0xFF, 0xFF),
    Role.HERE: (0xFF, 0xC9, 0x3C),
    Role.ON_HERE: (0x10, 0x22, 0x2B),
    Role.PRESSED: (0xD9, 0xEA, 0xEC),
    Role.PRIMARY_PRESSED: (0x00, 0x45, 0x57),
    Role.GOOD: (0x07, 0x56, 0x2F),
    Role.GOOD_SOFT: (0xE0, 0xF1, 0xE5),
    Role.CAREFUL: (0x74, 0x40, 0x00),
    Role.CAREFUL_SOFT: (0xFF, 0xEF, 0xD2),
    Role.BAD: (0x9C, 0x13, 0x18),
    Role.BAD_SOFT: (0xFC, 0xE7, 0xE4),
    Role.ON_SIGN: (0xFF, 0xFF, 0xFF),
    Role.INFORMATION: (0xD9, 0xEA, 0xEC),
    Role.INFORMATION_LINE: (0xA9, 0xC8, 0xCE),
    Role.GLOW: (0xFF, 0xF0, 0xC2),
    Role.CASE: (0xE7, 0xEC, 0xEE),
    Role.DISPLAY: (0xC9, 0xD8, 0xAE),
    Role.DISPLAY_TEXT: (0x18, 0x24, 0x0F),
}
_INKS = (
    Role.OUTLINE,
    Role.HAIR,
    Role.TEXT,
    Role.SUPPORT,
    Role.TILE_LINE,
    Role.ON_BAR,
    Role.BAR_SUPPORT,
    Role.PRIMARY,
    Role.PRIMARY_EDGE,
    Role.PRIMARY_PRESSED,
    Role.HERE,
    Role.GOOD,
    Role.CAREFUL,
    Role.BAD,
    Role.INFORMATION_LINE,
    Role.DISPLAY_TEXT,
)
STRONG: Palette = {role: (0, 0, 0) if role in _INKS else (255, 255, 255) for role in Role} | {
    Role.PRESSED: (250, 250, 250)
}
"""Black on white: "here" is black with white on it, and nothing is said by a fill alone."""


def palette(sight: Sight) -> Palette:
    """The colours for a person."""
    return STRONG if sight.strong else COLOURS


def contrast(first: Colour, second: Colour) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


class Type(Enum):
    """The type scale: capital height in millimetres on a 10" panel, on a low one, and on an upright one."""

    WORD = (2.5, 2.5, 2.5)
    """A word under a sign that says it too."""
    STEP = (3.1, 3.0, 3.1)
    """Where I am and whose meter it is: said larger elsewhere."""
    CAPTION = (3.6, 3.4, 3.4)
    """In pictures of meters, whose words stand beside them too."""
    SUPPORT = (4.4, 3.6, 3.8)
    BODY = (4.8, 4.2, 4.2)
    HEADING = (5.6, 4.6, 4.8)
    TITLE = (6.8, 5.0, 5.2)
    HERO = (8.2, 5.5, 5.8)
    OTHER_ROWS = (6.5, 6.5, 4.7)
    """Rows that are not in hand now."""
    ROWS = (10.4, 10.6, 6.65)
    """The row in hand, and a meter's number where it is to be compared."""
    LARGER_ROWS = (16.2, 12.0, 10.3)
    """The row in hand in large letters."""

    def millimetres(self, panel: Panel) -> float:
        """On a panel."""
        ten, low, upright = self.value
        return upright if panel.portrait else low if panel.small else ten


SAID_LARGER_ELSEWHERE = (Type.WORD, Type.STEP, Type.CAPTION)
LEAST_LARGE = 4.8
"""Millimetres of a capital below which nothing is that large letters are asked for (Section 508, 402.4)."""
SCALES = (4 / 3, 5 / 4, 7 / 6, 13 / 12, 1.0)
"""Large letters are as large as a screen has room for: the first of these with which all of it fits."""


def scales(sight: Sight) -> tuple[float, ...]:
    """What to multiply the type scale with, in the order in which to try."""
    return SCALES if sight.large else (1.0,)


GAP = 2.6
"""Millimetres between two targets."""
TARGET = 15.0
"""Smallest side of anything that can be pressed."""
INSIDE = 2.0
"""Millimetres that a button keeps free between its edge and its word."""


def margin(panel: Panel) -> float:
    """Millimetres from the edge of the main area."""
    return 3.0 if not panel.roomy else 5.0


def key_size(panel: Panel) -> float:
    """Smallest side of a digit key, in millimetres."""
    return 15.0 if not panel.roomy else 20.0
