"""Copies of a register: whole, of one moment, and never in the way of the last good one."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterDamaged, RegisterFull, RegisterMissing
from tests.tiny_disk import tiny_disk

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "register.db"
    with Register.create(sqlite_url(path)) as made:
        DemoProvince(16).load(made)
    return path


def test_a_copy_is_a_register_with_everything_in_it(register: Path, tmp_path: Path) -> None:
    province = DemoProvince(16)
    with Register.open(sqlite_url(register)) as opened:
        office = LocalOffice(opened, province.campaign, province.vault)
        issued = office.issue(province.first(DemoCase.FOUR_ROWS).meter_number, "r1")
        copy = back_up(register, tmp_path / "copies", NOW)
    with Register.open(sqlite_url(copy)) as opened:
        again = LocalOffice(opened, province.campaign).issue(issued.meter_number, "r1")
    assert again.rows == issued.rows
    assert copy.name == "register-2026-11-23-023000.db"
    assert copy.stat().st_mode & 0o777 == 0o600


def test_the_oldest_go(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for day in range(6):
        back_up(register, folder, NOW + timedelta(days=day), kept=3)
    assert [path.name[9:19] for path in sorted(folder.iterdir())] == ["2026-11-26", "2026-11-27", "2026-11-28"]


def test_a_damaged_register_gives_no_copy_and_takes_none_away(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    good = back_up(register, folder, NOW)
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(register.read_bytes())
    content[4096:20480] = b"\x55" * (20480 - 4096)
    register.write_bytes(content)
    with pytest.raises(RegisterDamaged):
        back_up(register, folder, NOW + timedelta(days=1), kept=1)
    assert list(folder.iterdir()) == [good]


def test_a_register_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegisterMissing):
        back_up(tmp_path / "none.db", tmp_path, NOW)


def test_a_full_disk_leaves_nothing_behind(register: Path, tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "small", 60) as small:
        with pytest.raises(RegisterFull):
            back_up(register, small, NOW)
        assert list(small.iterdir()) == []
