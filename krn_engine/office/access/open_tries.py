"""Tries to sign in that are being looked at: each counts as a wrong one, and nobody is locked out by it alone."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, delete, func, insert, or_, select

from krn_engine.office.access.database import kept
from krn_engine.register.tables import Moment

LASTS = timedelta(seconds=10)
"""After which whoever looked at it is taken to be gone: it counts as a wrong one then."""
open_tries = Table(
    "access_open_tries",
    kept,
    Column("id", String(32), primary_key=True),
    Column("name_key", String(80), nullable=False),  # as `tries` has them
    Column("address_key", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)


def open_one(connection: Connection, try_id: str, name: str, address: str, at: datetime) -> None:
    """Somebody begins to look at a try, by these keys."""
    connection.execute(insert(open_tries).values(id=try_id, name_key=name, address_key=address, at=at))


def close_one(connection: Connection, try_id: str) -> None:
    """It was looked at."""
    connection.execute(delete(open_tries).where(open_tries.c.id == try_id))


def close_old(connection: Connection, now: datetime) -> None:
    """Those of processes that died."""
    connection.execute(delete(open_tries).where(open_tries.c.at <= now - LASTS))


def count_open(connection: Connection, key: str) -> int:
    """How many there are at a name or from an address."""
    at_key = or_(open_tries.c.name_key == key, open_tries.c.address_key == key)
    return connection.execute(select(func.count()).select_from(open_tries).where(at_key)).scalar_one()
