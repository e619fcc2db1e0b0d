"""Rows are kept sealed: none of them is in any file, and what is sealed opens at its own place under its own key only.

What takes `place` runs on both engines; what looks into files is about SQLite's.
`register-0005.sql` is the dump of a file that an earlier release made on the demo province, with its rows in the clear.
"""

import base64
import copy
import logging
import pickle
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, select, update

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.issuing.campaign import Campaign
from krn_engine.office.contract import Due, Found, Grade, Issued, NothingToDo, RowOutcome, RowRecord, Statement
from krn_engine.office.errors import RowsGone
from krn_engine.office.local import LocalOffice
from krn_engine.register import applying, database, sealing
from krn_engine.register.backup import back_up, put_back, unsealed
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RecordDamaged, RegisterBusy, RegisterError, SealedElsewhere
from krn_engine.register.importer import import_worklist
from krn_engine.register.seal import KEY_BYTES, MARK, InTheClear, Seal
from krn_engine.register.tables import key_changes, ready_rows
from tests.support.places import POSTGRESQL, Place

DUMP = Path(__file__).with_name("register-0005.sql")
PROVINCE = DemoProvince(16)
KEY, OTHER_KEY = bytes(range(KEY_BYTES)), bytes(range(1, KEY_BYTES + 1))
SEAL = Seal(KEY)
PLACE = "99100000001", "ready/0123456789abcdef"
ROWS = " ".join(f"{first}1234567890123456789" for first in range(4))
NOW = datetime(2026, 1, 15, tzinfo=UTC)
KILLED = 9
rows_text = st.lists(st.from_regex(r"[0-9]{20}", fullmatch=True), min_size=2, max_size=4).map(" ".join)
places = st.lists(st.text(max_size=12), min_size=1, max_size=3).map(tuple)


# --- the seal


@given(rows_text, places)
def test_what_is_sealed_opens_at_its_place(rows: str, place: tuple[str, ...]) -> None:
    kept = SEAL.close(rows, *place)
    assert kept.startswith(MARK)
    assert not any(row in kept for row in rows.split())
    assert SEAL.open(kept, *place) == rows
    assert Seal(KEY).close(rows, *place) == kept


@given(rows_text, places, places)
def test_what_is_moved_to_another_place_does_not_open(
    rows: str, place: tuple[str, ...], other: tuple[str, ...]
) -> None:
    if place != other:
        assert SEAL.close(rows, *place) != SEAL.close(rows, *other)
        with pytest.raises(RecordDamaged, match="altered or damaged"):
            SEAL.open(SEAL.close(rows, *place), *other)


def test_places_whose_parts_join_to_the_same_text_are_different_places() -> None:
    with pytest.raises(RecordDamaged):
        SEAL.open(SEAL.close(ROWS, "ab", "c"), "a", "bc")
    with pytest.raises(RecordDamaged):
        SEAL.open(SEAL.close(ROWS, "ab", ""), "ab")


@pytest.mark.parametrize("rows", [ROWS, ROWS[:41]])
def test_no_bit_of_a_sealed_text_can_be_another(rows: str) -> None:
    kept = SEAL.close(rows, *PLACE).encode()
    for bit in range(8 * len(kept)):
        flipped = bytearray(kept)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RecordDamaged):
            SEAL.open(flipped.decode("latin-1"), *PLACE)


def test_there_is_one_way_to_write_a_sealed_text() -> None:
    """The last sign of base64 says less than it could, behind a text of another length than rows have."""
    kept = SEAL.close("1", *PLACE)
    assert kept.count("=") == 1
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = f"{kept[:-2]}{signs[signs.index(kept[-2]) + 1]}="
    assert base64.b64decode(other.removeprefix(MARK)) == base64.b64decode(kept.removeprefix(MARK))
    with pytest.raises(RecordDamaged):
        SEAL.open(other, *PLACE)


@pytest.mark.parametrize("text", ["", MARK, ROWS, MARK + "AAAA", MARK + "é", MARK + "A" * 80, " " + MARK])
def test_what_is_no_sealed_text_does_not_open(text: str) -> None:
    with pytest.raises(RecordDamaged):
        SEAL.open(text, *PLACE)


