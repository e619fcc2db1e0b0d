"""How often who may ask in a minute, counted in one place for all processes of an office."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite

from krn_engine.office.access.database import Database, asked
from krn_engine.office.net_errors import TooManyRequests

SECONDS = 60
_KEPT = 60
"""Windows after which a count is thrown away."""


class Limits:
    """Counts in windows of a minute. `clock` gives seconds since 1970."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def count(self, key: str, most: int) -> None:
        """One more of this key in this minute. Raises TooManyRequests if that is more than `most`."""
        window = int(self._clock()) // SECONDS
        with self._database.count() as connection:
            dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
            one = dialect.insert(asked).values(key=key, window=window, count=1)
            same = asked.c.window == one.excluded.window
            counted = one.on_conflict_do_update(
                index_elements=["key"],
                set_={"count": case((same, asked.c.count + 1), else_=1), "window": one.excluded.window},
            ).returning(asked.c.count)
            number: int = connection.execute(counted).scalar_one()
            if number == 1:
                connection.execute(delete(asked).where(asked.c.window < window - _KEPT))
        if number > most:
            raise TooManyRequests(f"more than {most} requests in a minute: wait for the next")

    def rest(self) -> int:
        """Seconds to the next window."""
        return SECONDS - int(self._clock()) % SECONDS
