"""What a screen returns: what the person in front of it chose."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Choice(Enum):
    """A button that needs no further words."""

    START = auto()
    LANGUAGE = auto()
    LARGER = auto()
    """Larger letters, or the usual ones again."""
    STRONGER = auto()
    """Black on white, or the usual colours again."""
    LISTEN = auto()
    """Read the screens aloud, or no longer."""
    LOUDER = auto()
    """Read them louder; after the loudest comes the quietest."""
    STAFF = auto()
    """Somebody of the office."""
    HOME = auto()
    YES = auto()
    NO = auto()
    NEXT = auto()
    PREVIOUS = auto()
    TYPE = auto()
    DONE = auto()
    DONT_KNOW = auto()
    PRINT = auto()
    REHEARSE = auto()
    WHERE = auto()
    """Where does my number stand?"""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was keyed in on a pad, as it stands there."""

    text: str = field(repr=False)
    """An ID, a PIN or a word: it prints none of them."""


Answer = Choice | Entered
