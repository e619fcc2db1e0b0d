"""Copies of a register's SQLite file: made while it is in use, read back before they are called copies, put back whole.

Copies are numbered by a counter that the register keeps, never ordered by a clock: a Raspberry Pi without a network
may tell any day. What was just made is never deleted.
"""

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from krn_engine.durable import sync_file, sync_folder
from krn_engine.register.digest import count_damaged
from krn_engine.register.errors import (
    RecordDamaged,
    RegisterBusy,
    RegisterDamaged,
    RegisterError,
    RegisterFull,
    RegisterMissing,
)
from krn_engine.register.half_made import COPYING, alone_in, half_list, left_beside, left_in, remove, remove_half_copies

KEPT = 14
NAME = "register-{number:06d}-{at:%Y-%m-%d-%H%M%S}.db"
"""The date is for people to read; the number tells the order."""
BUSY_SECONDS = 60.0
REPLACED = ".replaced-"
"""Stands between the register's name and a number in the name of a file that it was before."""
_NUMBERED = re.compile(r"register-(\d{6,})-.*\.db")
_MAGIC = b"SQLite format 3\0"
"""A SQLite file begins so (sqlite.org/fileformat2.html, 1.3)."""
_JOURNALS = ("-wal", "-shm")


def copies(folder: Path) -> list[Path]:
    """The copies in a folder, the oldest first. Those of a release that did not number them come before the others."""
    return sorted(folder.glob("register-*.db"), key=lambda path: (_number(path), path.name))


def unsealed(register: Path | None, folder: Path | None) -> list[Path]:
    """Copies in the folder, and files that the register was before, whose rows are in the clear.

    One that cannot be read is none of them; what a killed program left half-made in the folder or beside the register
    is one, whatever it holds.
    """
    before = [] if register is None else sorted(register.parent.glob(f"{register.name}{REPLACED}[0-9]*"))
    files = [path for path in before if not path.name.endswith(_JOURNALS)]
    left = [] if register is None else left_beside(register)
    if folder is not None:
        files += copies(folder)
        left += left_in(folder)
    return [*(path for path in files if not _is_sealed(path)), *left]


def _is_sealed(path: Path) -> bool:
    asked = "SELECT count(*) FROM counters WHERE name = 'seal'"
    # Nobody writes to it: without that word SQLite would make a log beside it.
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
        try:
            return bool(connection.execute(asked).fetchone()[0])
        except sqlite3.Error as error:
            # A register of the first release counted nothing.
            return "no such table" not in str(error)


def back_up(register: Path, folder: Path, now: datetime, kept: int = KEPT) -> Path:
    """Copy the SQLite file `register` into `folder`, and delete the oldest copies over `kept`. Gives the copy.

    Raises RegisterMissing, RegisterDamaged if the copy does not pass SQLite's own check when it is read back,
    RecordDamaged if a digest in it is wrong, RegisterFull, RegisterBusy if another copy is being made there or a list
    goes in, RegisterDamaged too if the rest of a list is gone; older copies are then as they were.
    """
    if not register.is_file():
        raise RegisterMissing(f"there is no register at {register}: nothing was copied")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone_in(folder, f"another copy is being made in {folder}: nothing was copied. Try again", wait=0.0):
            remove_half_copies(folder)
            copy = _made(register, folder, now)
            older = [path for path in copies(folder) if path != copy]
            for old in older[: max(0, len(older) - (kept - 1))]:
                old.unlink()
            return copy
    except RegisterError:
        raise
    except OSError as error:
        raise RegisterFull(
            f"the copy cannot be written ({error}): nothing was copied. Check space and owner"
        ) from error


def put_back(copy: Path, register: Path, service: str = "krn-kiosk") -> Path | None:
    """Put a copy in the place of a register that is not in use. Gives the new place of the replaced file, if any.

    `service` is the name of what may have it open, for the refusal. Raises RegisterMissing, RegisterDamaged and
    RecordDamaged for the copy, RegisterBusy while a program has the
    register open, and RegisterFull; the register is then as it was.
    """
    if not copy.is_file():
        raise RegisterMissing(f"there is no copy at {copy}: nothing was changed")
    busy = (
        "a list goes into the register, or another copy is being put back: nothing was changed. Wait until it is done"
    )
    try:
        with alone_in(register.parent, busy):
            return _put_back(copy, register, service)
    except RegisterError:
        raise
    except OSError as error:
        raise RegisterFull(
            f"the copy cannot be put back ({error}): the register is as it was. Check space and owner"
        ) from error


