"""What is kept no longer leaves the file of a register too: its free pages, and its write-ahead log.

SQLite marks as free what it deletes, and what is written over stands in the log until that is begun anew. From now on
`secure_delete` writes zeros; for what an older release left there the file is written anew once. A card keeps blocks of
its own that no program reaches: docs/operations.md says what follows from that.
"""

from contextlib import suppress

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import sqlite

from krn_engine.register.errors import RegisterError
from krn_engine.register.tables import Counter, counters
from krn_engine.register.transactions import counted, explained


def note_leftovers(connection: Connection) -> None:
    """Note in the transaction of the connection that something is to be wiped: a power cut must not forget it."""
    if connection.dialect.name == "sqlite":
        statement = sqlite.insert(counters).values(name=Counter.LEFTOVERS.value, value=1)
        connection.execute(statement.on_conflict_do_nothing())


def wipe_leftovers(connection: Connection) -> None:
    """Wipe what was noted. While another program has the register open, or the disk is full, the next opening does it.

    Needs as much room on the disk as the register has.
    """
    if connection.dialect.name != "sqlite" or not counted(connection, Counter.LEFTOVERS):
        return
    connection.rollback()
    with suppress(RegisterError), explained():
        connection.exec_driver_sql("VACUUM")
        is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        if not is_busy:
            # Without BEGIN, so at once.
            connection.execute(delete(counters).where(counters.c.name == Counter.LEFTOVERS.value))
