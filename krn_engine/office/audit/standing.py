"""How far an audit is, in numbers: for who looks whether a machine is well."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from krn_engine.office.audit.checkpoints import is_due, newest
from krn_engine.office.audit.key import key_from_system
from krn_engine.register.audit.entries import head_of
from krn_engine.register.database import Register

OVERDUE = timedelta(hours=1)
"""So long a service does not stop for a restart."""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """The numbers."""

    entries: int
    """The number of the last sealed entry."""
    signed: int
    """The entry of the newest checkpoint; 0: there is none."""
    has_key: bool
    """Checkpoints can be signed here."""
    overdue: bool
    """There should be another one long since."""


def standing_of(register: Register, key_file: Path | None) -> AuditStanding:
    """As it is now. Raises AuditKeyUnusable, and the register's refusals."""
    key = key_from_system(key_file)
    with register.read() as connection:
        entries, _ = head_of(connection)
        last = newest(connection)
        overdue = is_due(connection, datetime.now(UTC), OVERDUE)
    return AuditStanding(entries, 0 if last is None else last.seq, key is not None, overdue)
