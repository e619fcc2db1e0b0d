"""The SQLite file of a copy: opened, made, and made anew around an outbox that outlives it.

The file is checked whole when it is opened, and what is read of it by digest or seal. The copy in it can be fetched
again, so damage ends with a new file; the outbox can not, so it is read out of the old one, entry by entry, and the
old file is kept beside for repair.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from krn_engine.durable import sync_folder
from krn_engine.office.offline.key import NAME as KEY
from krn_engine.office.offline.tables import SCHEMA, Kept, copied, kept_facts, outbox
from krn_engine.register.digest import digest_of, prepare
from krn_engine.register.errors import RegisterDamaged, RegisterFull
from krn_engine.register.tables import metadata
from krn_engine.register.transactions import explained, writing
from krn_engine.register.watch import watch

NAME = "copy.db"
BUSY_SECONDS = 10.0
_DAMAGED = "the copy that this kiosk keeps is damaged"
_FRESH, _NEXT, _ASIDE = "copy-new.db", "copy-next.db", "copy-damaged-"
_LOG = "-wal-damaged"
_KEPT_ASIDE = 3
"""So many damaged files are kept for repair: a card has an end."""
_SURVIVE = (Kept.NEWEST, Kept.REVOKED, Kept.OFFICE, Kept.WITNESS, Kept.DIFFERS, Kept.LOST, Kept.UNCOUNTED)
"""What a new file takes over of a damaged one: it is not fetched with the copy."""
_FARTHEST = 100_000
"""So many numbers behind the last entry that can be read are looked at one by one."""


class _OtherRelease(RegisterDamaged):
    """Another program's file: what it waits with is read out of it just as well."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was read out of a file that is given up."""

    entries: tuple[dict[str, Any], ...]
    lost: int
    """Entries that are there and cannot be read, as far as they can be counted."""
    facts: tuple[tuple[Kept, str], ...]
    damaged: bool = False
    """It was no file of another release, but a damaged one."""
    missing: bool = False
    """There was no file any more."""

    def lost_of(self, must: frozenset[int] | None) -> tuple[int, bool]:
        """How many entries are lost, and whether more may be; `must` are the numbers of those that were there."""
        if must is None:
            return self.lost, self.damaged and (self.lost > 0 or self.missing)
        return len(must - self.numbers), False

    @property
    def numbers(self) -> frozenset[int]:
        """Of the entries."""
        return frozenset(entry["n"] for entry in self.entries)


def open_file(folder: Path, must: frozenset[int] | None = None) -> tuple[Engine, Saved | None]:
    """The file of a folder, whole and of this program; made where there is none.

    `must` are the numbers of entries that its outbox holds, or it is damaged; None: nobody knows.

    With it what was read out of the file that was there, if that had to be given up. Raises what a database can be
    refused with: RegisterFull, RegisterReadOnly, RegisterBusy, RegisterFailed.
    """
    path = folder / NAME
    with suppress(FileNotFoundError):
        if (folder / _NEXT).exists():
            _take_place(folder)
    if path.exists():
        try:
            return _opened(path, must or frozenset()), None
        except _OtherRelease:
            return renewed(folder, damaged=False)
        except RegisterDamaged:
            return renewed(folder)
    saved = Saved((), 0, (), damaged=True, missing=True) if must or (folder / KEY).exists() else None
    if saved is not None:
        _set_aside(folder)
    return _made(path, saved or Saved((), 0, ())), saved


def reopened(folder: Path) -> Engine:
    """The file that another process has made anew. Raises RegisterDamaged."""
    return _opened(folder / NAME)


def renewed(folder: Path, *, damaged: bool = True) -> tuple[Engine, Saved]:
    """A new file in the place of one that is damaged, which nobody has open; with what was read out of the old one.

    `damaged`: False for a file of another release. Raises RegisterFull, RegisterDamaged.
    """
    saved = replace(_saved(folder / NAME), damaged=damaged)
    fresh = folder / _FRESH
    try:
        for left in _all_of(fresh):
            left.unlink(missing_ok=True)
        _made(fresh, saved).dispose()
        # Whole and on disk before the old one gives its name away: whoever finds it after a power cut goes on here.
        fresh.replace(folder / _NEXT)
        sync_folder(folder)
        _take_place(folder)
    except OSError as error:
        raise RegisterFull(f"{_DAMAGED}, and cannot be made anew ({error.strerror}): look at the card") from error
    return _opened(folder / NAME), saved


def _take_place(folder: Path) -> None:
    """The new file takes the name; the old one is kept beside, with its log, which must not be read with another."""
    _set_aside(folder)
    (folder / _NEXT).replace(folder / NAME)
    sync_folder(folder)
    for older in sorted(folder.glob(f"{_ASIDE}*.db"))[:-_KEPT_ASIDE]:
        for left in _all_of(older):
            left.unlink(missing_ok=True)


def _set_aside(folder: Path) -> None:
    path = folder / NAME
    aside = folder / f"{_ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db"
    with suppress(FileNotFoundError):
        os.link(path, aside)
    for old, kept in zip(_all_of(path)[1:], _all_of(aside)[1:], strict=True):
        with suppress(FileNotFoundError):
            old.replace(kept)


