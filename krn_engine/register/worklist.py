"""Worklists: CSV and XLSX files of customers, read line by line, as the utility's own columns have them."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import IO, Any

from krn_engine.register.cells import BadCell, day, identifier, key_fields, token, whole_number
from krn_engine.register.errors import ImportRefused
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
_ENCODING_ADVICE = "save the file as CSV UTF-8 and import it again"
LONGEST_LINE = 100_000
LINES_IN_A_CELL = 20
"""A quotation mark that stays open for longer was never meant."""


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """One customer of a worklist. What the list leaves empty is None: unknown stays unknown."""

    number: int
    idpel: str
    meter_number: str
    name: str
    tariff: str
    power_va: int | None
    unit: str
    key: Mapping[str, object]
    version_label: str | None
    installed_on: date | None
    blocked: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be taken, and why."""

    number: int
    reason: str


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
            found = ", ".join(str(cell) for cell in cells if cell)[:200] or "nothing"
            raise ImportRefused(f"the first line must name the columns; {name} is missing. Found: {found}")
    doubled = sorted({column for column in known if known.count(column) > 1})
    if doubled:
        raise ImportRefused(f"two columns mean the same: {', '.join(doubled)}. Remove one of them")
    ignored = tuple(
        str(cell)
        for cell, column in zip(cells, columns, strict=True)
        if cell and not column and _plain(cell) not in _LEFT_OUT
    )
    return Header(columns, ignored)


def parse_line(header: Header, number: int, cells: Sequence[object]) -> WorklistLine | RefusedLine:
    """One line as values, or the reason why not."""
    if len(cells) != len(header.columns):
        return RefusedLine(number, f"has {len(cells)} columns, the first line has {len(header.columns)}")
    by_name = {name: cell for name, cell in zip(header.columns, cells, strict=True) if name}
    try:
        return _parse(number, by_name)
    except BadCell as error:
        return RefusedLine(number, str(error))


def _parse(number: int, cells: dict[str, object]) -> WorklistLine:
    return WorklistLine(
        number=number,
        idpel=identifier(cells["idpel"], "IDPEL", (12,)),
        meter_number=identifier(cells["meter_number"], "NOMOR_METER", (11, 13)),
        name=_words(cells.get("name"), 100),
        tariff=_words(cells.get("tariff"), 8),
        power_va=whole_number(cells.get("power_va"), "DAYA"),
        unit=_words(cells.get("unit"), 16),
        key=key_fields(cells),
        version_label=_words(cells.get("version_label"), 8) or None,
        installed_on=day(cells.get("installed_on"), "INSTALLED_ON"),
        blocked=_words(cells.get("blocked"), 200) or None,
        rows=_rows(cells),
    )


def _words(cell: object, longest: int) -> str:
    return "" if cell is None else " ".join(str(cell).split())[:longest]


def _rows(cells: dict[str, object]) -> tuple[Row, ...]:
    rows = [token(cells.get(name), f"TOKEN_{name.upper()}") for name in ROW_COLUMNS]
    given = [row is not None for row in rows]
    if given not in ([False] * 4, [True, True, False, False], [True] * 4):
        raise BadCell("the rows must be 1A and 1B, or all of 1A, 1B, 2A and 2B")
    return tuple(row for row in rows if row is not None)


class Worklist:
    """An open worklist: its header, and its lines one after the other. `done` and `size` tell how far it is read."""

    def __init__(
        self, header: Header, lines: Iterator[tuple[int, Sequence[object]]], source: IO[bytes] | None, size: int
    ) -> None:
        self.header = header
        self.size = size
        self._lines = lines
        self._source = source
        self._read = 0

    @property
    def done(self) -> int:
        """Bytes read (CSV) or lines read (XLSX)."""
        return self._source.tell() if self._source is not None else self._read

    def __iter__(self) -> Iterator[WorklistLine | RefusedLine]:
        for number, cells in self._lines:
            self._read += 1
            if any(cell not in (None, "") for cell in cells):
                yield parse_line(self.header, number, cells)


