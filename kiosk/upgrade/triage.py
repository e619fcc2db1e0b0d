"""Before the first key: may this meter be typed into at all, and where does it begin?"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.person import YES, Person, Question
from kiosk.upgrade.events import Ending
from kiosk.upgrade.meter_facts import MeterFacts, ShownKrn
from krn_engine.office.contract import IssuedChange, RowOutcome

DOUBTFUL = (RowOutcome.UNKNOWN, RowOutcome.REJECTED)
"""A row that ended so is typed again on a person's word only: it may be in, or cost a lock-out step."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where the typing begins: the key changes before `first` are in the meter."""

    first: int
    krn: ShownKrn | None = None
    taken: int | None = None
    """The meter's own count of tokens taken, before the first row."""


def triage(
    meter_number: str,
    facts: MeterFacts,
    person: Person,
    changes_with: Callable[[ShownKrn | None], tuple[IssuedChange, ...]],
    *,
    told: int = 0,
) -> Start | Ending:
    """Ask the meter, then a person, and decide. Raises what the adapter and `changes_with` raise.

    `changes_with` gives the key changes, once it is known that this is the meter and what KRN it shows. `told` is how
    many of them are in by the word of whoever stands here: it places the start where no KRN does, and is no proof.
    """
    if facts.periksa():
        return Ending.PERIKSA
    if facts.is_meter(meter_number) is False:
        return Ending.WRONG_METER
    krn = facts.krn()
    changes = changes_with(krn)
    first = _first(changes, None if krn is None else krn.krn, told)
    if first is None:
        return Ending.WRONG_KRN
    doubt = _doubt(changes[first], krn) if first < len(changes) else None
    if doubt is not None and person(Question.TYPE_AGAIN) != YES:
        return doubt
    # A meter whose KRN nobody could read shows nothing else either.
    return Start(first, krn, facts.tokens_taken() if krn is not None else None)


def _first(changes: tuple[IssuedChange, ...], krn: int | None, told: int) -> int | None:
    """The change to begin with; None if the meter's KRN fits none of them, or contradicts what is proved."""
    by_record = next((index for index, change in enumerate(changes) if not change.done), len(changes))
    if krn is None or any(change.old_krn is None or change.new_krn is None for change in changes):
        return max(by_record, told)
    if krn == changes[-1].new_krn:
        return len(changes)
    by_meter = next((index for index, change in enumerate(changes) if change.old_krn == krn), None)
    return by_meter if by_meter is not None and by_meter >= by_record else None


def _doubt(change: IssuedChange, krn: ShownKrn | None) -> Ending | None:
    """How the session ends unless somebody says that the change may be typed; None for one without a doubt."""
    for outcome in change.outcomes:
        if outcome in DOUBTFUL:
            return Ending.UNKNOWN if outcome is RowOutcome.UNKNOWN else Ending.REFUSED
    # A customer once said that it is in. The meter's KRN would show it, if both were known.
    return Ending.UNKNOWN if change.claimed and (krn is None or change.old_krn is None) else None
