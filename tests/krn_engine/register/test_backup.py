"""Copies of a register: whole, of one moment, and never in the way of the last good one."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register import backup
from krn_engine.register.backup import KEPT, back_up, copies, put_back
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterFull, RegisterMissing
from krn_engine.register.put_back import main
from tests.support.tiny_disk import tiny_disk

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
    assert copy.name == "register-000001-2026-11-23-023000.db"
    assert copy.stat().st_mode & 0o777 == 0o600


def test_the_oldest_backups_go(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for day in range(6):
        back_up(register, folder, NOW + timedelta(days=day), kept=3)
    assert [path.name[16:26] for path in copies(folder)] == ["2026-11-26", "2026-11-27", "2026-11-28"]
    assert len(list(folder.iterdir())) == 3


def test_what_was_just_made_stays_whatever_the_clock_and_the_names_say(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    future = [folder / f"register-2199-01-{day:02d}-000000.db" for day in range(1, 15)]
    for path in future:
        path.write_bytes(b"an earlier release's")
    made = back_up(register, folder, NOW - timedelta(days=9000))
    assert made.exists()
    assert copies(folder) == [*future[1:], made]


def test_a_register_that_was_put_back_counts_on_from_its_folder(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    first, _, third = (back_up(register, folder, NOW) for _ in range(3))
    put_back(first, register)
    fourth = back_up(register, folder, NOW - timedelta(days=1))
    assert copies(folder)[-2:] == [third, fourth]


def test_copies_of_one_second_do_not_break_each_other(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"

    def copy(_number: int) -> Path | None:
        try:
            return back_up(register, folder, NOW)
        except RegisterBusy:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [path for path in pool.map(copy, range(24)) if path is not None]
    assert made
    assert len(set(made)) == len(made)
    for path in made[-KEPT:]:
        Register.open(sqlite_url(path)).close()


def test_half_a_copy_of_a_killed_program_goes(register: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "register-000001-2026-11-22-000000.new").write_bytes(b"half")
    made = back_up(register, folder, NOW)
    assert list(folder.iterdir()) == [made]


def test_a_copy_that_cannot_be_read_back_is_none(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write looked good; what the card gives back does not."""
    folder = tmp_path / "copies"
    good = back_up(register, folder, NOW)

    def spoil(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[4096:20480] = b"\x55" * (20480 - 4096)
        path.write_bytes(content)

    monkeypatch.setattr(backup, "_forget", spoil)
    with pytest.raises(RegisterDamaged):
        back_up(register, folder, NOW, kept=1)
    assert list(folder.iterdir()) == [good]


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


def test_a_full_disk_keeps_nobody_from_copying_to_another(tmp_path: Path) -> None:
    """The register cannot count then; the folder's copies can be counted on."""
    with tiny_disk(tmp_path / "card", 480) as card:
        path = card / "register.db"
        with Register.create(sqlite_url(path)) as made:
            DemoProvince(4).load(made)
        # The kiosk goes on: where nobody has the register open, SQLite needs room of its own to read it.
        kiosk = sqlite3.connect(path)
        kiosk.execute("SELECT count(*) FROM customers").fetchone()
        (card / "filler").write_bytes(bytes(1))
        with suppress(OSError), (card / "filler").open("ab", buffering=0) as filler:
            while filler.write(bytes(512)):
                pass
        numbers = [back_up(path, tmp_path / "stick", NOW).name[9:15] for _ in range(2)]
        kiosk.close()
    assert numbers == ["000001", "000002"]


class TestPutBack:
    def test_the_copy_is_the_register_and_the_replaced_file_stays(self, register: Path, tmp_path: Path) -> None:
        copy = back_up(register, tmp_path / "copies", NOW)
        with closing(sqlite3.connect(register)) as connection, connection:
            connection.execute("DELETE FROM customers WHERE id > 4")
        aside = put_back(copy, register)
        assert aside is not None
        assert (customers_in(register), customers_in(aside)) == (16, 4)
        assert put_back(aside, register) == register.with_name("register.db.replaced-2")
        assert customers_in(register) == 4

    def test_a_register_in_use_is_left_alone(self, register: Path, tmp_path: Path) -> None:
        copy = back_up(register, tmp_path / "copies", NOW)
        with Register.open(sqlite_url(register)) as opened:
            with opened.read():
                pass
            before = register.read_bytes()
            with pytest.raises(RegisterBusy, match="stop it first"):
                put_back(copy, register)
            assert register.read_bytes() == before
        assert not list(tmp_path.glob("*.replaced*"))

    def test_a_damaged_register_and_its_log_are_set_aside(self, register: Path, tmp_path: Path) -> None:
        copy = back_up(register, tmp_path / "copies", NOW)
        register.write_bytes(b"not a database at all" * 500)
        log = register.with_name("register.db-wal")
        log.write_bytes(b"its log")
        aside = put_back(copy, register)
        assert aside is not None
        assert aside.read_bytes().startswith(b"not a database")
        assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"its log"
        assert customers_in(register) == 16

    @pytest.mark.parametrize("content", [b"", b"no copy"])
    def test_a_file_that_is_no_copy_changes_nothing(self, register: Path, tmp_path: Path, content: bytes) -> None:
        bad = tmp_path / "bad.db"
        bad.write_bytes(content)
        with pytest.raises(RegisterDamaged):
            put_back(bad, register)
        assert customers_in(register) == 16
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.db", "register.db"]

    def test_the_command_of_the_installer(
        self, register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        copy = back_up(register, tmp_path / "copies", NOW)
        assert main([str(copy), str(register)]) == 0
        assert capsys.readouterr().out.strip() == f"{register}.replaced-1"
        assert main([str(tmp_path / "none.db"), str(register)]) == 1
        assert "[REG-01]" in capsys.readouterr().err


def customers_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        count: int = connection.execute("SELECT count(*) FROM customers").fetchone()[0]
    return count
