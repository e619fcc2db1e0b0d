"""Opening the register: SQLite by default, any database that SQLAlchemy knows by its URL.

SQLite runs in WAL with synchronous=FULL: what a commit returned from is on the disk. A database that cannot be read
is an error with its reason, never an empty start; only `create` makes one. A SQLite file is checked whole when it is
opened, its indexes too, and each record when it is read (`watch`): a bit that flipped is told, never shown.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError

from krn_engine.register.digest import count_damaged, prepare, tells_of_damage
from krn_engine.register.errors import (
    RecordDamaged,
    RegisterBusy,
    RegisterDamaged,
    RegisterError,
    RegisterExists,
    RegisterFailed,
    RegisterFull,
    RegisterMissing,
    RegisterReadOnly,
    RegisterTooNew,
    RegisterUnreachable,
)
from krn_engine.register.tables import Counter, counters
from krn_engine.register.watch import schema_digest, unwatch, watch

SCHEMA = "0005"
"""The newest revision in migrations/versions."""
BUSY_SECONDS = 10.0
MIGRATIONS = Path(__file__).with_name("migrations")
_WATCHES = "0005"
"""The revision that brought digests."""
_REVISIONS = {path.name[: len(SCHEMA)] for path in (MIGRATIONS / "versions").glob("0*.py")}
_GENERATION = counters.c.name == Counter.GENERATION.value
_NEXT_GENERATION = update(counters).where(_GENERATION).values(value=counters.c.value + 1).returning(counters.c.value)
_DAMAGED_ADVICE = "nothing else was changed. Keep the file for repair, and restore the last copy (krn restore)"


class Register:
    """An open register. Use `read` and `write`; close it, or use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tell: Callable[[int], None] = lambda _generation: None

    @classmethod
    def create(cls, url: str) -> Self:
        """Make a new database at `url`, or bring an older one up to date, and open it.

        Raises RegisterTooNew, RegisterDamaged, RegisterReadOnly, RegisterFull, RegisterUnreachable.
        """
        engine = _engine(_parsed(url))
        try:
            with explained(), engine.connect() as connection:
                if _revision(connection) != SCHEMA:
                    _migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @classmethod
    def make(cls, url: str) -> Self:
        """Make a database where there is none; raises RegisterExists, and what `create` raises."""
        parsed = _parsed(url)
        path = Path(parsed.database or "")
        if parsed.get_backend_name() == "sqlite" and path.exists():
            raise RegisterExists(f"there is a file at {path} already: leave --new out, or move the file away first")
        return cls.create(url)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open an existing register and check it; migrates one of an older version.

        Raises RegisterMissing, RegisterDamaged, RegisterTooNew, RegisterReadOnly, RegisterUnreachable.
        """
        parsed = _parsed(url)
        if parsed.get_backend_name() == "sqlite":
            _require_file(parsed)
        engine = _engine(parsed)
        try:
            with explained(), engine.connect() as connection:
                revision = _revision(connection)
                if revision is None:
                    raise RegisterMissing("this database holds no register: make one (krn office import --new)")
                _check(connection, revision)
                if revision != SCHEMA:
                    _migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; sees one moment of the database."""
        with explained(), self._engine.connect() as connection, reading(connection):
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection for one transaction: committed to disk at the end, rolled back whole by any exception.

        Raises RegisterBusy, RegisterFull, RegisterReadOnly, RegisterUnreachable, RegisterFailed.
        """
        with explained(), self._engine.connect() as connection, writing(connection, self._tell):
            yield connection

    @contextmanager
    def apart(self) -> Iterator[Connection]:
        """A connection for `reading` and `writing` in turn. Raises what `write` raises."""
        with explained(), self._engine.connect() as connection:
            yield connection

    def on_write(self, tell: Callable[[int], None]) -> None:
        """Have `tell` called with the generation after each `write` of this process; it must not raise."""
        self._tell = tell

    def generation(self) -> int | None:
        """How many transactions have written to this register; None where that is not counted (not SQLite)."""
        with self.read() as connection:
            return _counter(connection, Counter.GENERATION)

    def close(self) -> None:
        """Give the database back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """One moment of the database, as long as this lasts."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


@contextmanager
def writing(connection: Connection, tell: Callable[[int], None] = lambda _generation: None) -> Iterator[None]:
    """One transaction: committed to disk at the end, rolled back whole by any exception.

    `tell` is called with the generation that the register then has, where it counts them.
    """
    if connection.dialect.name == "sqlite":
        # Takes the write lock now: two writers wait for each other instead of failing half-way.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        generation = _next_generation(connection)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    if generation is not None:
        tell(generation)


def version(connection: Connection) -> int | None:
    """A number that changes when somebody else has written; None where the database has no such number."""
    if connection.dialect.name != "sqlite":
        return None
    found: int = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    return found


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
        return create_engine(url, hide_parameters=True)
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        prepare(connection)

    return engine


def _require_file(url: URL) -> None:
    path = Path(url.database or "")
    if not path.is_file():
        raise RegisterMissing(
            f"there is no register at {path}: restore the backup (krn restore), or make one (krn setup, or "
            "krn office import --new)"
        )
    if path.stat().st_size == 0:
        raise RegisterDamaged(f"the register at {path} is empty: restore the backup")


def _revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    row: Any = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if row is not None and str(row) > SCHEMA:
        raise RegisterTooNew("the register was made by a later version of this program: update the program first")
    if row is not None and str(row) not in _REVISIONS:
        raise RegisterDamaged("the register is damaged: keep the file for repair and restore the backup")
    return None if row is None else str(row)


def _check(connection: Connection, revision: str) -> None:
    """The file is whole: its pages, its schema, and its indexes: one that lost a meter would say that there is none."""
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    has_counters = connection.dialect.has_table(connection, counters.name)
    kept = _counter(connection, Counter.SCHEMA) if has_counters else None
    same = revision < _WATCHES if kept is None else kept == schema_digest(connection)
    if found != "ok" or not same:
        raise RegisterDamaged("the register is damaged: stop, keep the file for repair, and restore the backup")


def _next_generation(connection: Connection) -> int | None:
    """On PostgreSQL it would make every writer wait for every other, and no file of it is put back by hand."""
    if connection.dialect.name != "sqlite":
        return None
    return connection.execute(_NEXT_GENERATION).scalar()


def _counter(connection: Connection, counter: Counter) -> int | None:
    return connection.execute(select(counters.c.value).where(counters.c.name == counter.value)).scalar()


def _migrate(connection: Connection) -> None:
    # Slow to import, and needed once in a database's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    connection.rollback()
    if connection.dialect.name == "sqlite":
        # All of it or nothing: a migration that the power cut short is begun again from where it was.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _require_undamaged(connection)
        unwatch(connection)
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        watch(connection)
        kept = {"name": Counter.SCHEMA.value, "value": schema_digest(connection)}
        statement = sqlite.insert(counters).values(kept)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": kept["value"]}))
    connection.commit()


def _require_undamaged(connection: Connection) -> None:
    """A migration makes every digest anew, the digest of a damaged record too."""
    file = connection.connection.driver_connection
    damaged = count_damaged(file) if isinstance(file, sqlite3.Connection) else 0
    if damaged:
        raise RecordDamaged(f"{damaged} records of the register are damaged: {_DAMAGED_ADVICE}")


_Known = tuple[type[RegisterError], str]
_FULL: _Known = (RegisterFull, "the disk is full: nothing was stored. Free some space and do it again")
_READ_ONLY: _Known = (RegisterReadOnly, "the register is read-only: nothing was stored. Check who owns the file")
_BUSY: _Known = (RegisterBusy, "another program holds the register: nothing was stored. Try again in a minute")
_UNREACHABLE: _Known = (
    RegisterUnreachable,
    "the database does not answer: nothing was stored. Check its address, its password and the network",
)
_BY_CODE: dict[str, _Known] = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": (RegisterFull, "the disk could not be written: nothing was stored. Check space and card"),
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_CANTOPEN": (RegisterReadOnly, "the register cannot be opened: check the folder and who owns it"),
    "SQLITE_NOTADB": (RegisterDamaged, "this file is not a register: restore the backup"),
    "SQLITE_CORRUPT": (RegisterDamaged, "the register is damaged: keep the file for repair and restore the backup"),
    # PostgreSQL's classes of SQLSTATE (appendix A of its manual).
    "53100": _FULL,
    "25006": _READ_ONLY,
    "40": _BUSY,
    "55P03": _BUSY,
    "08": _UNREACHABLE,
    "28": _UNREACHABLE,
    "57P": _UNREACHABLE,
}
"""What a clerk can do something about, by how the database's own code begins."""


@contextmanager
def explained() -> Iterator[None]:
    """Turns every error of the database into a refusal of the register.

    The database's own words are left behind, those of an error that nobody foresaw too: they may quote a statement, or
    the name and number of a customer. What kind of error it was is kept.
    """
    try:
        yield
    except UnicodeDecodeError:
        # SQLite's own words, with a name of the schema in them.
        raise RegisterDamaged(_BY_CODE["SQLITE_CORRUPT"][1]) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        refusal, message = _explanation(error)
        raise refusal(message) from None


def _explanation(error: Exception) -> _Known:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if tells_of_damage(cause):
        return RecordDamaged, f"what is stored about this meter is damaged: {_DAMAGED_ADVICE}"
    code = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
    for prefix, known in _BY_CODE.items():
        if code.startswith(prefix):
            return known
    if isinstance(error, OperationalError) and not code:
        # A driver that never reached its database has no code for it.
        return _UNREACHABLE
    kind = " ".join(filter(None, (type(cause).__name__, code)))
    return RegisterFailed, f"the database refused what it was asked ({kind}): nothing was stored. Report this"
