"""Checkpoints of the audit that a caller sent back and that did not fit: kept, each with its signature, as evidence.

A kiosk that is told so may be away tomorrow, and an older register that was put back grows past what it lacks. So an
office does not forget what it was shown, until somebody has answered for it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, String, Table, func, insert, select, update

from krn_engine.office.access.database import Database, kept
from krn_engine.register.tables import Moment

MOST = 20
"""So many of one caller are kept that nobody has answered for: the first are as good as the rest."""
differing = Table(
    "access_differing",
    kept,
    Column("name", String(32), primary_key=True),  # of the caller, also of one that is let in no more
    Column("seq", BigInteger, primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("origin", String(200), nullable=False),  # of which register it is
    Column("signed_at", Moment, nullable=False),
    Column("signature", String(128), nullable=False),
    Column("at", Moment, nullable=False),  # when it was sent back first
    Column("accepted_at", Moment),  # somebody has answered for it since
)


@dataclass(frozen=True, slots=True)
class Differing:
    """A checkpoint of this caller that did not fit."""

    name: str
    origin: str
    seq: int
    hash: str
    signed_at: datetime
    signature: str


def keep_differing(database: Database, found: Differing, at: datetime) -> bool:
    """Keep it; False: somebody has answered for it."""
    same = (differing.c.name == found.name, differing.c.seq == found.seq, differing.c.hash == found.hash)
    others = (
        select(func.count())
        .select_from(differing)
        .where(differing.c.name == found.name, differing.c.accepted_at.is_(None))
    )
    with database.write() as connection:
        row = connection.execute(select(differing).where(*same)).first()
        if row is not None:
            return row.accepted_at is None or row.origin != found.origin
        if connection.execute(others).scalar_one() < MOST:
            connection.execute(insert(differing).values(**_values(found), at=at))
    return True


def all_differing(connection: Connection) -> tuple[Differing, ...]:
    """Those that nobody has answered for, by name and entry."""
    wanted = select(differing).where(differing.c.accepted_at.is_(None)).order_by(differing.c.name, differing.c.seq)
    return tuple(
        Differing(row.name, row.origin, row.seq, row.hash, row.signed_at, row.signature)
        for row in connection.execute(wanted)
    )


def accept_all(connection: Connection, at: datetime) -> None:
    """Somebody has answered for all of them."""
    connection.execute(update(differing).where(differing.c.accepted_at.is_(None)).values(accepted_at=at))


def _values(found: Differing) -> dict[str, object]:
    return {
        "name": found.name,
        "origin": found.origin,
        "seq": found.seq,
        "hash": found.hash,
        "signed_at": found.signed_at,
        "signature": found.signature,
    }
