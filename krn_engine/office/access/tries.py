"""Wrong tries to sign in, counted for a name and for an address, over all processes of an office.

A try counts before it is looked at and is taken back when it was right: of a hundred at the same moment five are looked
at, and who comes with a right one waits for those (`open_tries`). A name that nobody has counts as any other, so that a
lock tells nothing of who is there.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from krn_engine.office.access.database import Database
from krn_engine.office.access.open_tries import close_old, close_one, count_open, open_one
from krn_engine.office.access.people_tables import tries
from krn_engine.office.net_errors import SignInLocked, TooManyRequests

MOST = 5
LOCKED = timedelta(minutes=15)
WAITS, WAIT_SECONDS = 60, 0.05
"""How often, and how long each time, somebody waits for those who are being looked at."""
_MINUTE, _SECOND = timedelta(minutes=1), timedelta(seconds=1)


def of_name(name: str) -> str:
    """The key of the tries at a person of this name."""
    return "name " + hashlib.sha256(name.encode()).hexdigest()


def _of_both(name: str, address: str) -> str:
    """The key of the tries at this name from this address, by their keys: so many a right secret forgives."""
    return "both " + hashlib.sha256(f"{name}\0{address}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Try:
    """One that is looked at, and counts as wrong until it was right."""

    id: str
    at: datetime
    before: datetime | None
    """When the one before it from this address was, if there was one."""


def begin(
    database: Database, name: str, address: str, clock: Callable[[], datetime], wait: Callable[[float], None]
) -> Try:
    """One more try, by these keys. Close it, or forgive it.

    Where only tries that are being looked at are in the way, it waits for them. Raises SignInLocked, and counts
    nothing, where one of the two is locked; TooManyRequests if they do not come to an end.
    """
    for _ in range(WAITS):
        with database.write() as connection:
            begun = _begun(connection, name, address, clock())
        if begun is not None:
            return begun
        wait(WAIT_SECONDS)
    raise TooManyRequests("others are signing in by this name or from this address: try again in a minute")


def _begun(connection: Connection, name: str, address: str, now: datetime) -> Try | None:
    """None: as many as may be wrong are being looked at."""
    connection.execute(delete(tries).where(tries.c.last_at <= now - LOCKED))
    close_old(connection, now)
    keys = (name, address, _of_both(name, address))
    found = {row.key: row for row in connection.execute(select(tries).where(tries.c.key.in_(keys)))}
    full = [row for row in found.values() if row.key in (name, address) and row.number >= MOST]
    ends = [row.last_at + LOCKED for row in full if row.number - count_open(connection, row.key) >= MOST]
    if ends:
        minutes = -((now - max(ends)) // _MINUTE)
        locked = SignInLocked(
            f"{MOST} wrong tries, by this name or from this address: nobody is let in for {minutes} minutes"
        )
        locked.seconds = -((now - max(ends)) // _SECOND)
        raise locked
    if full:
        return None
    for key in keys:
        one_more = {"number": found[key].number + 1 if key in found else 1, "last_at": now}
        of_key = update(tries).where(tries.c.key == key).values(one_more)
        connection.execute(of_key if key in found else insert(tries).values(key=key, **one_more))
    begun = Try(secrets.token_hex(16), now, found[address].last_at if address in found else None)
    open_one(connection, begun.id, name, address, now)
    return begun


def close(database: Database, looked_at: Try) -> None:
    """It was wrong, and stays counted."""
    with database.write() as connection:
        close_one(connection, looked_at.id)


def forgive(connection: Connection, name: str, address: str, right: Try) -> None:
    """The try was right: none is left of this name, and at the address only those at other names.

    All of an address are not forgiven: whoever has a name of their own could guess at all others from there. And the
    right secret keeps the wrong ones of others for no longer than they were kept before it.
    """
    close_one(connection, right.id)
    both = tries.c.key == _of_both(name, address)
    mine = connection.execute(select(tries.c.number).where(both)).scalar() or 0
    connection.execute(delete(tries).where(or_(tries.c.key == name, both)))
    connection.execute(update(tries).where(tries.c.key == address).values(number=tries.c.number - mine))
    connection.execute(delete(tries).where(tries.c.key == address, tries.c.number <= 0))
    if right.before is not None:
        last = update(tries).where(tries.c.key == address, tries.c.last_at == right.at)
        connection.execute(last.values(last_at=right.before))
