"""Whatever somebody writes into the tables of the audit and of the facts: it is named, and nothing breaks by it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import IntegrityError

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.access.database import Database
from krn_engine.office.access.witnesses import keep_witness
from krn_engine.office.audit.keeper import Keeper
from krn_engine.office.audit.key import SigningKey
from krn_engine.office.audit.listing import entries_after
from krn_engine.office.audit.verify import verify
from krn_engine.office.contract import Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.local import LocalOffice
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.tables import audit, checkpoints, endings, key_changes, outcomes, statements
from tests.support.audit import owner
from tests.support.cli import Out, krn
from tests.support.office import Demo
from tests.support.places import POSTGRESQL, Place
from tests.support.provinces import register_in

KEY = SigningKey("11" * 32)
UNTOLD = {
    "outcomes": {"id", "evidence", "by", "at_place", "digest"},
    "endings": {"at_place", "digest"},
    "statements": {"reason", "by", "at_place", "digest", "was_sgc", "was_ti", "was_base_date", "was_ken"},
    "key_changes": {"rows", "digest"},
    "audit": {"id"},
    "checkpoints": set(),
}
"""Columns of which entries do not tell."""
CELLS = [
    (table.name, column.name)
    for table in (audit, checkpoints, key_changes, outcomes, endings, statements)
    for column in table.columns
    if column.name not in UNTOLD[table.name]
]
ODD = st.one_of(
    st.sampled_from(
        [b"", b"\xff", "", "abc", "[" * 100_000, "{}", "null", "9" * 5000, -1, 5, 2**40, 2**62, 5.5, 9e999]
    ),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(codec="utf-8")),
    st.binary(),
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo on SQLite in which each kind of fact came, with a checkpoint at the end."""
    province = DemoProvince(32)
    url = register_in(tmp_path_factory.mktemp("odd"), 32)
    register = Register.open(url)
    office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
    demo = Demo(province, register, office, url)
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    (change, *_) = demo.office.issue(number, "r1").changes
    demo.office.record(RowRecord(change.id, 1, RowOutcome.ACCEPTED, "BENAR", "x", "k", "a1", Grade.SENSOR))
    demo.office.end(number, SessionEnding("upgraded", "", 2, Grade.REGISTER, proved=True, place="k"))
    demo.office.state(number, Statement(2, "looked", "Contoh", "counter"))
    Keeper(demo.register, KEY, lambda: DEMO_DAY).sign_now()
    yield demo
    demo.register.close()


