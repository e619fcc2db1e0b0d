"""How a SQLite register was closed: who opens one that was closed well need not read all of it first.

The note stands in the register itself, as a counter. Whoever opens the file takes it away before anything else is
written; the last who closes it puts it back, when all that was written is in the file and no log is left. So there is
none after a kill or a power cut, none in a file that was copied while it was in use, and it counts for nothing beside a
log that was left behind. Who else has the file open is asked of SQLite, by its own locks: who is gone holds none.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import IntEnum
from pathlib import Path

from krn_engine.register.tables import Counter

_TRIES = 3
_PAUSE = 0.01
"""Seconds at most between two tries: another may be asking the same just now."""
_PATIENCE = 30.0
"""Seconds for somebody who notes just now that they have opened it, on a disk that is busy."""
_SAY = (
    f"INSERT INTO counters (name, value) VALUES ('{Counter.ENDED.value}', ?) "  # noqa: S608  a constant
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_ASK = f"SELECT value FROM counters WHERE name = '{Counter.ENDED.value}'"  # noqa: S608  a constant


class Ended(IntEnum):
    """What a register says of its last end. The number stands in it."""

    NOT_YET = 0
    """Somebody has it open, or had when the end came."""
    WELL = 1
    """Whoever had it open last has closed it."""
    UNCHECKED = 2
    """It was not closed well, and nobody has checked it to the end since."""
    DAMAGED = 3
    """A check has found damage."""


def note_opened(register: Path) -> Ended:
    """Take the note away, on the disk when this returns, and say how the register was ended.

    NOT_YET: others have it open, who looked at that themselves. Where it cannot be written the note stays. It is called
    before the register is opened in any other way. Raises sqlite3.Error.
    """
    left_log = has_log(register)
    with _alone(register) as connection:
        if connection is not None:
            found = _said(connection)
            if found is Ended.WELL and not left_log:
                _say(connection, Ended.NOT_YET)
                return Ended.WELL
            if found is not Ended.DAMAGED:
                found = Ended.UNCHECKED
                _say(connection, found)
            return found
    with closing(sqlite3.connect(register, timeout=_PATIENCE)) as reader:
        return _said(reader) or Ended.NOT_YET


def note_closed(register: Path, *, is_whole: bool) -> None:
    """Put the note back if nobody else has the register open. `is_whole`: a check has found nothing wrong since.

    What cannot be noted is not: then the next who opens it has it checked.
    """
    with suppress(sqlite3.Error, OSError, UnicodeDecodeError):
        # What was left of a log would be another's, which the note must not cover.
        if register.is_file() and not has_log(register):
            with _alone(register) as connection:
                if connection is not None and (is_whole or _said(connection) is Ended.NOT_YET):
                    _say(connection, Ended.WELL)


def note_found(register: Path, ended: Ended) -> None:
    """Say what a check has found, while the register is open; if that cannot be written it stays as it was."""
    with (
        suppress(sqlite3.Error, UnicodeDecodeError),
        closing(sqlite3.connect(register, isolation_level=None)) as connection,
    ):
        _say(connection, ended)


def has_log(register: Path) -> bool:
    """Whether a log with anything in it stands beside a register's file."""
    logs = (register.with_name(register.name + ending) for ending in ("-wal", "-journal"))
    return any(log.exists() and log.stat().st_size > 0 for log in logs)


def _said(connection: sqlite3.Connection) -> Ended | None:
    try:
        found = connection.execute(_ASK).fetchone()
    except sqlite3.OperationalError as error:
        # A register of the first release counts nothing; a file of another kind is told of by who reads on.
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:
            return None
        raise
    return Ended(found[0]) if found is not None and found[0] in set(Ended) else None


def _say(connection: sqlite3.Connection, ended: Ended) -> None:
    with suppress(sqlite3.OperationalError):
        connection.execute(_SAY, (ended.value,))


@contextmanager
def _alone(register: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection while nobody else has the register open, for one transaction; None: somebody has, or may not write.

    What it commits is on the disk at the end, in the file itself. Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(register, timeout=0.0, isolation_level=None)) as connection:
        if _begun(connection):
            yield connection
            if connection.in_transaction:
                connection.commit()
        else:
            connection.close()
            yield None


def _begun(connection: sqlite3.Connection) -> bool:
    for number in range(_TRIES):
        try:
            # These read the file too, and are refused as the last is where somebody else is alone with it.
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                    return False
                raise
        else:
            return True
        if number < _TRIES - 1:
            time.sleep(random.uniform(0.0, _PAUSE))  # noqa: S311  so that two do not meet again
    return False
