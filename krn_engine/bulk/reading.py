"""A worklist as batches of meters: rows follow from few of its columns, and only those are looked at.

What nearly all lines of a list look like is taken from the bytes of many of them at once. Any other line, and any list
with cells over several lines, goes through the reader of worklists (`krn_engine.register.worklist`), so each line is
understood, or refused, as it is when it is imported.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.batch import IDPEL_DIGITS, NUMBER_DIGITS, Batch, Kind, Position, Refused
from krn_engine.bulk.earlier import Earlier
from krn_engine.bulk.lines import NEWLINE, PADDING, QUOTE, Lines, Places
from krn_engine.errors import KrnError
from krn_engine.office.remaining import require_unblocked
from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.csv_lines import LONGEST_LINE, Cells, delimiter_of, split_cells
from krn_engine.register.errors import ImportRefused
from krn_engine.register.line_problem import RefusedLine
from krn_engine.register.worklist import ROW_COLUMNS, Header, Worklist, open_worklist
from krn_engine.register.worklist_line import WorklistLine

BLOCK_BYTES = 6_000_000
"""Of a list at once; some tens of thousands of lines."""
SLOW_LINES = 20_000
"""Of a list that is read line by line."""
FEW_BYTES, FEW_LINES = 75_000, 500
"""The same where each meter is asked for."""
_ALIKE = ("unit", *KEY_COLUMNS)
"""Columns that the meters of a kind share."""
_EMPTY = ("blocked", *ROW_COLUMNS)
"""Columns that are empty in nearly all lines."""
_NEEDED = frozenset(("idpel", "meter_number", *_ALIKE, *_EMPTY))
_LINE_BY_LINE = -1
"""In place of an offset: the file is read line by line from its beginning."""


@dataclass(frozen=True, slots=True)
class WorklistSource:
    """The meters of a file. With `units`, lines that name another unit are left out."""

    path: Path
    units: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the file; 0: it cannot be told how far it is read. Raises ImportRefused if there is no such file."""
        self._require_file()
        return 0 if self._is_sheet else self.path.stat().st_size

    @property
    def _is_sheet(self) -> bool:
        return self.path.suffix.lower() == ".xlsx"

    def name(self) -> str:
        """See `MeterSource`. Raises ImportRefused if there is no such file."""
        self._require_file()
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while some := file.read(1 << 20):
                digest.update(some)
        return f"worklist {digest.hexdigest()} {sorted(self.units)}"

    @property
    def has_record(self) -> bool:
        """See `MeterSource`."""
        return False

    def batches(self, after: Position, *, small: bool = False) -> Iterator[Batch]:
        """See `MeterSource`. A customer or meter of an earlier line is refused (LIN-09), as it is when it is imported.

        Raises ImportRefused as `open_worklist` does.
        """
        earlier = Earlier()
        if after.place:
            for batch in self._as_listed(Position()):
                if earlier.note(batch, up_to=after.place):
                    break
        for batch in self._as_listed(after, small=small):
            earlier.refuse(batch)
            yield batch

    def _as_listed(self, after: Position, *, small: bool = False) -> Iterator[Batch]:
        last = after.place
        if not self._is_sheet and after.offset >= 0:
            reader = _Reader(self.path, self._header(), self.units)
            yield from reader.quickly(after, FEW_BYTES if small else BLOCK_BYTES)
            if not reader.breaks_off:
                return
            last = max(last, reader.last_line)
        with open_worklist(self.path, units=self.units) as worklist:
            worklist.header = _needed(worklist.header)
            yield from _slowly(worklist, last, FEW_LINES if small else SLOW_LINES)

    def _require_file(self) -> None:
        if not self.path.is_file():
            raise ImportRefused(f"there is no file {self.path}")

    def note_export(self, job: str, meters: int, recipients: int) -> None:
        """See `MeterSource`: a file has no record of anything."""

    def _header(self) -> Header:
        with open_worklist(self.path) as worklist:
            return _needed(worklist.header)


def _needed(header: Header) -> Header:
    return replace(header, columns=tuple(name if name in _NEEDED else None for name in header.columns))


def _slowly(worklist: Worklist, after_line: int, most: int) -> Iterator[Batch]:
    lines: list[WorklistLine | RefusedLine] = []
    for line in worklist:
        if line.number > after_line:
            lines.append(line)
        if len(lines) == most:
            yield _batch_of(lines, worklist.done)
            lines = []
    if lines:
        yield _batch_of(lines, worklist.done)


