"""Damage of one record is seen when it is read, is not written over, and stays with that record.

All of it on SQLite: PostgreSQL has checksums of its own for its pages, and no digests of ours.
"""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.interruption import hear
from krn_engine.office.contract import Found, Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.errors import RowsDiffer
from krn_engine.office.local import LocalOffice
from krn_engine.office.queries import BY_IDPEL
from krn_engine.register import digest, schema
from krn_engine.register.backup import back_up, put_back
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.digest import digest_of, prepare
from krn_engine.register.errors import RecordDamaged, RegisterDamaged
from krn_engine.register.importer import import_worklist
from krn_engine.register.schema import SCHEMA
from krn_engine.register.tables import metadata
from krn_engine.register.tally import count_all, is_kept, kept
from krn_engine.register.watch import WATCHED
from tests.support.office import Demo
from tests.support.places import Files, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Files(tmp_path)


@pytest.fixture
def path(demo: Demo, tmp_path: Path) -> Path:
    return tmp_path / "register.db"


def damage(path: Path, statement: str, *values: object) -> None:
    """Change a record as a flipped bit does: without triggers, and so without a new digest."""
    with closing(sqlite3.connect(path)) as connection, connection:
        prepare(connection)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        assert connection.execute(statement, values).rowcount == 1
        for _, sql in triggers:
            connection.execute(sql)


def meter_id(demo: Demo, number: str) -> int:
    with demo.register.read() as connection:
        return int(connection.exec_driver_sql("SELECT id FROM meters WHERE number = ?", (number,)).scalar_one())


METER = [
    ("ea", 11),
    ("dkga", 4),
    ("sgc", "000001"),
    ("ti", "02"),
    ("krn", 4),
    ("kt", 0),
    ("base_date", 2035),
    ("ken", 7),
    ("version_label", "X"),
    ("installed_on", "2014-13-91"),
    ("blocked", "?"),
    ("key_state_by", "imporv"),
]


@pytest.mark.parametrize(("column", "value"), METER)
def test_each_column_of_a_meter(demo: Demo, path: Path, column: str, value: object) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    damage(path, f"UPDATE meters SET {column} = ? WHERE number = ?", value, customer.meter_number)
    refused(lambda: demo.office.find(customer.idpel))
    refused(lambda: demo.office.find(customer.meter_number))
    refused(lambda: demo.office.issue(customer.meter_number, "r"))


CUSTOMER = [("name", "BUDA"), ("tariff", "R2"), ("power_va", 1301), ("unit", "?"), ("meter_id", 2)]


@pytest.mark.parametrize(("column", "value"), CUSTOMER)
def test_each_column_of_a_customer(demo: Demo, path: Path, column: str, value: object) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    damage(path, f"UPDATE customers SET {column} = ? WHERE idpel = ?", value, customer.idpel)
    refused(lambda: demo.office.find(customer.idpel))


def refused(ask: Callable[[], object]) -> None:
    with pytest.raises(RecordDamaged, match=r"nothing else was changed.*krn restore") as told:
        ask()
    assert told.value.code == "REG-12"


class Interrupted(tuple[object, ...]):
    """Values of a record, in the middle of which somebody presses Ctrl-C."""

    __slots__ = ()

    def __repr__(self) -> str:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("nobody listened")


@pytest.fixture
def listening() -> Iterator[None]:
    """As a command listens for Ctrl-C; nobody listens like that afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    hear()
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_while_a_digest_is_made_is_no_damage(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    with monkeypatch.context() as patch:
        patch.setattr(digest, "ascii", lambda values: repr(Interrupted(values)), raising=False)
        with pytest.raises(KeyboardInterrupt):
            demo.office.find(number)
    assert isinstance(demo.office.find(number), Found)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_elsewhere_hides_no_damage(demo: Demo, path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    damage(path, "UPDATE meters SET krn = 5 WHERE number = ?", number)
    with pytest.raises(RecordDamaged):
        demo.office.find(number)


def test_the_others_are_served(demo: Demo, path: Path) -> None:
    broken, *others = demo.province
    damage(path, "UPDATE meters SET krn = 9 WHERE number = ?", broken.meter_number)
    refused(lambda: demo.office.find(broken.idpel))
    assert all(isinstance(demo.office.find(customer.idpel), Found) for customer in others)


def test_text_that_is_no_text(demo: Demo, path: Path) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    damage(path, "UPDATE customers SET name = CAST(x'ff' AS TEXT) WHERE idpel = ?", customer.idpel)
    refused(lambda: demo.office.find(customer.idpel))


@pytest.mark.parametrize("change", ["rows = '12345678901234567890'", "rows = NULL", "sections = 2", "meter_id = 30000"])
def test_ready_made_rows(demo: Demo, path: Path, change: str) -> None:
    """Rows that went to another meter leave a gap: of them too the meter's digest tells."""
    customer = demo.first(DemoCase.READY_MADE)
    damage(path, f"UPDATE ready_rows SET {change} WHERE meter_id = ?", meter_id(demo, customer.meter_number))
    refused(lambda: demo.office.find(customer.idpel))
    refused(lambda: demo.office.issue(customer.meter_number, "r"))


