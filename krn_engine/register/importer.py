"""Putting a worklist into the register, whole or not at all.

The file is read and checked beside the register, into tables of its own; meanwhile kiosks issue and record. What the
list would take away is told first. Then it goes in by one short transaction, whose length is that of a few statements.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.database import Register, reading, version, writing
from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import LineProblem, RefusedLine
from krn_engine.register.staging import forget_what_is_known, index, lines, stage, staging
from krn_engine.register.tables import KeyStateBy, customers, meters, ready_rows
from krn_engine.register.takings import (
    OF_CUSTOMER,
    PROVED,
    Taken,
    cleared_columns,
    clearing_lines,
    masked,
    takings,
)
from krn_engine.register.worklist import ROW_COLUMNS, ROWS, WorklistLine, open_worklist
from krn_engine.sts.identity import luhn_digit

BATCH = 5000
REASONS_KEPT = 10_000
"""Reasons that are kept of refused lines; beyond that they are only counted."""
Progress = Callable[[int, int], None]
"""Told how much of how much has been read."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would have done."""

    taken: int
    refused: tuple[RefusedLine, ...]
    refused_count: int
    odd_check_digits: int
    """Meter numbers that do not fit their check digit; taken all the same."""
    ignored_columns: tuple[str, ...]
    takes_away: tuple[Taken, ...]
    """What the list took away, or would take away if it were accepted."""
    stored: bool


def import_worklist(
    register: Register,
    path: Path,
    *,
    skip_bad: bool = False,
    accept: bool = False,
    progress: Progress | None = None,
    today: date | None = None,
) -> ImportReport:
    """Read a file into the register; the report tells what became of it.

    With a refused line nothing is stored, unless `skip_bad`. Where the list takes something away nothing is stored,
    unless `accept`. `today` is the last day that a date of the list may tell. Raises ImportRefused for a file that is
    no worklist, and the register's own refusals; nothing is stored then.
    """
    with open_worklist(path, today) as worklist, register.apart() as connection, staging(connection):
        collector = _Collector(worklist.header.ignored)
        good = collector.good(iter(worklist))
        while batch := list(islice(good, BATCH)):
            stage(connection, batch)
            if progress is not None:
                progress(worklist.done, worklist.size)
        if not collector.taken and not collector.refused_count:
            raise ImportRefused("the file has no lines below its header")
        if collector.refused_count and not skip_bad:
            return collector.report((), stored=False)
        index(connection)
        taken_away, stored = _put_in(connection, accept=accept)
        return collector.report(taken_away, stored=stored)


def _put_in(connection: Connection, *, accept: bool) -> tuple[tuple[Taken, ...], bool]:
    """What the staged lines take away, and whether they are in.

    It is looked up before the register is locked, and again under the lock if somebody wrote in between.
    """
    with reading(connection):
        seen = version(connection)
        taken_away = takings(connection)
        forget_what_is_known(connection)
        # This ends what was done to the temporary tables; the register was only read.
        connection.commit()
    if taken_away and not accept:
        return taken_away, False
    try:
        with writing(connection):
            if seen is None or version(connection) != seen:
                taken_away = takings(connection)
                if taken_away and not accept:
                    raise _NothingStored
            _store(connection)
    except _NothingStored:
        return taken_away, False
    return taken_away, True


class _NothingStored(Exception):
    """Rolls the transaction back."""


class _Collector:
    """Lets good lines through, and keeps account of the others."""

    def __init__(self, ignored: tuple[str, ...]) -> None:
        self.taken = 0
        self.refused_count = 0
        self._ignored = ignored
        self._refused: list[RefusedLine] = []
        self._odd = 0
        # Numbers of two kinds in one set of small integers: 662,241 lines cost about 60 MB.
        self._idpels: set[int] = set()
        self._meters: set[str] = set()

    def good(self, found: Iterator[WorklistLine | RefusedLine]) -> Iterator[WorklistLine]:
        """The lines that can be stored."""
        for line in found:
            if isinstance(line, RefusedLine):
                self._refuse(line)
            elif int(line.idpel) in self._idpels:
                self._refuse_second(line, f"IDPEL {masked(line.idpel)} stands in an earlier line too")
            elif line.meter_number in self._meters:
                shown = masked(line.meter_number)
                self._refuse_second(line, f"meter {shown} belongs to another IDPEL in an earlier line")
            else:
                self._idpels.add(int(line.idpel))
                self._meters.add(line.meter_number)
                self._odd += luhn_digit(line.meter_number[:-1]) != line.meter_number[-1]
                self.taken += 1
                yield line

    def _refuse_second(self, line: WorklistLine, reason: str) -> None:
        self._refuse(RefusedLine(line.number, reason, LineProblem.TWICE.value))

    def _refuse(self, line: RefusedLine) -> None:
        self.refused_count += 1
        if len(self._refused) < REASONS_KEPT:
            self._refused.append(line)

    def report(self, taken_away: tuple[Taken, ...], *, stored: bool) -> ImportReport:
        return ImportReport(
            taken=self.taken if stored else 0,
            refused=tuple(self._refused),
            refused_count=self.refused_count,
            odd_check_digits=self._odd,
            ignored_columns=self._ignored,
            takes_away=taken_away,
            stored=stored,
        )


