"""An office on a register of its own."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, update

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.urgency import assess
from krn_engine.issuing.vault import Vault
from krn_engine.masking import mask_name
from krn_engine.office.book import Book
from krn_engine.office.contract import (
    Blocked,
    Customer,
    Due,
    FindResult,
    FindWarning,
    Found,
    HistoryEntry,
    Issued,
    NotFound,
    NothingToDo,
    Progress,
    RowRecord,
    SessionEnding,
    Standing,
    Statement,
    Unclear,
)
from krn_engine.office.errors import (
    MeterBlocked,
    MeterUnknown,
    NoUpgradeNeeded,
    RequestReused,
    RowsDiffer,
)
from krn_engine.office.identify import Idpel, IdProblem, MeterNumber, NotAnId, identify
from krn_engine.office.queries import (
    BY_IDPEL,
    BY_METER,
    CHANGES_OF_METER,
    CHANGES_OF_REQUEST,
    IDPEL_BEGINS,
)
from krn_engine.office.remaining import Given, as_issued, computed_again, given_again, remaining_changes
from krn_engine.office.reports import read_history, read_progress
from krn_engine.office.statements import Record
from krn_engine.register.database import Register
from krn_engine.register.tables import (
    key_changes,
    requests,
)
from krn_engine.row import Row
from krn_engine.sts.identity import BaseDate, Ken

REQUEST_ID_LENGTH = 64


class LocalOffice:
    """Works on a register, a campaign and, where rows are computed, a vault. `clock` gives aware times."""

    def __init__(
        self,
        register: Register,
        campaign: Campaign,
        vault: Vault | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._register = register
        self._campaign = campaign
        self._vault = vault
        self._clock = clock
        self._book = Book(register, campaign, vault, clock)

    # --- find

    def find(self, text: str) -> FindResult:
        """See `Office.find`."""
        asked = identify(text)
        if isinstance(asked, NotAnId):
            return asked
        with self._register.read() as connection:
            if isinstance(asked, Idpel):
                record = connection.execute(BY_IDPEL, {"digits": asked.digits}).first()
                return NotFound(asked.digits) if record is None else self._found(connection, record, ())
            return self._find_meter(connection, asked)

    def _find_meter(self, connection: Connection, asked: MeterNumber) -> FindResult:
        record = connection.execute(BY_METER, {"digits": asked.digits}).first()
        begins = {"low": asked.digits + "0", "high": asked.digits + "9"}
        could_be_idpel = connection.execute(IDPEL_BEGINS, begins).first() is not None
        if record is None and could_be_idpel:
            return NotAnId(IdProblem.ONE_DIGIT_SHORT)
        warnings = []
        if not asked.check_digit_fits:
            warnings.append(FindWarning.CHECK_DIGIT)
        if could_be_idpel:
            warnings.append(FindWarning.COULD_BE_IDPEL)
        if record is None:
            return NotFound(asked.digits, tuple(warnings))
        return self._found(connection, record, tuple(warnings))

    def _found(self, connection: Connection, record: Record, warnings: tuple[FindWarning, ...]) -> Found:
        standing = self._standing(connection, record)
        return Found(
            customer=Customer(mask_name(record.name), record.idpel, record.tariff, record.power_va),
            meter_number=record.number,
            krn=record.krn,
            standing=standing,
            assessment=assess(
                self._clock(),
                behind=isinstance(standing, Due),
                installed_on=record.installed_on,
                base_date=None if record.base_date is None else BaseDate.parse(record.base_date),
                ken=None if record.ken is None else Ken(record.ken),
            ),
            warnings=warnings,
        )

    def _standing(self, connection: Connection, record: Record) -> Standing:
        if record.blocked:
            return Blocked(record.blocked)
        try:
            changes = remaining_changes(connection, record, self._campaign)
        except KrnError as error:
            return Unclear(error.code, error.message)
        if not changes:
            return NothingToDo(record.krn)
        issued = connection.execute(CHANGES_OF_METER, {"meter_id": record.id})
        known = {(change.from_state, change.to_state): change for change in issued}
        of_these = [known.get((change.from_state, change.to_state)) for change in changes]
        handed_out = [change for change in of_these if change is not None]
        return Due(
            sum(change.count for change in changes),
            handed_out=of_these[0] is not None,
            claimed=len(handed_out) == len(changes)
            and all(change.claimed for change in as_issued(connection, handed_out)),
        )

    # --- issue

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`."""
        if not 0 < len(request_id) <= REQUEST_ID_LENGTH:
            raise ValueError("a request id has 1 to 64 characters")
        with self._register.write() as connection:
            self._register.require_key(connection)
            answered = connection.execute(CHANGES_OF_REQUEST, {"request_id": request_id}).all()
            if answered:
                if answered[0].number != meter_number:
                    raise RequestReused("this request was already answered for another meter: start a new one")
                if any(change.rows is None for change in answered):
                    meter = connection.execute(BY_METER, {"digits": meter_number}).first()
                    self._give_again(connection, answered, meter)
                    answered = connection.execute(CHANGES_OF_REQUEST, {"request_id": request_id}).all()
                return self._issued(connection, meter_number, request_id, answered, answered)
            records, known = self._issue(connection, meter_number)
            connection.execute(
                insert(requests),
                [
                    {"request_id": request_id, "position": position, "key_change_id": record.id}
                    for position, record in enumerate(records)
                ],
            )
            return self._issued(connection, meter_number, request_id, records, known)

    def _issued(
        self,
        connection: Connection,
        meter_number: str,
        request_id: str,
        records: Sequence[Record],
        known: Sequence[Record],
    ) -> Issued:
        """The answer; `known` of its records were there before, and are computed again before anybody sees them."""
        keeper, given = self._register.keeper, self._given()
        rows = {
            change.id: keeper.open(change.rows, meter_number, change.from_state, change.to_state) for change in records
        }
        for change in known:
            again = computed_again(change, meter_number, self._campaign, given)
            if again is not None and again != rows[change.id]:
                raise RowsDiffer(
                    "the rows on record are not those that the keys here give: the record, the vault or the campaign "
                    "is not what it was when they were issued. Compare the check values, and restore what is wrong"
                )
        changes = as_issued(
            connection, records, lambda change: tuple(Row(digits) for digits in rows[change.id].split())
        )
        first = _first_number(connection, records[0])
        return Issued(request_id, meter_number, changes, self._campaign.minutes_for_a_change, first)

    def _issue(self, connection: Connection, meter_number: str) -> tuple[list[Record], list[Record]]:
        """The records of the key changes that are needed, and those of them that were there before with their rows."""
        record = connection.execute(BY_METER, {"digits": meter_number}).first()
        if record is None:
            raise MeterUnknown("this meter is not in the register: check its number, or ask the counter to add it")
        if record.blocked:
            raise MeterBlocked(f"the office has blocked this meter: {record.blocked}")
        changes = remaining_changes(connection, record, self._campaign)
        if not changes:
            raise NoUpgradeNeeded("this meter is up to date: it needs no rows, and nothing is to be paid")
        needed = [(change.from_state, change.to_state) for change in changes]
        known = self._known(connection, record)
        before = [known[states] for states in needed if states in known]
        given = self._given()
        new = [
            {
                "id": uuid.uuid4().hex,
                "meter_id": record.id,
                "from_state": change.from_state,
                "to_state": change.to_state,
                "source": change.source.value,
                "sections": change.count,
                "rows": self._register.keeper.close(
                    change.rows(given), meter_number, change.from_state, change.to_state
                ),
                "issued_at": given.at,
            }
            for change in changes
            if (change.from_state, change.to_state) not in known
        ]
        if new:
            connection.execute(insert(key_changes), new)
        gone = any(change.rows is None for change in before)
        if gone:
            self._give_again(connection, before, record)
        if new or gone:
            known = self._known(connection, record)
        return [known[states] for states in needed], [change for change in before if change.rows is not None]

    def _known(self, connection: Connection, meter: Record) -> dict[tuple[str, str], Record]:
        found = connection.execute(CHANGES_OF_METER, {"meter_id": meter.id})
        return {(change.from_state, change.to_state): change for change in found}

    def _give_again(self, connection: Connection, issued: Sequence[Record], meter: Record | None) -> None:
        """Put rows back that went with a lost key. Raises RowsGone."""
        for change in issued:
            if change.rows is None:
                rows = given_again(change, meter, self._campaign, self._given())
                number = "" if meter is None else meter.number
                kept = self._register.keeper.close(rows, number, change.from_state, change.to_state)
                connection.execute(update(key_changes).where(key_changes.c.id == change.id).values(rows=kept))

    def _given(self) -> Given:
        return Given(self._vault, self._clock(), self._register.keeper)

    # --- record

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        self._book.record(row)

    def end(self, meter_number: str, session: SessionEnding) -> None:
        """See `Office.end`."""
        self._book.end(meter_number, session)

    def state(self, meter_number: str, statement: Statement) -> None:
        """See `Office.state`."""
        self._book.state(meter_number, statement)

    # --- reports

    def progress(self) -> Progress:
        """See `Office.progress`. A day is one of this machine's time zone."""
        with self._register.read() as connection:
            return read_progress(connection, self._campaign, self._clock().astimezone())

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """See `Office.history`."""
        with self._register.read() as connection:
            return read_history(connection, meter_number)


def _first_number(connection: Connection, change: Record) -> int:
    """Which number the first row of a key change had on the list that it was first given out with.

    Changes of one list were issued at one moment, and each begins with the state that the one before it made.
    """
    by_end = {
        other.to_state: other
        for other in connection.execute(CHANGES_OF_METER, {"meter_id": change.meter_id})
        if other.issued_at == change.issued_at
    }
    number = 1
    while (before := by_end.pop(change.from_state, None)) is not None:
        number += before.sections
        change = before
    return number