def _all_of(path: Path) -> tuple[Path, ...]:
    """A file of SQLite, and what lies beside it: its log, and a log that did not fit."""
    return (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm", _LOG)))


def keep_fact(connection: Connection, name: Kept, value: str | None) -> None:
    """None takes it away."""
    connection.execute(kept_facts.delete().where(kept_facts.c.name == name.value))
    if value is not None:
        digest = digest_of(name.value, value)
        connection.execute(insert(kept_facts).values(name=name.value, value=value, digest=digest))


def fact(connection: Connection, name: Kept) -> str | None:
    """None where it is not known. Raises RegisterDamaged."""
    row = connection.execute(select(kept_facts).where(kept_facts.c.name == name.value)).first()
    if row is not None and row.digest != digest_of(name.value, row.value):
        raise RegisterDamaged(_DAMAGED)
    return None if row is None else str(row.value)


def digest_of_entry(n: int, kind: str, uuid: str, at: datetime, body: str) -> int:
    """What an entry of the outbox must have as its digest."""
    return digest_of(n, kind, uuid, at.astimezone(UTC).isoformat(), body)


def numbered(n: int, meter_number: str) -> dict[str, Any]:
    """The columns of an entry of this meter."""
    return {"meter_number": meter_number, "number_digest": digest_of(n, meter_number)}


def number_of(n: int, meter_number: str, digest: int) -> str:
    """The meter number of an entry; empty: it has none, or a damaged one."""
    return meter_number if meter_number and digest == digest_of(n, meter_number) else ""


def _opened(path: Path, must: frozenset[int] = frozenset()) -> Engine:
    """Raises RegisterDamaged, also where an entry of these numbers is not in the outbox."""
    engine = _engine(path)
    try:
        with explained(), engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
                raise RegisterDamaged(_DAMAGED)
            if not connection.dialect.has_table(connection, kept_facts.name):
                raise RegisterDamaged(_DAMAGED)
            if fact(connection, Kept.SCHEMA) != SCHEMA:
                raise _OtherRelease(_DAMAGED)
            if not must <= frozenset(connection.execute(select(outbox.c.n)).scalars()):
                # The log, which may hold them, is gone with the last connection.
                with suppress(OSError):
                    shutil.copyfile(f"{path}-wal", f"{path}{_LOG}")
                raise RegisterDamaged(_DAMAGED)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _made(path: Path, saved: Saved) -> Engine:
    engine = _engine(path)
    try:
        with explained(), engine.connect() as connection, writing(connection):
            if not connection.dialect.has_table(connection, kept_facts.name):
                for tables in (metadata, copied):
                    tables.create_all(connection, checkfirst=False)
                watch(connection)
                keep_fact(connection, Kept.SCHEMA, SCHEMA)
            for name, value in saved.facts:
                keep_fact(connection, name, value)
            if saved.entries:
                connection.execute(insert_or(outbox).on_conflict_do_nothing(), list(saved.entries))
        with explained(), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    except BaseException:
        engine.dispose()
        raise
    path.chmod(0o600)
    return engine


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        prepare(connection)

    return engine


# --- out of a file that is given up


def _saved(path: Path) -> Saved:
    """All of it that is whole."""
    entries: list[dict[str, Any]] = []
    lost = 0
    facts: list[tuple[Kept, str]] = []
    with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.row_factory = sqlite3.Row
        for row in _rows(file):
            entry = None if row is None else _entry(row)
            if entry is None:
                lost += 1
            else:
                entries.append(entry)
        for name in _SURVIVE:
            with suppress(sqlite3.Error, ValueError):
                row = file.execute("SELECT value, digest FROM copied_facts WHERE name = ?", (name.value,)).fetchone()
                if row is not None and row["digest"] == digest_of(name.value, row["value"]):
                    facts.append((name, row["value"]))
    return Saved(tuple(entries), lost, tuple(facts))


def _rows(file: sqlite3.Connection) -> Iterator[sqlite3.Row | None]:
    """The entries in order; None for one that is there and cannot be read."""
    last = 0
    try:
        for row in file.execute("SELECT * FROM outbox ORDER BY n"):
            yield row
            last = row["n"] if isinstance(row["n"], int) else last
    except (sqlite3.Error, UnicodeDecodeError):
        # A page of it is broken: those on other pages are found by their numbers.
        end = _highest(file, last)
        if end == last:
            yield None
        for n in range(last + 1, end + 1):
            try:
                yield from file.execute("SELECT * FROM outbox WHERE n = ?", (n,)).fetchall()
            except (sqlite3.Error, UnicodeDecodeError):
                yield None


def _highest(file: sqlite3.Connection, last: int) -> int:
    for question in ("SELECT max(n) FROM outbox", "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"):
        with suppress(sqlite3.Error, TypeError):
            found = file.execute(question).fetchone()[0]
            if isinstance(found, int) and found > last:
                return min(found, last + _FARTHEST)
    return last


def _entry(row: sqlite3.Row) -> dict[str, Any] | None:
    """As it is put into the new file; None for one that is damaged."""
    try:
        at = _moment(row["at"])
        if at is None or row["digest"] != digest_of_entry(row["n"], row["kind"], row["uuid"], at, row["body"]):
            return None
        return {
            "n": row["n"],
            "kind": row["kind"],
            "uuid": row["uuid"],
            "at": at,
            "body": row["body"],
            "digest": row["digest"],
            **_numbered(row),
            "refused_at": _moment(row["refused_at"]),
            "code": row["code"],
            "message": row["message"],
        }
    except (ValueError, TypeError, IndexError):
        return None


def _numbered(row: sqlite3.Row) -> dict[str, Any]:
    """A program of before kept no number, and this one keeps none that is damaged."""
    kept = dict(row)
    number = number_of(row["n"], kept.get("meter_number", ""), kept.get("number_digest", 0))
    return numbered(row["n"], number)


def _moment(kept: str | None) -> datetime | None:
    """As `Moment` keeps it."""
    return None if kept is None else datetime.fromisoformat(kept).replace(tzinfo=UTC)
