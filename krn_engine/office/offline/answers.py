"""What a kiosk's copy answers by itself: which meter a number is, and the rows that may be given out of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from krn_engine.errors import KrnError
from krn_engine.office.contract import (
    Blocked,
    Due,
    FindResult,
    FindWarning,
    Issued,
    IssuedChange,
    NothingToDo,
)
from krn_engine.office.errors import MeterBlocked, MeterUnknown, NoUpgradeNeeded
from krn_engine.office.identify import Idpel, IdProblem, MeterNumber, NotAnId
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.errors import ClockBehind, LeaseOver, NotInCopy, RowsNotInCopy
from krn_engine.office.offline.lease import Times, lease_of, require_lease
from krn_engine.office.offline.standing import Known
from krn_engine.office.offline.tables import Kept
from krn_engine.sts.identity import is_digits

_NOT_HERE = (
    "the office cannot be reached, and this kiosk's copy has no such meter: check the number, or ask when the kiosk is "
    "connected again"
)
_NO_ROWS = (
    "the office cannot be reached, and it gave this kiosk no rows for this meter: ask when the kiosk is connected again"
)
UNKNOWN = "this meter is not in the register: check its number, or ask the counter to add it"


class Answers:
    """Of a copy, at a kiosk's time."""

    def __init__(self, copy: Copy, times: Times) -> None:
        self._copy = copy
        self._times = times

    def find(self, given: Idpel | MeterNumber) -> FindResult | None:
        """What `Office.find` gives; None where the copy does not know the number. Raises CopyDamaged."""
        known = self._copy.look(given.digits)
        if isinstance(given, Idpel):
            return None if known is None else known.found
        could_be_idpel = self._copy.begins(given.digits)
        if known is None:
            return NotAnId(IdProblem.ONE_DIGIT_SHORT) if could_be_idpel else None
        warnings = (*warnings_of(given), *((FindWarning.COULD_BE_IDPEL,) if could_be_idpel else ()))
        return replace(known.found, warnings=warnings)

    def issue(self, meter_number: str, request: str) -> Issued:
        """The rows that a meter still needs, under a request (UUID); they are on disk as given out before.

        Raises MeterUnknown, MeterBlocked, NoUpgradeNeeded, NotInCopy, RowsNotInCopy, RequestReused, LeaseOver,
        LeaseBroken, ClockBehind, CopyDamaged, RecordDamaged, and what a disk refuses.
        """
        if not is_digits(meter_number):
            raise MeterUnknown(UNKNOWN)
        lease = lease_of(self._copy.lease(), self._copy.opener)

        def changes_of(known: Known) -> Sequence[IssuedChange]:
            changes = _needed(known)
            require_lease(lease, self._times)
            return changes

        newest = self._times.saw()
        try:
            issued = self._copy.give_out(meter_number, request, self._times.now, newest, changes_of)
        except (LeaseOver, ClockBehind):
            # A start forgets no time that was seen: a clock that is turned back makes no lease good, and the doctor
            # says what a customer is told.
            with suppress(KrnError):
                self._copy.keep(Kept.NEWEST, newest.isoformat())
            raise
        if issued is None:
            raise NotInCopy(_NOT_HERE)
        return issued

    @property
    def has_good_lease(self) -> bool:
        """Whether rows may be given out now."""
        try:
            require_lease(lease_of(self._copy.lease(), self._copy.opener), self._times)
        except KrnError:
            return False
        return True


def warnings_of(given: Idpel | MeterNumber) -> tuple[FindWarning, ...]:
    """What is odd about the number itself."""
    wrong = isinstance(given, MeterNumber) and not given.check_digit_fits
    return (FindWarning.CHECK_DIGIT,) if wrong else ()


def _needed(known: Known) -> Sequence[IssuedChange]:
    """The key changes that may be given out. Raises why none may."""
    standing = known.found.standing
    match standing:
        case Blocked(reason):
            raise MeterBlocked(f"the office has blocked this meter: {reason}")
        case NothingToDo():
            raise NoUpgradeNeeded("this meter is up to date: it needs no rows, and nothing is to be paid")
        case Due() if known.needed:
            return known.needed
        case Due():
            raise (KrnError.of_code(known.meter.code) or RowsNotInCopy)(_NO_ROWS)
        case _:
            raise (KrnError.of_code(standing.code) or RowsNotInCopy)(standing.message)