@contextmanager
def open_worklist(path: Path) -> Iterator[Worklist]:
    """A CSV or XLSX file. Raises ImportRefused for a file that is neither, or has no header."""
    if not path.is_file():
        raise ImportRefused(f"there is no file {path}")
    if path.suffix.lower() == ".xlsx":
        with _open_xlsx(path) as worklist:
            yield worklist
        return
    with path.open("rb") as source:
        yield _csv_worklist(source, path.stat().st_size)


def _csv_worklist(source: IO[bytes], size: int) -> Worklist:
    lines = _decoded(source)
    try:
        _, first = next(lines)
    except StopIteration:
        raise ImportRefused("the file is empty") from None
    delimiter = max(",;\t|", key=first.count)
    header = read_header(_split(first, delimiter))
    return Worklist(header, _csv_cells(lines, delimiter, len(header.columns)), source, size)


def _decoded(source: IO[bytes]) -> Iterator[tuple[int, str]]:
    """Numbered lines of text; UTF-8, with or without its mark."""
    start = source.read(3)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ImportRefused(f"the file is UTF-16 text: {_ENCODING_ADVICE}")
    if start != b"\xef\xbb\xbf":
        source.seek(0)
    for number, raw in enumerate(iter(lambda: source.readline(LONGEST_LINE), b""), 1):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise ImportRefused(f"line {number} is not UTF-8 text: {_ENCODING_ADVICE}") from None
        if "\0" in text or len(raw) == LONGEST_LINE:
            raise ImportRefused(f"line {number} is not text of a worklist: is this a CSV file?")
        yield number, text


def _csv_cells(
    lines: Iterator[tuple[int, str]], delimiter: str, columns: int
) -> Iterator[tuple[int, Sequence[object]]]:
    """The cells of each record. A quoted cell may go over several lines, as an address does.

    A quotation mark that is never closed spoils its own line only: what follows it is read again by itself.
    """
    waiting: deque[tuple[int, str]] = deque()
    for number, text in _with_waiting(lines, waiting):
        cells = _split(text, delimiter)
        if text.count('"') % 2:
            whole, taken = _joined(text, lines, waiting)
            more = _split(whole, delimiter)
            if len(more) == columns:
                cells = more
                for _ in range(taken):
                    waiting.popleft()
        yield number, cells


def _with_waiting(lines: Iterator[tuple[int, str]], waiting: deque[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """What waits, then what is still to be read."""
    while True:
        following = waiting.popleft() if waiting else next(lines, None)
        if following is None:
            return
        yield following


def _joined(text: str, lines: Iterator[tuple[int, str]], waiting: deque[tuple[int, str]]) -> tuple[str, int]:
    """The line with those after it up to the closing mark, and how many those are; they stay waiting."""
    taken = 0
    while text.count('"') % 2 and taken < LINES_IN_A_CELL:
        if taken == len(waiting):
            following = next(lines, None)
            if following is None:
                break
            waiting.append(following)
        text += waiting[taken][1]
        taken += 1
    return text, taken


def _split(text: str, delimiter: str) -> Sequence[object]:
    """The cells of a line; a broken one is a single cell, which no header has and no line may be."""
    if '"' not in text:
        return text.rstrip("\r\n").split(delimiter)
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return ("a broken line",)


@contextmanager
def _open_xlsx(path: Path) -> Iterator[Worklist]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  an office has it, a kiosk does not
    except ImportError:
        raise ImportRefused(
            "reading .xlsx needs openpyxl: install the office extra, or save the list as CSV UTF-8"
        ) from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception:  # noqa: BLE001, RUF100  the parser has no root of its own for a broken file
        raise ImportRefused("this file cannot be read as .xlsx: save it again, or as CSV UTF-8") from None
    try:
        sheet: Any = book.worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        header = read_header(next(rows, ()))
        yield Worklist(header, enumerate(rows, 2), None, sheet.max_row or 0)
    finally:
        book.close()
