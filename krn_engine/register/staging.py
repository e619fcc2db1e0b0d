"""A worklist's lines in tables of their own, beside the register: reading and checking a file holds nobody up.

Beside a SQLite register they are a file, so that a list which was accepted outlives whoever puts it in. In another
database they are temporary tables, which go with their connection.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    or_,
    select,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from krn_engine.durable import sync_file, sync_folder
from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.concurrency import Lock, alone_with, fill, is_served_by_many
from krn_engine.register.half_made import ACCEPTED, ARRIVING, WAIT, alone_in, beside
from krn_engine.register.ready import READY_COLUMNS, ready_record
from krn_engine.register.seal import Keeper
from krn_engine.register.tables import customers, meters, ready_rows
from krn_engine.register.worklist_line import WorklistLine

_HERE = "list"
"""What that file's tables are called by while they are made."""
_metadata = MetaData()
lines = Table(
    "list_lines",
    _metadata,
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("idpel", String(12), nullable=False, index=True),
    Column("number", String(13), nullable=False),
    # Of all that follows, what the list leaves out is NULL.
    Column("name", String(100)),
    Column("tariff", String(8)),
    Column("power_va", Integer),
    Column("unit", String(16)),
    *(Column(name, meters.c[name].type) for name in KEY_COLUMNS),
    Column("version_label", String(8)),
    Column("installed_on", Date),
    Column("blocked", String(200)),
    *(Column(name, ready_rows.c[name].type) for name in READY_COLUMNS),
)
_NO_ROWS = (None,) * len(READY_COLUMNS)
_PLACE_OF_KEY = WorklistLine._fields.index("key")
"""What a line says before its key state stands in the same order in the table."""
clearings = Table(
    "list_clearings",
    _metadata,
    Column("line", Integer, nullable=False),
    Column("what", String(16), nullable=False),  # a column of a worklist, or ROWS
)


def file_of(connection: Connection) -> Path | None:
    """The register's file; None where it has none of its own."""
    if connection.dialect.name != "sqlite":
        return None
    name = connection.exec_driver_sql("PRAGMA database_list").all()[0][2]
    return Path(name) if name else None


@contextmanager
def alone(connection: Connection, wait: float = WAIT) -> Iterator[None]:
    """Nobody else puts a list into this register, seals it or puts a copy back.

    Raises RegisterBusy if somebody still does after `wait` seconds.
    """
    busy = "another list is being imported, or the register sealed: nothing was stored. Wait until that is done"
    register = file_of(connection)
    if register is not None:
        with alone_in(register.parent, busy, wait):
            yield
    elif is_served_by_many(connection):
        with alone_with(connection, Lock.LIST, busy, wait):
            yield
    else:
        # In memory: nobody else has it.
        yield


@contextmanager
def staging(connection: Connection) -> Iterator[None]:
    """Empty tables for the lines, as long as this lasts."""
    register = file_of(connection)
    with _temporary_tables(connection) if register is None else _file_with_tables(connection, register):
        yield


@contextmanager
def attached(connection: Connection, file: Path) -> Iterator[None]:
    """The tables of a list's file, under their own names."""
    connection.exec_driver_sql(f"ATTACH ? AS {_HERE}", (str(file),))
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"DETACH {_HERE}")


def keep(register: Path) -> Path:
    """Give the list's file its second name, under which it outlives this program; on the disk when this returns."""
    arriving, accepted = beside(register, ARRIVING), beside(register, ACCEPTED)
    sync_file(arriving)
    accepted.unlink(missing_ok=True)
    os.link(arriving, accepted)
    sync_folder(register.parent)
    return accepted


@contextmanager
def _file_with_tables(connection: Connection, register: Path) -> Iterator[None]:
    arriving = beside(register, ARRIVING)
    try:
        arriving.unlink(missing_ok=True)
        arriving.touch(mode=0o600)
        if os.geteuid() == 0:
            # Whoever opens the register next may have to go on with the list.
            os.chown(arriving, register.stat().st_uid, register.stat().st_gid)
        with attached(connection, arriving):
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                connection.exec_driver_sql(f"PRAGMA {_HERE}.{pragma}")
            for table in _made_for(_HERE):
                connection.execute(CreateTable(table))
            yield
    finally:
        arriving.unlink(missing_ok=True)


@contextmanager
def _temporary_tables(connection: Connection) -> Iterator[None]:
    tables = _made_for(None)
    for table in tables:
        table._prefixes = ["TEMPORARY"]
        connection.execute(CreateTable(table))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        for table in tables:
            connection.execute(DropTable(table))
        connection.commit()


def _made_for(schema: str | None) -> list[Table]:
    # Without a schema of its own a table stays in that of its connection.
    return [table.to_metadata(MetaData(schema=schema)) for table in (lines, clearings)]


def stage(connection: Connection, batch: list[WorklistLine], keeper: Keeper) -> None:
    """Put lines into the tables, their rows as `keeper` keeps them."""
    records = [_record(line, keeper) for line in batch]
    cleared = [(line.number, what) for line in batch for what in sorted(line.cleared)]
    if connection.dialect.name == "sqlite":
        # Each line would be a transaction of its own otherwise. The register itself is not touched by it.
        connection.exec_driver_sql("BEGIN")
    fill(connection, lines, records)
    if cleared:
        fill(connection, clearings, cleared)
    connection.commit()


def index(connection: Connection) -> None:
    """Make the lines quick to find by IDPEL, once they are all there."""
    table = _made_for(None if file_of(connection) is None else _HERE)[0]
    for made in table.indexes:
        connection.execute(CreateIndex(made))
    if is_served_by_many(connection):
        # Of a temporary table it would guess how many lines there are.
        connection.execute(text(f"ANALYZE {lines.name}"))
    connection.commit()


def forget_what_is_known(connection: Connection) -> None:
    """Let go of the lines that say nothing but what the register has: what is to be done gets as short as the news.

    If the register changes afterwards, it is as if the list had said so before.
    """
    known = (
        select(lines.c.line)
        .join(customers, customers.c.idpel == lines.c.idpel)
        .join(meters, and_(meters.c.id == customers.c.meter_id, meters.c.number == lines.c.number))
        .outerjoin(ready_rows, ready_rows.c.meter_id == meters.c.id)
        .where(
            *(_says_nothing_new(name, customers) for name in ("name", "tariff", "power_va", "unit")),
            *(_says_nothing_new(name, meters) for name in (*KEY_COLUMNS, "version_label", "installed_on", "blocked")),
            # Equal rows of a meter are kept as equal texts, sealed or not.
            or_(lines.c.set_id.is_(None), and_(*(lines.c[name] == ready_rows.c[name] for name in READY_COLUMNS))),
            lines.c.line.not_in(select(clearings.c.line)),
        )
    )
    connection.execute(delete(lines).where(lines.c.line.in_(known)))


def _says_nothing_new(name: str, table: Table) -> ColumnElement[bool]:
    return or_(lines.c[name].is_(None), lines.c[name] == table.c[name])


def _record(line: WorklistLine, keeper: Keeper) -> tuple[object, ...]:
    """A line as the columns of `lines` have it, in their order."""
    day = line.installed_on
    return (
        *line[:_PLACE_OF_KEY],
        *line.key.values(),
        line.version_label,
        None if day is None else day.isoformat(),
        line.blocked,
        *(ready_record(line.meter_number, line.rows, keeper).values() if line.rows else _NO_ROWS),
    )
