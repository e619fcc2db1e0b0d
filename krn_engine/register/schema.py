"""Making the tables of a register, and bringing those of an older release here."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, text
from sqlalchemy.dialects import sqlite

from krn_engine.register.applying import interrupted, is_lost
from krn_engine.register.audit.beginning import begin_audit
from krn_engine.register.concurrency import Lock, hold
from krn_engine.register.digest import count_damaged
from krn_engine.register.errors import RecordDamaged, RegisterBusy, RegisterDamaged, RegisterTooNew
from krn_engine.register.leftovers import note_leftovers
from krn_engine.register.tables import Counter, counters, metadata
from krn_engine.register.tally import recount
from krn_engine.register.transactions import DAMAGED_ADVICE, counted
from krn_engine.register.watch import schema_digest, unwatch, watch

SCHEMA = "0012"
"""The newest revision in migrations/versions."""
MIGRATIONS = Path(__file__).with_name("migrations")
COUNTED_FROM_0 = (Counter.COPY, Counter.GENERATION)
"""Counters that a new register has."""
_WATCHES = "0005"
"""The revision that brought digests."""
_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The table in which alembic keeps the revision."""
_REVISIONS = {path.name[: len(SCHEMA)] for path in (MIGRATIONS / "versions").glob("0*.py")}


def revision_of(connection: Connection) -> str | None:
    """The revision of a database, None if it holds no register; raises RegisterTooNew, RegisterDamaged."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    row: Any = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if row is not None and str(row) > SCHEMA:
        raise RegisterTooNew("the register was made by a later version of this program: update the program first")
    if row is not None and str(row) not in _REVISIONS:
        raise RegisterDamaged("the register is damaged: keep the file for repair and restore the backup")
    return None if row is None else str(row)


DAMAGED = "the register is damaged: stop, keep the file for repair, and restore the backup"


def require_schema(connection: Connection, revision: str) -> None:
    """The statements that made the database are those of this revision, to the bit. Raises RegisterDamaged."""
    if connection.dialect.name != "sqlite":
        return
    has_counters = connection.dialect.has_table(connection, counters.name)
    kept = counted(connection, Counter.SCHEMA) if has_counters else None
    if not (revision < _WATCHES if kept is None else kept == schema_digest(connection)):
        raise RegisterDamaged(DAMAGED)


def require_whole(connection: Connection) -> None:
    """The file is whole: its pages and its indexes, of which one that lost a meter would say that there is none.

    Raises RegisterDamaged. Reads all of it.
    """
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
        connection.rollback()
        if found != "ok":
            raise RegisterDamaged(DAMAGED)


def migrate(connection: Connection, revision: str | None) -> None:
    """Make the tables, or bring older ones here: all of it or nothing, also where the power is cut.

    `revision` is that of the database, None for an empty one. Raises RecordDamaged, RegisterBusy, RegisterTooNew,
    RegisterDamaged.
    """
    if revision == SCHEMA:
        return
    connection.rollback()
    hold(connection, Lock.SCHEMA)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _require_undamaged(connection)
        _require_no_list(connection, revision)
        unwatch(connection)
    # Somebody else may have made them since.
    is_new = revision_of(connection) is None
    if is_new:
        _make(connection)
    else:
        _run_migrations(connection)
    if connection.dialect.name == "sqlite":
        watch(connection)
    if not is_new:
        recount(connection)
    begin_audit(connection)
    if connection.dialect.name == "sqlite":
        if not is_new:
            note_leftovers(connection)
        kept = {"name": Counter.SCHEMA.value, "value": schema_digest(connection)}
        statement = sqlite.insert(counters).values(kept)
        connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": kept["value"]}))
    connection.commit()


def _make(connection: Connection) -> None:
    """What all migrations come to, at once."""
    for made in (metadata, _VERSION.metadata):
        made.create_all(connection, checkfirst=False)
    connection.execute(insert(_VERSION).values(version_num=SCHEMA))
    connection.execute(insert(counters), [{"name": counter.value, "value": 0} for counter in COUNTED_FROM_0])


def _run_migrations(connection: Connection) -> None:
    # Slow to import, and only an older register needs it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _require_no_list(connection: Connection, revision: str | None) -> None:
    """The file of a list that an older program began has other columns."""
    if revision is None or not connection.dialect.has_table(connection, counters.name):
        return
    if interrupted(connection) and not is_lost(connection):
        raise RegisterBusy(
            "a list that an older program began is not all in: open the register with that program once more "
            "(krn doctor), then with this one"
        )


def _require_undamaged(connection: Connection) -> None:
    """A migration makes every digest anew, the digest of a damaged record too."""
    file = connection.connection.driver_connection
    damaged = count_damaged(file) if isinstance(file, sqlite3.Connection) else 0
    if damaged:
        raise RecordDamaged(f"{damaged} records of the register are damaged: {DAMAGED_ADVICE}")
