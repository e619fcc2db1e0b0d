"""Opening the register: durable, checked, and never silently empty.

What takes `url` runs on both engines; what takes a path is about SQLite's file.
"""

import os
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from krn_engine.register import schema
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import (
    RegisterBusy,
    RegisterDamaged,
    RegisterError,
    RegisterFailed,
    RegisterFull,
    RegisterMissing,
    RegisterReadOnly,
    RegisterTooNew,
    RegisterUnreachable,
)
from krn_engine.register.schema import SCHEMA
from krn_engine.register.tables import Moment, counters, customers, key_changes, metadata, meters
from krn_engine.register.transactions import explained
from krn_engine.register.watch import watch
from tests.support.migrated import made_at
from tests.support.places import POSTGRESQL, Place

on_postgresql = pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "register.db"
    with Register.create(sqlite_url(path)) as register:
        add_meter(register, "1")
    return path


@pytest.fixture
def url(place: Place) -> str:
    url = place.empty()
    with Register.create(url) as register:
        add_meter(register, "1")
    return url


def add_meter(register: Register, number: str) -> None:
    with register.write() as connection:
        connection.execute(insert(meters).values(number=number, key_state_by="import"))


def numbers(register: Register) -> list[str]:
    with register.read() as connection:
        return list(connection.execute(select(meters.c.number)).scalars())


def test_sqlite_is_durable(path: Path) -> None:
    with Register.open(sqlite_url(path)) as register, register.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


def test_migrations_come_to_the_tables_that_a_new_register_has(tmp_path: Path) -> None:
    new, old = create_engine(sqlite_url(tmp_path / "new.db")), create_engine(sqlite_url(tmp_path / "old.db"))
    Register.create(sqlite_url(tmp_path / "new.db")).close()
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.executescript(Path(__file__).with_name("register-0001.sql").read_text(encoding="utf-8"))
    Register.open(sqlite_url(tmp_path / "old.db")).close()
    made, migrated = inspect(new), inspect(old)
    assert set(made.get_table_names()) == set(migrated.get_table_names()) == {*metadata.tables, "alembic_version"}
    for table in made.get_table_names():
        for asked in ("columns", "indexes", "foreign_keys", "unique_constraints", "check_constraints"):
            there, here = ([_written(found) for found in getattr(of, f"get_{asked}")(table)] for of in (made, migrated))
            # The order of columns is what a copy of a record goes by.
            assert there == here if asked == "columns" else sorted(there) == sorted(here), (table, asked)
        assert (
            made.get_pk_constraint(table)["constrained_columns"]
            == migrated.get_pk_constraint(table)["constrained_columns"]
        )
    with new.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert MigrationContext.configure(connection).get_current_revision() == SCHEMA
    names = [_counters(engine) for engine in (new, old)]
    assert names[0] == names[1] - {"leftovers"}
    for engine in (new, old):
        engine.dispose()


@on_postgresql
def test_migrations_come_to_the_same_tables_on_postgresql(place: Place) -> None:
    new, old = place.empty(), place.empty()
    Register.create(new).close()
    made_at(old, "0001")
    Register.open(old).close()
    engines = create_engine(new), create_engine(old)
    made, migrated = (inspect(engine) for engine in engines)
    assert set(made.get_table_names()) == set(migrated.get_table_names()) == {*metadata.tables, "alembic_version"}
    for table in made.get_table_names():
        for asked in ("columns", "indexes", "foreign_keys", "unique_constraints", "check_constraints", "pk_constraint"):
            there, here = (getattr(of, f"get_{asked}")(table) for of in (made, migrated))
            if asked == "pk_constraint":
                there, here = [there], [here]
            assert sorted(map(_written, there)) == sorted(map(_written, here)), (table, asked)
    assert _counters(engines[0]) == _counters(engines[1])
    for engine in engines:
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            assert MigrationContext.configure(connection).get_current_revision() == SCHEMA
        engine.dispose()


def _written(found: dict[str, Any]) -> str:
    """What inspection found, with its types in words."""
    options = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return str({name: str(value) for name, value in sorted(found.items()) if name != "dialect_options"} | options)


