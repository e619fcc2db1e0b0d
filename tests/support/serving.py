"""`krn office serve` as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.wire.asked import Scope
from krn_engine.register.database import sqlite_url


def token_of(folder: Path, scope: Scope = Scope.KIOSK, name: str = "") -> str:
    """A token of a new caller at the demo office in a folder."""
    name = name or f"a-{scope.value}"
    with Database.of_callers(sqlite_url(folder / "register.db")) as kept:
        callers = Callers(kept)
        code = callers.make_code(name, scope, ())
        return str(callers.enrol(name, str(code.code)).token)


@contextmanager
def process(
    *command: str, fds: tuple[int, ...] = (), told: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[Any, str]]:
    """A process that serves, and the URL that it says when it is ready."""
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=fds,
        env={**os.environ, **told},
    ) as running:
        assert running.stdout is not None
        try:
            line = running.stdout.readline().strip()
            yield running, line.removeprefix("listening on ")
        finally:
            running.kill()


def serve(folder: Path, *more: str) -> tuple[str, ...]:
    """The words that serve the demo office in a folder."""
    return ("kiosk.cli", "office", "serve", "--config", str(folder / "kiosk.toml"), *more)
