"""A worklist goes in whole or not at all, and never takes anything back.

What takes `register` runs on both engines. A list that goes in by part, and what a kill leaves of it, is SQLite's: in
PostgreSQL a list is one transaction, beside which kiosks write.
"""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from krn_engine.issuing.campaign import Campaign
from krn_engine.office.contract import Due, Found
from krn_engine.office.local import LocalOffice
from krn_engine.register import applying, database, importer
from krn_engine.register.applying import begin
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import (
    ImportRefused,
    RecordDamaged,
    RegisterBusy,
    RegisterDamaged,
    RegisterFull,
)
from krn_engine.register.importer import ImportReport, import_worklist
from krn_engine.register.staging import alone, lines
from krn_engine.register.takings import FIRST, Taken, takings
from tests.support.places import POSTGRESQL, Place
from tests.support.tiny_disk import tiny_disk

HEADER = "IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT,EA,DKGA,SGC,TI,KRN,KT,BASE_DATE,KCT1A,KCT1B,KCT2A,KCT2B"
STATE = "7,2,999007,01,1,2,1993"
R1, R2, R3, R4 = (f"{first}1234567890123456789" for first in range(4))


in_a_file = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)


@pytest.fixture
def register(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """No kiosk waits for it, so none is let in between."""
    monkeypatch.setattr(applying, "LONGEST_PAUSE", 0.0)
    with Register.open(place.register()) as opened:
        yield opened


def load(
    register: Register,
    folder: Path,
    *lines: str,
    header: str = HEADER,
    skip_bad: bool = False,
    accept: bool = False,
) -> ImportReport:
    path = folder / "list.csv"
    path.write_text("\n".join((header, *lines)) + "\n")
    return import_worklist(register, path, skip_bad=skip_bad, accept=accept)


def line(idpel: int, meter: int, *, name: str = "CONTOH", state: str = STATE, rows: str = ",,,") -> str:
    return f"{990000000000 + idpel},{99100000000 + meter},{name},R1,1300,99001,{state},{rows}"


WHOLE = "IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT,EA,DKGA,SGC,TI,KRN,KT,BASE_DATE,KEN,VKRN,INSTALLED_ON,BLOCKED"
FULL = "990000000001,99100000001,CONTOH,R1,1300,99001,7,2,999007,01,2,2,2014,255,41,2019-08-17,lost"
IDS = "990000000001,99100000001"


def told(report: ImportReport) -> dict[str, int]:
    return {taken.kind: taken.count for taken in report.takes_away}


def on_record(register: Register) -> list[tuple[object, ...]]:
    """Everything that a list can change, without the numbers that the database gives."""
    query = (
        "SELECT idpel, number, name, tariff, power_va, unit, ea, dkga, sgc, ti, krn, kt, base_date, ken, version_label,"
        " installed_on, blocked, rows FROM customers JOIN meters ON meters.id = meter_id"
        " LEFT JOIN ready_rows USING (meter_id) ORDER BY idpel"
    )
    with register.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def count(register: Register, table: str) -> int:
    with register.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def value(register: Register, what: str, meter: int) -> object:
    with register.read() as connection:
        query = f"SELECT {what} FROM customers JOIN meters ON meters.id = meter_id WHERE number = :number"
        return connection.execute(text(query), {"number": str(99100000000 + meter)}).scalar_one()


def test_a_worklist_is_imported_whole_or_not_at_all(register: Register, tmp_path: Path) -> None:
    report = load(register, tmp_path, line(1, 1), "bad,line", line(2, 2), "1,2,3")
    assert not report.stored
    assert [refused.number for refused in report.refused] == [3, 5]
    assert count(register, "customers") == count(register, "meters") == 0


def test_skip_bad_goes_on(register: Register, tmp_path: Path) -> None:
    report = load(register, tmp_path, line(1, 1), "bad,line", line(2, 2), skip_bad=True)
    assert (report.stored, report.taken, report.refused_count) == (True, 2, 1)
    assert count(register, "customers") == 2


def test_what_was_stored_before_a_refused_file_stays(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1, name="BEFORE"))
    load(register, tmp_path, line(1, 1, name="AFTER"), "bad,line")
    assert value(register, "name", 1) == "B***"


