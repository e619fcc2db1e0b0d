"""What an officer says of one meter goes on record: by whom, with a technician's grade, and once.

It is taken as the word of a technician at a kiosk is: a code that went in proves as much as they saw. What the meter
shows to 04 is compared with what the codes lead to, and where it says otherwise, it counts more than the words.
Everything that is written is named after the list, the meter and the result: the same result again is the same records.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from uuid import UUID

from krn_engine.office.contract import Grade, Issued, IssuedChange, Office, RowOutcome, RowRecord, SessionEnding
from krn_engine.office.guide import AGAINST_PROOF, AT_DOOR, Meaning, read_krn
from krn_engine.office.orders.result import ALL, Result
from krn_engine.office.reasons import HandOff
from krn_engine.row import BENAR

UPGRADED = "upgraded"
"""The ending on record of a meter that is upgraded, at a kiosk or at the door."""
Named = Callable[..., UUID]
"""The name of what is written, by what tells it from all else of the same result."""


class Taken(Enum):
    """What a result did."""

    RECORDED = auto()
    """It is on record, and counts."""
    KNOWN = auto()
    """Nothing: it says nothing, or nothing against a meter that was proved without it."""
    CONFLICT = auto()
    """It says otherwise than the proof of the meter: kept in its history, and nothing moves by it."""


class ResultImpossible(ValueError):
    """What was written down cannot be of these codes; says why."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who says it, and where it is from."""

    by: str
    place: str
    name: Named


def require_possible(issued: Issued | None, result: Result) -> None:
    """See that a result can be of these codes. Raises ResultImpossible for a code that was not on the list."""
    if issued is None:
        if result.done is not None or result.refused is not None:
            raise ResultImpossible("tells of codes, and this line has none")
        return
    last = issued.pairs[-1][1]
    told = [number for number in (result.done, result.refused) if number not in (None, ALL)]
    if any(number is not None and not issued.first <= number <= last for number in told):
        raise ResultImpossible("tells of a code that this line does not have")


def take(office: Office, meter_number: str, issued: Issued | None, result: Result, said: Said) -> Taken:
    """Put a result on record.

    `issued` are the codes of the list, with what is known of them now; None: it had none. Raises ResultImpossible, and
    what the office refuses.
    """
    require_possible(issued, result)
    if result.is_nothing:
        return Taken.KNOWN
    if issued is not None:
        if all(change.done and not _is_ours(change, said) for change in issued.changes):
            # A list that comes late takes no proof away, and adds none; what somebody saw against it is kept.
            if not _contradicts(issued, result):
                return Taken.KNOWN
            against = replace(_ending(issued, result, said), ending=AGAINST_PROOF)
            office.end(meter_number, against, str(said.name("ending")))
            return Taken.CONFLICT
        for row in _rows(issued, result, said):
            office.record(row)
    office.end(meter_number, _ending(issued, result, said), str(said.name("ending")))
    return Taken.RECORDED


def _contradicts(issued: Issued, result: Result) -> bool:
    """Whether an officer saw that a meter which is proved is not upgraded, or that it refuses a code."""
    weighed = _weighed(issued, result)
    by_krn = weighed.is_other or (weighed.by_krn is not None and weighed.by_krn < issued.pairs[-1][1])
    return by_krn or (result.refused is not None and not weighed.is_right)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What words and the KRN make of the codes together."""

    taken: int
    """The last code that is in by the officer's words."""
    by_krn: int | None
    """The last one that is in by the KRN; None: none was read, or nothing tells which it should be."""
    is_other: bool = False
    """The codes lead to this KRN in no case."""
    is_right: bool = False
    """It is the one that they lead to."""


def _weighed(issued: Issued, result: Result) -> _Weighed:
    none, last = issued.first - 1, issued.pairs[-1][1]
    taken = none if result.done is None else min(result.done, last)
    if result.krn is None:
        return _Weighed(taken, None)
    read = read_krn(issued, result.krn)
    match read.meaning:
        case Meaning.OTHER:
            return _Weighed(none, none, is_other=True)
        case Meaning.RIGHT:
            return _Weighed(taken, last, is_right=True)
        case Meaning.ROSE | Meaning.NOTHING_TO_COMPARE:
            # No code says which KRN it leads to: what the officer says of the codes is all that there is.
            return _Weighed(taken, None)
    return _Weighed(taken, read.done)


def _rows(issued: Issued, result: Result, said: Said) -> Iterator[RowRecord]:
    """What became of each code that the result tells of; nothing of key changes that others have proved."""
    weighed = _weighed(issued, result)
    for change, (first, last) in zip(issued.changes, issued.pairs, strict=True):
        if change.done and not _is_ours(change, said):
            continue
        for section, number in enumerate(range(first, last + 1), 1):
            told = _outcome(weighed, result, number, is_last=number == last)
            if told is not None:
                outcome, seen = told
                attempt = _attempt(said, change, section)
                yield RowRecord(change.id, section, outcome, seen, said.by, said.place, attempt, Grade.TECHNICIAN)


def _outcome(weighed: _Weighed, result: Result, number: int, *, is_last: bool) -> tuple[RowOutcome, str] | None:
    """What became of one code, and what was seen; None: nothing is told of it."""
    shown = [] if result.krn is None else [f"04: {result.krn}"]
    if weighed.by_krn is not None and number <= weighed.by_krn:
        return RowOutcome.ACCEPTED, "; ".join([*([BENAR] if number <= weighed.taken else []), *shown])
    if number <= weighed.taken:
        # All of the key change is said to be in, and its key is not there: the meter has forgotten a row of it.
        outcome = RowOutcome.PARTIAL if is_last and weighed.by_krn is not None else RowOutcome.ACCEPTED
        return outcome, "; ".join([BENAR, *shown]) if is_last else BENAR
    if number == result.refused and not weighed.is_other:
        return RowOutcome.REJECTED, result.seen
    return None


def _attempt(said: Said, change: IssuedChange, section: int) -> str:
    return said.name("row", change.id, section).hex


def _is_ours(change: IssuedChange, said: Said) -> bool:
    """Whether it is by this very result that the change is done."""
    return any(_attempt(said, change, section) in change.attempts for section in range(1, len(change.rows) + 1))


def _ending(issued: Issued | None, result: Result, said: Said) -> SessionEnding:
    """How the visit ended."""
    reason, is_right = (result.reason or HandOff.STOPPED, False) if issued is None else _reason(issued, result)
    ending = UPGRADED if reason is None else AT_DOOR
    grade = None if result.krn is None else Grade.TECHNICIAN
    code = "" if reason is None else reason.value
    return SessionEnding(ending, code, result.krn, grade, is_right and reason is None, said.place)


def _reason(issued: Issued, result: Result) -> tuple[HandOff | None, bool]:
    """Why the meter stays with staff, None: it is upgraded; and whether its KRN shows that it is."""
    weighed, last = _weighed(issued, result), issued.pairs[-1][1]
    if result.reason is not None:
        return result.reason, weighed.is_right
    if weighed.is_right:
        return None, True
    if weighed.is_other:
        return HandOff.OTHER_KRN, False
    if result.refused is not None and (weighed.by_krn or 0) < result.refused:
        return HandOff.REFUSED, False
    if weighed.taken < last:
        return HandOff.STOPPED, False
    return (None if weighed.by_krn is None else HandOff.NOT_PROVED), False
