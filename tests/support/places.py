"""Where a test's register is: a SQLite file, or a database of a PostgreSQL. The product must not tell them apart."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

from krn_engine.register.database import sqlite_url
from tests.support.migrated import copied, file_of_dump
from tests.support.postgres import installed, server, template
from tests.support.provinces import register_in

POSTGRESQL = pytest.param("postgresql", marks=(installed, pytest.mark.slow))
"""It is a Debian package, and its tests are a second set of the same: not in `make check`."""
ENGINES = ("sqlite", POSTGRESQL)
"""The parameters of a fixture that gives a place of each kind."""


class Place(Protocol):
    """Room for the registers of one test."""

    @property
    def engine(self) -> str:
        """The name of its database engine, as SQLAlchemy has it."""
        ...

    def empty(self) -> str:
        """The URL of a place where no register is yet."""
        ...

    def register(self, customers: int = 0) -> str:
        """The URL of a register with so many customers of the demo's province."""
        ...

    def earlier(self, dump: Path) -> str:
        """The URL of a register of an earlier release, which stands in a dump of SQLite."""
        ...

    def clear(self) -> None:
        """Give all room back, after the test."""
        ...


class Files:
    """In a folder."""

    engine = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> str:
        """See `Place`."""
        return sqlite_url(self._folder / "register.db")

    def register(self, customers: int = 0) -> str:
        """See `Place`."""
        return register_in(self._folder, customers)

    def earlier(self, dump: Path) -> str:
        """See `Place`."""
        return sqlite_url(file_of_dump(dump, self._folder / "register.db"))

    def clear(self) -> None:
        """See `Place`."""


class Databases:
    """In this process's PostgreSQL."""

    engine = "postgresql"

    def __init__(self) -> None:
        self._made: list[str] = []

    def empty(self) -> str:
        """See `Place`."""
        return self._url(server().database())

    def register(self, customers: int = 0) -> str:
        """See `Place`."""
        return self._url(server().database(template(customers)))

    def earlier(self, dump: Path) -> str:
        """See `Place`."""
        return self._url(server().database(_earlier(dump)))

    def _url(self, database: str) -> str:
        self._made.append(database)
        return server().url(database)

    def clear(self) -> None:
        """See `Place`."""
        for database in self._made:
            server().drop(database)


@cache
def _earlier(dump: Path) -> str:
    """The name of a database with what stands in a dump."""
    name = server().database()
    with tempfile.TemporaryDirectory() as folder:
        copied(file_of_dump(dump, Path(folder) / "register.db"), server().url(name))
    return name


def place_for(engine: str, folder: Path) -> Place:
    """A place on the engine of this name; files are made in `folder`."""
    return Files(folder) if engine == Files.engine else Databases()
