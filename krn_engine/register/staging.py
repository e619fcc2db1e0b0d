"""A worklist's lines in temporary tables, beside the register: reading and checking a file holds nobody up.

The tables belong to one connection. They go with it, whatever ends the program.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Date, Index, Integer, MetaData, String, Table
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.tables import meters
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
