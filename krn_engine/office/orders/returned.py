"""A list that came back: each line as values, or the reason why it cannot be taken. Nothing is asked of a register."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from krn_engine.office.orders.columns import (
    DAY,
    FILLED_IN,
    IDPEL,
    LIST,
    MARK,
    METER,
    NUMBER,
    OFFICE,
    OFFICER,
    RESULT,
    SHOWN,
    number_of_row,
)
from krn_engine.office.orders.errors import ListRefused, ResultProblem
from krn_engine.office.orders.finding import MOST
from krn_engine.office.orders.marks import Marks, Written, is_earlier
from krn_engine.office.orders.result import Result, read_result
from krn_engine.register.cells import day, hidden_sign, identifier, number_text, token, words
from krn_engine.register.csv_lines import Cells, CsvLines
from krn_engine.register.line_problem import BadCell, LineProblem, RefusedLine
from krn_engine.row import Row
from krn_engine.sts.identity import is_digits

NEEDED = (NUMBER, IDPEL, METER, *FILLED_IN, OFFICER, LIST, OFFICE, MARK)
"""Columns that every list has; and those of rows."""
_LONGEST = {RESULT: 60, SHOWN: 12, OFFICER: 64, LIST: 32, OFFICE: 32, MARK: 32, NUMBER: 8}
"""Characters."""
_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2}|[0-9]{4})", re.ASCII)
_EXAMPLE = "2019-08-17"
"""How a worklist writes a day: a list of orders has it the other way round."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One line, as it came back."""

    line: int
    """The place of the line in the file."""
    office: str
    list_id: str
    officer: str
    number: int
    idpel: str = field(repr=False)
    meter_number: str = field(repr=False)
    rows: Mapping[int, Row] = field(repr=False)
    """By their numbers."""
    result: Result
    day: date | None
    """When the officer was there; None: it was not written down."""
    made_on: date
    """The day of the list."""


class ReturnedList:
    """An open file."""

    def __init__(self, columns: Sequence[str], lines: Iterator[Cells | RefusedLine], today: date, marks: Marks) -> None:
        self._columns = columns
        self._lines = lines
        self._today = today
        self._marks = marks

    def __iter__(self) -> Iterator[Returned | RefusedLine]:
        """Each line that is not empty. Raises ListRefused for more of them than any list has, and ImportRefused."""
        for read, line in enumerate(self._lines):
            if read > MOST:
                raise ListRefused(f"the file has more than {MOST} lines, as no list of orders has: nothing was stored")
            if isinstance(line, RefusedLine):
                yield line
            elif any(cell not in (None, "") for cell in line[1]):
                yield self._line(*line)

    def _line(self, number: int, cells: Sequence[object]) -> Returned | RefusedLine:
        if len(cells) != len(self._columns):
            reason = f"has {len(cells)} columns, the first line has {len(self._columns)}"
            return RefusedLine(number, reason, LineProblem.COLUMNS.value)
        by_name = dict(zip(self._columns, cells, strict=True))
        try:
            return _read(number, by_name, self._today, self._marks)
        except BadCell as error:
            return RefusedLine(number, str(error), error.problem.value)
        except _Refused as error:
            return RefusedLine(number, str(error), error.problem.value)


