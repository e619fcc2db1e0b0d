"""Opening the register: SQLite by default, any database that SQLAlchemy knows by its URL.

SQLite runs in WAL with synchronous=FULL: what a commit returned from is on the disk. A database that cannot be read
is an error with its reason, never an empty start; only `create` makes one. In a SQLite file each record is checked when
it is read (`watch`): a bit that flipped is told, never shown. That nothing is missing is seen by reading all of the
file (`checking`): beside the work if it was not closed well (`closing`), and before it is said that there is no such
customer.
"""

import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError

from krn_engine.register.applying import finish, interrupted, is_lost, why_half
from krn_engine.register.checking import Check
from krn_engine.register.closing import Ended, note_closed, note_found, note_opened
from krn_engine.register.concurrency import is_served_by_many, no_limit, tried
from krn_engine.register.digest import prepare
from krn_engine.register.errors import (
    RegisterDamaged,
    RegisterError,
    RegisterExists,
    RegisterMissing,
    RegisterUnreachable,
)
from krn_engine.register.half_made import is_anything_beside, take_away_beside
from krn_engine.register.leftovers import wipe_leftovers
from krn_engine.register.schema import DAMAGED, SCHEMA, migrate, require_schema, require_whole, revision_of
from krn_engine.register.seal import InTheClear, Keeper, Seal
from krn_engine.register.sealing import SealedRows, count_sealed, forget, require_key, seal_all
from krn_engine.register.staging import alone, file_of
from krn_engine.register.tables import Counter, customers
from krn_engine.register.tally import recount
from krn_engine.register.transactions import counted, explained, reading, writing

Result = TypeVar("Result")
BUSY_SECONDS = 10.0
"""How long is waited for another writer, and for a connection that others have."""
STATEMENT_SECONDS = 20.0
"""One statement of a person's question; what works through a whole register has no such limit (`unhurried`)."""
_SMALLEST = 512
"""Bytes: of a page of SQLite (sqlite.org/fileformat2.html, 1.3.2)."""
_LOOKS_EVERY = 0.05
"""Seconds."""


