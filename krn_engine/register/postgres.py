"""How a PostgreSQL is reached, and when one that does not answer is given up.

TCP tells of a machine that is gone, and of nothing else: the kernel under a server that stands still takes what is sent
and says so, and `statement_timeout` is kept by that same server. So each wait for an answer has an end on this side.
"""

import time
from collections.abc import Iterable
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, create_engine, event

from krn_engine.register.errors import RegisterUnreachable
from krn_engine.register.idle import ask_the_idle

POOLED = "pooled"
"""The word in a URL."""
POOL = 10
"""Connections of one process: as many threads can use it at once, and others wait."""
CONNECT_SECONDS = 5
PING_SECONDS = 5.0
"""A connection that lay idle answers by then, or is no connection any more."""
MARGIN_SECONDS = 5.0
"""A server that lives ends a statement by itself; one that says nothing for so long after that is given up."""
IDLE_SECONDS = 60.0
"""A transaction in which nothing happens for so long is ended: its locks hold others up."""
SILENT_SECONDS = 10.0
"""After so long without a sign of the database's machine its connection is given up."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose every wait for the server ends; then it is closed, and what was asked is not known."""

    patience: float | None = None
    """Seconds for one answer; None: as long as it takes."""
    pooled: bool = False
    """A pool in between gives each transaction to another session of the server: nothing of a session lasts."""

    def wait(self, gen: Any, *arguments: Any, **more: Any) -> Any:
        """See `psycopg.Connection.wait`, through which all goes that waits."""
        patience = self.patience
        if patience is None:
            return super().wait(gen, *arguments, **more)
        end = time.monotonic() + patience
        try:
            return super().wait(gen, *arguments, **{"timeout": patience} | more)
        except psycopg.OperationalError:
            if time.monotonic() >= end:
                # The answer may come later: nobody is to take it for that of the next question.
                self.pgconn.finish()
            raise

    def copy_in(self, statement: str, records: Iterable[tuple[Any, ...]]) -> None:
        """Send records by COPY, in the transaction that there is or that this begins. Raises psycopg's errors."""
        with self.cursor() as cursor, cursor.copy(statement) as copy:
            for record in records:
                copy.write_row(record)


def engine_of(url: URL, statement_seconds: float, busy_seconds: float, *, waits_for_disk: bool = True) -> Engine:
    """An engine for this URL: no statement takes longer, and nobody waits longer for a lock or a connection.

    What is committed is on the server's disk, unless it is told not to wait for it.

    With `pooled=yes` in the URL, for PgBouncer in transaction mode, it prepares no statements and sets nothing when it
    connects. Raises RegisterUnreachable for another word there.
    """
    pooled = _is_pooled(url)
    limits = {
        "statement_timeout": _milliseconds(statement_seconds),
        "lock_timeout": _milliseconds(busy_seconds),
        "idle_in_transaction_session_timeout": _milliseconds(IDLE_SECONDS),
    }
    if not waits_for_disk:
        limits["synchronous_commit"] = "off"
    engine = create_engine(
        url.difference_update_query([POOLED]),
        # Parameters are names and numbers of customers: no error and no log may show them.
        hide_parameters=True,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=busy_seconds,
        connect_args=_reached() | (_unprepared() if pooled else _limited(url, limits)),
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, positional: Any, named: Any) -> PatientConnection:
        made = PatientConnection.connect(*positional, **named)
        made.patience = PING_SECONDS
        made.pooled = pooled
        return made

    # Before the next one, which gives it more time.
    ask_the_idle(engine)

    @event.listens_for(engine, "checkout")
    def _begin(connection: PatientConnection, _record: Any, _proxy: Any) -> None:
        connection.patience = statement_seconds + MARGIN_SECONDS

    @event.listens_for(engine, "checkin")
    def _rest(connection: PatientConnection | None, _record: Any) -> None:
        # Next it is asked whether it still is one.
        if connection is not None:
            connection.patience = PING_SECONDS

    return engine


def _is_pooled(url: URL) -> bool:
    said = url.query.get(POOLED)
    if said not in (None, "yes"):
        raise RegisterUnreachable("in the database's URL stands `pooled=yes`, or nothing of it: look again")
    return said is not None


def _reached() -> dict[str, Any]:
    """How a connection is begun, and given up (libpq, section 34.1.2 of the manual)."""
    return {
        "application_name": "krn",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": int(SILENT_SECONDS),
        "tcp_user_timeout": int(SILENT_SECONDS * 1000),
    }


def _limited(url: URL, limits: dict[str, str]) -> dict[str, Any]:
    """What its session begins with; the URL's own options come after ours."""
    given = url.query.get("options", "")
    ours = [f"-c {name}={value}" for name, value in limits.items()]
    return {"options": " ".join((*ours, *((given,) if isinstance(given, str) else given))).strip()}


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


def _unprepared() -> dict[str, Any]:
    """The next statement may come to a session of the server that has prepared nothing."""
    return {"prepare_threshold": None}
