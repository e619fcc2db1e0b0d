"""Putting an accepted list into the register: a little at a time, so that kiosks issue and record in between.

In SQLite one writer holds all of a register. Each transaction takes some lines in and notes how far they are; the lines
stand in a file beside the register until all are in. Whoever opens the register after a kill or a power cut goes on
with them, so a list that was accepted is never half in for good. Another database lets kiosks write beside a long
transaction, and gets one.
"""

import time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.errors import RegisterError
from krn_engine.register.half_made import half_list, rest_of_list
from krn_engine.register.ready import READY_COLUMNS
from krn_engine.register.staging import attached, file_of, lines
from krn_engine.register.tables import Counter, KeyStateBy, counters, customers, meters, ready_rows
from krn_engine.register.takings import NEWER_THAN_A_LIST, OF_CUSTOMER, cleared_columns, clearing_lines
from krn_engine.register.transactions import counted, writing
from krn_engine.register.worklist import ROWS

CHUNK = 1000
"""Lines of one transaction."""
LONGEST_PAUSE = 0.25
"""Seconds between two of them; a kiosk that waits looks every tenth of a second."""
_BEGUN = 1
"""Before the first line, which is number 2."""


def interrupted(connection: Connection) -> bool:
    """Whether a list that was accepted is not all in."""
    return connection.dialect.name == "sqlite" and bool(counted(connection, Counter.LIST))


def is_lost(connection: Connection) -> bool:
    """Whether the rest of an interrupted list is gone, or damaged: nobody can go on with it."""
    register = file_of(connection)
    return register is not None and interrupted(connection) and rest_of_list(register) is None


def why_half(connection: Connection) -> RegisterError | None:
    """What is to be said of half a list in the register; None if there is none."""
    register = file_of(connection)
    if register is None or not interrupted(connection):
        return None
    said = half_list(register)
    # Its file goes once it is in.
    return said if interrupted(connection) else None


def begin(connection: Connection) -> None:
    """Note that the list goes in, in the transaction of the connection: from then on it will be in whole."""
    _note(connection, _BEGUN)


def finish(connection: Connection) -> None:
    """Go on with a list that was interrupted.

    Raises RegisterDamaged if its file is gone or damaged, and what `writing` raises.
    """
    register = file_of(connection)
    if register is None:
        return
    file = rest_of_list(register)
    if file is None:
        raise half_list(register)
    with attached(connection, file):
        put_in(connection)
    file.unlink(missing_ok=True)


def put_in(connection: Connection) -> None:
    """Put the staged lines in that are not in yet."""
    while True:
        start = time.monotonic()
        with writing(connection):
            done = counted(connection, Counter.LIST)
            if not done:
                return
            following = select(lines.c.line).where(lines.c.line > done).order_by(lines.c.line).limit(CHUNK).subquery()
            last = connection.execute(select(func.max(following.c.line))).scalar()
            if last is not None:
                store(connection, and_(lines.c.line > done, lines.c.line <= last))
            are_more = last is not None and connection.execute(select(exists().where(lines.c.line > last))).scalar()
            _note(connection, last if last is not None and are_more else 0)
        if not are_more:
            return
        # As long as it took: a kiosk that waits comes in between.
        time.sleep(min(LONGEST_PAUSE, time.monotonic() - start))


def _note(connection: Connection, line: int) -> None:
    statement = sqlite.insert(counters).values(name=Counter.LIST.value, value=line)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": line}))


# --- the lines of one transaction


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def store(connection: Connection, which: ColumnElement[bool]) -> None:
    """Put these lines in, in the transaction of the connection."""
    _store_meters(connection, which)
    _store_customers(connection, which)
    _store_rows(connection, which)
    for what in cleared_columns(connection):
        _clear(connection, what, which)


def _upsert(connection: Connection, table: Table, key: str, source: Any, updated: dict[str, Any]) -> None:
    """Insert what `source` selects; where the key is there already, update what then differs."""
    names = [column.name for column in source.selected_columns]
    differs = or_(*(value.is_distinct_from(table.c[name]) for name, value in updated.items()))
    statement = _insert(connection, table).from_select(names, source)
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=updated, where=differs))


def _news(statement: Any, table: Table, name: str) -> ColumnElement[Any]:
    """What a list leaves out stays as it is."""
    return func.coalesce(statement.excluded[name], table.c[name])


def _store_meters(connection: Connection, which: ColumnElement[bool]) -> None:
    """New meters, and news of known ones; a key state that was proved or stated is newer than any list."""
    names = (*KEY_COLUMNS, "version_label", "installed_on", "blocked")
    by = literal(KeyStateBy.IMPORT.value).label("key_state_by")
    source = select(lines.c.number, *(lines.c[name] for name in names), by).where(which)
    statement = _insert(connection, meters)
    updated: dict[str, Any] = {name: _news(statement, meters, name) for name in names}
    for name in (*KEY_COLUMNS, "version_label"):
        # Of what was proved or stated, a list may only fill in what is not known.
        known = func.coalesce(meters.c[name], statement.excluded[name])
        updated[name] = case((NEWER_THAN_A_LIST, known), else_=updated[name])
    _upsert(connection, meters, "number", source, updated)


def _store_customers(connection: Connection, which: ColumnElement[bool]) -> None:
    source = (
        select(
            lines.c.idpel,
            meters.c.id.label("meter_id"),
            *(func.coalesce(lines.c[name], "").label(name) for name in ("name", "tariff", "unit")),
            lines.c.power_va,
        )
        .join(meters, meters.c.number == lines.c.number)
        .where(which)
    )
    statement = _insert(connection, customers)
    updated = {name: _news(statement, customers, name) for name in ("meter_id", "power_va")}
    for name in ("name", "tariff", "unit"):
        # They are never NULL: an empty word says nothing.
        updated[name] = func.coalesce(func.nullif(statement.excluded[name], ""), customers.c[name])
    _upsert(connection, customers, "idpel", source, updated)


def _store_rows(connection: Connection, which: ColumnElement[bool]) -> None:
    """A set is stored whole: two rows take the place of four."""
    source = (
        select(meters.c.id.label("meter_id"), *(lines.c[name] for name in READY_COLUMNS))
        .join(meters, meters.c.number == lines.c.number)
        .where(which, lines.c.set_id.is_not(None))
    )
    statement = _insert(connection, ready_rows)
    _upsert(connection, ready_rows, "meter_id", source, {name: statement.excluded[name] for name in READY_COLUMNS})


def _clear(connection: Connection, what: str, which: ColumnElement[bool]) -> None:
    asked = and_(which, lines.c.line.in_(clearing_lines(what)))
    if what in OF_CUSTOMER:
        nothing = None if what == "power_va" else ""
        whose = select(lines.c.idpel).where(asked)
        connection.execute(update(customers).where(customers.c.idpel.in_(whose)).values({what: nothing}))
        return
    whose_meters = meters.c.number.in_(select(lines.c.number).where(asked))
    if what == ROWS:
        ids = select(meters.c.id).where(whose_meters)
        connection.execute(delete(ready_rows).where(ready_rows.c.meter_id.in_(ids)))
    elif what in (*KEY_COLUMNS, "version_label"):
        connection.execute(update(meters).where(whose_meters, ~NEWER_THAN_A_LIST).values({what: None}))
    else:
        connection.execute(update(meters).where(whose_meters).values({what: None}))
