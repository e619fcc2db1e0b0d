"""The first entry of an audit: which register it is of, and how many facts were there before anybody kept account."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from krn_engine.register.audit.entries import LOCAL, AuditEvent, note, seal_next
from krn_engine.register.audit.facts import older_facts
from krn_engine.register.audit.guards import guard
from krn_engine.register.concurrency import Lock, hold, is_served_by_many
from krn_engine.register.tables import audit


def begin_audit(connection: Connection) -> None:
    """Guard the tables, and begin the audit if it has not begun; in the transaction that made them."""
    guard(connection)
    if connection.execute(select(audit.c.id).limit(1)).first() is not None:
        return
    older = older_facts(connection)
    note(
        connection,
        AuditEvent.BEGAN,
        datetime.now(UTC),
        LOCAL,
        # A crash makes a PostgreSQL of the least wal_level forget which numbers a sequence gave out in the transaction
        # that made it. So the first entry takes none of them.
        entry_id=0,
        register=uuid.uuid4().hex,
        facts=older.number,
        digest=older.digest,
    )
    _seal(connection)


def take_over(connection: Connection, at: datetime) -> None:
    """Note that facts were put into a register that had none, without entries of their own, in that transaction."""
    older = older_facts(connection)
    note(connection, AuditEvent.TAKEN_OVER, at, LOCAL, facts=older.number, digest=older.digest)
    _seal(connection)


def _seal(connection: Connection) -> None:
    if is_served_by_many(connection):
        hold(connection, Lock.AUDIT)
        seal_next(connection)