class _Refused(ValueError):
    def __init__(self, problem: ResultProblem, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem


@contextmanager
def open_returned(path: Path, today: date, marks: Marks) -> Iterator[ReturnedList]:
    """A CSV or XLSX file; no date in it may lie after `today`, and `marks` know its lines.

    Raises ListRefused and ImportRefused, while it is read too.
    """
    if not path.is_file():
        raise ListRefused(f"there is no file {path}")
    if path.suffix.lower() == ".xlsx":
        from krn_engine.register.xlsx import open_sheet  # noqa: PLC0415  an office has openpyxl, a kiosk does not

        with open_sheet(path) as sheet:
            columns = _columns(sheet.first)
            yield ReturnedList(columns, sheet.lines(len(columns)), today, marks)
        return
    with path.open("rb") as source:
        csv = CsvLines(source)
        columns = _columns(csv.first)
        yield ReturnedList(columns, csv.cells(len(columns)), today, marks)


def _columns(first: Sequence[object]) -> tuple[str, ...]:
    """The names in the first line, which were written by the office. Raises ListRefused."""
    names = tuple("" if cell is None else str(cell).strip().upper() for cell in first)
    missing = [name for name in NEEDED if name not in names]
    rows = [number for name in names if (number := number_of_row(name)) is not None]
    if missing or not rows:
        told = ", ".join(missing) or "the codes"
        raise ListRefused(f"this is no list of orders, or columns of it are gone ({told}): nothing was stored")
    known = [name for name in names if name in NEEDED or number_of_row(name) is not None]
    doubled = sorted({name for name in known if known.count(name) > 1})
    if doubled:
        raise ListRefused(f"a column is there twice ({', '.join(doubled)}): take one of them away")
    return names


def _read(line: int, cells: Mapping[str, object], today: date, marks: Marks) -> Returned:
    for name, cell in cells.items():
        if name != "" and isinstance(cell, str) and (sign := hidden_sign(cell)):
            raise BadCell(LineProblem.TEXT, f"{_called(name)} has a control character ({sign}): remove it")
    text = {name: words(cells[name], name, longest) or "" for name, longest in _LONGEST.items()}
    idpel = identifier(cells[IDPEL], IDPEL, (12,))
    meter = identifier(cells[METER], METER, (11, 13))
    rows = {
        number: row
        for name, cell in cells.items()
        if (number := number_of_row(name)) is not None and (row := token(cell, name)) is not None
    }
    place = number_text(text[NUMBER])
    if not is_digits(place):
        raise BadCell(LineProblem.NUMBER, f"{NUMBER} is not a number")
    first, whole = min(rows, default=1), [rows[key] for key in sorted(rows)]
    written = Written(text[OFFICE], text[LIST], text[OFFICER], int(place), idpel, meter, first, whole)
    made_on = marks.made_on(text[MARK], written)
    if is_earlier(text[MARK]):
        raise _Refused(
            ResultProblem.CHANGED,
            "this list is of an earlier release, and nobody can tell who wrote it: make a new list",
        )
    if made_on is None or sorted(rows) != list(range(first, first + len(rows))):
        raise _Refused(
            ResultProblem.CHANGED,
            "what the office wrote in this line was changed: take the line as it was given out, and fill in only "
            f"{', '.join(FILLED_IN)}",
        )
    try:
        result = read_result(text[RESULT], text[SHOWN])
    except ValueError as error:
        raise _Refused(ResultProblem.RESULT, f"{RESULT} {error}: the list tells how it is written") from None
    visited = _visited(cells[DAY], today)
    if visited is not None and visited < made_on:
        raise BadCell(LineProblem.DATE, f"{DAY} is before the list was made, on {made_on:%d-%m-%Y}")
    return Returned(
        line, text[OFFICE], text[LIST], text[OFFICER], int(place), idpel, meter, rows, result, visited, made_on
    )


def _visited(cell: object, today: date) -> date | None:
    """The day of a visit, as officers write it: the day first, the year also with two digits."""
    if isinstance(cell, str) and (found := _DAY.fullmatch(cell.strip())):
        year = found[3] if len(found[3]) > 2 else f"20{found[3]}"
        cell = f"{int(found[1]):02}-{int(found[2]):02}-{year}"
    try:
        visited = day(cell, DAY, today)
    except BadCell as error:
        if str(error).endswith(_EXAMPLE):
            raise BadCell(error.problem, str(error).removesuffix(_EXAMPLE) + f"{today:%d-%m-%Y}") from None
        raise
    if visited is not None and visited > today:
        raise BadCell(LineProblem.DATE, f"{DAY} is in the future")
    return visited


def _called(name: str) -> str:
    """A column that the office did not write is not said again: it may be a name."""
    return name if name in NEEDED or number_of_row(name) is not None else "a column"
