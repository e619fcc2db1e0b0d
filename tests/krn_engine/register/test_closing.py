"""A register that was closed well is opened without reading all of it; any other is read whole beside the work."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from krn_engine.register.checking import Check
from krn_engine.register.closing import Ended, note_closed, note_opened
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterDamaged
from krn_engine.register.tables import meters
from tests.support.damaged import damage_index


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A register that was made and closed."""
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    return tmp_path / "register.db"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """The checks that were begun."""
    seen: list[Check] = []
    begin = Check.begin

    def begins(check: Check) -> None:
        seen.append(check)
        begin(check)

    monkeypatch.setattr(Check, "begin", begins)
    return seen


def said(path: Path) -> Ended:
    """What stands in the file, asked through a copy: to open the file itself changes who has it open."""
    copy = path.with_name("asked.db")
    for ending in ("", "-wal"):
        copy.with_name(copy.name + ending).unlink(missing_ok=True)
        if path.with_name(path.name + ending).exists():
            copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
    with closing(sqlite3.connect(copy)) as connection:
        return Ended(connection.execute("SELECT value FROM counters WHERE name = 'ended'").fetchone()[0])


@contextmanager
def open_elsewhere(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process has the register open, and has written to it."""
    program = [sys.executable, "-m", "tests.programs.holding", str(path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


def add(register: Register, number: str) -> None:
    with register.write() as connection:
        connection.execute(meters.insert(), {"number": number, "key_state_by": "import"})


def test_one_that_was_closed_well_is_not_read_whole(path: Path, begun: list[Check]) -> None:
    assert said(path) is Ended.WELL
    with Register.open(sqlite_url(path)) as register:
        assert said(path) is Ended.NOT_YET
        add(register, "99100000001")
    assert said(path) is Ended.WELL
    assert begun == []


def test_one_that_was_killed_is_read_beside_and_is_well_again(path: Path, begun: list[Check]) -> None:
    with open_elsewhere(path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    with Register.open(sqlite_url(path)) as register:
        assert len(begun) == 1
        register.require_whole()
    assert said(path) is Ended.WELL


def test_one_that_was_killed_before_it_was_read_is_read_by_the_next(path: Path, begun: list[Check]) -> None:
    with open_elsewhere(path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert note_opened(path) is Ended.UNCHECKED
    note_closed(path, is_whole=False)
    assert said(path) is Ended.UNCHECKED
    Register.open(sqlite_url(path)).close()
    assert len(begun) == 1


def test_who_opens_it_second_leaves_the_note_to_who_closes_it_last(path: Path, begun: list[Check]) -> None:
    with open_elsewhere(path) as other:
        Register.open(sqlite_url(path)).close()
        assert said(path) is Ended.NOT_YET
        other.communicate("close\n")
        assert other.returncode == 0
    assert said(path) is Ended.WELL
    assert begun == []


def test_a_copy_of_one_in_use_and_one_beside_a_log_that_was_left_are_read(path: Path, tmp_path: Path) -> None:
    with Register.open(sqlite_url(path)) as register:
        add(register, "99100000001")
        for ending in ("", "-wal"):
            copyfile(f"{path}{ending}", tmp_path / f"copied.db{ending}")
    assert note_opened(tmp_path / "copied.db") is Ended.UNCHECKED
    copyfile(path, tmp_path / "older.db")
    (tmp_path / "older.db-wal").write_bytes(b"what another file's log has")
    assert note_opened(tmp_path / "older.db") is Ended.UNCHECKED


def test_one_of_an_older_release_is_read(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM counters WHERE name = 'ended'")
    assert note_opened(path) is Ended.UNCHECKED


def test_damage_that_the_check_finds_is_told_from_then_on_and_by_who_opens_it_next(path: Path) -> None:
    with Register.open(sqlite_url(path)) as register:
        add(register, "99100000001")
    whole = path.read_bytes()
    damage_index(path, "99100000001")
    with Register.open(sqlite_url(path)) as register:
        with pytest.raises(RegisterDamaged):
            register.require_whole()
        for use in (register.read, register.write, register.unhurried):
            with pytest.raises(RegisterDamaged), use():
                pass
        with pytest.raises(RegisterDamaged):
            register.change(lambda _: None)
    assert said(path) is Ended.DAMAGED
    with pytest.raises(RegisterDamaged):
        Register.open(sqlite_url(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("REINDEX")
    Register.open(sqlite_url(path)).close()
    assert said(path) is Ended.WELL
    path.write_bytes(whole)
    Register.open(sqlite_url(path)).close()


@pytest.mark.parametrize("before", [True, False])
def test_damage_is_told_once_to_who_asks_before_it_is_found_or_after(path: Path, before: bool) -> None:
    with Register.open(sqlite_url(path)) as register:
        add(register, "99100000001")
    damage_index(path, "99100000001")
    told: list[Ended] = []

    def tell() -> None:
        told.append(said(path))

    with Register.open(sqlite_url(path)) as register:
        if before:
            register.on_damage(tell)
        for _ in range(2):
            with pytest.raises(RegisterDamaged):
                register.require_whole()
        if not before:
            register.on_damage(tell)
    assert told == [Ended.DAMAGED]


def test_a_whole_file_is_told_to_nobody(path: Path) -> None:
    with Register.open(sqlite_url(path)) as register:
        register.on_damage(lambda: pytest.fail("it is whole"))
        register.require_whole()


def test_a_check_that_takes_too_long_is_given_up_and_done_by_the_next(
    path: Path, monkeypatch: pytest.MonkeyPatch, begun: list[Check]
) -> None:
    monkeypatch.setattr("krn_engine.register.checking.LAST_WAIT", 0.0)
    monkeypatch.setattr(Check, "_run", lambda check: check._given_up.wait())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE counters SET value = 2 WHERE name = 'ended'")
    Register.open(sqlite_url(path)).close()
    assert len(begun) == 1
    assert said(path) is Ended.UNCHECKED


def test_many_who_open_and_close_it_at_once_are_refused_by_none(path: Path) -> None:
    def open_and_close(_number: int) -> None:
        for _ in range(10):
            note_opened(path)
            note_closed(path, is_whole=False)

    with ThreadPoolExecutor(6) as many:
        list(many.map(open_and_close, range(6)))
    assert said(path) is not Ended.DAMAGED
