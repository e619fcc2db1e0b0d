"""What a telephone tells of a meter at home, and what it is told: values, and their shapes as JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from krn_engine import row
from krn_engine.office.guide import Meaning
from krn_engine.office.reasons import HandOff
from krn_engine.office.wire.shapes import Maybe, Moment, Object, OneOf, Several, Shape, Text, Whole, Word
from krn_engine.office.wire.values import FIRST, KRN, METER_NUMBER, MINUTES
from krn_engine.row import ROW_DIGITS, Row

MOST_SAID = 50
"""Things that are told together."""
_MOST_ROWS = 16


class Shown(Enum):
    """What a meter may show to a row that it does not take."""

    SALAH = row.SALAH
    GAGAL = row.GAGAL
    PERIKSA = row.PERIKSA
    OTHER = "other"
    """Something else, or nothing."""


@dataclass(frozen=True, slots=True)
class In:
    """The meter showed BENAR to this row, and to those before it."""

    id: str
    """A UUID: what is told twice under one counts once."""
    row: int
    """The row's number on the slip."""


@dataclass(frozen=True, slots=True)
class NotIn:
    """The meter showed something else than BENAR to this row."""

    id: str
    row: int
    shown: Shown


@dataclass(frozen=True, slots=True)
class KrnRead:
    """Somebody pressed 04: the number on the display; 0 stands for any that no row leads to."""

    id: str
    krn: int


@dataclass(frozen=True, slots=True)
class Visit:
    """An officer is asked for."""

    id: str
    reason: HandOff


Said = In | NotIn | KrnRead
"""One thing that is told."""


@dataclass(frozen=True, slots=True)
class AllSaid:
    """What was told since there was a network last, the oldest first."""

    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class KrnMeans:
    """What a KRN on the display means for these rows (`guide.read_krn`)."""

    krn: int
    meaning: Meaning
    done: int


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the page needs to go on without a network."""

    meter_number: str = field(repr=False)
    rows: tuple[Row, ...]
    first: int
    """Number of the first row on the slip."""
    pairs: tuple[tuple[int, int], ...]
    """Numbers of the first and last row of each key change."""
    minutes: int
    """For all rows of one pair."""
    known: int
    """The last row that is in by what the office knows, claims counted; before the first: none."""
    begins: tuple[int, ...]
    """Of each row from the one before the first on: behind which row to go on if it was the last that went in."""
    krns: tuple[KrnMeans, ...]
    """What each number on the display means for these rows."""
    before: int | None
    """The KRN that the display shows by the record before any of these rows is in; None: not known."""
    wanted: int | None
    """The KRN that it shows when all of them are in; None: no row says so."""
    until: datetime
    """When the page ends by itself."""
    now: datetime
    """The office's time: a telephone may have any other."""


@dataclass(frozen=True, slots=True)
class _Pair(Shape[tuple[int, int]]):
    """Two row numbers."""

    def read(self, given: object, at: str = "") -> tuple[int, int]:
        """See `Shape.read`."""
        first, last = Several(_NUMBER, 2, 2).read(given, at)
        return first, last

    def write(self, value: tuple[int, int], at: str = "") -> object:
        """See `Shape.write`."""
        return Several(_NUMBER, 2, 2).write(value, at)

    def schema(self) -> dict[str, object]:
        """See `Shape.schema`."""
        return Several(_NUMBER, 2, 2).schema()


_NUMBER = Whole(0, 2 * _MOST_ROWS)
_ROW = Whole(1, 2 * _MOST_ROWS)
_SHOWN_KRN = Whole(0, 9)
_ID = Text(36, 36, "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SAID: Shape[AllSaid] = Object(
    AllSaid,
    {
        "said": Several(
            OneOf(
                (
                    Object(In, {"id": _ID, "row": _ROW}, "in"),
                    Object(NotIn, {"id": _ID, "row": _ROW, "shown": Word(Shown)}, "not-in"),
                    Object(KrnRead, {"id": _ID, "krn": _SHOWN_KRN}, "krn"),
                )
            ),
            MOST_SAID,
            1,
        )
    },
)
VISIT = Object(Visit, {"id": _ID, "reason": Word(HandOff)})
ROWS = Object(
    Rows,
    {
        "meter_number": METER_NUMBER,
        "rows": Several(Text(ROW_DIGITS, ROW_DIGITS, "[0-9]*", Row), _MOST_ROWS, 1),
        "first": FIRST,
        "pairs": Several(_Pair(), _MOST_ROWS, 1),
        "minutes": MINUTES,
        "known": _NUMBER,
        "begins": Several(_NUMBER, _MOST_ROWS + 1, 2),
        "krns": Several(Object(KrnMeans, {"krn": _SHOWN_KRN, "meaning": Word(Meaning), "done": _NUMBER}), 10, 1),
        "before": Maybe(KRN),
        "wanted": Maybe(KRN),
        "until": Moment(),
        "now": Moment(),
    },
)
