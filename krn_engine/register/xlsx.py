"""The one sheet of an XLSX file, line by line, as it stands in the file.

The size that a file states of itself is not believed: it may be wrong, and one cell in the last corner would make it a
million lines of nothing. A line that cannot be read is refused alone; a file that breaks off is refused whole.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.worksheet._reader import MERGE_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import LineProblem, RefusedLine

_AGAIN = "save it again, or as CSV UTF-8"
_MOST_LINES = 1_048_576
"""A sheet has no more (Excel's own limit)."""
_LARGEST_RATIO = 100
"""How far a file may unpack: real sheets stay under 30."""
_ALWAYS_UNPACKED = 1 << 20


class Sheet:
    """An open sheet: its first line, then the others."""

    def __init__(self, sheet: Any, rows: "Iterator[tuple[int, Sequence[Any] | None]]") -> None:
        self._rows = rows
        self.size: int = sheet.max_row or 0
        """How many lines the file says it has."""
        number, cells = next(rows, (0, None))
        self.first: Sequence[object] = (
            () if number != 1 or not cells else _in_columns(cells, max(c["column"] for c in cells))
        )

    def lines(self, columns: int) -> Iterator[tuple[int, Sequence[object]] | RefusedLine]:
        """The lines below the first, each as wide as `columns`. Raises ImportRefused where the file breaks off."""
        for number, cells in self._rows:
            if cells is None:
                yield RefusedLine(number, f"the file is broken in this line: {_AGAIN}", LineProblem.UNREADABLE.value)
                continue
            filled = [cell for cell in cells if cell["value"] is not None]
            last = max((cell["column"] for cell in filled), default=0)
            if last > columns:
                reason = f"has a value in column {last}, the first line has {columns} columns"
                yield RefusedLine(number, reason, LineProblem.COLUMNS.value)
            else:
                yield number, _in_columns(filled, columns)


@contextmanager
def open_sheet(path: Path) -> Iterator[Sheet]:
    """Raises ImportRefused for a file that is no XLSX, unpacks beyond measure, or has cells in more than one sheet."""
    with path.open("rb") as file:
        book = _opened(file, path.stat().st_size)
        try:
            if not book.worksheets:
                raise ImportRefused(f"this file has no sheet of cells: {_AGAIN}")
            for number, further in enumerate(book.worksheets[1:], 2):
                if any(cell["value"] is not None for _, cells in _rows_of(further) for cell in cells or ()):
                    raise ImportRefused(f"sheet {number} of the file has cells too: keep one sheet in each file")
            yield Sheet(book.worksheets[0], _rows_of(book.worksheets[0]))
        finally:
            book.close()


def _opened(file: IO[bytes], size: int) -> Any:
    """The workbook. The file stays ours to close: the library leaves it open when it fails."""
    try:
        with ZipFile(file) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > max(_ALWAYS_UNPACKED, _LARGEST_RATIO * size):
            raise ImportRefused(f"this file unpacks to many times its size, as no list does: {_AGAIN}")
        with warnings.catch_warnings():
            # The library's remarks on fonts and filters are nobody's business here.
            warnings.simplefilter("ignore")
            return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except ImportRefused:
        raise
    except Exception:  # noqa: BLE001, RUF100  the parser has no root of its own for a broken file
        raise ImportRefused(f"this file cannot be read as .xlsx: {_AGAIN}") from None


def _in_columns(cells: Sequence[Any], columns: int) -> list[object]:
    line: list[object] = [None] * columns
    for cell in cells:
        line[cell["column"] - 1] = cell["value"]
    return line


def _rows_of(sheet: Any) -> Iterator[tuple[int, Sequence[Any] | None]]:
    """Number and cells of each line that the file has; None for cells that cannot be read."""
    book = sheet.parent
    number = 0
    try:
        with sheet._get_source() as source:
            parser = _Parser(
                source,
                sheet._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            for number, cells in parser.rows():
                yield number, cells
    except ImportRefused:
        raise
    except Exception:  # noqa: BLE001, RUF100  archive, XML and styles each have errors of their own
        raise ImportRefused(f"the file breaks off below line {number}, nothing was stored: {_AGAIN}") from None


class _Parser(WorkSheetParser):
    """The library's parser of cells, without its trust in the file."""

    def rows(self) -> Iterator[tuple[int, Sequence[Any] | None]]:
        """Raises ImportRefused for merged cells, of which only the first has a value."""
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self._row(element)
                element.clear()
                self.row_dimensions.clear()
            elif element.tag == MERGE_TAG:
                _require_unmerged(element)

    def _row(self, element: Any) -> tuple[int, Sequence[Any] | None]:
        before = self.row_counter
        cells: Sequence[Any] | None
        try:
            with warnings.catch_warnings():
                # A date beyond all dates is only warned of.
                warnings.simplefilter("error")
                number, cells = self.parse_row(element)
        except Exception:  # noqa: BLE001, RUF100  whatever the cell did to the parser, its line is refused
            number, cells = self.row_counter, None
        if not before < number <= _MOST_LINES or any(cell["row"] != number for cell in cells or ()):
            number, cells = before + 1, None
        self.row_counter = number
        return number, cells


def _require_unmerged(element: Any) -> None:
    for merged in element:
        place = re.match(r"[A-Z]{1,3}([0-9]{1,7})", merged.get("ref") or "")
        where = f"line {place[1]}: cells are" if place else "some cells are"
        raise ImportRefused(f"{where} merged, so it is not clear whose value they hold: unmerge them, and fill each")
