"""What is said of a meter goes on record: outcomes of rows, endings of sessions, statements; proofs move its state."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyNotFound
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.errors import MeterUnknown, OutcomeRefused, StatementRefused
from krn_engine.office.queries import CHANGE, CHANGES_OF_METER, METER, METER_ID, NEWEST_OUTCOME, STATEMENTS_OF_METER
from krn_engine.office.remaining import as_issued
from krn_engine.office.statements import Record, key_state_with, state_before
from krn_engine.register.database import Register
from krn_engine.register.tables import KeyStateBy, RowSource, endings, meters, outcomes, statements

LOWEST_KRN, HIGHEST_KRN = 1, 9


class Book:
    """Keeps records in a register. `clock` gives aware times; the vault tells the KEN of a key, where there is one."""

    def __init__(
        self, register: Register, campaign: Campaign, vault: Vault | None, clock: Callable[[], datetime]
    ) -> None:
        self._register = register
        self._campaign = campaign
        self._vault = vault
        self._clock = clock

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        with self._register.write() as connection:
            change = connection.execute(CHANGE, {"change": row.key_change_id}).first()
            if change is None or not 1 <= row.section <= change.sections:
                raise OutcomeRefused("an outcome was reported for a row that this office never issued")
            if row.outcome in (RowOutcome.ACCEPTED, RowOutcome.PARTIAL) and row.grade is None:
                raise OutcomeRefused("a row was reported as taken, and nobody and nothing saw it")
            seen = select(outcomes.c.id).where(
                outcomes.c.attempt_id == row.attempt, outcomes.c.outcome == row.outcome.value
            )
            if connection.execute(seen).first() is not None:
                return
            connection.execute(
                insert(outcomes).values(
                    key_change_id=row.key_change_id,
                    section=row.section,
                    outcome=row.outcome.value,
                    evidence=row.evidence[:200],
                    by=row.by[:64],
                    grade=None if row.grade is None else row.grade.value,
                    at_place=row.place[:64],
                    attempt_id=row.attempt,
                    recorded_at=self._clock(),
                )
            )
            if row.outcome is not RowOutcome.ACCEPTED or row.grade is None or not row.grade.proves:
                return
            if change.source == RowSource.ENGINE.value and as_issued(connection, [change])[0].done:
                self._advance(connection, change)

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

    def end(self, meter_number: str, session: SessionEnding) -> None:
        """See `Office.end`."""
        with self._register.write() as connection:
            connection.execute(
                insert(endings).values(
                    meter_id=_require_meter(connection, meter_number),
                    ending=session.ending,
                    code=session.code,
                    krn=session.krn,
                    grade=None if session.grade is None else session.grade.value,
                    proved=session.proved,
                    at_place=session.place[:64],
                    recorded_at=self._clock(),
                )
            )

    def state(self, meter_number: str, statement: Statement) -> None:
        """See `Office.state`."""
        if not statement.reason.strip() or not statement.by.strip():
            raise StatementRefused("a statement needs a reason and the name of who makes it")
        if statement.krn is not None and not LOWEST_KRN <= statement.krn <= HIGHEST_KRN:
            raise StatementRefused(f"a KRN is {LOWEST_KRN} to {HIGHEST_KRN}")
        with self._register.write() as connection:
            meter_id = _require_meter(connection, meter_number)
            before = {} if statement.krn is None else self._hold(connection, meter_id, statement.krn)
            connection.execute(
                insert(statements).values(
                    meter_id=meter_id,
                    krn=statement.krn,
                    reason=statement.reason[:200],
                    by=statement.by[:64],
                    at_place=statement.place[:64],
                    after_outcome=connection.execute(NEWEST_OUTCOME).scalar_one(),
                    recorded_at=self._clock(),
                    **before,
                )
            )

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
        if self._vault is None:
            return None
        try:
            return int(self._vault.find(state.sgc, state.krn, state.kt, state.dkga).key.ken)
        except KeyNotFound:
            # What a meter said is kept even if its key has left the vault since; its KEN is then not known.
            return None


def _require_meter(connection: Connection, meter_number: str) -> int:
    meter_id: int | None = connection.execute(METER_ID, {"digits": meter_number}).scalar()
    if meter_id is None:
        raise MeterUnknown("this meter is not in the register: check its number, or ask the counter to add it")
    return meter_id