def test_another_key_opens_nothing_and_is_known_by_its_check_value() -> None:
    with pytest.raises(RecordDamaged):
        Seal(OTHER_KEY).open(SEAL.close(ROWS, *PLACE), *PLACE)
    assert len({SEAL.check, Seal(KEY).check, Seal(OTHER_KEY).check}) == 2
    assert all(0 <= seal.check < 2**63 for seal in (SEAL, Seal(OTHER_KEY)))


def test_a_nonce_belongs_to_one_text_at_one_place() -> None:
    texts = {SEAL.close(rows, *place) for rows in (ROWS, ROWS[:41], ROWS[21:62]) for place in (PLACE, PLACE[:1], ())}
    assert len({base64.b64decode(text.removeprefix(MARK))[:12] for text in texts}) == len(texts) == 9


def test_a_key_is_never_shown_and_never_copied() -> None:
    assert repr(SEAL) == str(SEAL) == f"{SEAL}" == "<Seal>"
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a key"):
            write(SEAL)
    assert not hasattr(SEAL, "__dict__")
    with pytest.raises(ValueError, match="32 bytes") as told:
        Seal(b"secret secret")
    assert "secret" not in str(told.value)


def test_neither_key_nor_row_is_in_a_log_or_a_trace_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "sqlalchemy.engine"):
        caplog.set_level(logging.DEBUG, name)
    with Register.create(sqlite_url(tmp_path / "register.db"), SEAL) as register:
        rows = worklist(tmp_path / "list.csv", 2)
        import_worklist(register, tmp_path / "list.csv")
        office = LocalOffice(register, Campaign.default())
        rows |= set(office.issue("99100000001", "r").rows)
        with register.write() as connection:
            connection.exec_driver_sql("UPDATE key_changes SET from_state = from_state || '/'")
        with pytest.raises(RecordDamaged) as told:
            office.issue("99100000001", "r")
        shown = "".join(traceback.format_exception(told.value)) + repr((register.keeper, vars(register), vars(office)))
    assert "UPDATE key_changes" in caplog.text
    for canary in {*rows, KEY.hex(), repr(KEY), base64.b64encode(KEY).decode()}:
        assert canary not in caplog.text + shown


def test_in_the_clear_rows_are_as_they_are() -> None:
    keeper = InTheClear()
    assert keeper.open(keeper.close(ROWS, *PLACE), *PLACE) == ROWS
    with pytest.raises(RecordDamaged):
        keeper.open(SEAL.close(ROWS, *PLACE), *PLACE)


# --- a register


on_postgresql = pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of an earlier release, in a folder of its own."""
    (tmp_path / "register").mkdir()
    path = tmp_path / "register" / "register.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
    return path


@pytest.fixture
def earlier(place: Place) -> str:
    """The URL of a register of an earlier release."""
    return place.earlier(DUMP)


def clear_in(url: str) -> set[str]:
    """The rows that stand in a register as they are."""
    engine = create_engine(url)
    with engine.connect() as connection:
        kept = [
            *connection.execute(select(key_changes.c.rows)).scalars(),
            *connection.execute(select(ready_rows.c.rows)).scalars(),
        ]
    engine.dispose()
    return {row for text in kept if text is not None and not text.startswith(MARK) for row in text.split()}


def rows_of_the_old() -> set[str]:
    """Every row that stands in the dump."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        kept = connection.execute(
            "SELECT rows FROM key_changes UNION ALL SELECT kct1a || ' ' || kct1b || ' ' || kct2a || ' ' || kct2b"
            " FROM ready_rows"
        ).fetchall()
    return {row for (text,) in kept for row in text.split()}


def found_in(folder: Path, words: set[str]) -> set[str]:
    """Which of these words stand in a file below the folder."""
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    return {word for word in words for content in files if word.encode() in content}


def an_office(register: Register, *, vault: bool = True) -> LocalOffice:
    return LocalOffice(register, PROVINCE.campaign, PROVINCE.vault if vault else None, clock=lambda: DEMO_DAY)


