"""A worklist's lines in temporary tables, beside the register: reading and checking a file holds nobody up.

The tables belong to one connection. They go with it, whatever ends the program.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    or_,
    select,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.tables import customers, meters, ready_rows
from krn_engine.register.worklist import ROW_COLUMNS, WorklistLine

_metadata = MetaData()
lines = Table(
    "list_lines",
    _metadata,
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("idpel", String(12), nullable=False),
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
    *(Column(name, String(20)) for name in ROW_COLUMNS),
    prefixes=["TEMPORARY"],
)
_by_idpel = Index("list_by_idpel", lines.c.idpel)
clearings = Table(
    "list_clearings",
    _metadata,
    Column("line", Integer, nullable=False),
    Column("what", String(16), nullable=False),  # a column of a worklist, or ROWS
    prefixes=["TEMPORARY"],
)


@contextmanager
def staging(connection: Connection) -> Iterator[None]:
    """Two empty tables that only this connection sees, as long as this lasts."""
    tables = (lines, clearings)
    for table in tables:
        connection.execute(CreateTable(table))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        for table in tables:
            connection.execute(DropTable(table))
        connection.commit()


def stage(connection: Connection, batch: list[WorklistLine]) -> None:
    """Put lines into the tables."""
    if connection.dialect.name == "sqlite":
        # Each line would be a transaction of its own otherwise. The register itself is not touched by it.
        connection.exec_driver_sql("BEGIN")
    connection.execute(lines.insert(), [_record(line) for line in batch])
    cleared = [{"line": line.number, "what": what} for line in batch for what in sorted(line.cleared)]
    if cleared:
        connection.execute(clearings.insert(), cleared)
    connection.commit()


def index(connection: Connection) -> None:
    """Make the lines quick to find by IDPEL, once they are all there."""
    connection.execute(CreateIndex(_by_idpel))
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
            or_(
                lines.c.kct1a.is_(None), and_(*(lines.c[n].is_not_distinct_from(ready_rows.c[n]) for n in ROW_COLUMNS))
            ),
            lines.c.line.not_in(select(clearings.c.line)),
        )
    )
    connection.execute(delete(lines).where(lines.c.line.in_(known)))


def _says_nothing_new(name: str, table: Table) -> ColumnElement[bool]:
    return or_(lines.c[name].is_(None), lines.c[name] == table.c[name])


def _record(line: WorklistLine) -> dict[str, Any]:
    return {
        "line": line.number,
        "idpel": line.idpel,
        "number": line.meter_number,
        "name": line.name,
        "tariff": line.tariff,
        "power_va": line.power_va,
        "unit": line.unit,
        **line.key,
        "version_label": line.version_label,
        "installed_on": line.installed_on,
        "blocked": line.blocked,
        **dict(zip(ROW_COLUMNS, (*line.rows, None, None, None, None), strict=False)),
    }
