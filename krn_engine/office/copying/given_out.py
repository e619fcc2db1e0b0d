"""A kiosk gave rows out of its copy: they go on record as the key changes that they are.

Whoever tells of it proves nothing by that, and need not: the id of a key change follows from its rows, so an id that
fits what this office makes of the two states was offered by an office with the same keys. It may no longer be what this
meter needs; that the rows went out is a fact all the same, and what becomes of them can be recorded.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.book import UNKNOWN, require_digits
from krn_engine.office.copying.ahead import SourcesAhead
from krn_engine.office.errors import MeterUnknown, NotOffered, RequestReused
from krn_engine.office.new_changes import change_id
from krn_engine.office.passing import passes
from krn_engine.office.queries import BY_METER, CHANGES_OF_METER, CHANGES_OF_REQUEST
from krn_engine.office.remaining import Between, Given, given_again
from krn_engine.office.statements import Record
from krn_engine.office.wire.delivered import GivenChange, GivenOut
from krn_engine.register.audit import facts
from krn_engine.register.audit.chain import moment
from krn_engine.register.audit.entries import AuditEvent, note
from krn_engine.register.concurrency import Lock, hold, insert_once
from krn_engine.register.database import Register
from krn_engine.register.tables import key_changes, requests

_NOT_OFFERED = (
    "this office would not make these rows now: its keys, its campaign or its lists are not what they were when they "
    "were copied. Look at the meter, and say which KRN it holds (krn office holds)"
)


class GivenOuts:
    """Puts on record what kiosks gave out. `clock` gives aware times."""

    def __init__(self, register: Register, campaign: Campaign, sources: Sources, clock: Callable[[], datetime]) -> None:
        self._register = register
        self._campaign = campaign
        self._sources = SourcesAhead(sources)
        self._clock = clock

    def keep(self, given_out: GivenOut, request_id: str, actor: str, at: datetime) -> None:
        """Of one request once, however often it comes. `at` is the kiosk's own time, which goes into the audit.

        Raises MeterUnknown, NotOffered, RequestReused, and what passes (`krn_engine.office.passing`).
        """
        require_digits(given_out.meter_number)
        self._register.change(lambda connection: self._keep(connection, given_out, request_id, actor, at))

    def _keep(self, connection: Connection, given_out: GivenOut, request_id: str, actor: str, at: datetime) -> None:
        """In one transaction. Raises Overtaken."""
        hold(connection, shared=(Lock.ROWS,), meter=given_out.meter_number)
        self._register.require_key(connection)
        answered = connection.execute(CHANGES_OF_REQUEST, {"request_id": request_id}).all()
        if answered and answered[0].number != given_out.meter_number:
            raise RequestReused("this request was already answered for another meter: start a new one")
        meter = connection.execute(BY_METER, {"digits": given_out.meter_number}).first()
        if meter is None:
            raise MeterUnknown(UNKNOWN)
        now = self._clock()
        found = connection.execute(CHANGES_OF_METER, {"meter_id": meter.id})
        known = {(change.from_state, change.to_state): change.id for change in found}
        new = []
        for change in given_out.changes:
            kept = known.get((change.from_state, change.to_state))
            if kept is None:
                new.append(self._made(meter, change, now))
            elif kept != change.id:
                raise NotOffered(_NOT_OFFERED)
        if answered and not new:
            return
        ids = [change.id for change in given_out.changes]
        if new:
            insert_once(connection, key_changes, new)
        if not answered:
            # An answer that the office gave itself, and the kiosk never got, stays what the request is answered with.
            positions = [{"request_id": request_id, "position": n, "key_change_id": id_} for n, id_ in enumerate(ids)]
            insert_once(connection, requests, positions)
        made = {change["id"] for change in new}
        note(
            connection,
            AuditEvent.ISSUED,
            now,
            actor,
            meter.id,
            request=request_id,
            new=[facts.key_change(change) for change in new],
            again=[id_ for id_ in ids if id_ not in made],
            kiosk_time=moment(at),
        )

    def _made(self, meter: Record, change: GivenChange, now: datetime) -> dict[str, Any]:
        """The record of a change that is on none yet. Raises NotOffered, and what passes."""
        between = Between(change.from_state, change.to_state)
        given = Given(self._sources, now, self._register.keeper)
        try:
            rows = given_again(between, meter, self._campaign, given)
        except KrnError as refusal:
            if passes(refusal):
                raise
            raise NotOffered(_NOT_OFFERED) from None
        if change_id(meter.number, change.from_state, change.to_state, rows) != change.id:
            raise NotOffered(_NOT_OFFERED)
        return {
            "id": change.id,
            "meter_id": meter.id,
            "from_state": change.from_state,
            "to_state": change.to_state,
            "source": between.source,
            "sections": len(rows.split()),
            "rows": self._register.keeper.close(rows, meter.number, change.from_state, change.to_state),
            "issued_at": now,
        }
