"""Copies of who is enrolled: one beside each copy of a register on SQLite, of the same number.

They hold digests of tokens, and no token. A register is put back without them (docs/decisions/0023): an older list of
who is let in would bring a revoked token back to life. They are for a disk that was lost, or for somebody who says so.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from krn_engine.durable import sync_file, sync_folder
from krn_engine.register.backup import set_aside
from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterFull
from krn_engine.register.half_made import alone_in

FILE = "access.db"
_OF_REGISTER, _OF_CALLERS = "register-", "access-"
_HALF = ".half"
BUSY_SECONDS = 60.0


def back_up_callers(register: Path, copy: Path) -> Path | None:
    """Copy who is enrolled beside this copy of the register, and delete what belongs to copies that are gone.

    None: nobody ever was. Raises RegisterBusy, RegisterFull, and RegisterDamaged for a copy that does not pass SQLite's
    own check when it is read back.
    """
    source = register.with_name(FILE)
    if not source.is_file():
        return None
    made = _beside(copy)
    half = made.with_suffix(_HALF)
    try:
        with alone_in(made.parent, "another copy is being made: who is enrolled was not copied. Try again", wait=0.0):
            for left in made.parent.glob(f"{_OF_CALLERS}*{_HALF}"):
                left.unlink()
            half.touch(mode=0o600)
            with closing(sqlite3.connect(source, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("VACUUM INTO ?", (str(half),))
            _require_whole(half)
            sync_file(half)
            half.replace(made)
            sync_folder(made.parent)
            for old in made.parent.glob(f"{_OF_CALLERS}*.db"):
                if not old.with_name(old.name.replace(_OF_CALLERS, _OF_REGISTER, 1)).exists():
                    old.unlink()
    except (sqlite3.Error, OSError) as error:
        half.unlink(missing_ok=True)
        raise _explained(error, "the list of who is enrolled was not copied") from error
    return made


def copy_of_callers(copy: Path) -> Path | None:
    """The copy of who was enrolled when this copy of the register was made, if there is one."""
    found = _beside(copy)
    return found if found != copy and found.is_file() else None


def put_callers_back(copy: Path, register: Path) -> Path | None:
    """Put such a copy in the place of a list that nobody has open. Gives the new place of the replaced file, if any.

    What callers remember of the audit stays as it is now, where they know more than then: it shows what an older
    register lacks. Raises RegisterBusy, RegisterDamaged, RegisterFull; the list is then as it was.
    """
    file = register.with_name(FILE)
    half = file.with_suffix(_HALF)
    try:
        _require_whole(copy)
        _require_unused(file)
        shutil.copyfile(copy, half)
        like = (file if file.exists() else file.parent).stat()
        half.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(half, like.st_uid, like.st_gid)
        if file.exists():
            _keep_witnesses(file, half)
        sync_file(half)
        replaced = set_aside(file)
        half.replace(file)
        sync_folder(file.parent)
    except (sqlite3.Error, OSError) as error:
        half.unlink(missing_ok=True)
        raise _explained(error, "the list of who is enrolled is as it was") from error
    return replaced


def _beside(copy: Path) -> Path:
    return copy.with_name(copy.name.replace(_OF_REGISTER, _OF_CALLERS, 1))


def _require_whole(copy: Path) -> None:
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        connection.execute("SELECT count(*) FROM access_callers").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def _require_unused(file: Path) -> None:
    """End its write-ahead log, which SQLite allows to its only user."""
    if file.exists():
        with closing(sqlite3.connect(file, timeout=1.0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")


def _keep_witnesses(now: Path, then: Path) -> None:
    """Of each caller what it said last, where that is not older than what the copy has; all that did not fit stays."""
    with closing(sqlite3.connect(then, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("ATTACH ? AS now", (str(now),))
        if _has(connection, "access_witnesses"):
            connection.execute(
                "INSERT INTO main.access_witnesses (name, seq, hash, at) SELECT name, seq, hash, at "
                "FROM now.access_witnesses WHERE true ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, "
                "hash = excluded.hash, at = excluded.at WHERE excluded.seq >= seq"
            )
        if _has(connection, "access_differing"):
            columns = "name, seq, hash, origin, signed_at, signature, at, accepted_at"
            connection.execute(
                f"INSERT OR REPLACE INTO main.access_differing ({columns}) "  # noqa: S608  words of this file
                f"SELECT {columns} FROM now.access_differing"
            )


def _has(connection: sqlite3.Connection, table: str) -> bool:
    """Whether the list of now has this table, which a release of before did not; then the copy has it too."""
    asked = "SELECT sql FROM {}.sqlite_schema WHERE name = ?"
    made, known = (connection.execute(asked.format(of), (table,)).fetchone() for of in ("now", "main"))
    if made is not None and known is None:
        connection.execute(str(made[0]))
    return made is not None


def _explained(error: sqlite3.Error | OSError, so: str) -> RegisterBusy | RegisterDamaged | RegisterFull:
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return RegisterBusy(f"a program has the list open: {so}. Stop it (systemctl stop krn-office), and try again")
    if isinstance(error, sqlite3.Error) and not name.startswith(("SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_IOERR")):
        return RegisterDamaged(f"the file is damaged, or holds no list: {so}")
    return RegisterFull(f"this cannot be written ({type(error).__name__}): {so}. Check space and owner")
