"""How an upgrade goes and how it ends: what a session tells its `watch`."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from hardware.adapter import EntryProgress, Outcome, Submission

TAKEN = (Outcome.ACCEPTED, Outcome.PARTIAL)


class Ending(Enum):
    """How a session ended. Every ending but the first hands the meter over to staff, with its code as the reason."""

    code: str
    """For staff; see docs/errors.md. Empty for a meter that is upgraded."""

    def __new__(cls, word: str, code: str) -> Self:
        """`word` is the value, as `krn upgrade --json` tells it."""
        ending = object.__new__(cls)
        ending._value_, ending.code = word, code
        return ending

    UPGRADED = "upgraded", ""
    REFUSED = "refused", "UPG-01"
    """The meter refused two rows, or refused one before and nobody said that it may be typed again."""
    LOCKED_OUT = "locked-out", "UPG-02"
    UNKNOWN = "unknown", "UPG-03"
    """Neither a person nor the meter could tell what became of a row."""
    FAULT = "fault", "UPG-04"
    """The typing went wrong twice; the row is not in the meter."""
    CANCELLED = "cancelled", "UPG-05"
    PERIKSA = "periksa", "UPG-06"
    """The meter says PERIKSA and must be cleared first."""
    WRONG_METER = "wrong-meter", "UPG-07"
    """The number on the meter is not the one on record."""
    WRONG_KRN = "wrong-krn", "UPG-08"
    """The meter holds a key that does not fit the rows."""
    NOT_PROVED = "not-proved", "UPG-09"
    """Every row was taken, and the meter's own registers say otherwise."""
    TOO_SLOW = "too-slow", "UPG-10"
    """The rows of a pair could not follow each other in the time that the meter gives them."""


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What the meter said to a row; rows count from 1 over the whole upgrade."""

    row: int
    submission: Submission


@dataclass(frozen=True, slots=True)
class RowStarted:
    """A row begins."""

    row: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The meter is locked for this many more seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Checking:
    """The meter is asked for its registers, before the first row or after the last."""


SessionEvent = Checking | RowStarted | RowAnswer | EntryProgress | Waiting


@dataclass(frozen=True, slots=True)
class Report:
    """The end of a session."""

    ending: Ending
    answers: tuple[RowAnswer, ...]
    """Every answer, in order."""
    krn: int | None
    """What the meter shows now, if anybody or anything can read it."""
    proved: bool = False
    """True if that KRN, and the counts where they can be read, are those of an upgraded meter."""
