"""What callers remember of the office's audit: the newest checkpoint that each of them sent back.

Apart from the register, as callers are: an older copy of it that is put back has lost entries that a kiosk knows of.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, String, Table, select

from krn_engine.office.access.database import Database, kept
from krn_engine.register.concurrency import insert_into
from krn_engine.register.tables import Moment

witnesses = Table(
    "access_witnesses",
    kept,
    Column("name", String(32), primary_key=True),  # of the caller, also of one that is let in no more
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", Moment, nullable=False),  # when it was sent back
)


def keep_witness(database: Database, name: str, seq: int, digest: str, at: datetime) -> None:
    """Keep what a caller remembers; one of an earlier entry than it sent before changes nothing."""
    with database.write() as connection:
        new = insert_into(connection, witnesses).values(name=name, seq=seq, hash=digest, at=at)
        news = {column: new.excluded[column] for column in ("seq", "hash", "at")}
        connection.execute(
            new.on_conflict_do_update(index_elements=["name"], set_=news, where=witnesses.c.seq < new.excluded.seq)
        )


def all_witnesses(connection: Connection) -> Iterator[tuple[str, int, str]]:
    """Name, number of the entry and its hash, by name; as they are on record, whatever somebody put there."""
    wanted = select(witnesses.c.name, witnesses.c.seq, witnesses.c.hash)
    for row in connection.execute(wanted.order_by(witnesses.c.name)):
        yield row.name, row.seq, row.hash


def forget_witness(connection: Connection, name: str, seq: int, digest: str) -> None:
    """Somebody has answered for it; what the caller has sent back since stays."""
    same = (witnesses.c.name == name, witnesses.c.seq == seq, witnesses.c.hash == digest)
    connection.execute(witnesses.delete().where(*same))
