"""Reading and writing on a connection to the register, and what its database says turned into refusals."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from krn_engine.register.digest import tells_of_damage
from krn_engine.register.errors import (
    RecordDamaged,
    RegisterBusy,
    RegisterDamaged,
    RegisterError,
    RegisterFailed,
    RegisterFull,
    RegisterReadOnly,
    RegisterUnreachable,
)
from krn_engine.register.tables import Counter, counters

_GENERATION = counters.c.name == Counter.GENERATION.value
_NEXT_GENERATION = update(counters).where(_GENERATION).values(value=counters.c.value + 1).returning(counters.c.value)
DAMAGED_ADVICE = "nothing else was changed. Keep the file for repair, and restore the last copy (krn restore)"
"""What a refusal says of damage beside the damage."""


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """One moment of the database, as long as this lasts."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


@contextmanager
def writing(connection: Connection, tell: Callable[[int], None] = lambda _generation: None) -> Iterator[None]:
    """One transaction: committed to disk at the end, rolled back whole by any exception.

    `tell` is called with the generation that the register then has, where it counts them.
    """
    if connection.dialect.name == "sqlite":
        # Takes the write lock now: two writers wait for each other instead of failing half-way.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        generation = _next_generation(connection)
    except BaseException:
        connection.rollback()
        raise
    try:
        connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise RegisterUnreachable(
                "the database went away while this was stored, and nobody knows whether it was: ask for the same "
                "again, which is stored once"
            ) from None
        raise
    if generation is not None:
        tell(generation)


def version(connection: Connection) -> int | None:
    """A number that changes when somebody else has written; None where the database has no such number."""
    if connection.dialect.name != "sqlite":
        return None
    found: int = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    return found


def _next_generation(connection: Connection) -> int | None:
    """On PostgreSQL it would make every writer wait for every other, and no file of it is put back by hand."""
    if connection.dialect.name != "sqlite":
        return None
    return connection.execute(_NEXT_GENERATION).scalar()


def counted(connection: Connection, counter: Counter) -> int | None:
    """What the register has counted; None where it does not count that."""
    return connection.execute(select(counters.c.value).where(counters.c.name == counter.value)).scalar()


_Known = tuple[type[RegisterError], str]
_FULL: _Known = (RegisterFull, "the disk is full: nothing was stored. Free some space and do it again")
_READ_ONLY: _Known = (RegisterReadOnly, "the register is read-only: nothing was stored. Check who owns the file")
_BUSY: _Known = (RegisterBusy, "another program holds the register: nothing was stored. Try again in a minute")
_UNREACHABLE: _Known = (
    RegisterUnreachable,
    "the database does not answer: nothing was stored. Check its address, its password and the network",
)
_BY_CODE: dict[str, _Known] = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": (RegisterFull, "the disk could not be written: nothing was stored. Check space and card"),
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_CANTOPEN": (RegisterReadOnly, "the register cannot be opened: check the folder and who owns it"),
    "SQLITE_NOTADB": (RegisterDamaged, "this file is not a register: restore the backup"),
    "SQLITE_CORRUPT": (RegisterDamaged, "the register is damaged: keep the file for repair and restore the backup"),
    # PostgreSQL's classes of SQLSTATE (appendix A of its manual).
    "53100": _FULL,
    "58030": (RegisterFull, "the database's disk could not be written: nothing was stored. Check its space and disk"),
    "25006": _READ_ONLY,
    "42501": (RegisterReadOnly, "the database does not let this user do that: nothing was stored. Check its rights"),
    "40": _BUSY,
    "53300": (RegisterBusy, "the database has no connection left: nothing was stored. Try again in a minute"),
    "55P03": _BUSY,
    "57014": (RegisterBusy, "the database took too long: nothing was stored. Try again in a minute"),
    "08": _UNREACHABLE,
    "25P03": _UNREACHABLE,
    "28": _UNREACHABLE,
    "3D000": _UNREACHABLE,
    "57P": _UNREACHABLE,
    "XX001": (RegisterDamaged, "the database is damaged: stop, and restore it from its copies"),
    "XX002": (RegisterDamaged, "an index of the database is damaged: stop, and have it made anew (REINDEX)"),
}
"""What a clerk can do something about, by how the database's own code begins."""


_NO_TEXT = "Could not decode to UTF-8"
"""So Python's sqlite3 begins to tell of text that is none, without any code."""


@contextmanager
def explained() -> Iterator[None]:
    """Turns every error of the database into a refusal of the register.

    The database's own words are left behind, those of an error that nobody foresaw too: they may quote a statement, or
    the name and number of a customer. What kind of error it was is kept.
    """
    try:
        yield
    except UnicodeDecodeError:
        # SQLite's own words, with a name of the schema in them.
        raise RegisterDamaged(_BY_CODE["SQLITE_CORRUPT"][1]) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        refusal, message = _explanation(error)
        raise refusal(message) from None


def _explanation(error: Exception) -> _Known:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if str(cause).startswith(_NO_TEXT):
        return _BY_CODE["SQLITE_CORRUPT"]
    if tells_of_damage(cause):
        return RecordDamaged, f"what is stored about this meter is damaged: {DAMAGED_ADVICE}"
    code = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
    for prefix, known in _BY_CODE.items():
        if code.startswith(prefix):
            return known
    if isinstance(error, PoolTimeout):
        return _BY_CODE["53300"]
    if isinstance(error, DBAPIError) and not code and (error.connection_invalidated or _never_reached(error)):
        return _UNREACHABLE
    kind = " ".join(filter(None, (type(cause).__name__, code)))
    return RegisterFailed, f"the database refused what it was asked ({kind}): nothing was stored. Report this"


def _never_reached(error: DBAPIError) -> bool:
    """A driver that did not reach its database has no code for it."""
    return isinstance(error, OperationalError)
