"""What comes in by a chat and what goes out, whatever carries it: plain values."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, Self

from krn_engine.office.words.texts import INDONESIAN

LONGEST_ANSWER = 4096
"""Characters of one answer, at both providers."""
LONGEST_WITH_BUTTONS = 1024
"""Characters of an answer that has buttons (WhatsApp Cloud API, body of an interactive message)."""
LONGEST_TITLE = 20
"""Characters of a button (WhatsApp Cloud API, reply buttons)."""
MOST_BUTTONS = 3


class Kind(Enum):
    """What a message is."""

    TEXT = "text"
    PRESSED = "pressed"
    """A button of ours: its id is the text."""
    OTHER = "other"
    """A photograph, a voice, a place: it has no text that anybody reads."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of somebody."""

    id: str
    """Unique at its provider: what follows from a message that is handled twice is named after it, and is one thing."""
    kind: Kind
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Button:
    """What may be pressed in place of writing it."""

    id: str
    title: str
    """`LONGEST_TITLE` characters at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of ours, of `LONGEST_ANSWER` characters at most; fixed width between triple back-ticks.

    With buttons it has `LONGEST_WITH_BUTTONS` at most.
    """

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    """`MOST_BUTTONS` at most."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one chat: no name, no address and no row."""

    language: str = INDONESIAN
    meter_number: str = field(default="", repr=False)
    """Whose rows it had last; empty: none."""
    request_id: str = ""
    """The request that gave them."""
    state: str = ""
    """What the last answer asked for, a word of the conversation's; empty: nothing."""
    done: int = 0
    """The last row that is in by what is known, whoever said it."""
    own: int = 0
    """The last row that this chat says is in."""
    alone: bool = False
    """What others say of this meter is set aside here: this chat took it back, or its display tells otherwise."""
    asked: tuple[int, ...] = ()
    """When it asked for a number last, in seconds since 1970, the oldest first: there is a limit."""
    said: int | None = None
    """The row that the last answer was about, where it was about one."""

    def with_(self, **changes: Any) -> Self:
        """What is known, with other values for some of its fields."""
        return replace(self, **changes)


Converse = Callable[[Known, Message, datetime], tuple[tuple[Answer, ...], Known]]
"""What is known of a chat, a message and the time, to answers and what is known then.

Called again with the same, as after a kill, it gives the same and does nothing a second time. It raises `KrnError`
where the office cannot answer now: the message waits.
"""
