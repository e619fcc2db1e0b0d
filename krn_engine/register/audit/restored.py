"""The entry of a register that was put back from a copy: else nobody could tell a loss from a day without work."""

from datetime import datetime

from sqlalchemy import Connection, select

from krn_engine.register.audit.chain import moment
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.database import Register
from krn_engine.register.tables import audit


def note_restored(register: Register, at: datetime, *, callers: bool) -> None:
    """Note in a SQLite register that it is a copy, how old, and whether who is enrolled is that of the copy too.

    It is no new generation: of a copy that lacks one transaction nobody could tell then that it is older. Raises what
    `Register.write` raises.
    """
    with register.unhurried() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        note(connection, AuditEvent.RESTORED, at, LOCAL, last=_last(connection), callers=callers)
        connection.commit()


def _last(connection: Connection) -> str | None:
    """When the last thing was done that the copy knows of."""
    found = connection.execute(select(audit.c.at).order_by(audit.c.id.desc()).limit(1)).scalar()
    return None if found is None else moment(found)
