"""What a screen returns: what the person in front of it chose."""

from dataclasses import dataclass, field
from enum import Enum, auto


class Choice(Enum):
    """A button that needs no further words."""

    START = auto()
    LANGUAGE = auto()
    LARGER = auto()
    """Switch between larger letters and the usual ones."""
    STRONGER = auto()
    """Switch between black on white and the usual colours."""
    LISTEN = auto()
    """Switch reading aloud on or off."""
    LOUDER = auto()
    """Raise the reading volume; after the loudest comes the quietest."""
    SLOWER = auto()
    FASTER = auto()
    """Read aloud slower, or faster, by a step."""
    ATTENDANT = auto()
    """Ask for a person of the staff to come, or ask no more: it lies over a screen, which is kept."""
    HELP = auto()
    """Open or close the help over a screen."""
    LEAVE = auto()
    """Ask whether the session is to end."""
    NOT_MINE = auto()
    """What was found is not this person's: look another number up."""
    STAFF = auto()
    """Open the staff screens."""
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


@dataclass(frozen=True, slots=True)
class Entered:
    """What was keyed in on a pad, or the word of an option that was chosen."""

    text: str = field(repr=False)
    """Kept out of `repr`: it may be an ID or a PIN."""


@dataclass(frozen=True, slots=True)
class Where:
    """Show where the number is found on card and meter; then go on with what is typed."""

    typed: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scanned:
    """A barcode was read, on whatever screen."""

    text: str = field(repr=False)
    """Its digits; kept out of `repr`: they may be an ID."""


Answer = Choice | Entered | Where | Scanned
