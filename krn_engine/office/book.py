"""What is said of a meter goes on record: outcomes of rows, endings of sessions, statements; proofs move its state."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, update

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.deliveries import is_known
from krn_engine.office.errors import MeterUnknown, OutcomeRefused
from krn_engine.office.queries import (
    CHANGE,
    CHANGES_OF_METER,
    METER,
    METER_ID,
    METER_OF_CHANGE,
    NEWEST_OUTCOME,
    STATEMENTS_OF_METER,
)
from krn_engine.office.remaining import as_issued
from krn_engine.office.seen import require_seen
from krn_engine.office.statements import Record, key_state_with, require_said, state_before
from krn_engine.office.wire.asked import END, STATE, End, State
from krn_engine.office.wire.text import to_bytes
from krn_engine.register.audit import facts
from krn_engine.register.audit.chain import moment
from krn_engine.register.audit.entries import AuditEvent, note
from krn_engine.register.concurrency import Lock, hold, inserted, is_served_by_many
from krn_engine.register.database import Register
from krn_engine.register.tables import KeyStateBy, RowOrigin, endings, meters, outcomes, statements
from krn_engine.register.tally import tallying
from krn_engine.sts.identity import is_digits

UNKNOWN = "this meter is not in the register: check its number, or ask the counter to add it"
NUL = "\0"


class Book:
    """Keeps records in a register, for `actor`. `clock` gives aware times; the sources tell the KEN of some keys."""

    def __init__(
        self,
        register: Register,
        campaign: Campaign,
        sources: Sources,
        clock: Callable[[], datetime],
        actor: str,
        said_at: datetime | None = None,
    ) -> None:
        """`said_at`: when it was so by the actor's own clock, if that is not now; it goes into the audit."""
        self._register = register
        self._campaign = campaign
        self._sources = sources
        self._clock = clock
        self._actor = actor
        self._told: dict[str, Any] = {} if said_at is None else {"kiosk_time": moment(said_at)}

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        self._register.change(lambda connection: self._record(connection, row))

    def _record(self, connection: Connection, row: RowRecord) -> None:
        change = self._change(connection, row.key_change_id)
        if change is None:
            raise OutcomeRefused("an outcome was reported for a row that this office never issued")
        require_seen(row, change.sections)
        now = self._clock()
        recorded = {
            "key_change_id": row.key_change_id,
            "section": row.section,
            "outcome": row.outcome.value,
            "evidence": _written(row.evidence, 200),
            "by": _written(row.by, 64),
            "grade": None if row.grade is None else row.grade.value,
            "at_place": _written(row.place, 64),
            "attempt_id": row.attempt,
            "recorded_at": now,
        }
        with tallying(connection, lambda: [change.meter_id]):
            if not inserted(connection, outcomes, recorded):
                # It was told before.
                return
            self._note(connection, AuditEvent.RECORDED, now, change.meter_id, facts.outcome(recorded))
            proves = row.outcome is RowOutcome.ACCEPTED and row.grade is not None and row.grade.proves
            if proves and change.source == RowOrigin.ENGINE.value and as_issued(connection, [change])[0].done:
                self._advance(connection, change)

    def _change(self, connection: Connection, change_id: str) -> Record | None:
        """A key change, and what else is about its meter waits from then on."""
        asked = {"change": change_id.replace(NUL, "")}
        if is_served_by_many(connection):
            hold(connection, shared=(Lock.TALLY,), meter=connection.execute(METER_OF_CHANGE, asked).scalar())
        return connection.execute(CHANGE, asked).first()

    def _advance(self, connection: Connection, change: Record) -> None:
        """The key change is proved: the meter's record moves to its end, unless it is further already."""
        state = KeyState.parse(change.to_state)
        connection.execute(
            update(meters)
            .where(meters.c.id == change.meter_id, or_(meters.c.krn.is_(None), meters.c.krn < int(state.krn)))
            .values(
                sgc=str(state.sgc),
                ti=str(state.ti),
                krn=int(state.krn),
                base_date=int(state.base_date),
                ken=self._new_ken(state),
                key_state_by=KeyStateBy.OUTCOME.value,
            )
        )

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None) -> None:
        """See `Office.end`."""
        require_digits(meter_number)
        content = b"" if delivery is None else to_bytes(END.write(End(meter_number, session)))

        def ended(connection: Connection, meter_id: int, now: datetime) -> None:
            kept: dict[str, Any] = {
                "meter_id": meter_id,
                "ending": session.ending,
                "code": session.code,
                "krn": session.krn,
                "grade": None if session.grade is None else session.grade.value,
                "proved": session.proved,
                "at_place": _written(session.place, 64),
                "recorded_at": now,
            }
            with tallying(connection, lambda: [meter_id]):
                kept["id"] = connection.execute(insert(endings).values(kept).returning(endings.c.id)).scalar_one()
                self._note(connection, AuditEvent.ENDED, now, meter_id, facts.ending(kept))

        self._once(meter_number, delivery, content, ended)

    def state(self, meter_number: str, statement: Statement, delivery: str | None) -> None:
        """See `Office.state`."""
        require_said(statement)
        require_digits(meter_number)
        content = b"" if delivery is None else to_bytes(STATE.write(State(meter_number, statement)))

        def stated(connection: Connection, meter_id: int, now: datetime) -> None:
            said = {
                "meter_id": meter_id,
                "krn": statement.krn,
                "reason": _written(statement.reason, 200),
                "by": _written(statement.by, 64),
                "at_place": _written(statement.place, 64),
                "after_outcome": connection.execute(NEWEST_OUTCOME).scalar_one(),
                "recorded_at": now,
            }
            with tallying(connection, lambda: [meter_id]):
                kept = said | ({} if statement.krn is None else self._hold(connection, meter_id, statement.krn))
                kept["id"] = connection.execute(insert(statements).values(kept).returning(statements.c.id)).scalar_one()
                self._note(connection, AuditEvent.STATED, now, meter_id, facts.statement(kept))

        self._once(meter_number, delivery, content, stated)

    def _once(
        self,
        meter_number: str,
        delivery: str | None,
        content: bytes,
        put: Callable[[Connection, int, datetime], None],
    ) -> None:
        """Have `put` put something of the meter of this id on record, unless it came under this delivery before."""

        def change(connection: Connection) -> None:
            hold(connection, shared=(Lock.TALLY,), meter=meter_number)
            meter_id = require_meter(connection, meter_number)
            now = self._clock()
            if not is_known(connection, delivery, content, now):
                put(connection, meter_id, now)

        self._register.change(change)

    def _note(
        self, connection: Connection, event: AuditEvent, at: datetime, meter_id: int, told: dict[str, Any]
    ) -> None:
        note(connection, event, at, self._actor, meter_id, **told, **self._told)

    def _hold(self, connection: Connection, meter_id: int, krn: int) -> dict[str, Any]:
        """The meter's record goes by what is said of it, forward or back; gives what it was, for the statement."""
        meter = connection.execute(METER, {"meter_id": meter_id}).one()
        changes = connection.execute(CHANGES_OF_METER, {"meter_id": meter_id}).all()
        earlier = connection.execute(STATEMENTS_OF_METER, {"meter_id": meter_id}).all()
        known = key_state_with(meter, krn, changes, earlier, self._campaign)
        if known["ken"] is None:
            try:
                known["ken"] = self._new_ken(KeyState.of_record(meter._asdict() | known))
            except KrnError:
                # With a key state that is not whole, its KEN is not known either.
                known["ken"] = None
        known["key_state_by"] = KeyStateBy.STATEMENT.value
        connection.execute(update(meters).where(meters.c.id == meter_id).values(known))
        return state_before(meter)

    def _new_ken(self, state: KeyState) -> int | None:
        for hop in self._campaign.hops:
            if hop.krn == state.krn and hop.ken is not None:
                return int(hop.ken)
        # What a meter said is kept even if its key has left its source since; its KEN is then not known.
        ken = self._sources.ken_of(state)
        return None if ken is None else int(ken)


def require_digits(meter_number: str) -> None:
    """No meter has another number, and some databases cannot even look for one. Raises MeterUnknown."""
    if not is_digits(meter_number):
        raise MeterUnknown(UNKNOWN)


def _written(text: str, most: int) -> str:
    """As the register keeps a text: PostgreSQL has no character 0 in any."""
    return text.replace(NUL, "")[:most]


def require_meter(connection: Connection, meter_number: str) -> int:
    """The meter's id in the register. Raises MeterUnknown."""
    meter_id: int | None = connection.execute(METER_ID, {"digits": meter_number}).scalar()
    if meter_id is None:
        raise MeterUnknown(UNKNOWN)
    return meter_id
