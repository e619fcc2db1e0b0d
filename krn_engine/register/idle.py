"""A connection that was idle is asked whether it still is one before it is used; one that was just used is not.

SQLAlchemy's `pool_pre_ping` asks each time, which is a round trip more for each transaction: a fifth of what a request
costs. A connection that breaks within the time that is given here is told as a database that does not answer, as one
that breaks in the middle of a transaction is; all of them are then made anew.
"""

import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

SECONDS = 1.0
"""Idle for longer than this, it is asked."""
_SINCE = "krn-idle-since"


def ask_the_idle(engine: Engine, seconds: float | None = None) -> Engine:
    """The engine, whose connections are looked at so; `seconds`: None for `SECONDS`."""
    longest = SECONDS if seconds is None else seconds
    dialect: Any = engine.dialect

    @event.listens_for(engine, "checkin")
    def _note(_driver: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(driver: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get(_SINCE)
        if since is None or time.monotonic() - since <= longest:
            return
        try:
            dialect.do_ping(driver)
        except dialect.loaded_dbapi.Error:
            # Where one is gone, those that were made before are: the pool makes them anew.
            raise InvalidatePoolError from None

    return engine
