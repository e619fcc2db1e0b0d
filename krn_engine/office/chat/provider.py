"""What carries chats: what comes from a provider, what goes to it, and what it says to that. Plain values."""

import json
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Protocol

from krn_engine.office.chat.message import Answer, Button, Kind


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is answered."""

    user: str = field(default="", repr=False)
    """What the provider calls them, or their chat."""
    number: str = field(default="", repr=False)
    """Their telephone, where the provider gives it and it is another name for the same."""
    pressed: str = field(default="", repr=False)
    """A button of theirs that waits for a word."""

    def to_text(self) -> str:
        """The address as JSON, for the database."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> "Address":
        """The address that `to_text` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Piece:
    """One message as it came; `payload` is its own part of what came."""

    id: str = field(repr=False)
    chat: str = field(repr=False)
    """What the provider calls the chat."""
    address: Address
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a message of ours."""

    message: str = field(repr=False)
    """What the provider calls it."""
    word: str
    mark: str | None
    code: int | None
    """Of the error, where it failed."""


@dataclass(frozen=True, slots=True)
class Come:
    """What one delivery holds. What is not as the provider's documents say is named by its kind."""

    pieces: tuple[Piece, ...] = ()
    statuses: tuple[Status, ...] = ()
    odd: tuple[str, ...] = ()
    """Kinds: the whole delivery is kept for somebody to look at."""
    passed: tuple[str, ...] = ()
    """Kinds of what is for nobody here, and is not kept."""


class Do(Enum):
    """What is done about a refusal."""

    STOP = "stop"
    """Nothing more is sent, and somebody is called: a token, a right, a block. What waits is kept."""
    REST = "rest"
    """All of this provider's messages wait a while."""
    PAIR = "pair"
    """This chat waits: four times as long each time."""
    AGAIN = "again"
    """A few times more, each later."""
    BY_NUMBER = "by-number"
    """At once again, to the telephone number if it is known."""
    NEVER = "never"
    """It will not arrive."""
    OURS = "ours"
    """Our mistake: it will not arrive either."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has it, by this name."""

    id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider does not take it."""

    code: int
    do: Do
    rest: float | None = None
    """Seconds that it asks for."""


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nobody was there: it was not sent."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent, and no answer came that says whether it was taken."""


Result = Sent | Refused | NotReached | Unknown


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How fast a provider lets messages out."""

    per_second: float
    """In all."""
    counts_incoming: bool
    """Whether what comes in is a part of that."""
    pair_seconds: float
    """Between two messages to one chat."""
    pair_burst: int
    """So many at once are lent."""
    settles: float | None
    """Seconds after which a status would have come of a message that had arrived; None: there are none."""


class Provider(Protocol):
    """What is known of one provider. None of its methods raises anything for what somebody else sent."""

    @property
    def name(self) -> str:
        """A word that names it, in addresses, in the database and in the log."""
        ...

    @property
    def rhythm(self) -> Rhythm:
        """How fast it lets messages out."""
        ...

    def come(self, body: bytes) -> Come:
        """What a delivery holds."""
        ...

    def read(self, payload: bytes) -> tuple[Kind, str] | None:
        """What a piece says; None: it needs no answer. Raises ValueError if it is no piece of this provider's."""
        ...

    def send(self, address: Address, answer: Answer, mark: str) -> Result:
        """Send it once. `mark` is our name for it, which its statuses tell where there are any."""
        ...

    def refused(self, code: int) -> Do:
        """What to do about an error of this code, wherever it is told."""
        ...

    def close(self) -> None:
        """Give the connections to it back."""
        ...


def text_of_answer(answer: Answer, again: str) -> str:
    """An answer as JSON, for the outbox. `again`: what is said above it if it may have arrived already."""
    buttons = [[button.id, button.title] for button in answer.buttons]
    return json.dumps({"text": answer.text, "buttons": buttons, "again": again})


def answer_of_text(text: str) -> tuple[Answer, str]:
    """The answer and the words above it that `text_of_answer` wrote."""
    told = json.loads(text)
    return Answer(told["text"], tuple(Button(*button) for button in told["buttons"])), told["again"]


def plain(text: str, longest: int) -> str:
    """Text that every database and every provider takes: no NUL, no half of a character, and an end."""
    return text.replace("\0", "")[:longest].encode("utf-8", "replace").decode("utf-8")


def is_text(value: object, longest: int = 512) -> bool:
    """Whether it can be a name: some text, and not too much."""
    return isinstance(value, str) and 0 < len(value) <= longest


def read_json(body: bytes) -> object:
    """The document in a body. Raises ValueError for what is no JSON, or nested too deep."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