class Register:
    """An open register. Use `read` and `write`; close it, or use it as a context manager."""

    def __init__(self, engine: Engine, keeper: Keeper, ended: Ended | None = None) -> None:
        self._engine = engine
        self._file = _file(engine.url)
        self._check = None if self._file is None else Check(self._file)
        if self._check is not None and ended is Ended.UNCHECKED:
            self._check.begin()
        self.keeper = keeper
        """How this register keeps rows."""
        self._tell: Callable[[int], None] = lambda _generation: None

    @classmethod
    def create(cls, url: str, seal: Seal | None = None) -> Self:
        """Make a new database at `url`, or bring an older one up to date, and open it; its rows are kept under `seal`.

        Raises SealedElsewhere, RegisterBusy, RegisterTooNew, RegisterDamaged, RegisterReadOnly, RegisterFull,
        RegisterUnreachable.
        """
        keeper = seal or InTheClear()
        with _opened(_parsed(url)) as (engine, connection, ended):
            migrate(connection, revision_of(connection))
            seal_all(connection, keeper)
            wipe_leftovers(connection)
            _tidy(connection, keeper)
        return cls(engine, keeper, ended)

    @classmethod
    def make(cls, url: str, seal: Seal | None = None) -> Self:
        """Make a database where there is none; raises RegisterExists, and what `create` raises."""
        parsed = _parsed(url)
        path = Path(parsed.database or "")
        if parsed.get_backend_name() == "sqlite" and path.exists():
            raise RegisterExists(f"there is a file at {path} already: leave --new out, or move the file away first")
        return cls.create(url, seal)

    @classmethod
    def open(cls, url: str, seal: Seal | None = None) -> Self:
        """Open an existing register and check it; migrates one of an older version, and seals one that is not sealed.

        Raises SealedElsewhere where `seal` is not what its rows are sealed under; RegisterBusy if they cannot be sealed
        now, RegisterMissing, RegisterDamaged, RegisterTooNew, RegisterReadOnly, RegisterUnreachable.
        """
        keeper = seal or InTheClear()
        with _opened(_existing(url)) as (engine, connection, ended):
            _bring_up(connection, ended)
            seal_all(connection, keeper)
            wipe_leftovers(connection)
            _tidy(connection, keeper)
        return cls(engine, keeper, ended)

    @classmethod
    def open_without_rows(cls, url: str) -> Self:
        """Open an existing register, with no key, for what needs no rows: its audit. Of a sealed one none is issued.

        Raises what `open` raises, but for SealedElsewhere.
        """
        with _opened(_existing(url)) as (engine, connection, ended):
            _bring_up(connection, ended)
        return cls(engine, InTheClear(), ended)

    @staticmethod
    def require(url: str) -> None:
        """Before a key is asked for: raises what `open` raises where there is no register, or no such database."""
        _existing(url)

    @classmethod
    def require_one(cls, url: str) -> None:
        """Raises what `open` raises where there is no register, or something else; it is not checked whole."""
        engine = _engine(_existing(url))
        try:
            with explained(), engine.connect() as connection:
                _required_revision(connection)
        finally:
            engine.dispose()

    @classmethod
    def forget_rows(cls, url: str, *, accept: bool) -> SealedRows:
        """Take the rows out of an existing register whose key is lost; says how many those are, or would be.

        Customers, key states, issued key changes, outcomes, endings and statements stay. It needs no key. Raises what
        `open` raises, but for SealedElsewhere.
        """
        with _opened(_existing(url)) as (engine, connection, ended):
            _bring_up(connection, ended)
            found = count_sealed(connection)
            connection.rollback()
            if accept:
                forget(connection)
        cls(engine, InTheClear(), ended).close()
        return found

    def change(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` gives, which is done in one transaction as that of `write`.

        It is begun anew, a few times, where it had to give way to another: it does nothing but what it does in the
        database. Raises what `write` raises.
        """

        self._require_undamaged()

        def once() -> Result:
            with self._engine.connect() as connection, writing(connection, self._tell):
                return work(connection)

        with explained():
            return tried(once)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; sees one moment of the database."""
        self._require_undamaged()
        with explained(), self._engine.connect() as connection:
            if is_served_by_many(connection):
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with reading(connection):
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection for one transaction: committed to disk at the end, rolled back whole by any exception.

        Raises RegisterBusy, RegisterFull, RegisterReadOnly, RegisterUnreachable, RegisterFailed.
        """
        self._require_undamaged()
        with explained(), self._engine.connect() as connection, writing(connection, self._tell):
            yield connection

    @contextmanager
    def unhurried(self) -> Iterator[Connection]:
        """A connection for several transactions one after the other, each as long as it takes, as a list's does.

        Raises what `write` raises.
        """
        self._require_undamaged()
        with explained(), self._engine.connect() as connection, no_limit(connection):
            yield connection

    def require_whole(self) -> None:
        """Before it is said that something is not there: raises RegisterDamaged for a file that is not whole.

        All of the file is read for it, once while it is open, if that was not done yet. Not done on PostgreSQL.
        """
        if self._check is not None:
            self._check.wait()
            self._require_undamaged()

    def _require_undamaged(self) -> None:
        if self._check is not None and self._check.is_whole is False:
            raise RegisterDamaged(DAMAGED)

    def on_write(self, tell: Callable[[int], None]) -> None:
        """Have `tell` called with the generation after each `write` of this process; it must not raise."""
        self._tell = tell

    def on_damage(self, tell: Callable[[], None]) -> None:
        """Have `tell` called once if reading all of the file finds damage, in any thread; it must not raise."""
        if self._check is not None:
            self._check.on_damage(tell)

    def recount(self) -> bool:
        """Make the tallies anew; whether they were right. Raises what `write` raises, and RecordDamaged."""
        with self.unhurried() as connection, writing(connection, self._tell):
            return recount(connection)

    def require_key(self, connection: Connection) -> None:
        """Before rows are put on record. Raises SealedElsewhere if another program has sealed the register since."""
        require_key(connection, self.keeper)

    def is_sealed(self) -> bool:
        """Whether rows are kept sealed."""
        return self.keeper.check is not None

    def generation(self) -> int | None:
        """How many transactions have written to this register; None where that is not counted (not SQLite)."""
        with self.read() as connection:
            return counted(connection, Counter.GENERATION)

    def half_list(self) -> RegisterError | None:
        """What is to be said of a list of which half is in; None if there is none."""
        with self.unhurried() as connection:
            return why_half(connection)

    def is_to_be_wiped(self) -> bool:
        """Whether what it may keep no longer is still in its file, since nobody could wipe it (`leftovers`)."""
        with self.read() as connection:
            return bool(counted(connection, Counter.LEFTOVERS))

    def of_other_units(self, units: Collection[str]) -> int:
        """How many customers belong to a unit that is none of these. Looks at all of them."""
        unit = customers.c.unit
        elsewhere = select(unit, func.count()).where(unit != "").group_by(unit)
        own = {name.casefold() for name in units}
        with self.read() as connection:
            return sum(number for name, number in connection.execute(elsewhere) if name.casefold() not in own)

    def close(self) -> None:
        """Give the database back, and note in a SQLite file that it was closed well, if nobody else has it open."""
        if self._check is not None:
            self._check.stop()
        self._engine.dispose()
        if self._file is not None and self._check is not None:
            note_closed(self._file, is_whole=self._check.is_whole is True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def _parsed(url: str) -> URL:
    """Raises RegisterUnreachable for what is no URL, or needs a driver that is not here."""
    try:
        parsed = make_url(url)
        parsed.get_dialect().import_dbapi()
    except (ArgumentError, ValueError):
        # The URL may hold a password, so it is not said again.
        raise RegisterUnreachable("the register is neither a path nor the URL of a database: look again") from None
    except ImportError as error:
        raise RegisterUnreachable(
            f"a register of this kind needs {error.name}, which is not installed: install it, or name a SQLite file"
        ) from None
    return parsed


def _engine(url: URL) -> Engine:
    # Parameters are names and numbers of customers: no error and no log of the database may show them.
    if url.get_backend_name() != "sqlite":
        # Its driver is installed where an office serves many, and at no kiosk.
        from krn_engine.register.postgres import engine_of  # noqa: PLC0415

        return engine_of(url, STATEMENT_SECONDS, BUSY_SECONDS)
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        _into_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        prepare(connection)

    return engine


def _into_wal(connection: sqlite3.Connection) -> None:
    """SQLite waits for nobody where it changes this mode: of two first openings at once, one would be refused."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(_LOOKS_EVERY)
        else:
            return


def _existing(url: str) -> URL:
    """Raises RegisterMissing, RegisterDamaged for an empty file, RegisterUnreachable."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        _require_file(parsed)
    return parsed


@contextmanager
def _opened(url: URL) -> Iterator[tuple[Engine, Connection, Ended | None]]:
    """An engine, a connection of it while this lasts, and how the register was ended; None: there was none."""
    file = _file(url)
    with explained():
        ended = note_opened(file) if file is not None and file.is_file() and file.stat().st_size else None
    engine = _engine(url)
    try:
        with explained(), engine.connect() as connection, no_limit(connection):
            yield engine, connection, ended
        if file is not None and ended is None:
            note_found(file, Ended.NOT_YET)
    except BaseException as error:
        engine.dispose()
        if file is not None and not isinstance(error, RegisterDamaged):
            note_closed(file, is_whole=False)
        raise


def _file(url: URL) -> Path | None:
    """The register's file; None where it has none of its own."""
    is_in_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(url.database or "") if is_in_file else None


def _bring_up(connection: Connection, ended: Ended | None) -> None:
    """Check an existing register and migrate it; a list whose import was killed goes in."""
    revision = _required_revision(connection)
    require_schema(connection, revision)
    if ended is Ended.DAMAGED or revision != SCHEMA:
        require_whole(connection)
        if ended is Ended.DAMAGED and (file := _file(connection.engine.url)) is not None:
            # Somebody has repaired it.
            note_found(file, Ended.NOT_YET)
    migrate(connection, revision)
    connection.rollback()
    _go_on(connection)


def _required_revision(connection: Connection) -> str:
    revision = revision_of(connection)
    if revision is None:
        raise RegisterMissing("this database holds no register: make one (krn office import --new)")
    return revision


def _require_file(url: URL) -> None:
    path = Path(url.database or "")
    if not path.is_file():
        raise RegisterMissing(
            f"there is no register at {path}: restore the backup (krn restore), or make one (krn setup, or "
            "krn office import --new)"
        )
    if path.stat().st_size == 0:
        raise RegisterDamaged(f"the register at {path} is empty: restore the backup")
    if path.stat().st_size < _SMALLEST:
        # SQLite would take it for an empty one, and write over it.
        raise RegisterDamaged(f"{path} is no register: restore the backup")


def _go_on(connection: Connection) -> None:
    """Put the rest of a list in whose import was killed. If that cannot be done now, the next who opens it tries."""
    if interrupted(connection):
        with suppress(RegisterError), explained(), alone(connection):
            finish(connection)


def _tidy(connection: Connection, keeper: Keeper) -> None:
    """Take away what a killed import or restore left beside the register, unless somebody is at work there.

    What cannot be taken away is told of (`backup.unsealed`). The rest of a list that goes in stays; a damaged one stays
    for repair, unless its rows should be sealed.
    """
    register = file_of(connection)
    if register is None or not is_anything_beside(register):
        return
    with suppress(RegisterError, OSError), explained(), alone(connection):
        of_no_use = not interrupted(connection) or (keeper.check is not None and is_lost(connection))
        take_away_beside(register, accepted=of_no_use)
    connection.rollback()