def test_duplicates_in_a_file(register: Register, tmp_path: Path) -> None:
    report = load(register, tmp_path, line(1, 1), line(1, 2), line(3, 1), skip_bad=True)
    assert [refused.number for refused in report.refused] == [3, 4]
    assert "earlier line" in report.refused[0].reason
    assert "990000000001" not in report.refused[0].reason
    assert count(register, "customers") == 1


def test_a_list_without_lines(register: Register, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no lines"):
        load(register, tmp_path)


def test_importing_again_brings_news_and_erases_nothing(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1, name="OLD", rows=f"{R1},{R2},,"))
    again = load(register, tmp_path, line(1, 1, name="NEW", state=",,,,2,,"))
    assert again.taken == 1
    assert count(register, "customers") == count(register, "meters") == count(register, "ready_rows") == 1
    assert [value(register, what, 1) for what in ("name", "sgc", "krn")] == ["N***", "999007", 2]


def test_a_proved_upgrade_is_newer_than_any_list(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1))
    with register.write() as connection:
        connection.exec_driver_sql("UPDATE meters SET krn = 3, base_date = 2014, key_state_by = 'outcome'")
    load(register, tmp_path, line(1, 1))
    assert [value(register, what, 1) for what in ("krn", "base_date")] == [3, 2014]


def test_a_meter_that_was_replaced(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1))
    assert load(register, tmp_path, line(1, 5), accept=True).stored
    assert value(register, "idpel", 5) == "990000000001"
    assert (count(register, "customers"), count(register, "meters")) == (1, 2)


def test_a_worklist_with_ready_rows_only(register: Register, tmp_path: Path) -> None:
    """Many offices receive rows and no keys: those are issued, in the same shape, and no engine is asked."""
    load(register, tmp_path, line(1, 1, state=",,,,,,", rows=f"{R1},{R2},{R3},{R4}"), line(2, 2, rows=f"{R1},{R2},,"))
    office = LocalOffice(register, Campaign.default())
    found = office.find("990000000001")
    assert isinstance(found, Found)
    assert found.standing == Due(4)
    assert office.issue("99100000001", "r1").rows == (R1, R2, R3, R4)
    assert office.issue("99100000002", "r2").rows == (R1, R2)


def test_odd_check_digits_are_counted_and_taken(register: Register, tmp_path: Path) -> None:
    report = load(register, tmp_path, line(1, 1), line(2, 2))
    assert report.taken == 2
    assert report.odd_check_digits == 1


