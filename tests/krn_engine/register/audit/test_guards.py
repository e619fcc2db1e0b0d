"""The database itself refuses to change an entry or a checkpoint, whoever asks."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from krn_engine.register.audit.guards import REFUSED
from krn_engine.register.audit.sealer import seal_now
from tests.support.office import Demo
from tests.support.postgres import installed

POINT = "INSERT INTO checkpoints VALUES (1, '0', '2026-01-15 02:00:00', '0')"
ENTRY = "INSERT INTO audit (id, at, actor, event, body, seq, hash) VALUES ({}, '2026-01-15', 'x', 'x', 'x', {}, '0')"
ANYWHERE = [
    "UPDATE audit SET body = 'x' WHERE seq = 1",
    "UPDATE audit SET seq = 77 WHERE seq = 2",
    "UPDATE audit SET actor = actor",
    "UPDATE audit SET seq = NULL, hash = NULL WHERE seq = 2",
    "DELETE FROM audit WHERE seq = 2",
    "UPDATE checkpoints SET hash = '1'",
    "DELETE FROM checkpoints",
]


@pytest.mark.parametrize("statement", ANYWHERE)
def test_nothing_is_changed_or_taken_out(demo: Demo, statement: str) -> None:
    seal_now(demo.register)
    refused(demo.url, POINT, statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"REPLACE INTO {ENTRY.format(1, 1).removeprefix('INSERT INTO ')}",
        f"REPLACE INTO {ENTRY.format(1, 3).removeprefix('INSERT INTO ')}",
        ENTRY.format(90, 2),
        ENTRY.format(90, 4),
        ENTRY.format(90, "NULL").replace("'0')", "NULL)"),
        POINT.replace("INSERT", "REPLACE"),
    ],
)
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_on_sqlite_an_entry_goes_to_the_end_and_nowhere_else(demo: Demo, statement: str) -> None:
    refused(demo.url, POINT, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE audit",
        "TRUNCATE checkpoints",
        "UPDATE audit SET seq = 3, hash = '1', actor = 'y' WHERE seq IS NULL",
        "UPDATE audit SET body = 'x' WHERE seq IS NULL",
    ],
)
@installed
@pytest.mark.slow
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_on_postgresql_an_entry_is_sealed_and_not_else(demo: Demo, statement: str) -> None:
    seal_now(demo.register)
    refused(demo.url, ENTRY.format(90, "NULL").replace("'0')", "NULL)"), statement)


def refused(url: str, first: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text(first))
        with pytest.raises(IntegrityError, match=REFUSED):
            connection.execute(text(statement))
    engine.dispose()
