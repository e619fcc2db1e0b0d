"""Worklists: CSV and XLSX files of customers, read line by line, as the utility's own columns have them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from krn_engine.masking import mask_name
from krn_engine.register.cells import (
    CLEARING,
    IDPEL_LENGTHS,
    KEY_COLUMNS,
    METER_LENGTHS,
    NAME_LENGTH,
    day,
    hidden_sign,
    identifier,
    key_fields,
    reason,
    says_clear,
    token,
    whole_number,
    words,
)
from krn_engine.register.csv_lines import Cells, CsvLines
from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import BadCell, LineProblem, RefusedLine
from krn_engine.register.usual import UsualLines
from krn_engine.register.worklist_line import WorklistLine
from krn_engine.row import Row

_ALIASES = {
    "idpel": "idpel",
    "nomormeter": "meter_number",
    "nometer": "meter_number",
    "nama": "name",
    "name": "name",
    "tarif": "tariff",
    "tariff": "tariff",
    "daya": "power_va",
    "unit": "unit",
    "unitup": "unit",
    "krnlama": "krn",
    "krn": "krn",
    "vkrnlama": "version_label",
    "vkrn": "version_label",
    "installedon": "installed_on",
    "basedate": "base_date",
    "blocked": "blocked",
    **{name: name for name in ("ea", "dkga", "sgc", "ti", "kt", "ken")},
    **{f"{prefix}kct{part}": f"kct{part}" for prefix in ("", "token") for part in ("1a", "1b", "2a", "2b")},
}
_LEFT_OUT = {"alamat", "petugasbaca", "tglbaca", "keteranganstatusbaca"}
"""Known, and not wanted: no address is kept, and what a reader of meters noted is not ours."""
ROW_COLUMNS = ("kct1a", "kct1b", "kct2a", "kct2b")


NAMES = {
    "idpel": "IDPEL",
    "meter_number": "NOMOR_METER",
    "name": "NAMA",
    "tariff": "TARIF",
    "power_va": "DAYA",
    "version_label": "VKRN",
    **{name: f"TOKEN_{name.upper()}" for name in ROW_COLUMNS},
}
"""How a column is called where a person reads of it; the others as here, in capitals."""
_OF_CUSTOMER, _OF_METER = ("tariff", "power_va", "unit"), (*KEY_COLUMNS, "version_label")
"""Columns that say the same of many lines."""
ROWS = "rows"
"""What a line clears that takes ready-made rows away: the whole set."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which column is what."""

    columns: tuple[str | None, ...]
    ignored: tuple[str, ...]


def _plain(name: object) -> str:
    return re.sub(r"[\s_.\-]+", "", "" if name is None else str(name)).lower()


def read_header(cells: Sequence[object]) -> Header:
    """Raises ImportRefused without the two columns that every worklist needs."""
    columns = tuple(_ALIASES.get(_plain(cell)) for cell in cells)
    known = [column for column in columns if column]
    for needed, name in (("idpel", "IDPEL"), ("meter_number", "NOMOR_METER")):
        if needed not in known:
            # A list without a header has a customer in its first line: no cell of it is said again.
            found = ", ".join(called(column) for column in known) or "none that is known"
            raise ImportRefused(
                f"the first line must name the columns; {name} is missing. Found in {len(cells)} cells: {found}"
            )
    doubled = sorted({column for column in known if known.count(column) > 1})
    if doubled:
        raise ImportRefused(f"two columns mean the same: {', '.join(doubled)}. Remove one of them")
    ignored = tuple(
        str(cell)
        for cell, column in zip(cells, columns, strict=True)
        if cell and not column and _plain(cell) not in _LEFT_OUT
    )
    return Header(columns, ignored)


def parse_line(header: Header, number: int, cells: Sequence[object], today: date) -> WorklistLine | RefusedLine:
    """One line as values, or the reason why not."""
    if len(cells) != len(header.columns):
        reason = f"has {len(cells)} columns, the first line has {len(header.columns)}"
        return RefusedLine(number, reason, LineProblem.COLUMNS.value)
    by_name = {name: cell for name, cell in zip(header.columns, cells, strict=True) if name}
    try:
        return _parse(number, by_name, today)
    except BadCell as error:
        return RefusedLine(number, str(error), error.problem.value)


def _parse(number: int, cells: dict[str, object], today: date) -> WorklistLine:
    cleared = _cleared(cells)
    for name, cell in cells.items():
        if isinstance(cell, str) and (sign := hidden_sign(cell)):
            raise BadCell(LineProblem.TEXT, f"{called(name)} has a control character ({sign}): remove it")
    return WorklistLine(
        number,
        identifier(cells["idpel"], "IDPEL", IDPEL_LENGTHS),
        identifier(cells["meter_number"], "NOMOR_METER", METER_LENGTHS),
        _name(cells.get("name")),
        *_of_customer(cells),
        *_of_meter(cells),
        day(cells.get("installed_on"), "INSTALLED_ON", today),
        reason(cells.get("blocked"), "BLOCKED", 200),
        _rows(cells),
        cleared,
    )


def _name(cell: object) -> str | None:
    name = words(cell, "NAMA", NAME_LENGTH)
    return None if name is None else mask_name(name)


def _of_customer(cells: Mapping[str, object]) -> tuple[str | None, int | None, str | None]:
    """Tariff, power and unit."""
    tariff, power = words(cells.get("tariff"), "TARIF", 8), whole_number(cells.get("power_va"), "DAYA")
    return tariff, power, _unit(cells.get("unit"))