CHANGE = ["rows = replace(rows, '1', '3')", "from_state = from_state || '9'", "source = 'readz'", "meter_id = 2"]


@pytest.mark.parametrize("change", CHANGE)
def test_a_key_change(demo: Demo, path: Path, change: str) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    damage(path, f"UPDATE key_changes SET {change} WHERE id = ?", issued.id)
    refused(lambda: demo.office.issue(customer.meter_number, "r"))
    refused(lambda: demo.office.find(customer.idpel))
    refused(lambda: demo.office.record(a_record(issued.id)))


@pytest.mark.parametrize("column", ["from_state", "to_state"])
def test_a_key_change_in_the_history(demo: Demo, path: Path, column: str) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    demo.office.record(a_record(issued.id))
    damage(path, f"UPDATE key_changes SET {column} = replace({column}, '2', '3') WHERE id = ?", issued.id)
    refused(lambda: demo.office.history(customer.meter_number))


def test_an_outcome_of_a_row_that_is_not_in_the_record_any_more(demo: Demo, path: Path) -> None:
    """It is the record that is wrong, and not who reports."""
    issued = demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r").changes[0]
    damage(path, "UPDATE key_changes SET rows = substr(rows, 1, 20) WHERE id = ?", issued.id)
    refused(lambda: demo.office.record(replace(a_record(issued.id), section=2)))


def test_a_request_of_a_meter_whose_number_is_damaged(demo: Demo, path: Path) -> None:
    """It is the record that is wrong, and not who asks."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    demo.office.issue(number, "r")
    damage(path, "UPDATE meters SET number = '99900000009' WHERE number = ?", number)
    refused(lambda: demo.office.issue(number, "r"))


OUTCOME = ["section = 2", "outcome = 'rejected'", "evidence = '?'", "attempt_id = 'b'", "recorded_at = '2026-01-01'"]


@pytest.mark.parametrize("change", OUTCOME)
def test_an_outcome(demo: Demo, path: Path, change: str) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    demo.office.record(a_record(issued.id))
    damage(path, f"UPDATE outcomes SET {change} WHERE key_change_id = ?", issued.id)
    refused(lambda: demo.office.issue(customer.meter_number, "r"))
    refused(lambda: demo.office.history(customer.meter_number))


def test_an_outcome_that_is_gone(demo: Demo, path: Path) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    demo.office.record(a_record(issued.id))
    damage(path, "DELETE FROM outcomes WHERE key_change_id = ?", issued.id)
    refused(lambda: demo.office.issue(customer.meter_number, "r"))


def test_rows_of_today_that_lost_their_outcome_day(demo: Demo, path: Path) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    demo.office.record(a_record(issued.id))
    damage(path, "UPDATE outcomes SET outcome = 'rejected' WHERE key_change_id = ?", issued.id)
    refused(demo.office.progress)


def test_the_progress_is_what_was_counted_before_the_damage(demo: Demo, path: Path) -> None:
    before, customer = demo.office.progress(), demo.first(DemoCase.FOUR_ROWS)
    damage(path, "UPDATE meters SET krn = 3 WHERE number = ?", customer.meter_number)
    assert demo.office.progress() == before
    # Who counts anew looks at each of them.
    refused(demo.register.recount)
    assert demo.office.progress() == before


@pytest.mark.parametrize("change", ["meters = meters + 1", "krn = 9", "unit = 'x'", "claimed = 7", "stated = 1"])
def test_a_tally_that_is_damaged_is_counted_anew(demo: Demo, path: Path, change: str) -> None:
    """By who asks for it; who records an outcome meanwhile is not held up."""
    before, number = demo.office.progress(), demo.first(DemoCase.FOUR_ROWS).meter_number
    whose = "WHERE krn = 1 AND NOT blocked AND whole AND sections = 0"
    damage(path, f"UPDATE tallies SET {change} {whose}")
    assert demo.office.progress() == before
    with demo.register.read() as connection:
        assert kept(connection) == count_all(connection)
    damage(path, f"UPDATE tallies SET {change} {whose}")
    issued = demo.office.issue(number, "r")
    for section in (1, 2):
        demo.office.record(replace(a_record(issued.changes[0].id), section=section, attempt=f"a{section}"))
    assert demo.count("outcomes WHERE attempt_id LIKE 'a%'") == 2
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert found.krn == 2
    assert demo.office.progress().due == before.due
    with demo.register.read() as connection:
        assert is_kept(connection)
        assert kept(connection) == count_all(connection)


def test_an_outcome_is_kept_of_a_meter_that_cannot_be_counted(demo: Demo, path: Path) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    damage(path, "UPDATE customers SET tariff = '?' WHERE idpel = ?", customer.idpel)
    demo.office.record(a_record(issued.id))
    assert demo.count("outcomes WHERE attempt_id = 'a'") == 1
    refused(demo.office.progress)
    # With the record as it was, it is counted again by itself.
    damage(path, "UPDATE customers SET tariff = ? WHERE idpel = ?", customer.tariff, customer.idpel)
    assert demo.office.progress().meters == 32
    with demo.register.read() as connection:
        assert is_kept(connection)


def a_record(change: str) -> RowRecord:
    return RowRecord(change, 1, RowOutcome.ACCEPTED, "04: 2", "sensor", "kiosk", "a", Grade.SENSOR)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE statements SET krn = 3 WHERE id = 1",
        "UPDATE statements SET after_outcome = 0 WHERE id = 1",
        "DELETE FROM statements WHERE id = 1",
    ],
)
def test_a_statement(demo: Demo, path: Path, change: str) -> None:
    """The key state that counts is worked out from it, so nothing is said of its meter."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    demo.office.record(a_record(demo.office.issue(number, "r").changes[0].id))
    demo.office.state(number, Statement(1, "looked", "Contoh", "kiosk"))
    damage(path, change)
    refused(lambda: demo.office.find(number))
    refused(lambda: demo.office.issue(number, "again"))


