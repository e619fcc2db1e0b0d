"""An office on a register of its own."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, select, update

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.vault import Vault
from krn_engine.office.access.capabilities import Capabilities, EndedBy
from krn_engine.office.access.capability_errors import CapabilityRefused
from krn_engine.office.ahead import Ahead
from krn_engine.office.book import NUL, UNKNOWN, Book, require_digits, require_meter
from krn_engine.office.contract import (
    FindResult,
    FindWarning,
    Found,
    HistoryEntry,
    Issued,
    NotFound,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.copying.given_out import GivenOuts
from krn_engine.office.copying.pages import Pages
from krn_engine.office.errors import MeterUnknown, RequestReused
from krn_engine.office.finding import found_of
from krn_engine.office.identify import Idpel, IdProblem, MeterNumber, NotAnId, identify
from krn_engine.office.new_changes import new_record
from krn_engine.office.queries import (
    BY_IDPEL,
    BY_METER,
    CHANGES_OF_METER,
    CHANGES_OF_REQUEST,
    IDPEL_BEGINS,
)
from krn_engine.office.remaining import (
    Given,
    as_first_issued,
    as_issued,
    computed_again,
    first_among,
    first_number,
    given_again,
    krn_before,
    remaining_changes,
    require_any,
    require_unblocked,
    rows_differ,
)
from krn_engine.office.report.gather import Reporter
from krn_engine.office.reports import read_history, read_progress
from krn_engine.office.standings import Standings, standings_by_unit
from krn_engine.office.statements import Record
from krn_engine.register.audit import facts
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.concurrency import Lock, hold, insert_once
from krn_engine.register.database import Register
from krn_engine.register.errors import RecordDamaged, RegisterError
from krn_engine.register.tables import counters, key_changes, requests
from krn_engine.register.tally import Counts, count_all, is_kept, kept, kept_together
from krn_engine.row import Row

REQUEST_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class _Needed:
    """What a request is answered with."""

    meter: Record
    """As it was before."""
    records: list[Record]
    """The key changes in order."""
    known: list[Record]
    """Those of them that were there before, with their rows."""
    new: list[dict[str, Any]]
    """Those that were not."""
    of_meter: tuple[Record, ...]
    """All key changes of the meter."""


class LocalOffice:
    """Works on a register, a campaign and, where rows are made here, their sources. `clock` gives aware times."""

    def __init__(
        self,
        register: Register,
        campaign: Campaign,
        vault: Vault | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        sources: Sources | None = None,
        actor: str = LOCAL,
        capabilities: Capabilities | None = None,
    ) -> None:
        """`sources` say which source makes the rows of which supply group; without them the vault makes all.

        `actor` is who acts, in the audit. `capabilities` let customers in to their pages; None: there are no pages.
        """
        self._register = register
        self._campaign = campaign
        self._sources = Sources.of_vault(vault) if sources is None else sources
        self._clock = clock
        self._ahead = Ahead(register, campaign, self._given)
        self._actor = actor
        self.capabilities = capabilities
        """Who may see the rows of which request at home."""
        self._book = Book(register, campaign, self._sources, clock, actor)
        self.pages = Pages(register, campaign, self._sources, clock)
        """What a kiosk copies for the time without a network."""
        self.given_outs = GivenOuts(register, campaign, self._sources, clock)
        """What a kiosk gave out of its copy."""
        self.reporter = Reporter(register, campaign, clock)
        """How far the campaign is, for whoever steers it."""

    def acting_for(self, actor: str, said_at: datetime | None = None) -> Self:
        """The same office, for somebody else. `said_at`: when it was so by their own clock, if that is not now."""
        other = copy(self)
        other._actor = actor
        other._book = Book(self._register, self._campaign, self._sources, self._clock, actor, said_at)
        return other

    @property
    def campaign(self) -> Campaign:
        """What all meters are to be brought to."""
        return self._campaign

    @property
    def clock(self) -> Callable[[], datetime]:
        """Gives aware times."""
        return self._clock

    # --- find

    def find(self, text: str) -> FindResult:
        """See `Office.find`."""
        asked = identify(text)
        if isinstance(asked, NotAnId):
            return asked
        with self._register.read() as connection:
            found = self._find(connection, asked)
        if not isinstance(found, Found):
            # An index that lost a customer says the same.
            self._register.require_whole()
        return found

    def _find(self, connection: Connection, asked: Idpel | MeterNumber) -> FindResult:
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
        return found_of(connection, record, self._campaign, self._clock(), warnings)

    # --- issue

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`."""
        if not 0 < len(request_id) <= REQUEST_ID_LENGTH:
            raise ValueError("a request id has 1 to 64 characters")
        require_digits(meter_number)
        ahead = self._ahead.rows(meter_number, request_id) if self._sources.waits else {}
        return self._register.change(lambda connection: self._answer(connection, meter_number, request_id, ahead))

    def needed(self, meter_number: str) -> tuple[str, ...]:
        """The ids of the key changes that a meter needs now, in order; empty for one that was never given out.

        It gives nothing out. Raises MeterUnknown, KeyStateUnknown, KeyStateOdd, BeyondTarget.
        """
        require_digits(meter_number)
        with self._register.read() as connection:
            record = connection.execute(BY_METER, {"digits": meter_number}).first()
            if record is None:
                raise MeterUnknown(UNKNOWN)
            known = {states: change.id for states, change in self._known(connection, record).items()}
            changes = remaining_changes(connection, record, self._campaign)
            return tuple(known.get((change.from_state, change.to_state), "") for change in changes)

    def _answer(
        self, connection: Connection, meter_number: str, request_id: str, ahead: Mapping[tuple[str, str], str]
    ) -> Issued:
        """In one transaction. Raises Overtaken."""
        hold(connection, shared=(Lock.ROWS,), meter=meter_number)
        self._register.require_key(connection)
        answered = connection.execute(CHANGES_OF_REQUEST, {"request_id": request_id}).all()
        if answered:
            if answered[0].number != meter_number:
                raise RequestReused("this request was already answered for another meter: start a new one")
            if any(change.rows is None for change in answered):
                meter = connection.execute(BY_METER, {"digits": meter_number}).first()
                self._give_again(connection, answered, meter)
                self._note(connection, answered[0].meter_id, AuditEvent.GIVEN_AGAIN, request=request_id)
                answered = connection.execute(CHANGES_OF_REQUEST, {"request_id": request_id}).all()
            return self._issued(connection, meter_number, request_id, answered, answered)
        needed = self._issue(connection, meter_number, ahead)
        positions = [
            {"request_id": request_id, "position": position, "key_change_id": record.id}
            for position, record in enumerate(needed.records)
        ]
        insert_once(connection, requests, positions)
        self._note_issue(connection, request_id, needed.records, needed.new)
        if len(needed.new) == len(needed.records):
            return self._first_issued(meter_number, request_id, needed)
        return self._issued(connection, meter_number, request_id, needed.records, needed.known)

    def _note_issue(
        self, connection: Connection, request_id: str, records: Sequence[Record], new: Sequence[dict[str, Any]]
    ) -> None:
        made = {change["id"] for change in new}
        self._note(
            connection,
            records[0].meter_id,
            AuditEvent.ISSUED,
            # New key changes are told with the time that they have on record.
            new[0]["issued_at"] if new else None,
            request=request_id,
            new=[facts.key_change(change) for change in new],
            again=[record.id for record in records if record.id not in made],
        )

    def _note(
        self, connection: Connection, meter_id: int, event: AuditEvent, at: datetime | None = None, **told: Any
    ) -> None:
        note(connection, event, at or self._clock(), self._actor, meter_id, **told)

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
                raise rows_differ()
        changes = as_issued(
            connection, records, lambda change: tuple(Row(digits) for digits in rows[change.id].split())
        )
        first = first_number(connection, records[0])
        meter = connection.execute(BY_METER, {"digits": meter_number}).first()
        before = krn_before(records[0].from_state, meter, self._campaign)
        return Issued(request_id, meter_number, changes, self._campaign.minutes_for_a_change, first, before)

    def _first_issued(self, meter_number: str, request_id: str, needed: _Needed) -> Issued:
        """The answer where all of it was made just now: the database need not be asked for any of it again."""
        keeper, first = self._register.keeper, needed.records[0]

        def rows(change: Record) -> tuple[Row, ...]:
            opened = keeper.open(change.rows, meter_number, change.from_state, change.to_state)
            return tuple(Row(digits) for digits in opened.split())

        return Issued(
            request_id,
            meter_number,
            as_first_issued(needed.records, rows),
            self._campaign.minutes_for_a_change,
            first_among(needed.of_meter, first),
            krn_before(first.from_state, needed.meter, self._campaign),
        )

    def _issue(self, connection: Connection, meter_number: str, ahead: Mapping[tuple[str, str], str]) -> _Needed:
        """The key changes that are needed; on record now."""
        record = connection.execute(BY_METER, {"digits": meter_number}).first()
        if record is None:
            raise MeterUnknown(UNKNOWN)
        require_unblocked(record.blocked)
        changes = remaining_changes(connection, record, self._campaign)
        require_any(changes)
        needed = [(change.from_state, change.to_state) for change in changes]
        known = self._known(connection, record)
        before = [known[states] for states in needed if states in known]
        given = replace(self._given(), ahead=ahead)
        new = [
            new_record(record, change, change.rows(given), self._register.keeper, given.at)
            for change in changes
            if (change.from_state, change.to_state) not in known
        ]
        if new:
            insert_once(connection, key_changes, new)
        gone = any(change.rows is None for change in before)
        if gone:
            self._give_again(connection, before, record)
        if new or gone:
            known = self._known(connection, record)
        records = [known[states] for states in needed]
        there = [change for change in before if change.rows is not None]
        return _Needed(record, records, there, new, tuple(known.values()))

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
        return Given(self._sources, self._clock(), self._register.keeper)

    # --- home pages

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """See `Office.home_page`."""
        if self.capabilities is None:
            return None
        require_digits(meter_number)
        if self.capabilities.is_made(digest, meter_number, request_id):
            return self.capabilities.address

        def told(connection: Connection) -> None:
            hold(connection, meter=meter_number)
            # No request has a character 0 in its name, and PostgreSQL cannot even look for one.
            asked = {"request_id": request_id.replace(NUL, "")}
            answered = connection.execute(CHANGES_OF_REQUEST, asked).first()
            if answered is None or answered.number != meter_number or NUL in request_id:
                raise CapabilityRefused("no rows of this meter were given out by this request: ask for them first")
            self._note(connection, answered.meter_id, AuditEvent.HOME_PAGE_MADE, request=request_id)

        # The entry is there before anybody can be let in.
        self._register.change(told)
        self.capabilities.make(digest, meter_number, request_id)
        return self.capabilities.address

    def end_home_pages(self, meter_number: str, by: EndedBy = EndedBy.STAFF) -> int:
        """Nobody is let in any more to the home pages of this meter; gives how many that were. Raises MeterUnknown."""
        require_digits(meter_number)
        number = 0 if self.capabilities is None else self.capabilities.live(meter_number, by)
        if self.capabilities is None or not number:
            return 0

        def told(connection: Connection) -> None:
            hold(connection, meter=meter_number)
            meter_id = require_meter(connection, meter_number)
            self._note(connection, meter_id, AuditEvent.HOME_PAGES_ENDED, by=by.value, pages=number)

        self._register.change(told)
        self.capabilities.end(meter_number, by)
        return number

    # --- record

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        self._book.record(row)

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """See `Office.end`."""
        self._book.end(meter_number, session, delivery)

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """See `Office.state`."""
        self._book.state(meter_number, statement, delivery)

    # --- reports

    def progress(self) -> Progress:
        """See `Office.progress`. A day is one of this machine's time zone."""
        try:
            with self._register.read() as connection:
                if is_kept(connection):
                    return self._progress(connection, kept_together(connection))
        except RecordDamaged:
            # If it is a tally, that is mended here; what else it is, is told below.
            pass
        with suppress(RegisterError):
            self._register.recount()
        with self._register.read() as connection:
            counts = kept_together(connection) if is_kept(connection) else count_all(connection)
            return self._progress(connection, counts)

    def _progress(self, connection: Connection, counts: Counts) -> Progress:
        return read_progress(connection, counts, self._campaign, self._clock().astimezone())

    def units(self) -> dict[str, Standings]:
        """How the meters of each unit stand; those of none under an empty name."""
        with self._register.read() as connection:
            counts = kept(connection) if is_kept(connection) else count_all(connection)
        return standings_by_unit(counts, self._campaign)

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """See `Office.history`."""
        with self._register.read() as connection:
            return read_history(connection, meter_number)

    def ping(self) -> None:
        """See `Office.ping`."""
        with self._register.read() as connection:
            connection.execute(select(counters.c.value).limit(1))