def test_the_progress_of_an_import_is_told(register: Register, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n".join((HEADER, *(line(n, n) for n in range(12_000)))) + "\n")
    told: list[tuple[int, int]] = []
    import_worklist(register, path, progress=lambda done, size: told.append((done, size)))
    assert len(told) == 3
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert count(register, "customers") == 12_000


def test_a_full_disk_stores_nothing(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", 1024) as disk, Register.create(sqlite_url(disk / "register.db")) as register:
        load(register, tmp_path, line(1, 1))
        (disk / "filler").write_bytes(bytes(os.statvfs(disk).f_bavail * 4096))
        with pytest.raises(RegisterFull, match="nothing was stored"):
            load(register, tmp_path, *(line(n, n) for n in range(2, 9000)))
        assert count(register, "customers") == 1
        (disk / "filler").unlink()
        assert load(register, tmp_path, line(2, 2)).stored
        assert count(register, "customers") == 2


# --- what is absent changes nothing, what is taken away is told


def test_a_column_that_is_not_there_changes_nothing(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, FULL, header=WHOLE)
    before = on_record(register)
    report = load(register, tmp_path, IDS, header="IDPEL,NOMOR_METER")
    assert (report.stored, report.takes_away) == (True, ())
    assert on_record(register) == before


def test_an_empty_cell_changes_nothing(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, FULL, header=WHOLE)
    before = on_record(register)
    assert load(register, tmp_path, IDS + "," * 15, header=WHOLE).stored
    assert on_record(register) == before


def test_a_list_of_rows_only_brings_rows_only(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, FULL, header=WHOLE)
    before = on_record(register)[0]
    report = load(register, tmp_path, f"{IDS},{R1},{R2}", header="IDPEL,NOMOR_METER,KCT1A,KCT1B")
    assert (report.stored, report.takes_away) == (True, ())
    assert on_record(register) == [(*before[:-1], f"{R1} {R2}")]


@pytest.mark.parametrize("word", ["HAPUS", "clear"])
@pytest.mark.parametrize("column", WHOLE.split(",")[2:])
def test_a_word_takes_away_once_it_is_accepted(register: Register, tmp_path: Path, column: str, word: str) -> None:
    load(register, tmp_path, FULL, header=WHOLE)
    before = on_record(register)
    clearing = {"header": f"IDPEL,NOMOR_METER,{column}"}
    report = load(register, tmp_path, f"{IDS},{word}", **clearing)  # type: ignore[arg-type]
    kind = "blocks lifted" if column == "BLOCKED" else "values cleared"
    assert (report.stored, report.taken, told(report)) == (False, 0, {kind: 1})
    assert report.takes_away[0].first[0].number == 2
    assert "0000000000" not in str(report.takes_away)
    assert on_record(register) == before
    assert load(register, tmp_path, f"{IDS},{word}", accept=True, **clearing).stored  # type: ignore[arg-type]
    (after,) = on_record(register)
    differing = [index for index, pair in enumerate(zip(before[0], after, strict=True)) if pair[0] != pair[1]]
    assert differing == [WHOLE.split(",").index(column)]
    assert after[differing[0]] in (None, "")
    # What is gone cannot be taken away again: no question.
    assert load(register, tmp_path, f"{IDS},{word}", **clearing).stored  # type: ignore[arg-type]


def test_the_word_takes_ready_made_rows_away(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1, rows=f"{R1},{R2},{R3},{R4}"))
    word = line(1, 1, rows="HAPUS,,,")
    assert told(load(register, tmp_path, word)) == {"ready-made rows removed": 1}
    assert count(register, "ready_rows") == 1
    assert load(register, tmp_path, word, accept=True).stored
    assert count(register, "ready_rows") == 0


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ([line(1, 1)], [line(1, 5)], {"customers moved to another meter": 1}),
        ([line(1, 1)], [line(2, 1)], {"two customers on one meter": 1}),
        (
            [line(1, 1), line(2, 2)],
            [line(1, 2)],
            {"customers moved to another meter": 1, "two customers on one meter": 1},
        ),
        ([line(1, 1), line(2, 2)], [line(1, 2), line(2, 1)], {"customers moved to another meter": 2}),
        ([line(1, 1)], [line(1, 1, state="7,2,999007,01,1,2,1993")], {}),
        ([line(1, 1, state="7,2,999007,01,3,2,2014")], [line(1, 1)], {"key states set back": 1}),
        ([line(1, 1, state="7,2,999007,01,1,2,2014")], [line(1, 1)], {"key states set back": 1}),
        ([line(1, 1)], [line(1, 1, state="7,2,999007,01,3,2,2014")], {}),
        ([line(1, 1)], [line(1, 1, state="7,2,999008,01,,,")], {"meters told to hold another key": 1}),
        ([line(1, 1, rows=f"{R1},{R2},,")], [line(1, 1, rows=f"{R3},{R4},,")], {"ready-made rows replaced": 1}),
        ([line(1, 1, rows=f"{R1},{R2},{R3},{R4}")], [line(1, 1, rows=f"{R1},{R2},,")], {"ready-made rows replaced": 1}),
        ([line(1, 1, rows=f"{R1},{R2},,")], [line(1, 1, rows=f"{R1},{R2},,"), line(2, 2)], {}),
        ([line(1, 1)], [line(1, 1, name="NEW", rows=f"{R1},{R2},,"), line(3, 3)], {}),
    ],
)
def test_what_a_list_would_take_away_is_told_and_needs_a_word(
    register: Register, tmp_path: Path, before: list[str], after: list[str], kinds: dict[str, int]
) -> None:
    load(register, tmp_path, *before)
    was = on_record(register)
    report = load(register, tmp_path, *after)
    assert told(report) == kinds
    assert report.stored is not bool(kinds)
    if kinds:
        assert on_record(register) == was
        accepted = load(register, tmp_path, *after, accept=True)
        assert (accepted.stored, told(accepted)) == (True, kinds)
    assert on_record(register) != was or after == before
    assert load(register, tmp_path, *after).takes_away == ()


def test_a_proved_key_state_is_neither_set_back_nor_cleared(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1))
    with register.write() as connection:
        connection.exec_driver_sql("UPDATE meters SET krn = 3, base_date = 2014, key_state_by = 'outcome'")
    report = load(register, tmp_path, line(1, 1, state="7,2,999008,01,1,2,HAPUS"))
    assert (report.stored, report.takes_away) == (True, ())
    assert [value(register, what, 1) for what in ("sgc", "krn", "base_date")] == ["999007", 3, 2014]