def told_of(office: LocalOffice) -> list[object]:
    """All that an office says without the rows."""
    asked: list[object] = [office.progress()]
    for customer in PROVINCE:
        asked += [office.find(customer.idpel), office.history(customer.meter_number)]
    return asked


def issued_again(office: LocalOffice) -> dict[str, Issued]:
    cases = DemoCase.FOUR_ROWS, DemoCase.EA11, DemoCase.PERIKSA, DemoCase.READY_MADE, DemoCase.TWO_ROWS
    numbers = {case.name: PROVINCE.first(case).meter_number for case in cases}
    return {name: office.issue(number, f"request-{name}") for name, number in numbers.items()}


def test_a_register_is_sealed_on_every_engine_and_says_the_same(earlier: str) -> None:
    with Register.open(earlier) as register:
        said, rows = told_of(an_office(register)), issued_again(an_office(register))
        assert not register.is_sealed()
    assert clear_in(earlier) == rows_of_the_old()
    for _ in range(2):
        with Register.open(earlier, Seal(KEY)) as register:
            assert clear_in(earlier) == set()
            assert told_of(an_office(register)) == said
            assert issued_again(an_office(register)) == rows
    for seal in (None, Seal(OTHER_KEY)):
        with pytest.raises(SealedElsewhere, match="forget-rows"):
            Register.open(earlier, seal)