def _counters(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(select(counters.c.name)).scalars())


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = watch

    def fails_at_its_end(connection: Connection) -> None:
        whole(connection)
        raise ZeroDivisionError

    url = sqlite_url(tmp_path / "new.db")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "watch", fails_at_its_end)
        with pytest.raises(ZeroDivisionError):
            Register.create(url)
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    with Register.create(url) as register:
        assert numbers(register) == []


@on_postgresql
def test_postgresql_tells_what_there_is_not(place: Place) -> None:
    empty = place.empty()
    with pytest.raises(RegisterMissing, match="no register"):
        Register.open(empty)
    Register.create(empty).close()
    Register.open(empty).close()
    nowhere = make_url(empty).set(database="nowhere").render_as_string()
    with pytest.raises(RegisterUnreachable, match="does not answer"):
        Register.open(nowhere)


def test_a_later_version_is_refused_on_every_engine(url: str) -> None:
    with Register.open(url) as register, register.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for act in (Register.open, Register.create):
        with pytest.raises((RegisterTooNew, RegisterDamaged)):
            act(url)


def test_who_opens_for_the_first_time_at_once_makes_one_register(place: Place) -> None:
    url, start = place.empty(), threading.Barrier(4)
    failed: list[Exception] = []

    def create() -> None:
        start.wait()
        try:
            Register.create(url).close()
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Register.open(url) as register:
        assert numbers(register) == []


def test_create_keeps_what_is_there(url: str) -> None:
    with Register.create(url) as register:
        assert numbers(register) == ["1"]


def test_an_exception_takes_the_transaction_back(url: str) -> None:
    with Register.open(url) as register:
        with pytest.raises(ZeroDivisionError):
            add_and_fail(register)
        assert numbers(register) == ["1"]


def add_and_fail(register: Register) -> None:
    with register.write() as connection:
        connection.execute(insert(meters).values(number="2", key_state_by="import"))
        raise ZeroDivisionError


def test_a_register_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegisterMissing):
        Register.open(sqlite_url(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "empty.db").touch()
    with pytest.raises(RegisterDamaged, match="empty"):
        Register.open(sqlite_url(tmp_path / "empty.db"))
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE other (x)")
    with pytest.raises(RegisterMissing, match="no register"):
        Register.open(sqlite_url(tmp_path / "other.db"))


def test_a_file_that_is_no_database_is_refused_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, but it is longer than a header of one " * 20)
    for act in (Register.open, Register.create):
        with pytest.raises(RegisterDamaged):
            act(sqlite_url(tmp_path / "text.db"))


def test_a_damaged_register_is_refused(path: Path) -> None:
    with Register.open(sqlite_url(path)) as register, register.write() as connection:
        connection.execute(insert(meters), [{"number": str(n), "key_state_by": "import"} for n in range(10, 5000)])
    content = bytearray(path.read_bytes())
    for place in range(8192, len(content) - 4096, 4096):
        content[place : place + 512] = bytes([0xA5]) * 512
    path.write_bytes(content)
    with pytest.raises(RegisterDamaged):
        Register.open(sqlite_url(path))


def test_a_register_of_a_later_version_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert SCHEMA < "9999"
    for act in (Register.open, Register.create):
        with pytest.raises(RegisterTooNew):
            act(sqlite_url(path))


def test_a_register_that_cannot_be_written_takes_no_meter(path: Path) -> None:
    """Root may write anything, so the database is opened by nobody."""
    if os.geteuid() == 0:
        for folder in (path.parent, *path.parent.parents):
            if folder.stat().st_uid == 0 and folder != Path("/") and str(folder).startswith("/tmp/"):
                folder.chmod(0o755)
        path.chmod(0o444)
        path.parent.chmod(0o555)
        command = [sys.executable, "-m", "tests.programs.read_only", str(path)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.stdout.startswith("refused:"), said.stderr
    else:
        path.chmod(0o444)
        path.parent.chmod(0o555)
        with pytest.raises(RegisterReadOnly), Register.open(sqlite_url(path)) as register:
            add_meter(register, "2")
    path.parent.chmod(0o755)


def test_a_register_that_another_process_writes_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn_engine.register.database.BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    with Register.open(sqlite_url(path)) as register:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegisterBusy):
            add_meter(register, "2")
        other.execute("ROLLBACK")
        add_meter(register, "2")
        assert numbers(register) == ["1", "2"]
    other.close()


def test_moments_are_kept_in_utc(url: str) -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=7)))
    with Register.open(url) as register:
        with register.write() as connection:
            connection.execute(
                insert(key_changes).values(
                    id="x", meter_id=1, from_state="a", to_state="b", source="ready", rows="", issued_at=moment
                )
            )
        with register.read() as connection:
            assert connection.execute(select(key_changes.c.issued_at)).scalar_one() == datetime(
                2026, 1, 1, 20, 4, tzinfo=UTC
            )
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001


