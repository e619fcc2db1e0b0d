"""A worklist goes in whole or not at all, and never takes anything back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from krn_engine.issuing.campaign import Campaign
from krn_engine.office.contract import Due, Found
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import ImportRefused, RegisterFull
from krn_engine.register.importer import ImportReport, import_worklist
from tests.support.tiny_disk import tiny_disk

HEADER = "IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT,EA,DKGA,SGC,TI,KRN,KT,BASE_DATE,KCT1A,KCT1B,KCT2A,KCT2B"
STATE = "7,2,999007,01,1,2,1993"
R1, R2 = "01234567890123456789", "11234567890123456789"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register.create(sqlite_url(tmp_path / "register.db")) as opened:
        yield opened


def load(register: Register, folder: Path, *lines: str, skip_bad: bool = False) -> ImportReport:
    path = folder / "list.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n")
    return import_worklist(register, path, skip_bad=skip_bad)


def line(idpel: int, meter: int, *, name: str = "CONTOH", state: str = STATE, rows: str = ",,,") -> str:
    return f"{990000000000 + idpel},{99100000000 + meter},{name},R1,1300,99001,{state},{rows}"


def count(register: Register, table: str) -> int:
    with register.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def value(register: Register, what: str, meter: int) -> object:
    with register.read() as connection:
        query = f"SELECT {what} FROM customers JOIN meters ON meters.id = meter_id WHERE number = ?"
        return connection.exec_driver_sql(query, (str(99100000000 + meter),)).scalar_one()


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
    assert value(register, "name", 1) == "BEFORE"


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
    assert [value(register, what, 1) for what in ("name", "sgc", "krn")] == ["NEW", "999007", 2]


def test_a_proved_upgrade_is_newer_than_any_list(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1))
    with register.write() as connection:
        connection.exec_driver_sql("UPDATE meters SET krn = 3, base_date = 2014, key_state_by = 'outcome'")
    load(register, tmp_path, line(1, 1))
    assert [value(register, what, 1) for what in ("krn", "base_date")] == [3, 2014]


def test_a_meter_that_was_replaced(register: Register, tmp_path: Path) -> None:
    load(register, tmp_path, line(1, 1))
    load(register, tmp_path, line(1, 5))
    assert value(register, "idpel", 5) == "990000000001"
    assert (count(register, "customers"), count(register, "meters")) == (1, 2)


def test_a_worklist_with_ready_rows_only(register: Register, tmp_path: Path) -> None:
    """Many offices receive rows and no keys: those are issued, in the same shape, and no engine is asked."""
    load(register, tmp_path, line(1, 1, state=",,,,,,", rows=f"{R1},{R2},{R2},{R1}"), line(2, 2, rows=f"{R1},{R2},,"))
    office = LocalOffice(register, Campaign.default())
    found = office.find("990000000001")
    assert isinstance(found, Found)
    assert found.standing == Due(4)
    assert office.issue("99100000001", "r1").rows == (R1, R2, R2, R1)
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
