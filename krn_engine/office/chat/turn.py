"""One message on its way to its answers: what it may ask and put on record, and under which names."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from krn_engine.office import guide
from krn_engine.office.chat.message import LONGEST_ANSWER, LONGEST_WITH_BUTTONS, Answer, Button, Known, Message
from krn_engine.office.contract import Issued, Office
from krn_engine.office.net_errors import DeliveryReused
from krn_engine.office.reasons import HandOff
from krn_engine.office.words.texts import Sentence, Texts

_NAMES = uuid.UUID("4b524e20-6368-4174-8000-6e616d657321")
"""The namespace of what follows from a message."""
SHORT_TAG = 8


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to a message, and what is known then."""

    known: Known
    answers: tuple[Answer, ...] = field(repr=False)

    def then(self, other: "Reply") -> "Reply":
        """This reply, and behind it what `other` says; what is known then is as `other` has it."""
        return Reply(other.known, (*self.answers, *other.answers))


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a chat. What it puts on record is named after it: handled twice, it is one thing."""

    office: Office
    place: str
    say: Texts
    known: Known
    message: Message
    at: datetime

    def knowing(self, known: Known) -> "Turn":
        """The same turn, with other things known."""
        return replace(self, known=known)

    def name(self, what: str) -> str:
        """The name of what follows from this message (a UUID)."""
        return str(uuid.uuid5(_NAMES, "\n".join((self.place, self.message.id, what))))

    def claim(self, issued: Issued, done: int, seen: str) -> None:
        """The customer says that the rows up to number `done` are in."""
        for row in guide.claims(issued, done, seen, self.place, lambda number: self.name(f"{seen} {number}")):
            self.office.record(row)

    def note(self, issued: Issued, what: str, krn: int | None = None) -> None:
        """What the customer tells goes on record for staff; it moves nothing."""
        ending = guide.told(what, self.place, krn)
        with suppress(DeliveryReused):
            # It was told before, when somebody else had said less of this meter: it is on record.
            self.office.end(issued.meter_number, ending, self.name("told"))

    def ask_for_visit(self, issued: Issued, reason: HandOff) -> None:
        """The customer wants an officer to come: kept once for these rows, this reason and this day."""
        named = "\n".join((self.place, issued.request_id, reason.value, self.at.date().isoformat()))
        ending = guide.visit(reason, self.place)
        with suppress(DeliveryReused):
            self.office.end(issued.meter_number, ending, str(uuid.uuid5(_NAMES, named)))

    def reply(self, *lines: Sentence | str, buttons: Iterable[Button] = (), known: Known | None = None) -> Reply:
        """One answer of these lines.

        Where there are too many lines for buttons, the last one follows with them, in a message of its own.
        """
        said = [line if isinstance(line, str) else self.say(line) for line in lines]
        pressed = tuple(buttons)
        answers: tuple[Answer, ...]
        if pressed and len("\n".join(said)) > LONGEST_WITH_BUTTONS:
            answers = (Answer("\n".join(said[:-1])[:LONGEST_ANSWER]), Answer(said[-1], pressed))
        else:
            answers = (Answer("\n".join(said)[:LONGEST_ANSWER], pressed),)
        return Reply(self.known if known is None else known, answers)
