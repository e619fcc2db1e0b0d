"""What a program makes beside a register or a copy before it gets its name, and what a killed one leaves of it.

Whoever makes such a file holds a lock on the folder. So a file that is there while nobody holds the lock is left over:
it is taken away by whoever opens the register next, and until then told of (`left_beside`), for it may hold rows.
It needs nothing but SQLite: a copy is put back where the rest of the program may be broken.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterError

ARRIVING, ACCEPTED = ".list-new", ".list"
"""How the file of a list ends its name, behind the register's: while it is read, and once it goes in."""
COPYING = ".new"
"""Ends the name of a copy that is not one yet, and of a file that is put in a register's place."""
JOURNALS = ("-journal", "-wal", "-shm")
WAIT = 0.5
"""Seconds that are waited for whoever only looks; not for who works long."""
_LOOKS_EVERY = 0.05
"""Seconds."""


def beside(register: Path, ending: str) -> Path:
    """The file of that ending, beside the register's."""
    return register.with_name(register.name + ending)


@contextmanager
def alone_in(folder: Path, busy: str, wait: float = WAIT) -> Iterator[None]:
    """Nobody else who asks for it works in this folder.

    The lock is the folder's: to open and close a register's own file would let go of SQLite's locks on it. Raises
    RegisterBusy, which says `busy`, if somebody still works there after `wait` seconds; OSError for no folder.
    """
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        end = time.monotonic() + wait
        while not _take(lock):
            if time.monotonic() >= end:
                raise RegisterBusy(busy)
            time.sleep(_LOOKS_EVERY)
        yield
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def remove(path: Path) -> None:
    """Take a file away, and what SQLite may have left beside it."""
    for ending in ("", *JOURNALS):
        path.with_name(path.name + ending).unlink(missing_ok=True)


# --- a list of which half is in


def rest_of_list(register: Path) -> Path | None:
    """The file with the lines of an accepted list; None if it is gone or damaged."""
    file = beside(register, ACCEPTED)
    if not file.is_file():
        return None
    try:
        with closing(_reader(file)) as connection:
            connection.execute("SELECT max(line) FROM list_lines").fetchone()
            is_whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.Error:
        return None
    return file if is_whole else None


def half_list(register: Path) -> RegisterError:
    """What is to be said of a register in which half of a list is; the same to whoever asks."""
    if rest_of_list(register) is not None:
        return RegisterBusy(
            "a list is going in: nothing was done beside it. Try again in a minute; if nobody imports one, whoever "
            "opens the register goes on with it (krn doctor), as soon as the disk has room"
        )
    return RegisterDamaged(
        f"half of a list is in this register, and {beside(register, ACCEPTED).name} with the rest is gone or damaged: "
        "import that list once more (krn office import FILE --accept), which puts it in whole; until then no copy of "
        "the register is made"
    )


# --- what is left over


def is_anything_beside(register: Path) -> bool:
    """Whether there is any such file beside a register."""
    return any(beside(register, ending).exists() for ending in (ARRIVING, ACCEPTED, COPYING))


def left_beside(register: Path) -> list[Path]:
    """Files that a killed import or restore left beside a register, and whose rows are not known to be sealed."""
    found = [path for path in (beside(register, ending) for ending in (ARRIVING, COPYING)) if path.exists()]
    accepted = beside(register, ACCEPTED)
    if accepted.exists() and not _is_sealed_list(accepted):
        found.append(accepted)
    return [] if not found or _is_at_work(register.parent) else found


def left_in(folder: Path) -> list[Path]:
    """Copies that a killed program left half-made in a folder of copies."""
    found = sorted(folder.glob(f"register-*{COPYING}"))
    return [] if not found or _is_at_work(folder) else found


def take_away_beside(register: Path, *, accepted: bool) -> None:
    """Take what is left over away, by whoever holds the lock of the folder; with `accepted` a list's file too."""
    for ending in (ARRIVING, COPYING, *((ACCEPTED,) if accepted else ())):
        remove(beside(register, ending))


def take_away_in(folder: Path) -> None:
    """Take half-made copies away that are left over; what may not be taken away stays, and is told of."""
    if left_in(folder):
        with suppress(RegisterError, OSError), alone_in(folder, "a copy is being made"):
            remove_half_copies(folder)


def remove_half_copies(folder: Path) -> None:
    """Take them away, by whoever holds the lock of the folder."""
    for left in folder.glob(f"register-*{COPYING}"):
        remove(left)


def _is_at_work(folder: Path) -> bool:
    try:
        with alone_in(folder, "somebody is at work", wait=0.0):
            return False
    except RegisterBusy:
        return True
    except OSError:
        return False


def _is_sealed_list(file: Path) -> bool:
    asked = "SELECT count(*) FROM list_lines WHERE rows NOT LIKE 'sealed:%'"
    try:
        with closing(_reader(file)) as connection:
            return not connection.execute(asked).fetchone()[0]
    except sqlite3.Error:
        return False


def _reader(file: Path) -> sqlite3.Connection:
    # Nobody writes to it: without that word SQLite would make a log beside it.
    return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)
