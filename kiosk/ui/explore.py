"""Touch while somebody listens: the first touch says what is there, the second presses it (EN 301 549, 5.1.3)."""

from dataclasses import dataclass
from enum import Enum, auto

from kiosk.ui.input import PointerDown, PointerMove, PointerUp


@dataclass(frozen=True, slots=True)
class Spot:
    """What is under a finger: a button or a text, and how it is said."""

    name: str
    said: str
    pressable: bool = False


class Touch(Enum):
    """What a touch does."""

    NAMES = auto()
    """Say what is there, and do nothing else."""
    PRESSES = auto()
    """It is an ordinary touch."""
    NOTHING = auto()


class Explorer:
    """Knows which button was named last. A finger may slide: what it comes to is named, and lifting it presses nothing.

    `screen` is compared by identity: what was named on one screen is named anew on the next.
    """

    def __init__(self) -> None:
        self._screen: object = None
        self._named: str | None = None
        self._under: str | None = None
        self._presses = False

    def touched(self, event: PointerDown | PointerMove | PointerUp, spot: Spot | None, screen: object) -> Touch:
        """What this touch does, `spot` being what is under it."""
        if screen is not self._screen:
            # What goes up on it went down on another one.
            self._screen, self._named, self._presses = screen, None, False
        name = None if spot is None else spot.name
        match event:
            case PointerUp():
                presses, self._presses = self._presses, False
                return Touch.PRESSES if presses else Touch.NOTHING
            case PointerDown():
                self._presses = spot is not None and spot.pressable and name == self._named
            case PointerMove():
                if name == self._under:
                    return Touch.NOTHING
                self._presses = False
        self._named = self._under = name
        if self._presses:
            return Touch.PRESSES
        return Touch.NOTHING if spot is None else Touch.NAMES