def test_only_the_first_lines_of_a_kind_are_told(register: Register, tmp_path: Path) -> None:
    many = range(FIRST + 5)
    load(register, tmp_path, *(f"{line(n, n)},why" for n in many), header=f"{HEADER},BLOCKED")
    report = load(register, tmp_path, *(f"{line(n, n)},HAPUS" for n in many), header=f"{HEADER},BLOCKED")
    (taken,) = report.takes_away
    assert (taken.count, len(taken.first)) == (FIRST + 5, FIRST)
    assert [known.number for known in taken.first] == list(range(2, FIRST + 2))


def test_what_comes_between_the_question_and_the_lock_is_seen(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody moves customer 2 onto meter 5 after the list was found to take nothing away."""
    load(register, tmp_path, line(1, 1), line(2, 2))
    looked: list[tuple[Taken, ...]] = []

    def takings_and_then_a_writer(connection: Connection) -> tuple[Taken, ...]:
        looked.append(takings(connection))
        if len(looked) == 1:
            with register.write() as other:
                statement = "INSERT INTO meters (id, number, key_state_by) VALUES (5, '99100000005', 'import')"
                other.exec_driver_sql(statement)
                other.exec_driver_sql("UPDATE customers SET meter_id = 5 WHERE idpel = '990000000002'")
        return looked[-1]

    monkeypatch.setattr(importer, "takings", takings_and_then_a_writer)
    report = load(register, tmp_path, line(5, 5))
    assert looked[0] == ()
    assert (report.stored, told(report)) == (False, {"two customers on one meter": 1})
    assert count(register, "customers") == 2


@in_a_file
def test_a_register_that_nobody_wrote_to_is_looked_through_once(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Connection] = []

    def looks(connection: Connection) -> tuple[Taken, ...]:
        looked.append(connection)
        return takings(connection)

    monkeypatch.setattr(importer, "takings", looks)
    load(register, tmp_path, line(1, 1))
    assert len(looked) == 1


@in_a_file
def test_a_list_that_brings_little_news_does_little(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines that say what is known are let go before the register is locked."""
    left: list[list[int]] = []

    def begins(connection: Connection) -> None:
        left.append(list(connection.execute(select(lines.c.line)).scalars()))
        begin(connection)

    monkeypatch.setattr(importer, "begin", begins)
    known = [line(1, 1), line(2, 2, rows=f"{R1},{R2},,"), line(3, 3)]
    load(register, tmp_path, *known)
    report = load(register, tmp_path, *known)
    assert (report.taken, left) == (3, [[2, 3, 4], []])
    news = [line(1, 1, name="NEW"), line(2, 2, rows=f"{R1},{R2},{R3},{R4}"), line(3, 3), line(4, 4)]
    assert load(register, tmp_path, *news, accept=True).stored
    assert left[2] == [2, 3, 5]
    assert value(register, "name", 1) == "N***"


# --- a kiosk's own units


def units(*told: str) -> list[str]:
    """Lines of customers 1, 2 …, each of which names one of these units."""
    return [f"{990000000000 + number},{99100000000 + number},{unit}" for number, unit in enumerate(told, 1)]


def load_units(register: Register, folder: Path, lines: list[str], header: str = "UNIT") -> ImportReport:
    path = folder / "list.csv"
    path.write_text("\n".join((f"IDPEL,NOMOR_METER,{header}", *lines)) + "\n")
    return import_worklist(register, path, accept=True, units=["51101", "A 2"])


def test_lines_of_other_units_are_left_out_and_counted(register: Register, tmp_path: Path) -> None:
    report = load_units(register, tmp_path, units("51101", "51102", "", " a  2 ", "5110", "HAPUS"))
    assert (report.stored, report.taken, report.other_units, report.refused_count) == (True, 4, 2, 0)
    assert [record[0] for record in on_record(register)] == [f"{990000000000 + n}" for n in (1, 3, 4, 6)]


def test_a_list_that_names_no_unit_is_taken_whole(register: Register, tmp_path: Path) -> None:
    report = load_units(register, tmp_path, units("R1", "R2"), header="TARIF")
    assert (report.taken, report.other_units) == (2, 0)


def test_what_is_wrong_with_a_line_of_another_unit_stops_nobody(register: Register, tmp_path: Path) -> None:
    report = load_units(register, tmp_path, [*units("51101"), "1,2,51102", "990000000001,99100000009,51102"])
    assert (report.stored, report.taken, report.other_units) == (True, 1, 2)
    report = load_units(register, tmp_path, [*units("51101"), "1,2,51101", "1,2,much longer than a unit"])
    assert (report.stored, report.refused_count, report.other_units) == (False, 2, 0)


def test_a_list_of_other_units_alone_is_refused(register: Register, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="all 2 lines of the file name other units"):
        load_units(register, tmp_path, units("51102", "51103"))


def test_customers_of_other_units_are_counted(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, *units("51101", "51102", "", "a 2"), header="IDPEL,NOMOR_METER,UNIT")
    assert register.of_other_units(["51101", "A 2"]) == 1
    assert register.of_other_units(["51103"]) == 3


# --- kiosks go on, and a killed import leaves nothing


@pytest.mark.slow
def test_kiosks_write_while_a_list_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.0)
    path = tmp_path / "list.csv"
    path.write_text("\n".join((HEADER, *(line(n, n) for n in range(12_000)))) + "\n")
    wrote: list[int] = []
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:

        def a_kiosk_writes(_done: int, _size: int) -> None:
            with register.write() as connection:
                connection.exec_driver_sql("UPDATE counters SET value = value + 1")
            wrote.append(count(register, "customers"))

        assert import_worklist(register, path, progress=a_kiosk_writes).stored
        assert wrote == [0, 0, 0]
        assert count(register, "customers") == 12_000


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.0, 0.3, 0.6, 0.9, 0.97])
def test_a_killed_import_leaves_no_half_list(tmp_path: Path, after: float) -> None:
    """Killed after this share of the time that the whole import takes."""
    worklist, path = tmp_path / "list.csv", tmp_path / "register.db"
    worklist.write_text("\n".join((HEADER, *(line(n, n) for n in range(4000)))) + "\n")
    Register.create(sqlite_url(path)).close()
    command = [sys.executable, "-m", "kiosk.cli", "office", "import", str(worklist), "--register", str(path)]
    twin = tmp_path / "twin.db"
    start = time.monotonic()
    subprocess.run([*command[:-1], str(twin), "--new"], check=True, capture_output=True)
    whole = time.monotonic() - start
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(after * whole)
    process.kill()
    process.wait()
    with Register.open(sqlite_url(path)) as register:
        assert count(register, "customers") in (0, 4000)
        assert count(register, "customers") == count(register, "meters")
        assert import_worklist(register, worklist).stored
        assert count(register, "customers") == 4000


