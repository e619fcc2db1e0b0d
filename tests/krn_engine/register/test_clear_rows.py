"""Rows that stood in the clear in a PostgreSQL leave its files by what the page for operators says."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from kiosk.bench.postgres import USER, Server
from krn_engine.demo import DemoProvince
from krn_engine.register.database import Register
from krn_engine.register.seal import Seal
from krn_engine.register.tables import ready_rows
from tests.support.postgres import installed

pytestmark = [pytest.mark.slow, installed]
KEY = bytes(range(32))


@pytest.fixture
def own() -> Iterator[Server]:
    made = Server(wal_level="replica")
    yield made
    made.remove()


def holding(server: Server, text: bytes) -> set[str]:
    """Which parts of the cluster have this text in one of their files."""
    data: Path = server.folder / "data"
    return {
        part
        for part in ("base", "pg_wal")
        for file in (data / part).rglob("[0-9]*")
        if file.is_file() and text in file.read_bytes()
    }


def test_sealed_rows_are_in_no_file_after_what_the_page_says(own: Server) -> None:
    database = own.database()
    with Register.create(own.url(database)) as register:
        DemoProvince(32).load(register)
        with register.read() as connection:
            row = connection.execute(select(ready_rows.c.rows).limit(1)).scalar_one()[:20].encode()
    says = f"host={own.folder} user={USER} dbname={database}"
    with closing(psycopg.connect(says, autocommit=True)) as operator:
        operator.execute("CHECKPOINT")
        assert len(row) == 20
        assert holding(own, row) == {"base", "pg_wal"}
        Register.open(own.url(database), Seal(KEY)).close()
        operator.execute("CHECKPOINT")
        assert holding(own, row) == {"base", "pg_wal"}
        operator.execute("VACUUM (FULL) ready_rows, key_changes")
        operator.execute("CHECKPOINT")
        assert holding(own, row) == {"pg_wal"}
        for _ in range(3):
            operator.execute("SELECT pg_switch_wal()")
            operator.execute("CHECKPOINT")
        assert holding(own, row) == set()
