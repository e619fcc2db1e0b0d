"""Lines of a CSV file as people's spreadsheets write them, one after the other: what is broken spoils its own line."""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import IO

from krn_engine.register.errors import ImportRefused

_ENCODING_ADVICE = "save the file as CSV UTF-8 and import it again"
LONGEST_LINE = 100_000
LINES_IN_A_CELL = 20
"""A quotation mark that stays open for longer was never meant."""
Cells = tuple[int, Sequence[object]]
"""A line's number and its cells."""


class CsvLines:
    """An open file: the cells of its first line, then those of the others. The first line says what parts the cells."""

    def __init__(self, source: IO[bytes]) -> None:
        """Raises ImportRefused for a file that is empty, or not in UTF-8."""
        self._lines = _decoded(source)
        try:
            _, first = next(self._lines)
        except StopIteration:
            raise ImportRefused("the file is empty") from None
        self._delimiter = delimiter_of(first)
        self.first = split_cells(first, self._delimiter)

    def cells(self, columns: int) -> Iterator[Cells]:
        """The lines below the first, of which each should have so many cells. Raises ImportRefused as above."""
        return _csv_cells(self._lines, self._delimiter, columns)


def delimiter_of(first: str) -> str:
    """What stands between the cells of a CSV file, by its first line."""
    return max(",;\t|", key=first.count)


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


def _csv_cells(lines: Iterator[tuple[int, str]], delimiter: str, columns: int) -> Iterator[Cells]:
    """The cells of each record. A quoted cell may go over several lines, as an address does.

    A quotation mark that is never closed spoils its own line only: what follows it is read again by itself.
    """
    waiting: deque[tuple[int, str]] = deque()
    for number, text in _with_waiting(lines, waiting):
        cells = split_cells(text, delimiter)
        if text.count('"') % 2:
            whole, taken = _joined(text, lines, waiting)
            more = split_cells(whole, delimiter)
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


def split_cells(text: str, delimiter: str) -> Sequence[object]:
    """The cells of a line; a broken one is a single cell, which no header has and no line may be."""
    if '"' not in text:
        return text.rstrip("\r\n").split(delimiter)
    try:
        return next(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return ("a broken line",)
