"""How each kiosk is, by its own last word; and which of them are ill, by that or because they say nothing.

The time is the office's own: a kiosk's clock may be what is wrong with it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ForeignKey, Integer, String, Table, func, insert, or_, select, update

from krn_engine.office.access.database import Database, callers, kept
from krn_engine.office.net_errors import WireBroken
from krn_engine.office.wire.asked import Caller, Scope
from krn_engine.office.wire.heartbeat import HEARTBEAT, Heartbeat
from krn_engine.office.wire.text import from_bytes, to_bytes
from krn_engine.register.tables import Moment

SILENT_AFTER = timedelta(minutes=15)
"""Three heartbeats that did not come."""
heartbeats = Table(
    "access_heartbeats",
    kept,
    Column("caller_id", Integer, ForeignKey("access_callers.id"), primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("failing", Integer, nullable=False),  # lines that keep it from its work
    Column("content", String(20_000), nullable=False),  # JSON, as `HEARTBEAT` writes it
)


@dataclass(frozen=True, slots=True)
class Heard:
    """The last word of a kiosk, and when it came."""

    at: datetime
    said: Heartbeat


@dataclass(frozen=True, slots=True)
class Kiosks:
    """How many kiosks there are that were not revoked."""

    all: int
    ill: int


class Heartbeats:
    """The newest of each caller. `clock` gives aware times."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def keep(self, caller_id: int, said: Heartbeat) -> None:
        """In the place of what this caller said before."""
        values = {
            "at": self._clock(),
            "failing": len(said.failing),
            "content": to_bytes(HEARTBEAT.write(said)).decode(),
        }
        with self._database.write() as connection:
            of_caller = update(heartbeats).where(heartbeats.c.caller_id == caller_id).values(values)
            if not connection.execute(of_caller).rowcount:
                connection.execute(insert(heartbeats).values(caller_id=caller_id, **values))

    def heard(self) -> Mapping[str, Heard]:
        """By the callers' names; who never said anything, or in the form of another release, is not there."""
        wanted = select(callers.c.name, heartbeats.c.at, heartbeats.c.content).select_from(heartbeats.join(callers))
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        found = {}
        for row in rows:
            # Within minutes each says it anew.
            with suppress(WireBroken):
                found[row.name] = Heard(row.at, HEARTBEAT.read(from_bytes(row.content.encode())))
        return found

    def is_silent(self, caller: Caller, heard: Heard | None) -> bool:
        """Whether nothing was heard of a kiosk for too long, since it was enrolled."""
        last = caller.since if heard is None else max(caller.since, heard.at)
        return self._clock() - last > SILENT_AFTER

    def is_ill(self, caller: Caller, heard: Heard | None) -> bool:
        """Whether somebody should go to this kiosk: it is let in, and says nothing or that it cannot work."""
        if caller.scope is not Scope.KIOSK or caller.revoked_at is not None:
            return False
        return self.is_silent(caller, heard) or (heard is not None and bool(heard.said.failing))

    def count(self) -> Kiosks:
        """The same for all, counted where they are kept."""
        long_ago = self._clock() - SILENT_AFTER
        silent = (callers.c.since < long_ago) & or_(heartbeats.c.at.is_(None), heartbeats.c.at < long_ago)
        ill = or_(silent, func.coalesce(heartbeats.c.failing, 0) > 0)
        wanted = (
            select(func.count(), func.count().filter(ill))
            .select_from(callers.outerjoin(heartbeats))
            .where(callers.c.scope == Scope.KIOSK.value, callers.c.revoked_at.is_(None))
        )
        with self._database.read() as connection:
            every, those = connection.execute(wanted).one()
        return Kiosks(every, those)