# --- making a copy


def _number(path: Path) -> int:
    match = _NUMBERED.fullmatch(path.name)
    return 0 if match is None else int(match[1])


def _made(register: Path, folder: Path, now: datetime) -> Path:
    last = max((_number(path) for path in copies(folder)), default=0)
    number = _next_number(register, last)
    copy = folder / NAME.format(number=number, at=now)
    beside = copy.with_suffix(COPYING)
    try:
        beside.touch(mode=0o600)
        _copy(register, beside)
        _require_no_half_list(beside, register)
        sync_file(beside)
        _require_whole(beside)
        beside.replace(copy)
    finally:
        remove(beside)
    sync_folder(folder)
    return copy


def _require_no_half_list(copy: Path, register: Path) -> None:
    """The other half of a list that goes in stands in a file of its own (`applying`), which no copy has."""
    if _has_half_a_list(copy):
        said = half_list(register)
        # Its file goes once it is in.
        raise said if _has_half_a_list(register) else RegisterBusy("a list went in: nothing was copied. Try again")


def _has_half_a_list(file: Path) -> bool:
    # A register of the first release counts nothing, and its lists went in at once.
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        found = connection.execute("SELECT value FROM counters WHERE name = 'list'").fetchone()
        return found is not None and bool(found[0])
    return False


def _next_number(register: Path, last: int) -> int:
    """One more than the register and the folder have seen.

    A register that was put back from an older copy counts on from the folder's copies. One that cannot be written
    (its disk is full) is copied all the same.
    """
    statement = "UPDATE counters SET value = max(value, ?) + 1 WHERE name = 'copy' RETURNING value"
    with suppress(sqlite3.Error), closing(sqlite3.connect(register, timeout=BUSY_SECONDS)) as connection, connection:
        number: int = connection.execute(statement, (last,)).fetchone()[0]
        return number
    return last + 1


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


def _require_whole(copy: Path) -> None:
    """Read every page from the disk itself, not from the memory that it was written through."""
    _forget(copy)
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            known = connection.execute("SELECT count(*) FROM alembic_version").fetchone()[0]
            damaged = count_damaged(connection)
    except sqlite3.Error as error:
        raise RegisterDamaged(f"the copy cannot be read back ({error}) and was thrown away: check the card") from error
    if found != "ok" or not known:
        raise RegisterDamaged("the copy is damaged, or no register, and was thrown away: check the card")
    if damaged:
        raise RecordDamaged(
            f"{damaged} records are damaged, so the copy was thrown away; older copies are as they were. Keep the "
            "register's file for repair, and put back a copy from before"
        )


def _forget(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


# --- putting one back


def _put_back(copy: Path, register: Path, service: str) -> Path | None:
    beside = register.with_name(register.name + COPYING)
    try:
        _require_unused(register, service)
        shutil.copyfile(copy, beside)
        _keep_owner(beside, register if register.exists() else register.parent)
        sync_file(beside)
        _require_whole(beside)
        replaced = set_aside(register)
        beside.replace(register)
        sync_folder(register.parent)
    finally:
        remove(beside)
    return replaced


def _require_unused(register: Path, service: str) -> None:
    """End the register's write-ahead log, which SQLite allows to its only user. A damaged register is left as it is."""
    if not register.exists() or not _is_sqlite(register):
        # SQLite would take the log away from a file that it does not know.
        return
    try:
        with closing(sqlite3.connect(register, timeout=1.0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if (error.sqlite_errorname or "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise RegisterBusy(
                f"a program has {register} open: stop it first (systemctl stop {service}), then put the copy back"
            ) from error


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def set_aside(register: Path) -> Path | None:
    """A second name for a database's file, and another for its log if it still has one. Raises OSError.

    None: there is no file.
    """
    if not register.exists():
        return None
    number = 1
    while (aside := register.with_name(f"{register.name}{REPLACED}{number}")).exists():
        number += 1
    os.link(register, aside)
    for journal in _JOURNALS:
        log = register.with_name(register.name + journal)
        if log.exists():
            log.rename(aside.with_name(aside.name + journal))
    sync_folder(register.parent)
    return aside


def _keep_owner(path: Path, like: Path) -> None:
    owner = like.stat()
    path.chmod(owner.st_mode & 0o666 if like.is_file() else 0o600)
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)
