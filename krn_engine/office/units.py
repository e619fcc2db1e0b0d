"""An office as a caller of some units sees it: nobody else's customers are there."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from krn_engine.office.book import UNKNOWN
from krn_engine.office.contract import (
    FindResult,
    FindWarning,
    Found,
    HistoryEntry,
    Issued,
    NotFound,
    Office,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.errors import MeterUnknown, OutcomeRefused
from krn_engine.office.identify import Idpel, IdProblem, MeterNumber, NotAnId, identify
from krn_engine.register.audit.entries import AuditEvent
from krn_engine.register.database import Register
from krn_engine.register.tables import audit, customers, key_changes, meters
from krn_engine.register.watch import sound

_ISSUED = select(audit.c.id).where(audit.c.event == AuditEvent.ISSUED.value).limit(1)
_BEGIN_LIKE = select(customers.c.unit).where(
    customers.c.idpel.between(bindparam("low"), bindparam("high")), sound(customers)
)
"""Units of the ten customers at most whose numbers begin with a meter number."""


class OfficeOfUnits:
    """Passes on what is asked of customers of these units, and of those whose unit nobody knows.

    Another meter is answered as one that is not in the register: whether it is, is nobody's business here. One thing
    is taken of a meter that has left these units since: what became of rows that this caller was given by the audit.
    """

    def __init__(self, office: Office, register: Register, units: Collection[str], caller: str) -> None:
        """`caller`: its name, as the audit has it."""
        self._office = office
        self._register = register
        self._units = {unit.casefold() for unit in units}
        self._given = _ISSUED.where(audit.c.actor == caller)

    def find(self, text: str) -> FindResult:
        """See `Office.find`."""
        found, asked = self._office.find(text), identify(text)
        seen = isinstance(found, Found) and self._has(meters.c.number == found.meter_number)
        if not isinstance(asked, MeterNumber):
            return NotFound(asked.digits) if isinstance(asked, Idpel) and not seen else found
        begins = self._begin_like(asked, found)
        if not seen and begins:
            return NotAnId(IdProblem.ONE_DIGIT_SHORT)
        warnings = () if asked.check_digit_fits else (FindWarning.CHECK_DIGIT,)
        if begins:
            warnings = (*warnings, FindWarning.COULD_BE_IDPEL)
        return (
            replace(found, warnings=warnings) if isinstance(found, Found) and seen else NotFound(asked.digits, warnings)
        )

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`."""
        if not self.sees(meter_number):
            raise MeterUnknown(UNKNOWN)
        return self._office.issue(meter_number, request_id)

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """See `Office.home_page`."""
        if not self.sees(meter_number):
            raise MeterUnknown(UNKNOWN)
        return self._office.home_page(meter_number, request_id, digest)

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        of_change = select(key_changes.c.meter_id).where(key_changes.c.id == row.key_change_id, sound(key_changes))
        if not self._has(meters.c.id.in_(of_change)) and not self._was_given(of_change):
            raise OutcomeRefused("an outcome was reported for a row that this office never issued")
        self._office.record(row)

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """See `Office.end`."""
        self._require_known(meter_number)
        self._office.end(meter_number, session, delivery)

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """See `Office.state`."""
        self._require_known(meter_number)
        self._office.state(meter_number, statement, delivery)

    def progress(self) -> Progress:
        """See `Office.progress`: of all units, for it counts and names nobody."""
        return self._office.progress()

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """See `Office.history`."""
        return self._office.history(meter_number) if self._has(meters.c.number == meter_number) else ()

    def ping(self) -> None:
        """See `Office.ping`."""
        self._office.ping()

    def sees(self, meter_number: str) -> bool:
        """Whether a meter is of these units."""
        return self._has(meters.c.number == meter_number)

    def _require_known(self, meter_number: str) -> None:
        """Raises MeterUnknown for a meter that this caller does not see, and was given no rows of."""
        of_number = select(meters.c.id).where(meters.c.number == meter_number)
        if not self.sees(meter_number) and not self._was_given(of_number):
            raise MeterUnknown(UNKNOWN)

    def _was_given(self, meter_ids: Select[Any]) -> bool:
        """Whether rows of one of these meters were given out to this caller, or by it."""
        with self._register.read() as connection:
            return connection.execute(self._given.where(audit.c.meter_id.in_(meter_ids))).first() is not None

    def _begin_like(self, asked: MeterNumber, found: FindResult) -> bool:
        """Whether a customer of these units has a number that begins so: the office says it of those of all units."""
        warned = isinstance(found, Found) and FindWarning.COULD_BE_IDPEL in found.warnings
        if not warned and not isinstance(found, NotAnId):
            return False
        return self._any(_BEGIN_LIKE, low=f"{asked.digits}0", high=f"{asked.digits}9")

    def _has(self, which: ColumnElement[bool]) -> bool:
        wanted = select(customers.c.unit).select_from(customers.join(meters)).where(which, sound(customers, meters))
        return self._any(wanted)

    def _any(self, units: Select[Any], **values: str) -> bool:
        """Units are compared here and not by the database: a damaged record is told, and not left out."""
        with self._register.read() as connection:
            return any(not unit or unit.casefold() in self._units for (unit,) in connection.execute(units, values))