def test_an_ending(demo: Demo, path: Path) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    demo.office.end(number, SessionEnding("upgraded", "", 3, Grade.REGISTER, proved=True, place="kiosk"))
    damage(path, "UPDATE endings SET krn = 2 WHERE id = 1")
    refused(lambda: demo.office.history(number))


def test_a_claim_that_a_flip_makes_a_proof(demo: Demo, path: Path) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    claim = replace(a_record(demo.office.issue(number, "r").changes[0].id), grade=Grade.CUSTOMER)
    demo.office.record(claim)
    damage(path, "UPDATE outcomes SET grade = 'sensor' WHERE attempt_id = 'a'")
    refused(lambda: demo.office.find(number))
    refused(demo.office.progress)


def test_a_request(demo: Demo, path: Path) -> None:
    first, second = [customer for customer in demo.province if customer.case is DemoCase.FOUR_ROWS][:2]
    demo.office.issue(first.meter_number, "r1")
    other = demo.office.issue(second.meter_number, "r2").changes[0].id
    damage(path, "UPDATE requests SET key_change_id = ? WHERE request_id = 'r1' AND position = 0", other)
    refused(lambda: demo.office.issue(first.meter_number, "r1"))


def test_damage_is_not_written_over(demo: Demo, path: Path, tmp_path: Path) -> None:
    """A list that brings news of a damaged meter would give it a right digest again: it is refused whole."""
    customer = demo.first(DemoCase.FOUR_ROWS)
    damage(path, "UPDATE meters SET krn = 9 WHERE number = ?", customer.meter_number)
    news = tmp_path / "list.csv"
    news.write_text(f"IDPEL,NOMOR_METER,BLOCKED\n{customer.idpel},{customer.meter_number},because\n")
    refused(lambda: import_worklist(demo.register, news))
    refused(lambda: demo.office.find(customer.idpel))


def test_rows_are_computed_again(demo: Demo, path: Path) -> None:
    """With a right digest, so that only the vault can tell: what a forger would do, or a vault that changed."""
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r").changes[0]
    with demo.register.write() as connection:
        connection.exec_driver_sql("UPDATE key_changes SET rows = replace(rows, '1', '3') WHERE id = ?", (issued.id,))
    for request in ("r", "another"):
        with pytest.raises(RowsDiffer):
            demo.office.issue(customer.meter_number, request)
    keyless = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY)
    assert keyless.issue(customer.meter_number, "r").rows != issued.rows


# --- the file


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '0004'",
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE alembic_version SET version_num = CAST(x'ff303035' AS TEXT)",
        "UPDATE counters SET name = 'schemb' WHERE name = 'schema'",
        "UPDATE counters SET value = value + 1 WHERE name = 'schema'",
    ],
)
def test_a_revision_and_a_schema_that_do_not_fit(demo: Demo, path: Path, change: str) -> None:
    demo.register.close()
    damage(path, change)
    with pytest.raises(RegisterDamaged):
        Register.open(demo.url)


