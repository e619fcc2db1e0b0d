"""What one request to the office says to its PostgreSQL, as it was heard there, written as a script of pgbench.

So the service is measured against the database's own tool with the same statements, whatever they are by now.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event

FLEETING = "-c synchronous_commit=off"
"""What the script's connections begin with: its transactions say themselves that they wait for the disk."""
DURABLE = "SET LOCAL synchronous_commit = on"
_PARAMETER = re.compile(r"%\((\w+)\)s|%%")
_LISTENING: ContextVar[bool] = ContextVar("listening", default=False)
"""Held by whoever listens and by what it begins, its requests' threads too: a context is handed on to them."""


@dataclass
class Heard:
    """Statements in order, with their parameters; BEGIN, COMMIT and ROLLBACK among them."""

    said: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def script(self, variables: Mapping[object, str]) -> list[str]:
        """Lines for pgbench. A parameter of one of these values becomes that variable, any other one a constant."""
        return [_line(statement, parameters, variables) for statement, parameters in self.said]


@contextmanager
def listening() -> Iterator[Heard]:
    """Hears the statements of whoever listens and of what it begins, not those of threads that ran before, as the
    audit's, which seals when it likes.
    """
    heard = Heard()

    def execute(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not _LISTENING.get():
            return
        for each in parameters if isinstance(parameters, list | tuple) else [parameters]:
            heard.said.append((statement, each))

    def word(*texts: str) -> Any:
        def say(connection: Any) -> None:
            driver = connection.connection.dbapi_connection
            # Without a transaction nothing of it is said, and what need not wait for a disk says nothing more.
            if _LISTENING.get() and not driver.autocommit:
                durable = "synchronous_commit=off" not in driver.info.get_parameters().get("options", "")
                heard.said.extend((text, {}) for text in texts if durable or text != DURABLE)

        return say

    listeners = {
        "before_cursor_execute": execute,
        "begin": word("BEGIN", DURABLE),
        "commit": word("COMMIT"),
        "rollback": word("ROLLBACK"),
    }
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    outside = _LISTENING.set(True)
    try:
        yield heard
    finally:
        _LISTENING.reset(outside)
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)


def asked(app: Any, path: str, token: str, body: Any) -> Any:
    """What the service, an ASGI application in this process, answers to one PUT. Raises RuntimeError if it refuses."""
    told: list[Mapping[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
    }

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    async def send(message: Mapping[str, Any]) -> None:
        told.append(message)

    asyncio.run(app(scope, receive, send))
    if told[0]["status"] != 200:
        raise RuntimeError(f"the office refused what the benchmark asked: {told[0]['status']}")
    return json.loads(b"".join(message.get("body", b"") for message in told))


def _line(statement: str, parameters: Mapping[str, Any], variables: Mapping[object, str]) -> str:
    def filled(found: re.Match[str]) -> str:
        if found.group() == "%%":
            return "%"
        value = parameters[found.group(1)]
        # Numbers of columns and records must not be taken for one of the values that are looked for: 1 is not True.
        name = variables.get(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        return _constant(value) if name is None else f":{name}"

    return _PARAMETER.sub(filled, " ".join(statement.split())) + ";"


def _constant(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case datetime():
            return f"to_timestamp({value.timestamp()})"
        case str():
            # A colon would begin a variable of pgbench.
            return "'" + value.replace("'", "''").replace(":", "'||chr(58)||'") + "'"
        case bytes():
            return f"'\\x{value.hex()}'::bytea"
        case list() | tuple():
            return f"ARRAY[{', '.join(map(_constant, value))}]"
    raise TypeError(f"a parameter of this type has no constant: {type(value).__name__}")