@pytest.fixture(scope="module")
def made(busy: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, made before anybody holds the register."""
    return back_up(Path(make_url(busy.url).database or ""), tmp_path_factory.mktemp("copies"), DEMO_DAY)


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(made, tmp_path / "register.db"))


@contextmanager
def changed(connection: Connection, statement: str, **values: object) -> Iterator[None]:
    """Until the end of this."""
    connection.exec_driver_sql("SAVEPOINT before")
    try:
        connection.execute(text(statement), values)
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT before")


@pytest.fixture(scope="module")
def laid_open(busy: Demo, made: Path) -> Iterator[Connection]:
    with owner(busy.url) as connection:
        for pragma in ("ignore_check_constraints=ON", "foreign_keys=OFF"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        assert verify(connection, public=[KEY.public]).whole
        yield connection


@given(st.sampled_from(CELLS), ODD, st.integers(0, 9))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_into_a_cell_is_named(
    laid_open: Connection, cell: tuple[str, str], value: object, which: int
) -> None:
    table, column = cell

    def all_of_it() -> list[object]:
        wanted = f'SELECT CAST("{column}" AS BLOB), typeof("{column}") FROM {table} ORDER BY 1'
        return list(laid_open.execute(text(wanted)).all())

    rowids = laid_open.execute(text(f"SELECT rowid FROM {table} ORDER BY rowid")).scalars().all()
    row = f"WHERE rowid = {rowids[-1 - which % min(len(rowids), 5)]}"
    told = laid_open.execute(text(f'SELECT "{column}" FROM {table} {row}')).scalar()
    before = all_of_it()
    try:
        with changed(laid_open, f'UPDATE {table} SET "{column}" = :value {row}', value=value):
            is_same = all_of_it() == before or (column == "proved" and bool(value) == bool(told))
            whole = verify(laid_open, public=[KEY.public]).whole
            list(entries_after(laid_open))
    except IntegrityError:
        # Two of one number, or none where there must be one: the database itself refuses that.
        return
    assert whole == is_same


def test_text_that_is_none_is_named_wherever_it_stands(laid_open: Connection) -> None:
    for table, column in CELLS:
        if (table, column) in (("endings", "id"), ("statements", "id")):
            # SQLite itself keeps anything but numbers out of these.
            continue
        with changed(laid_open, f"UPDATE {table} SET \"{column}\" = CAST(x'ff80' || rowid AS TEXT)"):
            assert not verify(laid_open, public=[KEY.public]).whole, (table, column)
            list(entries_after(laid_open))


@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
def test_a_time_that_no_calendar_has_is_named(demo: Demo, place: Place) -> None:
    demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    Keeper(demo.register, KEY, lambda: DEMO_DAY).sign_now()
    for table, column, fault in (
        ("checkpoints", "at", "the checkpoint at entry 3 cannot be read"),
        ("audit", "at", "entry 1: it cannot be read"),
        ("outcomes", "recorded_at", "what is on record of the meter with id "),
        ("key_changes", "issued_at", "what is on record of the meter with id "),
    ):
        with owner(demo.url) as connection, changed(connection, f"UPDATE {table} SET {column} = 'infinity'"):
            told = verify(connection, public=[KEY.public]).faults
            assert fault in told[0], told
            assert all(fault in one for one in told[:-1])


# --- the command


@pytest.mark.parametrize(
    "change",
    [
        "audit SET at = 5 WHERE seq = 2",
        "audit SET body = CAST(body AS BLOB) WHERE seq = 2",
        "checkpoints SET hash = 'abc'",
    ],
)
def test_the_command_names_it_and_ends_with_1(copy: Path, capsys: Out, change: str) -> None:
    with owner(sqlite_url(copy)) as connection:
        connection.exec_driver_sql(f"UPDATE {change}")
    status, out, err = krn(capsys, "office", "audit", "verify", "--register", str(copy))
    assert (status, "[AUD-01]" in err, "Traceback" in err) == (1, True, False)
    assert out.startswith("entry ")


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_the_list_goes_on_behind_an_entry_that_cannot_be_read(copy: Path, capsys: Out, words: tuple[str, ...]) -> None:
    with owner(sqlite_url(copy)) as connection:
        connection.exec_driver_sql("UPDATE audit SET body = 'x' WHERE seq = 2")
        connection.exec_driver_sql("UPDATE audit SET body = '{}' WHERE seq = 3")
        connection.exec_driver_sql("UPDATE audit SET body = CAST(x'ff' AS TEXT) WHERE seq = 4")
    status, out, err = krn(capsys, "office", "audit", "list", "--register", str(copy), *words)
    assert (status, "3 entries cannot be read, the first at 2" in err, "[AUD-01]" in err) == (1, True, True)
    if words:
        assert [(entry["seq"], entry["event"] is None) for entry in json.loads(out)][:5] == [
            (1, False),
            (2, True),
            (3, True),
            (4, True),
            (5, False),
        ]
    else:
        assert [line.split()[0] for line in out.splitlines()][:5] == ["1", "2", "3", "4", "5"]


def test_a_start_behind_the_end_is_a_wrong_word(copy: Path, capsys: Out) -> None:
    status, _, err = krn(capsys, "office", "audit", "verify", "--from", "99999", "--register", str(copy))
    assert (status, "[KSK-04]" in err, "the audit ends at entry 6" in err) == (1, True, True)


def test_what_kiosks_remember_may_be_anything(copy: Path, capsys: Out) -> None:
    with Database.of_callers(sqlite_url(copy)) as database:
        keep_witness(database, "kiosk-7", 3, "33" * 32, DEMO_DAY)
        for column, value in (("seq", "'abc'"), ("hash", "'abc'"), ("hash", "x'ff'"), ("at", "5")):
            with database.write() as connection:
                connection.exec_driver_sql(f"UPDATE access_witnesses SET {column} = {value}")
            status, out, _ = krn(capsys, "office", "audit", "verify", "--register", str(copy))
            assert (status, "what kiosk-7 sent back cannot be read" in out) == (1, True)