@on_postgresql
def test_one_list_goes_in_after_the_other_and_kiosks_write_beside_it(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one transaction: nobody sees half of it."""
    load(register, tmp_path, line(1, 1))
    seen: list[object] = []

    def stores(connection: Connection) -> None:
        store_all(connection)
        with register.write() as other:
            other.exec_driver_sql("UPDATE meters SET version_label = '41' WHERE number = '99100000001'")
        seen.append((count(register, "customers"), value(register, "version_label", 1)))
        other_list = tmp_path / "other"
        other_list.mkdir()
        with pytest.raises(RegisterBusy, match="another list"):
            load(register, other_list, line(9, 9))

    store_all = applying.store_all
    monkeypatch.setattr(importer, "store_all", stores)
    assert load(register, tmp_path, line(1, 1), line(2, 2), line(3, 3)).stored
    assert seen == [(1, "41")]
    assert count(register, "customers") == 3
    monkeypatch.undo()
    assert load(register, tmp_path, line(9, 9)).stored


@on_postgresql
def test_a_list_that_is_cut_short_leaves_nothing_and_holds_nobody_up(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stores(connection: Connection) -> None:
        store_all(connection)
        raise KeyboardInterrupt

    store_all = applying.store_all
    with monkeypatch.context() as patch:
        patch.setattr(importer, "store_all", stores)
        with pytest.raises(KeyboardInterrupt):
            load(register, tmp_path, line(1, 1))
    assert count(register, "customers") == 0
    assert load(register, tmp_path, line(1, 1)).stored


MANY = [line(n, n, rows=f"{R1},{R2},,") for n in range(1, 8)]


@pytest.fixture
def _killed_half_way(register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four lines of seven are in."""

    def fails(connection: Connection, part: applying.Part) -> None:
        if count(register, "customers") >= 4:
            raise KeyboardInterrupt
        store(connection, part)

    store = applying.store
    monkeypatch.setattr(applying, "CHUNK", 2)
    with monkeypatch.context() as patch:
        patch.setattr(applying, "store", fails)
        with pytest.raises(KeyboardInterrupt):
            load(register, tmp_path, *MANY)
    assert count(register, "customers") == 4
    assert [path.name for path in sorted(tmp_path.glob("register.db.list*"))] == ["register.db.list"]


@in_a_file
@pytest.mark.usefixtures("_killed_half_way")
def test_whoever_opens_the_register_goes_on_with_an_accepted_list(tmp_path: Path) -> None:
    with Register.open(sqlite_url(tmp_path / "register.db")) as register:
        assert count(register, "customers") == count(register, "ready_rows") == 7
    assert list(tmp_path.glob("register.db.list*")) == []


@in_a_file
@pytest.mark.usefixtures("_killed_half_way")
def test_the_next_list_comes_after_the_interrupted_one(register: Register, tmp_path: Path) -> None:
    assert load(register, tmp_path, line(9, 9), line(1, 1, name="NEWER")).stored
    assert count(register, "customers") == 8
    assert value(register, "name", 1) == "N***"


@in_a_file
@pytest.mark.usefixtures("_killed_half_way")
def test_no_copy_is_made_of_half_a_list(register: Register, tmp_path: Path) -> None:
    """Its other half would not be beside the copy."""
    folder, now = tmp_path / "copies", datetime(2026, 1, 15, tzinfo=UTC)
    with pytest.raises(RegisterBusy, match="a list is going in"):
        back_up(tmp_path / "register.db", folder, now)
    assert list(folder.iterdir()) == []
    Register.open(sqlite_url(tmp_path / "register.db")).close()
    assert back_up(tmp_path / "register.db", folder, now).is_file()


@in_a_file
@pytest.mark.usefixtures("_killed_half_way")
def test_half_a_list_whose_other_half_is_gone_is_told(register: Register, tmp_path: Path) -> None:
    (tmp_path / "register.db.list").unlink()
    with pytest.raises(RegisterDamaged, match=r"register.db.list with the rest is gone"):
        load(register, tmp_path, line(9, 9))


@in_a_file
@pytest.mark.slow
@pytest.mark.usefixtures("_killed_half_way")
def test_who_is_alive_is_left_to_finish(register: Register, tmp_path: Path) -> None:
    """Another program that opens the register meanwhile does not go on beside the import, nor begins one."""
    with register.unhurried() as connection, alone(connection):
        with Register.open(sqlite_url(tmp_path / "register.db")) as other:
            assert count(other, "customers") == 4
        with pytest.raises(RegisterBusy, match="another list"):
            load(register, tmp_path, line(9, 9))


@in_a_file
def test_a_disk_that_fills_under_an_accepted_list_is_told_as_it_is(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_connection: Connection, _part: applying.Part) -> None:
        raise RegisterFull("the disk is full: nothing was stored")

    with monkeypatch.context() as patch:
        patch.setattr(applying, "store", full)
        with pytest.raises(RegisterFull, match=r"in by part \(REG-05\): the rest follows"):
            load(register, tmp_path, *MANY)
    with Register.open(sqlite_url(tmp_path / "register.db")):
        assert count(register, "customers") == 7


@in_a_file
def test_a_list_about_a_damaged_record_is_refused_whole(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1), line(2, 2))
    with closing(sqlite3.connect(tmp_path / "register.db", isolation_level=None)) as other:
        other.execute("UPDATE customers SET digest = digest + 1 WHERE idpel = '990000000002'")
    with pytest.raises(RecordDamaged):
        load(register, tmp_path, line(1, 1, name="NEW"), line(2, 2, name="NEW"))
    assert value(register, "name", 1) == "C***"
    assert load(register, tmp_path, line(1, 1, name="NEW"), line(3, 3)).stored


@in_a_file
def test_what_a_killed_reader_of_a_list_left_is_cleared_away(register: Register, tmp_path: Path) -> None:
    for ending in ("list", "list-new"):
        (tmp_path / f"register.db.{ending}").write_bytes(b"left by an import that was killed before it was accepted")
    assert load(register, tmp_path, line(1, 1)).stored
    assert list(tmp_path.glob("register.db.list*")) == []