# --- the transaction


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _store(connection: Connection) -> None:
    _store_meters(connection)
    _store_customers(connection)
    _store_rows(connection)
    for what in cleared_columns(connection):
        _clear(connection, what)


def _upsert(connection: Connection, table: Table, key: str, source: Any, updated: dict[str, Any]) -> None:
    """Insert what `source` selects; where the key is there already, update what then differs."""
    names = [column.name for column in source.selected_columns]
    differs = or_(*(value.is_distinct_from(table.c[name]) for name, value in updated.items()))
    statement = _insert(connection, table).from_select(names, source)
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=updated, where=differs))


def _news(statement: Any, table: Table, name: str) -> ColumnElement[Any]:
    """What a list leaves out stays as it is."""
    return func.coalesce(statement.excluded[name], table.c[name])


def _store_meters(connection: Connection) -> None:
    """New meters, and news of known ones; a key state that an upgrade has proved is newer than any list."""
    names = (*KEY_COLUMNS, "version_label", "installed_on", "blocked")
    by = literal(KeyStateBy.IMPORT.value).label("key_state_by")
    source = select(lines.c.number, *(lines.c[name] for name in names), by).where(lines.c.line > 0)
    statement = _insert(connection, meters)
    updated: dict[str, Any] = {name: _news(statement, meters, name) for name in names}
    for name in (*KEY_COLUMNS, "version_label"):
        updated[name] = case((PROVED, meters.c[name]), else_=updated[name])
    _upsert(connection, meters, "number", source, updated)


def _store_customers(connection: Connection) -> None:
    source = (
        select(
            lines.c.idpel,
            meters.c.id.label("meter_id"),
            *(func.coalesce(lines.c[name], "").label(name) for name in ("name", "tariff", "unit")),
            lines.c.power_va,
        )
        .join(meters, meters.c.number == lines.c.number)
        .where(lines.c.line > 0)
    )
    statement = _insert(connection, customers)
    updated = {name: _news(statement, customers, name) for name in ("meter_id", "power_va")}
    for name in ("name", "tariff", "unit"):
        # They are never NULL: an empty word says nothing.
        updated[name] = func.coalesce(func.nullif(statement.excluded[name], ""), customers.c[name])
    _upsert(connection, customers, "idpel", source, updated)


def _store_rows(connection: Connection) -> None:
    """A set is stored whole: two rows take the place of four."""
    source = (
        select(meters.c.id.label("meter_id"), *(lines.c[name] for name in ROW_COLUMNS))
        .join(meters, meters.c.number == lines.c.number)
        .where(lines.c.kct1a.is_not(None))
    )
    statement = _insert(connection, ready_rows)
    _upsert(connection, ready_rows, "meter_id", source, {name: statement.excluded[name] for name in ROW_COLUMNS})


def _clear(connection: Connection, what: str) -> None:
    asked = lines.c.line.in_(clearing_lines(what))
    if what in OF_CUSTOMER:
        nothing = None if what == "power_va" else ""
        whose = select(lines.c.idpel).where(asked)
        connection.execute(update(customers).where(customers.c.idpel.in_(whose)).values({what: nothing}))
        return
    which = meters.c.number.in_(select(lines.c.number).where(asked))
    if what == ROWS:
        ids = select(meters.c.id).where(which)
        connection.execute(delete(ready_rows).where(ready_rows.c.meter_id.in_(ids)))
    elif what in (*KEY_COLUMNS, "version_label"):
        connection.execute(update(meters).where(which, ~PROVED).values({what: None}))
    else:
        connection.execute(update(meters).where(which).values({what: None}))
