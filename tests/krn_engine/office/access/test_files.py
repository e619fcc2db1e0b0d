"""The files in which an office keeps who may ask: nobody but their owner reads them, and only an office has them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from krn_engine.office.access.database import Database
from tests.support.cli import Out, krn
from tests.support.provinces import register_in

COMMANDS = (("kiosks",), ("kiosks", "--ill"), ("people", "list"), ("enrol", "kiosk-7", "--all-units"))


@pytest.fixture
def anybody() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    names = ("access.db", "asked.db")
    found = [path for path in folder.iterdir() if path.name.startswith(names)]
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in found}


@pytest.mark.parametrize("were", [False, True])
def test_nobody_else_reads_them(tmp_path: Path, anybody: None, were: bool) -> None:
    url = register_in(tmp_path)
    if were:
        with Database.of_callers(url), Database.of_counts(url):
            for path in tmp_path.glob("*.db*"):
                path.chmod(0o644)
    with Database.of_callers(url) as callers, Database.of_counts(url) as counts, callers.read(), counts.read():
        found = modes(tmp_path)
    assert set(found.values()) == {0o600}
    assert {"access.db", "access.db-wal", "asked.db", "asked.db-wal"} <= set(found)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("content", [b"notes of somebody\n" * 100, b"x", b""])
def test_what_is_no_register_gets_no_callers(
    tmp_path: Path, capsys: Out, command: tuple[str, ...], content: bytes
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_bytes(content)
    status, _, err = krn(capsys, "office", *command, "--register", str(notes))
    assert (status, "[REG-" in err) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert notes.read_bytes() == content
