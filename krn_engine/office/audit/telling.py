"""Entries of what is done outside of the register: who may ask an office is kept apart from it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from krn_engine.register.audit.entries import AuditEvent, note
from krn_engine.register.database import Register


class Teller:
    """Writes an entry in a transaction of its own; on disk when it returns. `clock` gives aware times."""

    def __init__(self, register: Register, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._register = register
        self._clock = clock

    def __call__(self, event: AuditEvent, actor: str, /, **told: Any) -> None:
        """See `note`. Raises what `Register.change` raises."""
        now = self._clock()
        self._register.change(lambda connection: note(connection, event, now, actor, **told))
