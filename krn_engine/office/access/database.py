"""Where callers and counts are kept: files beside a SQLite register, or tables in the register's own database."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    text,
)

from krn_engine.register.errors import RegisterTooNew
from krn_engine.register.tables import Moment
from krn_engine.register.transactions import explained, reading

SCHEMA = 1
BUSY_SECONDS = 10.0
STATEMENT_SECONDS = 10.0
"""All that is asked here is a record or a page of them."""
_LOCK = 0x6B726E616363
"""A number of our own for PostgreSQL's advisory locks: tables are made by one process at a time."""
_KEY_BYTES = 32
UNITS = String(20_000)
_CALLERS = "access.db"

kept = MetaData()
callers = Table(
    "access_callers",
    kept,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False, unique=True),
    Column("scope", String(16), nullable=False),  # a value of Scope
    Column("units", UNITS, nullable=False),  # JSON: a list of strings; empty: all
    Column("since", Moment, nullable=False),
    Column("last_seen", Moment),  # to the minute
    Column("revoked_at", Moment),
)
tokens = Table(
    "access_tokens",
    kept,
    Column("id", String(16), primary_key=True),  # the part of a token that may be seen
    Column("caller_id", Integer, ForeignKey("access_callers.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of the whole token
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
codes = Table(
    "access_codes",
    kept,
    Column("name", String(32), primary_key=True),  # of the caller that it is for
    Column("digest", String(64), nullable=False),  # SHA-256 of the code
    Column("scope", String(16), nullable=False),
    Column("units", UNITS, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries_left", Integer, nullable=False),
)
settings = Table(
    "access_settings",
    kept,
    Column("name", String(16), primary_key=True),  # "schema", "log-key" or "orders-key"
    Column("value", String(64), nullable=False),
)
counted = MetaData()
asked = Table(
    "access_asked",
    counted,
    Column("key", String(64), primary_key=True),  # who, and what is counted
    Column("window", BigInteger, nullable=False, index=True),  # which minute since 1970
    Column("count", Integer, nullable=False),
)


class Database:
    """Either of the two; close it. Errors of the driver come out as refusals of the register."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # On a server, what is asked or done in one statement needs no transaction around it: two round trips less.
        is_file = engine.dialect.name == "sqlite"
        self._at_once = engine if is_file else engine.execution_options(isolation_level="AUTOCOMMIT")

    @classmethod
    def of_callers(cls, register: str) -> Self:
        """Callers, tokens and codes: on disk when a transaction returns. Made if they are not there.

        Raises RegisterTooNew, and what a database can be refused with.
        """
        opened = cls(_engine(_beside(register, _CALLERS), "FULL"))
        with opened.write() as connection:
            kept.create_all(connection)
            found = connection.execute(select(settings.c.value).where(settings.c.name == "schema")).scalar()
            if found is None:
                connection.execute(insert(settings).values(name="schema", value=str(SCHEMA)))
            elif int(found) > SCHEMA:
                raise RegisterTooNew("the list of kiosks was made by a later version of this program: update it first")
        return opened

    @staticmethod
    def has_callers(register: str) -> bool:
        """Whether there is a file of callers beside this register; in another database they are made where they are."""
        file = _beside(register, _CALLERS)
        return file.get_backend_name() != "sqlite" or Path(file.database or "").is_file()

    @classmethod
    def of_counts(cls, register: str) -> Self:
        """How often who asked: of no use a minute later, so nothing waits for a disk."""
        opened = cls(_engine(_beside(register, "asked.db"), "OFF"))
        with opened.write() as connection:
            counted.create_all(connection)
        return opened

    @classmethod
    def of(cls, register: str, file: str, tables: MetaData) -> Self:
        """Other tables of an office, in a file of this name or in the register's database; made if they are not there.

        They are on disk when a transaction returns. Raises what a database can be refused with.
        """
        opened = cls(_engine(_beside(register, file), "FULL"))
        with opened.write() as connection:
            tables.create_all(connection)
        return opened

    def key(self, name: str) -> bytes:
        """A secret key of this office alone, made when it is asked for first; the same for all its processes."""
        with self.write() as connection:
            found = connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()
            if found is None:
                found = secrets.token_hex(_KEY_BYTES)
                connection.execute(insert(settings).values(name=name, value=found))
        return bytes.fromhex(found)

    def orders_key(self) -> bytes:
        """What lists of work orders are marked with: nobody else can make one up."""
        return self.key("orders-key")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One moment of it; what is read in one statement, where a server keeps it."""
        with explained(), self._at_once.connect() as connection, reading(connection):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, whole or not at all; on a server too one waits for the other."""
        with self.change() as connection:
            if connection.dialect.name != "sqlite":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    @contextmanager
    def change(self, patience: float = BUSY_SECONDS) -> Iterator[Connection]:
        """The same, where what two write at once is settled by their statements: on a server nobody waits.

        `patience`: seconds for which a file may be held by another before this is refused (RegisterBusy).
        """
        with explained(), self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def count(self) -> Iterator[Connection]:
        """One transaction of one statement that needs nobody to wait."""
        with explained(), self._at_once.connect() as connection:
            yield connection
            if connection.in_transaction():
                connection.commit()

    def close(self) -> None:
        """Give it back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _beside(register: str, name: str) -> URL:
    url = make_url(register)
    if url.get_backend_name() != "sqlite":
        return url
    return url.set(database=str(Path(url.database or "").with_name(name)))


def _keep_private(file: Path) -> None:
    """Keys lie in it: nobody but its owner reads it. A file that cannot be made or changed is for the database to tell.

    It is never opened here if it is there: closing it would end the locks that this process holds on it.
    """
    with suppress(OSError):
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            if os.geteuid() == 0:
                # Who serves is somebody else than who makes the first code.
                folder = file.parent.stat()
                os.chown(file, folder.st_uid, folder.st_gid)
    for end in ("", "-wal", "-shm"):
        with suppress(OSError):
            file.with_name(file.name + end).chmod(0o600)


def _engine(url: URL, synchronous: str) -> Engine:
    if url.get_backend_name() != "sqlite":
        # Its driver is installed where an office serves many, and at no kiosk.
        from krn_engine.register.postgres import engine_of  # noqa: PLC0415

        return engine_of(url, STATEMENT_SECONDS, BUSY_SECONDS, waits_for_disk=synchronous != "OFF")
    _keep_private(Path(url.database or ""))
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None}, pool_size=10
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