def test_a_schema_that_is_no_text(demo: Demo, path: Path) -> None:
    """SQLite repeats what it cannot read, which is then no UTF-8."""
    demo.register.close()
    content = bytearray(path.read_bytes())
    content[content.index(b"watch_customers_guard") + 6] ^= 0x80
    path.write_bytes(content)
    with pytest.raises(RegisterDamaged):
        Register.open(demo.url)


def test_an_index_that_lost_a_meter(demo: Demo, path: Path) -> None:
    """It would say that there is no such meter."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number.encode()
    right = demo.office.find(number.decode())
    demo.register.close()
    content = path.read_bytes()
    places = [at for at in range(len(content)) if content.startswith(number, at)]
    assert len(places) == 2
    for at in places:
        damaged = bytearray(content)
        damaged[at] ^= 1
        path.write_bytes(damaged)
        with Register.open(demo.url) as register:
            office = LocalOffice(register, demo.province.campaign, demo.province.vault)
            with suppress(RegisterDamaged, RecordDamaged):
                # SQLite may read the number from the index, where it is right.
                assert office.find(number.decode()) == right
            with pytest.raises(RegisterDamaged):
                office.find("990000000001")
        with pytest.raises(RegisterDamaged):
            Register.open(demo.url)


def test_a_damaged_record_is_not_copied(demo: Demo, path: Path, tmp_path: Path) -> None:
    good = back_up(path, tmp_path / "copies", datetime.now(UTC))
    damage(path, "UPDATE customers SET name = '?' WHERE id = 3")
    with pytest.raises(RecordDamaged, match="1 records are damaged"):
        back_up(path, tmp_path / "copies", datetime.now(UTC))
    assert list((tmp_path / "copies").iterdir()) == [good]
    demo.register.close()
    put_back(good, path)
    with Register.open(demo.url) as register:
        assert isinstance(LocalOffice(register, demo.province.campaign).find(next(iter(demo.province)).idpel), Found)


def test_every_table_that_can_be_damaged_is_watched() -> None:
    """Counters have no digest: a wrong one says that an older file came, or gives a copy another number.

    Nor have the entries of the audit: they have a chain of hashes.
    """
    assert {table.name for table in WATCHED} == set(metadata.tables) - {"counters", "audit", "checkpoints"}


# --- older registers, and other databases


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A register of the release before digests, with records in every table."""
    province = DemoProvince(32)
    source, path = tmp_path / "source.db", tmp_path / "old.db"
    with Register.create(sqlite_url(source)) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        issued = office.issue(province.first(DemoCase.FOUR_ROWS).meter_number, "r")
        office.record(a_record(issued.changes[0].id))
    script = Path(__file__).with_name("register-0001.sql").read_text()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script)
        connection.execute("ATTACH ? AS source", (str(source),))
        tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if table != "alembic_version":
                columns = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
                names = ", ".join(f'"{column[1]}"' for column in columns)
                connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM source.{table}")
    return path


def test_a_register_of_an_older_release_is_watched_from_now_on(old: Path) -> None:
    province = DemoProvince(32)
    customer = province.first(DemoCase.FOUR_ROWS)
    with Register.open(sqlite_url(old)) as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        assert isinstance(office.find(customer.idpel), Found)
        assert office.issue(customer.meter_number, "r").changes[0].outcomes[0] is RowOutcome.ACCEPTED
        assert register.generation() == 1
    damage(old, "UPDATE meters SET krn = 9 WHERE number = ?", customer.meter_number)
    with Register.open(sqlite_url(old)) as register:
        refused(lambda: LocalOffice(register, province.campaign).find(customer.idpel))


def test_a_migration_makes_no_damage_right(demo: Demo, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.register.close()
    damage(path, "UPDATE meters SET krn = 9 WHERE id = 1")
    monkeypatch.setattr(schema, "SCHEMA", "9999")
    with pytest.raises(RecordDamaged, match="1 records of the register are damaged"):
        Register.open(demo.url)


def test_a_watched_register_can_be_migrated(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    demo.register.close()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SCHEMA", "9999")
        Register.open(demo.url).close()
    with Register.open(demo.url) as register:
        assert isinstance(LocalOffice(register, demo.province.campaign).find(customer.idpel), Found)


def test_postgresql_is_asked_no_digests() -> None:
    said = str(BY_IDPEL.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "krn_sound" not in said
    assert "true" in said


def test_a_digest_tells_types_and_borders_apart() -> None:
    values: list[tuple[Any, ...]] = [(1,), ("1",), (1.0,), (None,), ("None",), (b"1",), ("a", "b"), ("ab",), ("a, b",)]
    assert len({digest_of(*value) for value in values}) == len(values)


def test_digests_stay_what_they_are() -> None:
    """They are on disk: another way to make them would call every register damaged."""
    assert digest_of("meters", 1, "99100000001", None, 0.5, "é") == -1766441969016261869
    assert SCHEMA >= "0005"
