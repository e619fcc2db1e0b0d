"""What a kiosk kept while its office was away, delivered in batches: each fact is answered by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from krn_engine.office.contract import RowRecord
from krn_engine.office.wire.asked import END, STATE, End, State
from krn_engine.office.wire.shapes import Anything, Instant, Object, Several, Shape, Text, Whole, Word
from krn_engine.office.wire.sync import KEY_STATE
from krn_engine.office.wire.values import CHANGE_ID, CODE, METER_NUMBER, ROW_RECORD, ROWS_OF_CHANGE

BATCH = 200
"""Most facts of one batch."""
_TO_COUNT = 2**53 - 1


class Kind(Enum):
    """What a fact is."""

    ISSUE = "issue"
    """Rows were given out from the copy: `GivenOut`, and its UUID is the request's."""
    OUTCOME = "outcome"
    """`RowRecord`, with the UUID of `outcome_name`."""
    ENDING = "ending"
    """`End`."""
    STATEMENT = "statement"
    """`State`."""


@dataclass(frozen=True, slots=True)
class GivenChange:
    """A key change as the copy had it."""

    id: str
    from_state: str
    to_state: str


@dataclass(frozen=True, slots=True)
class GivenOut:
    """A kiosk gave these key changes out from its copy, in this order."""

    meter_number: str = field(repr=False)
    changes: tuple[GivenChange, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; `body` is the JSON of `SHAPES[kind]`, which is read by itself: a broken one stops no other."""

    n: int
    """Rises from fact to fact of one kiosk."""
    kind: Kind
    uuid: str
    at: datetime
    """The kiosk's own time when it was so."""
    body: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """A batch, in the order in which it was so."""

    facts: tuple[Fact, ...]


class Fate(Enum):
    """What became of a fact."""

    DONE = "done"
    """It is on the office's disk, now or since it was delivered before."""
    REFUSED = "refused"
    """It never will be: staff are told."""
    LATER = "later"
    """The office cannot do it now; it is to be delivered again, and so is all that comes after it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to one fact."""

    n: int
    fate: Fate
    code: str
    """Empty for what is done."""
    message: str


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer for each fact, in the order of the facts."""

    answers: tuple[Told, ...]


GIVEN_OUT = Object(
    GivenOut,
    {
        "meter_number": METER_NUMBER,
        "changes": Several(
            Object(GivenChange, {"id": CHANGE_ID, "from_state": KEY_STATE, "to_state": KEY_STATE}), ROWS_OF_CHANGE, 1
        ),
    },
)
SHAPES: Mapping[Kind, Shape[Any]] = {
    Kind.ISSUE: GIVEN_OUT,
    Kind.OUTCOME: ROW_RECORD,
    Kind.ENDING: END,
    Kind.STATEMENT: STATE,
}
FACTS = Object(
    Facts,
    {
        "facts": Several(
            Object(
                Fact,
                {
                    "n": Whole(0, _TO_COUNT),
                    "kind": Word(Kind),
                    "uuid": Text(36, 36, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                    "at": Instant(),
                    "body": Anything(),
                },
            ),
            BATCH,
            1,
        )
    },
)
ANSWERS = Object(
    Answers,
    {
        "answers": Several(
            Object(Told, {"n": Whole(0, _TO_COUNT), "fate": Word(Fate), "code": CODE, "message": Text(0, 1000)}),
            BATCH,
        )
    },
)


def fact_of(n: int, uuid: str, at: datetime, body: GivenOut | RowRecord | End | State) -> Fact:
    """A fact with its body written. Raises WireBroken for a value that the office would not read."""
    kind = next(kind for kind, of in _OF.items() if type(body) is of)
    return Fact(n, kind, uuid, at, SHAPES[kind].write(body))


_OF: Mapping[Kind, type] = {Kind.ISSUE: GivenOut, Kind.OUTCOME: RowRecord, Kind.ENDING: End, Kind.STATEMENT: State}
