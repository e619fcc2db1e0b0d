"""Before the first key: may this meter be typed into at all, and where does it begin?"""

from dataclasses import dataclass

from hardware.person import YES, Person, Question
from kiosk.upgrade.events import Ending
from kiosk.upgrade.meter_facts import MeterFacts
from krn_engine.office.contract import Issued, IssuedChange, RowOutcome

DOUBTFUL = (RowOutcome.UNKNOWN, RowOutcome.REJECTED)
"""A row that ended so is typed again on a person's word only: it may be in, or cost a lock-out step."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where the typing begins: the key changes before `first` are in the meter. `by` is what told so."""

    first: int
    krn: int | None = None
    taken: int | None = None
    """The meter's own count of tokens taken, before the first row."""


def triage(issued: Issued, facts: MeterFacts, person: Person) -> Start | Ending:
    """Ask the meter, then a person, and decide. Raises what the adapter raises."""
    if facts.periksa():
        return Ending.PERIKSA
    if facts.is_meter(issued.meter_number) is False:
        return Ending.WRONG_METER
    krn = facts.krn()
    first = _first(issued.changes, krn)
    if first is None:
        return Ending.WRONG_KRN
    doubt = _doubt(issued.changes[first]) if first < len(issued.changes) else None
    if doubt is not None and person(Question.TYPE_AGAIN) != YES:
        return doubt
    # A meter whose KRN nobody could read shows nothing else either.
    return Start(first, krn, facts.tokens_taken() if krn is not None else None)


def _first(changes: tuple[IssuedChange, ...], krn: int | None) -> int | None:
    """The change to begin with; None if the meter's KRN fits none of them, or contradicts the record."""
    by_record = next((index for index, change in enumerate(changes) if not change.done), len(changes))
    if krn is None or any(change.old_krn is None or change.new_krn is None for change in changes):
        return by_record
    if krn == changes[-1].new_krn:
        return len(changes)
    by_meter = next((index for index, change in enumerate(changes) if change.old_krn == krn), None)
    return by_meter if by_meter is not None and by_meter >= by_record else None


def _doubt(change: IssuedChange) -> Ending | None:
    for outcome in change.outcomes:
        if outcome in DOUBTFUL:
            return Ending.UNKNOWN if outcome is RowOutcome.UNKNOWN else Ending.REFUSED
    return None
