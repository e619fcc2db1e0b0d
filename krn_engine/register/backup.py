"""A copy of a register while it is in use: whole, checked, and on disk before it gets its name."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from krn_engine.durable import sync_folder
from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterFull, RegisterMissing

KEPT = 14
NAME = "register-{at:%Y-%m-%d-%H%M%S}.db"
BUSY_SECONDS = 60.0


def back_up(register: Path, folder: Path, now: datetime, kept: int = KEPT) -> Path:
    """Copy the SQLite file `register` into `folder`, and delete the oldest copies over `kept`. Gives the copy.

    Raises RegisterMissing, RegisterDamaged if the copy does not pass SQLite's own check, RegisterFull, RegisterBusy;
    older copies are then as they were.
    """
    if not register.is_file():
        raise RegisterMissing(f"there is no register at {register}: nothing was copied")
    copy = folder / NAME.format(at=now)
    beside = copy.with_suffix(".new")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)
        _copy(register, beside)
        _check(beside)
        _sync(beside)
        beside.replace(copy)
        sync_folder(folder)
    except OSError as error:
        if isinstance(error, RegisterDamaged | RegisterFull):
            raise
        raise RegisterFull(
            f"the copy cannot be written ({error}): nothing was copied. Check space and owner"
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    for old in sorted(folder.glob("register-*.db"))[:-kept]:
        old.unlink()
    return copy


def _copy(register: Path, beside: Path) -> None:
    """SQLite's own copy of one moment; writers go on meanwhile."""
    try:
        with closing(sqlite3.connect(register, timeout=BUSY_SECONDS, isolation_level=None)) as source:
            source.execute("VACUUM INTO ?", (str(beside),))
    except sqlite3.Error as error:
        name = error.sqlite_errorname or ""
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise RegisterDamaged("the register is damaged: keep the file, and restore the last copy") from error
        if name.startswith("SQLITE_BUSY"):
            raise RegisterBusy("another program holds the register: nothing was copied. Try again") from error
        raise RegisterFull(f"the copy cannot be written ({error}): nothing was copied. Check space") from error


def _check(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise RegisterDamaged("the copy is damaged and was thrown away: check the card")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
