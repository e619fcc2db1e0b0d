"""How long a journey takes a person who knows it, by the keystroke-level model: what they do, not what they read.

Operators and their seconds are those of Card, Moran and Newell, The Psychology of Human-Computer Interaction (1983),
chapter 8: pointing 1.10, pressing 0.20 (down and up), a key of a number that is copied 0.75 ("typing complex codes"),
deciding 1.35. A finger points faster than their mouse, so these figures are rather too long than too short. What the
kiosk works is not in them.
"""

from collections.abc import Sequence

from kiosk.view.choices import Entered
from kiosk.view.views import IdPadView
from tests.support.walker import At

POINT, PRESS, COPY, DECIDE = 1.10, 0.20, 0.75, 1.35
TAP = POINT + PRESS


def seconds(steps: Sequence[At]) -> float:
    """Of everything that is chosen in a journey, each screen decided on once and each number once more before it."""
    return sum(_of(at) for at in steps if at.choose is not None)


def _of(at: At) -> float:
    if at.view is IdPadView and isinstance(at.choose, Entered):
        return DECIDE + COPY * len(at.choose.text) + DECIDE + TAP
    # A card that is held to the scanner.
    return DECIDE + TAP
