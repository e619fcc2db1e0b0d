"""Rows of a source that takes its time, asked for before the transaction that keeps them.

SQLite lets one transaction write at a time: a module that is slow, or does not answer at all, would keep every kiosk's
outcomes waiting. So it is asked before. PostgreSQL holds one meter and no more, and it is asked inside: there the lock
keeps two processes from asking for the same meter at once.
"""

from collections.abc import Callable, Mapping
from threading import Lock

from sqlalchemy import Connection

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.office.queries import BY_METER, CHANGES_OF_METER, CHANGES_OF_REQUEST
from krn_engine.office.remaining import Given, RemainingChange, remaining_changes
from krn_engine.register.concurrency import is_served_by_many
from krn_engine.register.database import Register
from krn_engine.register.tables import RowOrigin

_STRIPES = 64
"""So many meters can be asked for at once, by chance some fewer; two askers of one meter never."""


class Ahead:
    """Asks for what the meter of a request needs. `given` is what an office makes rows with."""

    def __init__(self, register: Register, campaign: Campaign, given: Callable[[], Given]) -> None:
        self._register = register
        self._campaign = campaign
        self._given = given
        self._asking = tuple(Lock() for _ in range(_STRIPES))

    def rows(self, meter_number: str, request_id: str) -> Mapping[tuple[str, str], str]:
        """The rows of each key change that is needed and not on record, by its states. Raises what the source raises.

        Nothing is refused here but by a source: what else there is to refuse is refused where rows are kept.
        """
        with self._asking[hash(meter_number) % _STRIPES]:
            with self._register.read() as connection:
                if is_served_by_many(connection):
                    return {}
                needed = self._needed(connection, meter_number, request_id)
            given = self._given()
            return {(change.from_state, change.to_state): change.rows(given) for change in needed}

    def _needed(self, connection: Connection, meter_number: str, request_id: str) -> list[RemainingChange]:
        if connection.execute(CHANGES_OF_REQUEST, {"request_id": request_id}).first() is not None:
            return []
        meter = connection.execute(BY_METER, {"digits": meter_number}).first()
        if meter is None or meter.blocked:
            return []
        try:
            changes = remaining_changes(connection, meter, self._campaign)
        except KrnError:
            return []
        on_record = connection.execute(CHANGES_OF_METER, {"meter_id": meter.id})
        known = {(change.from_state, change.to_state) for change in on_record}
        return [
            change
            for change in changes
            if change.source is RowOrigin.ENGINE and (change.from_state, change.to_state) not in known
        ]