def _batch_of(lines: Sequence[WorklistLine | RefusedLine], done: int) -> Batch:
    batch = Batch(
        Position(lines[-1].number, _LINE_BY_LINE),
        done,
        np.array([line.number for line in lines], np.int64),
        np.zeros(len(lines), f"S{IDPEL_DIGITS}"),
        np.zeros(len(lines), f"S{NUMBER_DIGITS}"),
        np.full(len(lines), -1, np.intp),
        [],
    )
    places: dict[tuple[object, ...], int] = {}
    for index, line in enumerate(lines):
        _put(batch, index, line, places)
    return batch


def _put(batch: Batch, index: int, line: WorklistLine | RefusedLine, places: dict[tuple[object, ...], int]) -> None:
    """One line that was read by itself."""
    if isinstance(line, RefusedLine):
        batch.refused[index] = Refused(line.code, line.reason)
        # What was taken for its cells may be anything.
        batch.idpels[index] = batch.numbers[index] = b""
        return
    batch.idpels[index], batch.numbers[index] = line.idpel, line.meter_number
    kind = Kind(line.unit or "", line.key)
    try:
        require_unblocked(line.blocked)
    except KrnError as error:
        batch.refused[index] = Refused.by(error)
        return
    if line.rows:
        batch.ready[index] = kind, tuple(str(row) for row in line.rows)
        return
    alike = (kind.unit, *kind.record.values())
    if alike not in places:
        places[alike] = len(batch.kinds)
        batch.kinds.append(kind)
    batch.kind_of[index] = places[alike]


