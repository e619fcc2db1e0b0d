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
    OUTLINE = auto()
    TEXT = auto()
    PRIMARY = auto()
    """The button that goes on."""
    FOCUS = auto()
    """The ring around what the Enter key would press."""
    ON_PRIMARY = auto()
    PRESSED = auto()
    PRIMARY_PRESSED = auto()
    GOOD = auto()
    CAREFUL = auto()
    BAD = auto()
    DEMO = auto()
    CASE = auto()
    DISPLAY = auto()
    DISPLAY_TEXT = auto()


Palette = Mapping[Role, Colour]
COLOURS: Palette = {
    Role.BACKGROUND: (242, 245, 247),
    Role.SURFACE: (255, 255, 255),
    Role.OUTLINE: (96, 112, 124),
    Role.TEXT: (14, 22, 30),
    Role.PRIMARY: (6, 52, 92),
    Role.FOCUS: (150, 60, 0),
    Role.ON_PRIMARY: (252, 253, 255),
    Role.PRESSED: (198, 216, 230),
    Role.PRIMARY_PRESSED: (20, 86, 146),
    Role.GOOD: (4, 66, 36),
    Role.CAREFUL: (92, 46, 0),
    Role.BAD: (122, 12, 16),
    Role.DEMO: (255, 214, 92),
    Role.CASE: (226, 230, 232),
    Role.DISPLAY: (196, 214, 178),
    Role.DISPLAY_TEXT: (16, 26, 14),
}
_GROUNDS = (Role.BACKGROUND, Role.SURFACE, Role.ON_PRIMARY, Role.DEMO, Role.CASE, Role.DISPLAY)
STRONG: Palette = {role: (255, 255, 255) if role in _GROUNDS else (0, 0, 0) for role in Role} | {
    Role.PRESSED: (250, 250, 250)
}


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
    """The type scale: capital height in millimetres."""

    CAPTION = 3.6
    """Only where the same is said elsewhere: the picture of a meter, the demo band."""
    BODY = 4.8
    HEADING = 6.0
    ROWS = 6.6
    HERO = 8.5


SCALES = (4 / 3, 5 / 4, 7 / 6, 13 / 12, 1.0)
"""Large letters are as large as a screen has room for: the first of these with which all of it fits."""


def scales(sight: Sight) -> tuple[float, ...]:
    """What to multiply the type scale with, in the order in which to try."""
    return SCALES if sight.large else (1.0,)


MARGIN = 4.0
"""Millimetres from the edge of the panel."""
GAP = 2.6
"""Millimetres between two targets."""
TARGET = 15.0
"""Smallest side of anything that can be pressed."""


def key_size(panel: Panel) -> float:
    """Side of a digit key, in millimetres."""
    return 16.0 if panel.small else 20.0
