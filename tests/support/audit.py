"""The audit of a register as a test reads it, and as somebody who owns the database changes it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, select, text

from krn_engine.register.audit.sealer import seal_now
from krn_engine.register.database import Register
from krn_engine.register.digest import prepare
from krn_engine.register.tables import audit


def bodies(register: Register) -> list[dict[str, Any]]:
    """What every entry says, in the order of the chain; those that wait are sealed first."""
    seal_now(register)
    with register.read() as connection:
        return [json.loads(body) for body in connection.execute(select(audit.c.body).order_by(audit.c.seq)).scalars()]


def events(register: Register) -> list[str]:
    """The events alone."""
    return [body["event"] for body in bodies(register)]


@contextmanager
def owner(url: str) -> Iterator[Connection]:
    """A connection of somebody who may do anything, and took the triggers away; committed at the end."""
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            prepare(connection.connection.driver_connection)  # type: ignore[arg-type]
            triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
            for name, _ in triggers:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        if engine.dialect.name == "sqlite":
            for _, made in triggers:
                connection.exec_driver_sql(made)
    engine.dispose()