def _of_meter(cells: Mapping[str, object]) -> tuple[Mapping[str, object], str | None]:
    """The key state, and how the utility calls it."""
    return key_fields(cells), words(cells.get("version_label"), "VKRN", 8)


def _unit(cell: object) -> str | None:
    return words(cell, "UNIT", 16)


def called(name: str) -> str:
    """A column by the name that a person reads."""
    return NAMES.get(name, name.upper())


def _cleared(cells: dict[str, object]) -> frozenset[str]:
    """The columns that the line takes away; their cells are emptied, so that nothing else is read in them."""
    named = [name for name, cell in cells.items() if says_clear(cell)]
    if not named:
        return frozenset()
    for name in named:
        if name in ("idpel", "meter_number"):
            raise BadCell(LineProblem.CLEARING, f"{called(name)} cannot be taken away: a line without it is nobody's")
        cells[name] = None
    rows = [name for name in named if name in ROW_COLUMNS]
    if rows and any(cells.get(name) for name in ROW_COLUMNS):
        raise BadCell(
            LineProblem.CLEARING, f"{CLEARING[0]} takes all ready-made rows of a meter away: give rows, or that word"
        )
    return frozenset(named).difference(rows) | ({ROWS} if rows else set())


def _rows(cells: Mapping[str, object]) -> tuple[Row, ...]:
    if not any(cells.get(name) for name in ROW_COLUMNS):
        return ()
    given = [token(cells.get(name), called(name)) for name in ROW_COLUMNS]
    rows = tuple(row for row in given if row is not None)
    if [row is not None for row in given] not in ([True, True, False, False], [True] * 4):
        raise BadCell(LineProblem.ROWS, "the rows must be 1A and 1B, or all of 1A, 1B, 2A and 2B")
    if len(set(rows)) < len(rows):
        raise BadCell(LineProblem.ROWS, "two rows of the set are equal: no meter takes the same row twice")
    return rows


class Worklist:
    """An open worklist: its header, and its lines one after the other. `done` and `size` tell how far it is read."""

    def __init__(
        self,
        header: Header,
        lines: Iterator[Cells | RefusedLine],
        source: IO[bytes] | None,
        size: int,
        today: date,
        units: Collection[str] = (),
    ) -> None:
        self.header = header
        self.size = size
        self.left_out = 0
        """Lines so far that name another unit."""
        self._units = frozenset(unit.casefold() for unit in units)
        self._lines = lines
        self._source = source
        self._today = today
        self._read = 0
        shared = ((_OF_CUSTOMER, _of_customer), (_OF_METER, _of_meter))
        self._usual = UsualLines(header.columns, today, shared, (ROW_COLUMNS, _rows))

    @property
    def done(self) -> int:
        """Bytes read (CSV) or lines read (XLSX)."""
        return self._source.tell() if self._source is not None else self._read

    def __iter__(self) -> Iterator[WorklistLine | RefusedLine]:
        usual = self._usual.read
        for line in self._lines:
            self._read += 1
            if isinstance(line, RefusedLine):
                yield line
            elif self._units and self._is_elsewhere(line[1]):
                self.left_out += 1
            elif (read := usual(*line)) is not None:
                yield read
            elif any(cell not in (None, "") for cell in line[1]):
                yield parse_line(self.header, *line, self._today)

    def _is_elsewhere(self, cells: Sequence[object]) -> bool:
        """Whether a line names a unit that is not asked for. What else it says is not looked at, right or wrong."""
        if "unit" not in self.header.columns or len(cells) != len(self.header.columns):
            return False
        cell = cells[self.header.columns.index("unit")]
        try:
            unit = None if says_clear(cell) else _unit(cell)
        except BadCell:
            return False
        return unit is not None and unit.casefold() not in self._units


@contextmanager
def open_worklist(path: Path, today: date | None = None, units: Collection[str] = ()) -> Iterator[Worklist]:
    """A CSV or XLSX file; no date in it may lie after `today`. With `units`, lines that name another are left out.

    Raises ImportRefused for a file that is neither, or has no header; while it is read, for one that breaks off.
    """
    if not path.is_file():
        raise ImportRefused(f"there is no file {path}")
    today = datetime.now().astimezone().date() if today is None else today
    if path.suffix.lower() == ".xlsx":
        with _open_xlsx(path, today, units) as worklist:
            yield worklist
        return
    with path.open("rb") as source:
        yield _csv_worklist(source, path.stat().st_size, today, units)


def _csv_worklist(source: IO[bytes], size: int, today: date, units: Collection[str]) -> Worklist:
    lines = CsvLines(source)
    header = read_header(lines.first)
    return Worklist(header, lines.cells(len(header.columns)), source, size, today, units)


@contextmanager
def _open_xlsx(path: Path, today: date, units: Collection[str]) -> Iterator[Worklist]:
    try:
        from krn_engine.register.xlsx import open_sheet  # noqa: PLC0415  an office has openpyxl, a kiosk does not
    except ImportError:
        raise ImportRefused(
            "reading .xlsx needs openpyxl: install the office extra, or save the list as CSV UTF-8"
        ) from None
    with open_sheet(path) as sheet:
        header = read_header(sheet.first)
        yield Worklist(header, sheet.lines(len(header.columns)), None, sheet.size, today, units)
