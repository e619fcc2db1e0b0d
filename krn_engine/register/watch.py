"""Every record of the register is watched: a bit that flips on a card is seen, and never shown as if it were right.

A digest (`digest`) covers all columns of its record, its number and its links among them, and how many records belong
to it: one that moved to another meter, or is gone, is seen too. SQLite keeps the digests by triggers: whatever writes
a record renews its digest, and a record that is damaged can neither be changed nor be added to, which would make its
digest right again. What a query reads it checks with `sound`.

PostgreSQL has checksums of its own for each page, and no digests here: there `sound` is always true.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Table, and_, literal_column, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from krn_engine.register.digest import DAMAGED, DAMAGED_RECORDS, digest_of
from krn_engine.register.tables import (
    customers,
    deliveries,
    endings,
    key_changes,
    meters,
    outcomes,
    ready_rows,
    requests,
    statements,
    tallies,
)

WATCHED = (meters, customers, ready_rows, key_changes, requests, outcomes, endings, statements, deliveries, tallies)
BELONGING: dict[Table, tuple[Table, ...]] = {meters: (ready_rows, key_changes, statements), key_changes: (outcomes,)}
"""How many of these a record has is under its digest: its state and its standing are worked out from them."""
_PREFIX = "watch_"
"""Begins the name of each trigger."""


class _Sound(FunctionElement[bool]):
    """True for a record whose digest is right; a query that meets another one ends in RecordDamaged."""

    name = "krn_sound"
    type = Boolean()
    inherit_cache = True


@compiles(_Sound)
def _unwatched(_element: _Sound, _compiler: Any, **_: Any) -> str:
    return "true"


@compiles(_Sound, "sqlite")
def _watched(element: _Sound, compiler: Any, **options: Any) -> str:
    return f"krn_sound({compiler.process(element.clauses, **options)})"


def sound(*tables: Table) -> ColumnElement[bool]:
    """For the WHERE of a query that reads these tables; where an outer join found nothing, nothing is checked.

    Another condition there may leave out a damaged record before this one sees it: put on what a digest covers only
    conditions that an index answers, and the others into FILTER.
    """
    return and_(*(or_(_key(table).is_(None), _Sound(literal_column(_compared(table)))) for table in tables))


def _key(table: Table) -> ColumnElement[Any]:
    return next(iter(table.primary_key))


# --- SQL of digests


def _compared(table: Table) -> str:
    return f'"{table.name}".digest, {_covered(table, table.name)}'


def _covered(table: Table, record: str) -> str:
    """What the digest of a record covers; `record` is NEW, OLD or the table's name."""
    columns = [f'"{record}"."{column.name}"' for column in table.columns if column.name != "digest"]
    return ", ".join((f"'{table.name}'", *columns, *(_number(table, child, record) for child in _children(table))))


def _children(table: Table) -> tuple[Table, ...]:
    return BELONGING.get(table, ())


def _number(table: Table, child: Table, record: str) -> str:
    whose = f'child."{_link(table, child)}" = "{record}"."{_key(table).key}"'
    return f'(SELECT count(*) FROM "{child.name}" AS child WHERE {whose})'  # noqa: S608  names of tables and columns


def _link(table: Table, child: Table) -> str:
    return next(key.parent.name for key in child.foreign_keys if key.column.table is table)


def _renew(table: Table, record: str, which: str = "") -> str:
    return f'UPDATE "{table.name}" SET digest = krn_digest({_covered(table, record)}) {which}'.rstrip()  # noqa: S608


def _wrong(table: Table, record: str) -> str:
    return f'"{record}".digest IS NOT krn_digest({_covered(table, record)})'


# --- watching a database


def watch(connection: Connection) -> None:
    """Watch every record from now on, as it is now; after the tables were made or changed."""
    if connection.dialect.name != "sqlite":
        return
    for table in WATCHED:
        connection.exec_driver_sql(_renew(table, table.name))
    for statement in _triggers():
        connection.exec_driver_sql(statement)
    counts = (
        f"SELECT '{table.name}' AS name, count(*) AS records FROM \"{table.name}\" WHERE {_wrong(table, table.name)}"  # noqa: S608  names of tables
        for table in WATCHED
    )
    connection.exec_driver_sql(f"CREATE VIEW {DAMAGED_RECORDS} AS {' UNION ALL '.join(counts)}")


def unwatch(connection: Connection) -> None:
    """Take away what `watch` made, of whatever release, so that tables can be changed."""
    found = connection.exec_driver_sql("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')").all()
    for kind, name in found:
        if name == DAMAGED_RECORDS or name.startswith(_PREFIX):
            connection.exec_driver_sql(f'DROP {kind} "{name}"')


def schema_digest(connection: Connection) -> int:
    """Of all statements that made the database, and its revision: a bit of those flips too."""
    made = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type, name"
    ).all()
    revisions = connection.exec_driver_sql("SELECT version_num FROM alembic_version ORDER BY 1").all()
    return digest_of([tuple(row) for row in made], [tuple(row) for row in revisions])


def _triggers() -> Iterator[str]:
    for table in WATCHED:
        name = table.name
        columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "digest")
        itself = "WHERE " + " AND ".join(f'"{column.name}" = NEW."{column.name}"' for column in table.primary_key)
        yield _trigger(f"{name}_made", f'AFTER INSERT ON "{name}"', _renew(table, "NEW", itself))
        yield _trigger(f"{name}_changed", f'AFTER UPDATE OF {columns} ON "{name}"', _renew(table, "NEW", itself))
        yield _trigger(
            f"{name}_guard", f'BEFORE UPDATE OF {columns} ON "{name}"', _refuse(f"WHERE {_wrong(table, 'OLD')}")
        )
        for child in _children(table):
            yield from _triggers_of_child(table, child)


def _triggers_of_child(table: Table, child: Table) -> Iterator[str]:
    for event, record in (("INSERT", "NEW"), ("DELETE", "OLD")):
        whose = f'"{table.name}"."{_key(table).key}" = {record}."{_link(table, child)}"'
        name = f"{table.name}_{child.name}_{event.lower()}"
        refuse = _refuse(f'FROM "{table.name}" WHERE {whose} AND {_wrong(table, table.name)}')
        yield _trigger(f"{name}_guard", f'BEFORE {event} ON "{child.name}"', refuse)
        yield _trigger(name, f'AFTER {event} ON "{child.name}"', _renew(table, table.name, f"WHERE {whose}"))


def _refuse(which: str) -> str:
    return f"SELECT RAISE(ABORT, '{DAMAGED}') {which}"


def _trigger(name: str, when: str, then: str) -> str:
    return f'CREATE TRIGGER "{_PREFIX}{name}" {when} BEGIN {then}; END'
