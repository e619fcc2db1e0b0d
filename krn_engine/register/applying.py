"""Putting an accepted list into the register: a little at a time, so that kiosks issue and record in between.

In SQLite one writer holds all of a register. Each transaction takes some lines in and notes how far they are; the lines
stand in a file beside the register until all are in. Whoever opens the register after a kill or a power cut goes on
with them, so a list that was accepted is never half in for good. Another database lets kiosks write beside a long
transaction, and gets one.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite

from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.concurrency import Lock, hold, insert_of, is_served_by_many
from krn_engine.register.errors import RegisterError
from krn_engine.register.half_made import half_list, rest_of_list
from krn_engine.register.ready import READY_COLUMNS
from krn_engine.register.staging import attached, file_of, lines
from krn_engine.register.tables import Counter, KeyStateBy, counters, customers, meters, ready_rows
from krn_engine.register.takings import NEWER_THAN_A_LIST, OF_CUSTOMER, cleared_columns, clearing_lines
from krn_engine.register.tally import TallyMoves, kinds_of_new, move, tally_new, tallying
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


def note_list(
    connection: Connection, digest: str, number: int, takes_away: Mapping[str, int], actor: str = LOCAL
) -> None:
    """Write into the audit that a list was accepted, and by whom, in the transaction from which on it goes in.

    `digest` is the SHA-256 of its file, `number` that of the lines that were read, `takes_away` how many of which kind.
    """
    told: dict[str, Any] = {"list": digest, "lines": number, "takes_away": dict(takes_away)}
    note(connection, AuditEvent.LIST_BEGUN, datetime.now(UTC), actor, **told)


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
            part = _part_after(connection, done)
            store(connection, part)
            _note(connection, 0 if part.is_last else part.to)
        if part.is_last:
            return
        # As long as it took: a kiosk that waits comes in between.
        time.sleep(min(LONGEST_PAUSE, time.monotonic() - start))


def _note(connection: Connection, line: int) -> None:
    statement = sqlite.insert(counters).values(name=Counter.LIST.value, value=line)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": line}))


# --- the lines of one transaction


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines that go in together."""

    after: int
    """The line before the first."""
    to: int
    """The last line, or `after`: there is none."""
    is_last: bool
    """No line comes after them."""

    @property
    def which(self) -> dict[str, int]:
        """The parameters of statements about them."""
        return {"after": self.after, "to": self.to}


def store_all(connection: Connection) -> None:
    """Put all lines in, in the transaction of the connection, a thousand at a time."""
    hold(connection, shared=(Lock.TALLY,))
    moves = TallyMoves()
    part = _part_after(connection, 0)
    store(connection, part, moves)
    while not part.is_last:
        part = _part_after(connection, part.to)
        store(connection, part, moves)
    move(connection, moves)


_THESE = and_(lines.c.line > bindparam("after"), lines.c.line <= bindparam("to"))
"""The lines of a part."""
_FOLLOWING = select(lines.c.line).where(lines.c.line > bindparam("after")).order_by(lines.c.line)
_LAST = select(func.max(_FOLLOWING.limit(bindparam("many")).subquery().c.line))
_ARE_MORE = select(exists().where(lines.c.line > bindparam("after")))


def _part_after(connection: Connection, done: int) -> Part:
    """The next thousand lines behind `done`."""
    last: int | None = connection.execute(_LAST, {"after": done, "many": CHUNK}).scalar()
    is_last = last is None or not connection.execute(_ARE_MORE, {"after": last}).scalar()
    return Part(done, done if last is None else last, is_last)


def store(connection: Connection, part: Part, later: TallyMoves | None = None) -> None:
    """Put these lines in, in the transaction of the connection; an entry tells which meters and units they are about.

    A customer may move from one meter, or one unit, to another: those before and those after both count. `later`: see
    `tallying`.
    """
    ids = _asked(connection, _METERS, part)
    if ids:
        units = _asked(connection, _UNITS, part)
        with tallying(connection, lambda: _asked(connection, _METERS, part), later):
            _store(connection, part)
        ids |= _asked(connection, _METERS, part)
        units |= _asked(connection, _UNITS, part)
    else:
        # Nothing is known of their meters, nor of their customers, who would have one. A first list has nothing else.
        _store(connection, part)
        tally_new(connection, _NEW_KINDS, part.which, later)
        ids, units = _asked(connection, _TOLD, part), _asked(connection, _TOLD_UNITS, part)
    told: dict[str, Any] = {"after": part.after, "to": part.to, "meters": sorted(ids), "units": sorted(units)}
    note(connection, AuditEvent.LIST_LINES, datetime.now(UTC), LOCAL, **told, whole=part.is_last)