class _Reader:
    """Takes lines from blocks of a CSV file. `breaks_off`: it came to what only the reader of worklists can read."""

    def __init__(self, path: Path, header: Header, units: Collection[str]) -> None:
        self._path = path
        self._header = header
        self._units = units
        self._columns = {name: place for place, name in enumerate(header.columns) if name}
        self.breaks_off = False
        self.last_line = 0
        """The number of the last line that was taken, or left out."""

    def quickly(self, after: Position, block_bytes: int) -> Iterator[Batch]:
        """Batches behind a place, to the end of the file or to what breaks it off."""
        with self._path.open("rb") as source:
            first = source.readline(LONGEST_LINE)
            text = first.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
            self._delimiter = delimiter_of(text)
            line, offset = 1, len(first)
            if after.place:
                line, offset = after.place, after.offset
            self.last_line = line
            if not first.endswith(b"\n") or '"' in text:
                self.breaks_off = True
                return
            source.seek(offset)
            rest = b""
            while block := source.read(block_bytes):
                block = rest + block
                end = block.rfind(b"\n") + 1
                rest = block[end:]
                if not end and len(rest) >= LONGEST_LINE:
                    break
                yield from self._taken(block[:end], offset)
                offset += end
                if self.breaks_off:
                    return
            if rest:
                if len(rest) >= LONGEST_LINE:
                    self.breaks_off = True
                    return
                yield from self._taken(rest + b"\n", offset)

    def _taken(self, block: bytes, offset: int) -> Iterator[Batch]:
        """The lines of a block of whole lines."""
        if not block:
            return
        signs = np.frombuffer(block + PADDING, np.uint8)
        ends = np.flatnonzero(signs == NEWLINE)
        most = self._readable(block, signs, ends)
        if most < len(ends):
            self.breaks_off = True
            ends = ends[:most]
        if not len(ends):
            return
        lines = Lines(signs, ends, ord(self._delimiter), len(self._header.columns))
        first = self.last_line + 1
        self.last_line += len(ends)
        batch = self._batch(lines, block, first, Position(self.last_line, offset + int(ends[-1]) + 1))
        if len(batch):
            yield batch

    @staticmethod
    def _readable(block: bytes, signs: NDArray[np.uint8], ends: Places) -> int:
        """How many lines come before one whose quotation mark stays open, or that is no text of a worklist."""
        wrong = [len(ends)]
        if b'"' in block:
            marks = np.bincount(np.searchsorted(ends, np.flatnonzero(signs == QUOTE)), minlength=len(ends))
            wrong += np.flatnonzero(marks % 2)[:1].tolist()
        if b"\0" in block:
            wrong.append(int(np.searchsorted(ends, block.index(b"\0"))))
        wrong += np.flatnonzero(np.diff(ends, prepend=-1) >= LONGEST_LINE)[:1].tolist()
        if not block.isascii():
            try:
                block.decode("utf-8")
            except UnicodeDecodeError as error:
                wrong.append(int(np.searchsorted(ends, error.start)))
        return int(min(wrong))

    def _batch(self, lines: Lines, block: bytes, first: int, end: Position) -> Batch:
        columns = self._columns
        idpels, good = lines.digits(columns["idpel"], (IDPEL_DIGITS,))
        numbers, are_numbers = lines.digits(columns["meter_number"], (11, NUMBER_DIGITS))
        good &= are_numbers & lines.even
        for name in _EMPTY:
            if name in columns:
                good &= lines.widths(columns[name]) == 0
        alike, short = lines.alike([columns[name] for name in _ALIKE if name in columns])
        good &= short
        kind_of, kinds, refused = self._kinds(lines, block, first, alike, good)
        odd = np.flatnonzero(~good)
        batch = Batch(
            end,
            end.offset,
            np.arange(first, first + len(good), dtype=np.int64),
            idpels,
            numbers,
            kind_of,
            kinds,
            refused=refused,
        )
        places = {(kind.unit, *kind.record.values()): place for place, kind in enumerate(kinds)}
        left_out = kind_of == _LEFT_OUT
        left_out[odd] = True
        cells = ((first + int(index), self._cells(lines.text(block, int(index)))) for index in odd)
        for line in self._read(cells):
            index = line.number - first
            left_out[index] = False
            batch.kind_of[index] = -1
            _put(batch, index, line, places)
        return _without(batch, left_out) if left_out.any() else batch

    def _read(self, cells: Iterator[Cells | RefusedLine]) -> Worklist:
        # No date is looked at.
        return Worklist(self._header, cells, None, 0, date.max - timedelta(days=1), self._units)

    def _cells(self, text: str) -> Sequence[object]:
        return split_cells(text, self._delimiter)

    def _kinds(
        self, lines: Lines, block: bytes, first: int, alike: list[NDArray[np.uint64]], good: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], list[Kind], dict[int, Refused]]:
        """Lines that say the same in all columns that tell a kind; `good` loses those of two kinds with one mark."""
        kind_of = np.full(len(good), -1, np.intp)
        kinds: list[Kind] = []
        refused: dict[int, Refused] = {}
        where = np.flatnonzero(good)
        marks = np.zeros(len(where), np.uint64)
        for number, words in enumerate(alike, 1):
            marks ^= words[where] * np.uint64(2 * 0x9E37_79B9_7F4A_7C15 * number & 0xFFFF_FFFF_FFFF_FFFF | 1)
            marks *= np.uint64(0xBF58_476D_1CE4_E5B9)
        _, samples, of_kind = np.unique(marks, return_index=True, return_inverse=True)
        for words in alike:
            here = words[where]
            good[where[here != here[samples][of_kind]]] = False
        by_kind = np.argsort(of_kind, kind="stable")
        bounds = np.searchsorted(of_kind[by_kind], np.arange(len(samples) + 1))
        for number, sample in enumerate(samples.tolist()):
            index = int(where[sample])
            members = where[by_kind[bounds[number] : bounds[number + 1]]]
            members = members[good[members]]
            cells: Iterator[Cells | RefusedLine] = iter([(first + index, self._cells(lines.text(block, index)))])
            for line in self._read(cells):
                if isinstance(line, RefusedLine):
                    refused |= dict.fromkeys(members.tolist(), Refused(line.code, line.reason))
                else:
                    kind_of[members] = len(kinds)
                    kinds.append(Kind(line.unit or "", line.key))
                break
            else:
                kind_of[members] = _LEFT_OUT
        return kind_of, kinds, refused


_LEFT_OUT = -2
"""In place of a kind: the line is another unit's."""


def _without(batch: Batch, left_out: NDArray[np.bool_]) -> Batch:
    kept = np.flatnonzero(~left_out)
    new_place = {old: new for new, old in enumerate(kept.tolist())} if batch.ready or batch.refused else {}
    return replace(
        batch,
        places=batch.places[kept],
        idpels=batch.idpels[kept],
        numbers=batch.numbers[kept],
        kind_of=batch.kind_of[kept],
        ready={new_place[old]: it for old, it in batch.ready.items()},
        refused={new_place[old]: it for old, it in batch.refused.items()},
    )
