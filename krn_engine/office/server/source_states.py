"""Which sources of rows work now: each for itself, since one that is down takes nothing from the others."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from krn_engine.errors import KrnError
from krn_engine.issuing.sources.port import Health, SourceKind
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.errors import NoVendingKeys
from krn_engine.register.database import Register
from krn_engine.register.tables import ready_rows

FRESH_SECONDS = 5.0
"""Anybody may ask whether the office is ready, and a module is not to be asked by all of them."""


class SourceStates:
    """What each source last said of itself. `clock` gives seconds."""

    def __init__(
        self,
        register: Register,
        sources: Sources,
        clock: Callable[[], float] = time.monotonic,
        fresh: float = FRESH_SECONDS,
    ) -> None:
        self._register = register
        self._sources = sources
        self._clock = clock
        self._fresh = fresh
        self._asking = threading.Lock()
        self._told: tuple[Health, ...] | None = None
        self._ends = 0.0

    def told(self) -> tuple[Health, ...]:
        """Of each source, whether it gives rows; ready-made rows are one where there are any.

        It raises nothing. Who comes while another asks hears what was told before.
        """
        if self._asking.acquire(blocking=self._told is None):
            try:
                if self._told is None or self._clock() >= self._ends:
                    self._told = (*self._sources.health(datetime.now(UTC)), *self._ready_made())
                    self._ends = self._clock() + self._fresh
            finally:
                self._asking.release()
        return self._told or ()

    def require(self) -> None:
        """Raises what is wrong if none of them works: NoVendingKeys if there is none."""
        told = self.told()
        if not told:
            raise NoVendingKeys("this office has neither vending keys nor ready-made rows")
        if not any(health.ready for health in told):
            told[0].require()

    def _ready_made(self) -> tuple[Health, ...]:
        try:
            with self._register.read() as connection:
                if connection.execute(select(ready_rows.c.meter_id).limit(1)).first() is None:
                    return ()
        except KrnError as error:
            return (Health(SourceKind.READY, (), error.code, error.message),)
        return (Health(SourceKind.READY, ()),)
