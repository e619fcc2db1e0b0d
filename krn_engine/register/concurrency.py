"""Who waits for whom where a database lets many write at once, and what is begun anew when one had to give way.

SQLite has one writer: whoever begins to write waits for the one before. On PostgreSQL each transaction takes the locks
that it needs as its first statement (advisory locks, section 13.3.5 of its manual): what is about one meter waits for
what else is about it, and no row is issued while rows are sealed. What comes in between all the same, from somebody
without these locks, meets the constraints of the tables and is begun anew (`Overtaken`).
"""

import random
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Any, TypeVar

from sqlalchemy import Connection, Integer, Table, bindparam, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from krn_engine.register.errors import RegisterBusy, RegisterUnreachable

Result = TypeVar("Result")
TRIES = 4
LONGEST_PAUSE = 0.02
"""Seconds before the second try; before the third up to twice as long, and so on."""
GAVE_WAY = ("40001", "40P01")
"""serialization_failure and deadlock_detected: nothing was done, and the same again may pass (manual, 13.5)."""
_LOOKS_EVERY = 0.05
"""Seconds."""


class Lock(IntEnum):
    """What is locked as a whole. The numbers are the same in every release that works on one database."""

    SCHEMA = 1
    """The tables are made or changed."""
    LIST = 2
    """A list goes in, or rows are sealed or forgotten."""
    ROWS = 3
    """How rows are kept: shared by who issues, alone for who seals."""
    TALLY = 4
    """The tallies: shared by who changes them, alone for who counts anew."""
    AUDIT = 5
    """The end of the audit's chain: one seals at a time."""


_CLASS = 0x4B524E
"""`KRN`: the first of the two numbers that such a lock has. The lock of a meter has one number, of 64 bits."""


class Overtaken(Exception):
    """Somebody else stored the same in between. Begun anew (`tried`), it is answered by what is there then."""


def is_served_by_many(connection: Connection) -> bool:
    """Whether the database of this connection lets many write at once."""
    return connection.dialect.name == "postgresql"


def hold(connection: Connection, *alone: Lock, shared: Collection[Lock] = (), meter: str | None = None) -> None:
    """Take locks until the transaction ends, that of the meter of this number too; waits for whoever has them."""
    if not is_served_by_many(connection) or not (alone or shared or meter):
        return
    asked = [func.pg_advisory_xact_lock_shared(*_numbers(lock)) for lock in shared]
    asked += [func.pg_advisory_xact_lock(*_numbers(lock)) for lock in alone]
    if meter is not None:
        asked.append(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("meter"), 0)))
    connection.execute(select(*asked), {} if meter is None else {"meter": meter})


def try_hold(connection: Connection, lock: Lock) -> bool:
    """Take a lock until the transaction ends, if nobody has it; false: somebody has."""
    if not is_served_by_many(connection):
        return True
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(*_numbers(lock)))).scalar_one())


@contextmanager
def alone_with(connection: Connection, lock: Lock, busy: str, wait: float) -> Iterator[None]:
    """A lock over several transactions. Raises RegisterBusy, which says `busy`, if it is not free in `wait` seconds.

    Raises RegisterUnreachable through a pool.
    """
    if _driver(connection).pooled:
        raise RegisterUnreachable(
            "this needs one session of the database from beginning to end, and PgBouncer gives none: name the database "
            "itself (its own port, and no pooled=yes)"
        )
    end = time.monotonic() + wait
    while not connection.execute(select(func.pg_try_advisory_lock(*_numbers(lock)))).scalar_one():
        connection.rollback()
        if time.monotonic() >= end:
            raise RegisterBusy(busy)
        time.sleep(_LOOKS_EVERY)
    connection.rollback()
    try:
        yield
    finally:
        # A connection that is gone holds no lock.
        with suppress(SQLAlchemyError):
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(*_numbers(lock))))
            connection.rollback()


@contextmanager
def no_limit(connection: Connection) -> Iterator[None]:
    """Statements may take as long as they take: lists, migrations and what else goes through a whole register."""
    if not is_served_by_many(connection) or _driver(connection).pooled:
        # What is set in a session that others get next would be theirs.
        yield
        return
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.commit()
    driver = _driver(connection)
    driver.patience, patience = None, driver.patience
    try:
        yield
    finally:
        driver.patience = patience
        # A connection that is gone has no limits.
        with suppress(SQLAlchemyError):
            connection.rollback()
            connection.exec_driver_sql("RESET statement_timeout")
            connection.commit()


def _driver(connection: Connection) -> Any:
    """The driver's own connection to a PostgreSQL (`postgres.PatientConnection`)."""
    return connection.connection.driver_connection


def _numbers(lock: Lock) -> tuple[Any, Any]:
    return cast(_CLASS, Integer), cast(int(lock), Integer)


def fill(connection: Connection, table: Table, records: list[tuple[Any, ...]]) -> None:
    """Insert many records into a table, in the transaction of the connection: values as the driver takes them.

    They are in the order of the table's columns, and nothing is converted: a date is text, as ISO 8601 has it.
    """
    names = ", ".join(column.name for column in table.columns)
    if not is_served_by_many(connection):
        places = ", ".join("?" * len(table.columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({places})", records)  # noqa: S608  a table of ours
        return
    if not connection.in_transaction():
        connection.begin()
    driver = _driver(connection)
    try:
        driver.copy_in(f"COPY {table.name} ({names}) FROM STDIN", records)
    except driver.Error as error:
        gone = bool(driver.closed)
        if gone:
            connection.invalidate()
        # As if it had gone through SQLAlchemy, which has no COPY.
        raise DBAPIError.instance(
            "COPY",
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=connection.dialect,
        ) from None


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT of this database, which can say what is to be done where the record is there already."""
    return insert_of(is_served_by_many(connection))(table)


def insert_of(of_many: bool) -> Callable[[Table], Any]:
    """The same for a kind of database: whether it is served by many."""
    made: Callable[[Table], Any] = postgresql.insert if of_many else sqlite.insert
    return made


def inserted(connection: Connection, table: Table, *records: dict[str, Any]) -> int:
    """Insert these but for those that are there already; says how many were not."""
    statement = insert_into(connection, table).on_conflict_do_nothing()
    return connection.execute(statement, list(records), execution_options={"preserve_rowcount": True}).rowcount


def insert_once(connection: Connection, table: Table, records: list[dict[str, Any]]) -> None:
    """Insert these; raises Overtaken if somebody else has stored one of them since this transaction looked."""
    if inserted(connection, table, *records) != len(records):
        raise Overtaken


def tried(work: Callable[[], Result]) -> Result:
    """What `work` gives: one whole transaction, begun anew a few times where it had to give way to another.

    Raises RegisterBusy if it was overtaken each time, and what `work` raises.
    """
    for number in range(1, TRIES):
        try:
            return work()
        except Overtaken:
            pass
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in GAVE_WAY:
                raise
        time.sleep(random.uniform(0.0, number * LONGEST_PAUSE))  # noqa: S311  so that two do not meet again
    try:
        return work()
    except Overtaken:
        raise RegisterBusy("others store the same again and again: nothing was stored. Try again in a minute") from None
