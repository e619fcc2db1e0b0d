"""What an officer's telephone asks and tells, and what it is told: values, and their shapes as JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from krn_engine import row
from krn_engine.office.guide import Meaning
from krn_engine.office.home.told import KrnMeans
from krn_engine.office.orders.order import Why
from krn_engine.office.orders.result import ALL, Result
from krn_engine.office.reasons import HandOff
from krn_engine.office.wire.shapes import Maybe, Moment, Object, Several, Text, Whole, Word
from krn_engine.office.wire.values import CODE, FIRST, KRN, METER_NUMBER, MINUTES
from krn_engine.row import ROW_DIGITS, Row

MOST_ORDERS, MOST_RESULTS = 100, 50
"""Of one list, and of one delivery."""
_MOST_ROWS = 16


class Seen(Enum):
    """What a meter shows to a code that it refuses."""

    SALAH = row.SALAH
    GAGAL = row.GAGAL


@dataclass(frozen=True, slots=True)
class AskForList:
    """Today's orders are asked for."""

    id: str
    """A UUID: the list is named after it, and the same twice issues nothing twice."""
    unit: str
    """Empty: the first of one's own."""
    limit: int


@dataclass(frozen=True, slots=True)
class ListLine:
    """One order, with all that a telephone needs to go on by itself."""

    number: int
    mark: str
    """By which the office knows that this officer has this order from it (`Marks.of_order`)."""
    meter_number: str = field(repr=False)
    masked_name: str = field(repr=False)
    tariff: str
    power_va: int | None
    whys: tuple[Why, ...]
    """Why an officer goes there, the most pressing reason first."""
    code: str
    """The reason of a visit or hand-off, as `Order.code`; empty: there is none."""
    told_at: datetime | None
    """When that reason was told."""
    refusal: str
    """The code with which the office refused to give out rows; empty: it did not."""
    first: int
    """Number of the first row, as `Issued.first`."""
    rows: tuple[Row, ...]
    firsts: tuple[int, ...]
    """Number of the first row of each key change."""
    known: int
    """The last row up to which key changes are proved; before the first: none."""
    begins: tuple[int, ...]
    """Of each row from the one before the first on: behind which row to go on if it was the last that went in."""
    krns: tuple[KrnMeans, ...]
    """What each number on the display means for these rows."""
    before: int | None
    """The KRN that the display shows by the record before any of these rows is in; None: not known."""
    wanted: int | None
    """The KRN that it shows when all of them are in; None: no row says so."""


@dataclass(frozen=True, slots=True)
class DayList:
    """Today's orders."""

    id: str
    officer: str
    unit: str
    made_at: datetime
    until: datetime
    """When the telephone forgets it."""
    minutes: int
    """For all rows of one key change."""
    lines: tuple[ListLine, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one order."""

    id: str
    """A UUID, by which the answer tells what became of it."""
    list: str
    mark: str
    """Of the order, as the list had it."""
    meter_number: str = field(repr=False)
    done: int | None
    """As `Result.done`."""
    refused: int | None
    """As `Result.refused`."""
    seen: Seen | None
    """What the meter showed to that code."""
    reason: HandOff | None
    """Why it could not be done."""
    krn: int | None
    """What the meter shows to 04."""
    at: datetime
    """By the telephone's clock."""
    photo: str | None
    """SHA-256 of a photograph of the display, which stays with the officer."""

    @property
    def result(self) -> Result:
        """What came of the order, in the form in which a list on paper tells it."""
        seen = "" if self.seen is None else self.seen.value
        return Result(self.done, self.refused, seen, self.reason, self.krn)


@dataclass(frozen=True, slots=True)
class AllTold:
    """What was told since there was a network last, the oldest first."""

    told: tuple[Told, ...]


class Fate(Enum):
    """What became of one thing that was told."""

    TAKEN = "taken"
    """It is on record."""
    KNOWN = "known"
    """The meter was proved without it: it changed nothing."""
    CONFLICT = "conflict"
    """It says otherwise than the proof of the meter: it is kept in its history, and moves nothing."""
    REFUSED = "refused"
    """It cannot be taken; the code tells why. The same again is refused again."""


@dataclass(frozen=True, slots=True)
class Became:
    """The answer to one thing that was told."""

    id: str
    fate: Fate
    code: str


@dataclass(frozen=True, slots=True)
class AllBecame:
    """The answers to all that was told, in its order."""

    became: tuple[Became, ...]


def _uuid(text: str) -> str:
    return str(UUID(text))


_ID = Text(36, 36, "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", _uuid)
_LIST = Text(17, 17, "L[A-Z2-7]{16}")
_MARK = Text(15, 15, "[A-Z2-7]*")
_NUMBER = Whole(0, 2 * _MOST_ROWS)
_TO_COUNT = 2**53 - 1
ASK = Object(AskForList, {"id": _ID, "unit": Text(0, 16), "limit": Whole(1, MOST_ORDERS)})
_LINE = Object(
    ListLine,
    {
        "number": Whole(1, MOST_ORDERS),
        "mark": _MARK,
        "meter_number": METER_NUMBER,
        "masked_name": Text(0, 100),
        "tariff": Text(0, 8),
        "power_va": Maybe(Whole(0, _TO_COUNT)),
        "whys": Several(Word(Why), len(Why), 1),
        "code": CODE,
        "told_at": Maybe(Moment()),
        "refusal": CODE,
        "first": FIRST,
        "rows": Several(Text(ROW_DIGITS, ROW_DIGITS, "[0-9]*", Row), _MOST_ROWS),
        "firsts": Several(_NUMBER, _MOST_ROWS),
        "known": _NUMBER,
        "begins": Several(_NUMBER, _MOST_ROWS + 1),
        "krns": Several(Object(KrnMeans, {"krn": Whole(0, 9), "meaning": Word(Meaning), "done": _NUMBER}), 10),
        "before": Maybe(KRN),
        "wanted": Maybe(KRN),
    },
)
LIST = Object(
    DayList,
    {
        "id": _LIST,
        "officer": Text(1, 32),
        "unit": Text(0, 16),
        "made_at": Moment(),
        "until": Moment(),
        "minutes": MINUTES,
        "lines": Several(_LINE, MOST_ORDERS),
    },
)
TOLD = Object(
    AllTold,
    {
        "told": Several(
            Object(
                Told,
                {
                    "id": _ID,
                    "list": _LIST,
                    "mark": _MARK,
                    "meter_number": METER_NUMBER,
                    "done": Maybe(Whole(0, ALL)),
                    "refused": Maybe(Whole(0, ALL)),
                    "seen": Maybe(Word(Seen)),
                    "reason": Maybe(Word(HandOff)),
                    "krn": Maybe(KRN),
                    "at": Moment(),
                    "photo": Maybe(Text(64, 64, "[0-9a-f]*")),
                },
            ),
            MOST_RESULTS,
            1,
        )
    },
)
BECAME = Object(
    AllBecame, {"became": Several(Object(Became, {"id": _ID, "fate": Word(Fate), "code": CODE}), MOST_RESULTS)}
)