NAME, NUMBER = "RAHASIA CANARY", "990000000777"


def fails_unforeseen(register: Register) -> None:
    with register.write() as connection:
        values = {"idpel": NUMBER, "meter_id": 1, "name": NAME, "tariff": "R1", "unit": "1"}
        connection.execute(insert(customers), [values, values])


def fails_before_the_database(register: Register) -> None:
    with register.write() as connection:
        connection.execute(insert(customers).values(idpel=NUMBER, meter_id=object(), name=NAME, tariff="", unit=""))


def fails_in_the_program(register: Register) -> None:
    """The table refuses the time, and SQLAlchemy tells of the statement with it."""
    values: dict[str, Any] = {"meter_id": 1, "from_state": NUMBER, "to_state": NAME, "source": "ready", "rows": ""}
    with register.write() as connection:
        connection.execute(insert(key_changes).values(id="x", issued_at=datetime(2026, 1, 1), **values))  # noqa: DTZ001


@pytest.mark.parametrize("fails", [fails_unforeseen, fails_before_the_database, fails_in_the_program])
def test_an_error_that_nobody_foresaw_tells_no_statement_and_no_customer(
    url: str, fails: Callable[[Register], None]
) -> None:
    """Not even in a traceback, which may end in a log."""
    with Register.open(url) as register, pytest.raises(RegisterFailed, match="nothing was stored") as told:
        fails(register)
    shown = "".join(traceback.format_exception(told.value))
    assert not [canary for canary in (NAME, NUMBER, "INSERT INTO", "[SQL") if canary in shown]


def test_the_database_itself_hides_what_it_was_given(url: str) -> None:
    """Where its error is caught by somebody else, as in a log of SQLAlchemy."""
    with Register.open(url) as register, register.read() as connection:
        with pytest.raises(SQLAlchemyError) as told:
            connection.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": NAME})
        assert NAME not in str(told.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+psycopg://krn:rahasia@127.0.0.1:9/krn", "needs psycopg, which is not installed"),
        ("nothing://rahasia", "neither a path nor the URL"),
        ("postgresql://a:rahasia@host:port/x", "neither a path nor the URL"),
    ],
)
@pytest.mark.parametrize("act", [Register.open, Register.create, Register.make])
def test_a_database_that_cannot_be_asked(
    url: str, says: str, act: Callable[[str], Register], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RegisterUnreachable, match=says) as told:
        act(url)
    assert "rahasia" not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize(
    ("sqlstate", "refusal"),
    [
        ("53100", RegisterFull),
        ("25006", RegisterReadOnly),
        ("40P01", RegisterBusy),
        ("57P03", RegisterUnreachable),
        ("28P01", RegisterUnreachable),
        (None, RegisterUnreachable),
        ("22001", RegisterFailed),
    ],
)
def test_what_postgresql_says(sqlstate: str | None, refusal: type[RegisterError]) -> None:
    class FromTheDriver(Exception):
        pass

    cause = FromTheDriver(f"DETAIL: Key (name)=({NAME}) is no good")
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    with pytest.raises(refusal) as told, explained():
        raise OperationalError("INSERT INTO customers", {"name": NAME}, cause)
    assert NAME not in "".join(traceback.format_exception(told.value))
