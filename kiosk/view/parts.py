"""What views are made of: sentences, answers to choose from, pictures of meters, and how far things are."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from types import MappingProxyType

from hardware.adapter import USUAL_KEYS, Keys
from hardware.voice import AMPLITUDES, PACES, USUAL_PACE

HELP_LINE = "123"
"""The telephone number of PLN's help line, which a workplace may change."""
COUNTER = "loket"
"""Where people are helped, unless a workplace has a name for it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, translated when it is drawn.

    `text` is the Indonesian original (the key of the catalogues in kiosk/locale) with {named} places for `values`,
    which may be sentences too; {help_line} and {counter} need no value: what draws the sentence knows the workplace's.
    """

    text: str
    values: Mapping[str, "str | Message"] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Sight:
    """How the person in front of the screen wants to see it."""

    large: bool = False
    strong: bool = False
    """Black on white, and nothing in between."""


PLAIN = Sight()
INDONESIAN, ENGLISH = "id", "en"
"""Codes of the languages (ISO 639-1)."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether the person in front of the screen has it read aloud, how loudly, and how fast."""

    on: bool = False
    volume: int = 2
    """1 to 3."""
    pace: int = USUAL_PACE
    """1 to 4, from slow to fast."""

    def louder(self) -> "Hearing":
        """A step up; after the loudest comes the quietest."""
        return replace(self, volume=self.volume % len(AMPLITUDES) + 1)

    def paced(self, step: int) -> "Hearing":
        """So many steps faster, or slower where it is negative; it ends at the fastest and the slowest."""
        return replace(self, pace=min(max(self.pace + step, min(PACES)), max(PACES)))


SILENT = Hearing()


class Stage(Enum):
    """How far a customer has come. The value is its number on the way."""

    NUMBER = 1
    CHECK = 2
    CODES = 3
    SAVE = 4


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose meter a session is about."""

    masked_name: str
    meter_number: str
    idpel: str = field(default="", repr=False)
    """The customer's number, by which their card is known; no screen shows it."""

    def is_on(self, digits: str) -> bool:
        """Whether a card that has these digits is theirs."""
        return digits in (self.meter_number, self.idpel)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a screen: where the person is, and whose meter it is about."""

    stage: Stage | None = None
    """None: not on a customer's way."""
    whose: Whose | None = None
    """None: not said yet."""
    staff: bool = False
    """Behind the staff's door."""


NO_HEAD = Head()


class RowState(Enum):
    """How far one row has come in the meter."""

    WAITING = auto()
    TYPING = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    """The meter said SALAH to it."""
    NOT_IN = auto()
    """It was not submitted, or the meter was locked: nothing was said to it."""
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class MeterPicture:
    """What the connected meter shows at this moment."""

    model: str
    display: str = field(repr=False)
    """The characters on its display, at most 20: they may be the digits of a row."""
    caption: str = ""
    """The small second line, such as the meter's own number."""
    lit_key: str | None = None
    """The key that is pressed now, by its name in `keys`."""
    keys: Keys = USUAL_KEYS


class LightStep(Enum):
    """What is done to send one row by light. The value is its place, and the number that the adapter counts to."""

    CONNECTED = 1
    NUMBER_READ = 2
    SENT = 3
    ANSWERED = 4


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A customer's card, with the number that stands on it."""

    number: str


class Printing(Enum):
    """How far the slip is."""

    NONE = auto()
    """There is no printer."""
    OFFERED = auto()
    BUSY = auto()
    DONE = auto()
    NOT_READY = auto()
    """Nothing was printed; the slip may be asked for again."""
    BROKEN = auto()
    """The printer stopped in the middle. The slip is not printed again: two halves are worse than one photograph."""


class Mood(Enum):
    """What kind of news a result is; never shown by colour alone."""

    GOOD = auto()
    CAREFUL = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question, or one thing to do: what it is called, and what is returned for it."""

    word: str
    label: Message
    shown: str = ""
    """What the meter shows, if that is what is asked for: one of its own words, the same in every language."""
    more: Message | None = None
    """A few words below it: what it is for, or how it stands."""
    mood: Mood | None = None
    """How it stands there, where somebody should look."""
    enabled: bool = True
    """What cannot be done now stays where it is, dimmed."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a meter: what it is about, and how it stands."""

    word: str
    """Which sign it has."""
    name: Message
    says: Message
    mood: Mood | None = None
    """None: neither good nor bad."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report; `mood` None: neither good nor bad."""

    text: Message
    mood: Mood | None = None
    more: Message | None = None
    """When, where, by whom, and a code: what is read second."""
    claim: bool = False
    """Only a customer says so: its sign is an outline."""