@on_postgresql
def test_what_is_issued_while_the_rows_are_sealed_waits_and_is_refused(
    earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a program that was there before, and knows no key: no row of it stays in the clear."""
    Register.open(earlier).close()
    number = PROVINCE.first(DemoCase.FOUR_ROWS).meter_number
    refused: list[str] = []
    with Register.open(earlier) as before:

        def ask() -> None:
            try:
                an_office(before).issue(number, "meanwhile")
            except SealedElsewhere as error:
                refused.append(error.code)

        asking = threading.Thread(target=ask)

        def seals(connection: Connection, keeper: Seal) -> int:
            asking.start()
            asking.join(0.5)
            assert asking.is_alive()
            return seal_ready(connection, keeper)

        seal_ready = sealing._seal_ready
        monkeypatch.setattr(sealing, "_seal_ready", seals)
        Register.open(earlier, SEAL).close()
        asking.join(20)
    assert refused == [SealedElsewhere.code]
    assert clear_in(earlier) == set()


def test_a_register_of_an_earlier_release_is_sealed_and_says_the_same(old: Path) -> None:
    assert found_in(old.parent, rows_of_the_old()) == rows_of_the_old()
    with Register.open(sqlite_url(old)) as register:
        said, rows = told_of(an_office(register)), issued_again(an_office(register))
        assert not register.is_sealed()
    with Register.open(sqlite_url(old), SEAL) as register:
        assert found_in(old.parent, rows_of_the_old()) == set()
        assert register.is_sealed()
        assert told_of(an_office(register)) == said
        assert issued_again(an_office(register)) == rows
    with Register.open(sqlite_url(old), Seal(KEY)) as register:
        assert issued_again(an_office(register)) == rows
    assert {row for issued in rows.values() for row in issued.rows} <= rows_of_the_old()


@pytest.mark.parametrize("seal", [None, Seal(OTHER_KEY)])
def test_a_sealed_register_opens_under_its_own_key_only(old: Path, seal: Seal | None) -> None:
    Register.open(sqlite_url(old), SEAL).close()
    before = old.read_bytes()
    for act in (Register.open, Register.create):
        with pytest.raises(SealedElsewhere, match="forget-rows"):
            act(sqlite_url(old), seal)
    assert old.read_bytes() == before


def test_find_standing_and_progress_need_no_key(earlier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise ZeroDivisionError

    with Register.open(earlier, SEAL) as register:
        office = an_office(register)
        said = told_of(office)
        monkeypatch.setattr(Seal, "open", refuse)
        assert told_of(office) == said
        with pytest.raises(ZeroDivisionError):
            issued_again(office)


def test_what_is_issued_is_sealed_for_its_meter_and_its_states(place: Place, tmp_path: Path) -> None:
    url = place.register()
    with Register.open(url, SEAL) as register:
        PROVINCE.load(register)
        customer, other = PROVINCE.first(DemoCase.FOUR_ROWS), PROVINCE.first(DemoCase.READY_MADE)
        issued = an_office(register).issue(customer.meter_number, "r")
        ready = an_office(register, vault=False).issue(other.meter_number, "s")
        assert found_in(tmp_path, {*issued.rows, *ready.rows}) == clear_in(url) == set()
        with register.write() as connection:
            (first, second) = connection.execute(
                select(key_changes.c.id, key_changes.c.rows).where(
                    key_changes.c.id.in_([change.id for change in issued.changes])
                )
            ).all()
            connection.execute(update(key_changes).where(key_changes.c.id == second.id).values(rows=first.rows))
        with pytest.raises(RecordDamaged, match="sealed rows of this meter"):
            an_office(register).issue(customer.meter_number, "r")


def test_ready_made_rows_of_one_meter_are_not_those_of_another(place: Place, tmp_path: Path) -> None:
    with Register.open(place.register(), SEAL) as register:
        worklist(tmp_path / "list.csv", 2)
        import_worklist(register, tmp_path / "list.csv")
        with register.write() as connection:
            connection.exec_driver_sql(
                "UPDATE ready_rows SET (set_id, rows) = (SELECT set_id, rows FROM ready_rows AS other"
                " WHERE other.meter_id != ready_rows.meter_id)"
                " WHERE meter_id = (SELECT id FROM meters WHERE number = '99100000001')"
            )
        with pytest.raises(RecordDamaged, match="sealed rows of this meter"):
            LocalOffice(register, Campaign.default()).issue("99100000001", "r")
        assert len(LocalOffice(register, Campaign.default()).issue("99100000002", "s").rows) == 4


def test_sealing_that_is_cut_short_changes_nothing(earlier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Register.open(earlier).close()

    def cut(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_seal_ready", cut)
        with pytest.raises(KeyboardInterrupt):
            Register.open(earlier, SEAL)
    with Register.open(earlier) as register:
        assert len(issued_again(an_office(register))) == 5
    with Register.open(earlier, SEAL) as register:
        assert clear_in(earlier) == set()


def test_a_program_that_knows_no_key_puts_no_rows_into_a_register_that_was_sealed_since(
    earlier: str, tmp_path: Path
) -> None:
    with Register.open(earlier) as before:
        Register.open(earlier, SEAL).close()
        with pytest.raises(SealedElsewhere):
            an_office(before).issue(PROVINCE.first(DemoCase.EA11).meter_number, "new")
        worklist(tmp_path / "list.csv", 2)
        with pytest.raises(SealedElsewhere):
            import_worklist(before, tmp_path / "list.csv")
        an_office(before).state(PROVINCE.first(DemoCase.DONE).meter_number, Statement(2, "04 shows 2", "x", "y"))


# --- lists


def worklist(path: Path, count: int, *, digit: int = 1) -> set[str]:
    """A list of ready-made rows; gives them."""
    sets = {n: [f"{digit}{n:08d}{part:011d}" for part in range(1, 5)] for n in range(1, count + 1)}
    lines = [f"{990000000000 + n},{99100000000 + n},{','.join(rows)}" for n, rows in sets.items()]
    path.write_text("\n".join(("IDPEL,NOMOR_METER,KCT1A,KCT1B,KCT2A,KCT2B", *lines)) + "\n")
    return {row for rows in sets.values() for row in rows}


def test_a_list_is_in_no_file_in_the_clear_while_it_goes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    rows = worklist(tmp_path / "list.csv", 40)
    looked: list[set[str]] = []

    def looks(connection: Connection, part: applying.Part) -> None:
        store(connection, part)
        looked.append(found_in(folder, rows))
        if len(looked) == 4:
            raise KeyboardInterrupt

    store = applying.store
    with monkeypatch.context() as patch:
        patch.setattr(applying, "store", looks)
        patch.setattr(applying, "CHUNK", 10)
        with Register.create(sqlite_url(folder / "register.db"), SEAL) as register, pytest.raises(KeyboardInterrupt):
            import_worklist(register, tmp_path / "list.csv", progress=lambda *_: looked.append(found_in(folder, rows)))
    assert looked == [set()] * 4
    assert (folder / "register.db.list").is_file()
    assert found_in(folder, rows) == set()
    with Register.open(sqlite_url(folder / "register.db"), SEAL) as register:
        assert found_in(folder, rows) == set()
        issued = LocalOffice(register, Campaign.default()).issue("99100000040", "r")
        assert set(issued.rows) <= rows


def test_an_import_that_is_killed_leaves_no_row_in_any_file(tmp_path: Path) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    rows = worklist(tmp_path / "list.csv", 3000)
    Register.create(sqlite_url(folder / "register.db"), SEAL).close()
    arguments = [str(folder / "register.db"), str(tmp_path / "list.csv"), KEY.hex()]
    done = subprocess.run([sys.executable, "-m", "tests.programs.killed_import", *arguments], check=False)
    assert done.returncode == -KILLED
    assert (folder / "register.db.list").is_file()
    some = set(sorted(rows)[::97])
    assert found_in(folder, some) == set()


def test_an_equal_list_is_known_again_without_opening_anything(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worklist(tmp_path / "list.csv", 3)
    with Register.open(place.register(), SEAL) as register:
        import_worklist(register, tmp_path / "list.csv")
        monkeypatch.setattr(Seal, "open", lambda *_: pytest.fail("it was opened"))
        with register.read() as connection:
            before = connection.execute(select(ready_rows).order_by(ready_rows.c.meter_id)).all()
        again = import_worklist(register, tmp_path / "list.csv")
        assert (again.stored, again.takes_away) == (True, ())
        worklist(tmp_path / "list.csv", 3, digit=2)
        assert [taken.count for taken in import_worklist(register, tmp_path / "list.csv").takes_away] == [3]
        with register.read() as connection:
            assert connection.execute(select(ready_rows).order_by(ready_rows.c.meter_id)).all() == before


def test_a_list_that_is_half_in_is_sealed_when_it_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its other half stands in the clear in its file, and goes in first."""
    rows = worklist(tmp_path / "list.csv", 5)
    folder = tmp_path / "register"
    folder.mkdir()
    url = sqlite_url(folder / "register.db")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(applying, "store", stop)
        with Register.create(url) as register, pytest.raises(KeyboardInterrupt):
            import_worklist(register, tmp_path / "list.csv")
    assert found_in(folder, rows) == rows
    with monkeypatch.context() as patch:
        patch.setattr(database, "finish", stop_with(RegisterBusy("the disk")))
        with pytest.raises(RegisterBusy, match="a list is going in"):
            Register.open(url, SEAL)
    with Register.open(url, SEAL) as register:
        assert found_in(folder, rows) == set()
        assert len(LocalOffice(register, Campaign.default()).issue("99100000005", "r").rows) == 4


def stop_with(error: RegisterError) -> Callable[[Any], None]:
    def stop(_connection: Any) -> None:
        raise error

    return stop


# --- copies


def test_a_copy_is_sealed_as_the_register_is(old: Path, tmp_path: Path) -> None:
    with Register.open(sqlite_url(old), SEAL):
        copy_of = back_up(old, tmp_path / "copies", NOW)
    assert found_in(tmp_path, rows_of_the_old() | {customer.name for customer in PROVINCE}) == set()
    put_back(copy_of, old)
    with pytest.raises(SealedElsewhere):
        Register.open(sqlite_url(old))
    with Register.open(sqlite_url(old), SEAL) as register:
        assert len(issued_again(an_office(register))) == 5


def test_files_that_are_not_sealed_are_told(old: Path, tmp_path: Path) -> None:
    clear = back_up(old, tmp_path / "copies", NOW)
    Register.open(sqlite_url(old), SEAL).close()
    sealed = back_up(old, tmp_path / "copies", NOW)
    assert unsealed(old, tmp_path / "copies") == [clear]
    aside = put_back(sealed, old)
    assert aside is not None
    assert unsealed(old, None) == []
    put_back(clear, old)
    Register.open(sqlite_url(old), SEAL).close()
    put_back(sealed, old)
    assert unsealed(old, tmp_path / "copies") == [clear]
    (tmp_path / "copies" / "register-000009-x.db").write_bytes(b"no register")
    assert unsealed(old, tmp_path / "copies") == [clear]


# --- a key that is lost


def test_a_lost_key_costs_the_rows_and_nothing_else(earlier: str, tmp_path: Path) -> None:
    url = earlier
    with Register.open(url, SEAL) as register:
        rows = issued_again(an_office(register))
        said = told_of(an_office(register))
    with pytest.raises(SealedElsewhere):
        Register.open(url, Seal(OTHER_KEY))
    found = Register.forget_rows(url, accept=False)
    assert (found.ready, found.issued) == (1, 9)
    with pytest.raises(SealedElsewhere):
        Register.open(url)
    assert Register.forget_rows(url, accept=True) == found
    with Register.open(url, Seal(OTHER_KEY)) as register:
        assert told_of(an_office(register)) == said
        office, ready = an_office(register, vault=False), PROVINCE.first(DemoCase.READY_MADE)
        for name in ("EA11", "READY_MADE"):
            with pytest.raises(RowsGone, match="import the list"):
                office.issue(PROVINCE.first(DemoCase[name]).meter_number, f"request-{name}")
        path = tmp_path / "list.csv"
        path.write_text(
            "IDPEL,NOMOR_METER,KCT1A,KCT1B,KCT2A,KCT2B\n"
            f"{ready.idpel},{ready.meter_number},{','.join(rows['READY_MADE'].rows)}\n"
        )
        assert import_worklist(register, path).takes_away == ()
        assert office.issue(ready.meter_number, "request-READY_MADE") == rows["READY_MADE"]
        assert issued_again(an_office(register)) == rows
        assert told_of(an_office(register)) == said
        found = Register.forget_rows(url, accept=False)
        assert (found.ready, found.issued) == (1, 8)
    assert clear_in(earlier) & rows_of_the_old() == set()


def test_rows_that_are_gone_come_back_for_another_request_with_their_outcomes(place: Place, tmp_path: Path) -> None:
    url = place.register()
    worklist(tmp_path / "list.csv", 1)
    with Register.open(url, SEAL) as register:
        import_worklist(register, tmp_path / "list.csv")
        office = LocalOffice(register, Campaign.default())
        first = office.issue("99100000001", "r")
        for section in (1, 2):
            row = RowRecord(first.changes[0].id, section, RowOutcome.ACCEPTED, "BENAR", "x", "y", f"a{section}")
            office.record(RowRecord(**{**fields_of(row), "grade": Grade.SENSOR}))
    Register.forget_rows(url, accept=True)
    with Register.open(url, Seal(OTHER_KEY)) as register:
        import_worklist(register, tmp_path / "list.csv")
        office = LocalOffice(register, Campaign.default())
        found = office.find("99100000001")
        assert isinstance(found, Found)
        assert found.standing == Due(2, handed_out=True)
        again = office.issue("99100000001", "another")
        assert again.changes == (first.changes[1],)
        replayed = office.issue("99100000001", "r")
        assert replayed.rows == first.rows
        assert replayed.changes[0].done
        for section in (1, 2):
            row = RowRecord(again.changes[0].id, section, RowOutcome.ACCEPTED, "BENAR", "x", "y", f"b{section}")
            office.record(RowRecord(**{**fields_of(row), "grade": Grade.SENSOR}))
        assert office.progress().upgraded == 1
        done = office.find("99100000001")
        assert isinstance(done, Found)
        assert isinstance(done.standing, NothingToDo)


def fields_of(row: RowRecord) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RowRecord.__dataclass_fields__}


def test_a_register_that_is_not_sealed_has_nothing_to_forget(earlier: str) -> None:
    found = Register.forget_rows(earlier, accept=True)
    assert (found.ready, found.issued) == (0, 0)
    with Register.open(earlier) as register:
        assert len(issued_again(an_office(register))) == 5