_TOLD = select(meters.c.id).join(lines, lines.c.number == meters.c.number).where(_THESE)
"""The meters that lines tell of."""
_HELD = select(customers.c.meter_id).join(lines, lines.c.idpel == customers.c.idpel).where(_THESE)
_METERS = _TOLD.union(_HELD)
"""Those, and the meters that the customers of the lines have."""
_UNIT = select(customers.c.unit)
_UNITS = (
    _UNIT.join(lines, lines.c.idpel == customers.c.idpel)
    .where(_THESE)
    .union(_UNIT.join(meters).join(lines, lines.c.number == meters.c.number).where(_THESE))
)
"""The units of the customers of the lines, and of all who have their meters."""
_TOLD_UNITS = select(func.coalesce(lines.c.unit, "")).where(_THESE).distinct()
_NEW_KINDS = kinds_of_new(lines.c, _THESE)


def _asked(connection: Connection, question: Executable, part: Part) -> set[Any]:
    return set(connection.execute(question, part.which).scalars())


def _store(connection: Connection, part: Part) -> None:
    for statement in _stores(is_served_by_many(connection)):
        connection.execute(statement, part.which)
    for what in cleared_columns(connection):
        connection.execute(_clear(what), part.which)


@cache
def _stores(of_many: bool) -> tuple[Executable, ...]:
    """The statements that put lines in, for each kind of database."""
    insert = insert_of(of_many)
    return _store_meters(insert), _store_customers(insert), _store_rows(insert)


def _upsert(insert: Any, table: Table, key: str, source: Any, updated: dict[str, Any]) -> Executable:
    """Insert what `source` selects; where the key is there already, update what then differs."""
    names = [column.name for column in source.selected_columns]
    differs = or_(*(value.is_distinct_from(table.c[name]) for name, value in updated.items()))
    statement = insert.from_select(names, source)
    upsert: Executable = statement.on_conflict_do_update(index_elements=[key], set_=updated, where=differs)
    return upsert


def _news(statement: Any, table: Table, name: str) -> ColumnElement[Any]:
    """What a list leaves out stays as it is."""
    return func.coalesce(statement.excluded[name], table.c[name])


def _store_meters(insert: Callable[[Table], Any]) -> Executable:
    """New meters, and news of known ones; a key state that was proved or stated is newer than any list."""
    names = (*KEY_COLUMNS, "version_label", "installed_on", "blocked")
    by = literal(KeyStateBy.IMPORT.value).label("key_state_by")
    source = select(lines.c.number, *(lines.c[name] for name in names), by).where(_THESE)
    statement = insert(meters)
    updated: dict[str, Any] = {name: _news(statement, meters, name) for name in names}
    for name in (*KEY_COLUMNS, "version_label"):
        # Of what was proved or stated, a list may only fill in what is not known.
        known = func.coalesce(meters.c[name], statement.excluded[name])
        updated[name] = case((NEWER_THAN_A_LIST, known), else_=updated[name])
    return _upsert(statement, meters, "number", source, updated)


def _store_customers(insert: Callable[[Table], Any]) -> Executable:
    source = (
        select(
            lines.c.idpel,
            meters.c.id.label("meter_id"),
            *(func.coalesce(lines.c[name], "").label(name) for name in ("name", "tariff", "unit")),
            lines.c.power_va,
        )
        .join(meters, meters.c.number == lines.c.number)
        .where(_THESE)
    )
    statement = insert(customers)
    updated = {name: _news(statement, customers, name) for name in ("meter_id", "power_va")}
    for name in ("name", "tariff", "unit"):
        # They are never NULL: an empty word says nothing.
        updated[name] = func.coalesce(func.nullif(statement.excluded[name], ""), customers.c[name])
    return _upsert(statement, customers, "idpel", source, updated)


def _store_rows(insert: Callable[[Table], Any]) -> Executable:
    """A set is stored whole: two rows take the place of four."""
    source = (
        select(meters.c.id.label("meter_id"), *(lines.c[name] for name in READY_COLUMNS))
        .join(meters, meters.c.number == lines.c.number)
        .where(_THESE, lines.c.set_id.is_not(None))
    )
    statement = insert(ready_rows)
    return _upsert(
        statement, ready_rows, "meter_id", source, {name: statement.excluded[name] for name in READY_COLUMNS}
    )


def _clear(what: str) -> Executable:
    """Take away what lines say is to be taken away of this column."""
    asked = and_(_THESE, lines.c.line.in_(clearing_lines(what)))
    if what in OF_CUSTOMER:
        nothing = None if what == "power_va" else ""
        whose = select(lines.c.idpel).where(asked)
        return update(customers).where(customers.c.idpel.in_(whose)).values({what: nothing})
    whose_meters = meters.c.number.in_(select(lines.c.number).where(asked))
    if what == ROWS:
        ids = select(meters.c.id).where(whose_meters)
        return delete(ready_rows).where(ready_rows.c.meter_id.in_(ids))
    if what in (*KEY_COLUMNS, "version_label"):
        return update(meters).where(whose_meters, ~NEWER_THAN_A_LIST).values({what: None})
    return update(meters).where(whose_meters).values({what: None})
