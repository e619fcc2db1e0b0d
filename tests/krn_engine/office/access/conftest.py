"""Who is let in, on a file of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from krn_engine.office.access.database import Database
from krn_engine.register.database import sqlite_url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.of_callers(sqlite_url(tmp_path / "register.db")) as database:
        yield database
