"""Putting a worklist into the register: in one transaction, all or nothing unless told otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.database import Register
from krn_engine.register.errors import ImportRefused
from krn_engine.register.tables import KeyStateBy, customers, meters, ready_rows
from krn_engine.register.worklist import ROW_COLUMNS, RefusedLine, WorklistLine, open_worklist
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
    stored: bool


def import_worklist(
    register: Register, path: Path, *, skip_bad: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Read a file into the register. With a refused line nothing is stored, unless `skip_bad`; the report tells.

    Raises ImportRefused for a file that is no worklist, and the register's own refusals; nothing is stored then.
    """
    with open_worklist(path) as worklist:
        collector = _Collector()
        try:
            with register.write() as connection:
                lines = collector.good(iter(worklist))
                while batch := list(islice(lines, BATCH)):
                    _store(connection, batch)
                    if progress is not None:
                        progress(worklist.done, worklist.size)
                if not collector.taken and not collector.refused_count:
                    raise ImportRefused("the file has no lines below its header")
                if collector.refused_count and not skip_bad:
                    raise _NothingStored
        except _NothingStored:
            return collector.report(worklist.header.ignored, stored=False)
        return collector.report(worklist.header.ignored, stored=True)


class _NothingStored(Exception):
    """Rolls the transaction back."""


class _Collector:
    """Lets good lines through, and keeps account of the others."""

    def __init__(self) -> None:
        self.taken = 0
        self.refused_count = 0
        self._refused: list[RefusedLine] = []
        self._odd = 0
        # Numbers of two kinds in one set of small integers: 662,241 lines cost about 60 MB.
        self._idpels: set[int] = set()
        self._meters: set[str] = set()

    def good(self, lines: Iterator[WorklistLine | RefusedLine]) -> Iterator[WorklistLine]:
        """The lines that can be stored."""
        for line in lines:
            if isinstance(line, RefusedLine):
                self._refuse(line)
            elif int(line.idpel) in self._idpels:
                self._refuse(RefusedLine(line.number, f"IDPEL {_masked(line.idpel)} stands in an earlier line too"))
            elif line.meter_number in self._meters:
                shown = _masked(line.meter_number)
                self._refuse(RefusedLine(line.number, f"meter {shown} belongs to another IDPEL in an earlier line"))
            else:
                self._idpels.add(int(line.idpel))
                self._meters.add(line.meter_number)
                self._odd += luhn_digit(line.meter_number[:-1]) != line.meter_number[-1]
                self.taken += 1
                yield line

    def _refuse(self, line: RefusedLine) -> None:
        self.refused_count += 1
        if len(self._refused) < REASONS_KEPT:
            self._refused.append(line)

    def report(self, ignored: tuple[str, ...], *, stored: bool) -> ImportReport:
        return ImportReport(
            self.taken if stored else 0, tuple(self._refused), self.refused_count, self._odd, ignored, stored
        )


def _masked(digits: str) -> str:
    return f"{digits[:2]}…{digits[-4:]}"


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _store(connection: Connection, batch: list[WorklistLine]) -> None:
    _store_meters(connection, batch)
    ids = _meter_ids(connection, batch)
    statement = _insert(connection, customers)
    updated = {name: statement.excluded[name] for name in ("meter_id", "name", "tariff", "power_va", "unit")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["idpel"], set_=updated),
        [
            {
                "idpel": line.idpel,
                "meter_id": ids[line.meter_number],
                "name": line.name,
                "tariff": line.tariff,
                "power_va": line.power_va,
                "unit": line.unit,
            }
            for line in batch
        ],
    )
    with_rows = [line for line in batch if line.rows]
    if with_rows:
        statement = _insert(connection, ready_rows)
        updated = {name: statement.excluded[name] for name in ROW_COLUMNS}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["meter_id"], set_=updated),
            [
                {"meter_id": ids[line.meter_number], **dict(zip(ROW_COLUMNS, (*line.rows, None, None), strict=False))}
                for line in with_rows
            ],
        )


def _store_meters(connection: Connection, batch: list[WorklistLine]) -> None:
    """New meters, and news of known ones; a key state that an upgrade has proved is newer than any list."""
    statement = _insert(connection, meters)
    updated: dict[str, Any] = {
        name: case(
            (meters.c.key_state_by == KeyStateBy.OUTCOME.value, meters.c[name]),
            else_=func.coalesce(statement.excluded[name], meters.c[name]),
        )
        for name in (*KEY_COLUMNS, "version_label")
    }
    updated["installed_on"] = func.coalesce(statement.excluded.installed_on, meters.c.installed_on)
    updated["blocked"] = statement.excluded.blocked
    connection.execute(
        statement.on_conflict_do_update(index_elements=["number"], set_=updated),
        [
            {
                "number": line.meter_number,
                **line.key,
                "version_label": line.version_label,
                "installed_on": line.installed_on,
                "blocked": line.blocked,
                "key_state_by": KeyStateBy.IMPORT.value,
            }
            for line in batch
        ],
    )


_IDS = select(meters.c.number, meters.c.id).where(meters.c.number.in_(bindparam("numbers", expanding=True)))


def _meter_ids(connection: Connection, batch: list[WorklistLine]) -> dict[str, int]:
    found = connection.execute(_IDS, {"numbers": [line.meter_number for line in batch]})
    return {number: meter_id for number, meter_id in found}  # noqa: C416  rows are not pairs to the type checker
