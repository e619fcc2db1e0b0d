"""Lines of a worklist with ready-made rows, in the order of their batch, and lines of its report."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.batch import IDPEL_DIGITS, NUMBER_DIGITS, Batch, Kind, Refused
from krn_engine.bulk.making import Group, Made, Places
from krn_engine.bulk.recipes import MOST_ROWS
from krn_engine.register.worklist import NAMES, ROW_COLUMNS
from krn_engine.row import ROW_DIGITS

_COLUMNS = ("idpel", "meter_number", "unit", "krn", *ROW_COLUMNS)
HEADER = (",".join(NAMES.get(name, name.upper()) for name in _COLUMNS) + "\n").encode("ascii")
"""As a worklist is read; the KRN is the one that the meter shows before its first row."""
REPORT_HEADER = b"PLACE,NOMOR_METER,CODE,REASON\n"
"""Of refused meters: PLACE is the number of the line, or of the customer in the register."""
_Signs = NDArray[np.uint8]
_COMMA, _NEWLINE = ord(","), ord("\n")


def lines_of(batch: Batch, made: Made, singles: Mapping[int, Sequence[str]]) -> tuple[bytes, int]:
    """The lines of all meters that have rows, and how many those are. `singles` have rows that no array holds.

    A meter of `made.refused` has no line, though an array made rows for it.
    """
    has_rows = np.ones(len(batch), np.bool_)
    has_rows[list(made.refused)] = False
    parts = [part for group in made.groups for part in _parts(batch, group, has_rows)]
    for index, rows in singles.items():
        kind = batch.ready[index][0] if index in batch.ready else batch.kinds[batch.kind_of[index]]
        line = np.frombuffer(_line(batch, index, kind, rows), np.uint8)
        parts.append((np.array([index]), line[np.newaxis]))
    sizes = np.zeros(len(batch), np.int64)
    for members, lines in parts:
        sizes[members] = lines.shape[1]
    ends = sizes.cumsum()
    text = np.empty(int(sizes.sum()), np.uint8)
    for members, lines in parts:
        size = lines.shape[1]
        # What begins at each place of the text, as long as these lines are.
        at = np.ndarray((len(text) - size + 1,), f"V{size}", text, strides=(1,))
        at[ends[members] - size] = lines.view(f"V{size}")[:, 0]
    return text.tobytes(), int(np.count_nonzero(sizes))


def _parts(batch: Batch, group: Group, has_rows: NDArray[np.bool_]) -> Iterator[tuple[Places, _Signs]]:
    """The lines of a group have one width for each width of a meter number and each kind."""
    kept = has_rows[group.members]
    every, made = (group.members, group.rows) if kept.all() else (group.members[kept], group.rows[kept])
    if not len(every):
        return
    signs = np.ascontiguousarray(batch.numbers[every]).view(np.uint8).reshape(len(every), NUMBER_DIGITS)
    widths = np.count_nonzero(signs, axis=1)
    mixed = batch.kind_of[every] * (NUMBER_DIGITS + 1) + widths
    by_both = np.argsort(mixed, kind="stable")
    values, starts = np.unique(mixed[by_both], return_index=True)
    for value, which in zip(values.tolist(), np.split(by_both, starts[1:]), strict=True):
        kind, width = divmod(value, NUMBER_DIGITS + 1)
        members = every[which]
        lines = _lines(batch.idpels[members], signs[which, :width], _tail(batch.kinds[kind]), made[which])
        yield members, lines


def _lines(idpels: NDArray[np.bytes_], numbers: _Signs, tail: bytes, rows: NDArray[np.bytes_]) -> _Signs:
    count, sections = rows.shape
    parts: list[_Signs] = [
        np.ascontiguousarray(idpels).view(np.uint8).reshape(count, IDPEL_DIGITS),
        numbers,
        np.broadcast_to(np.frombuffer(tail, np.uint8), (count, len(tail))),
    ]
    digits = np.ascontiguousarray(rows).view(np.uint8).reshape(count, sections, ROW_DIGITS)
    parts += [digits[:, section] for section in range(sections)]
    parts += [np.empty((count, 0), np.uint8)] * (MOST_ROWS - sections)
    signs = np.empty((count, sum(part.shape[1] + 1 for part in parts)), np.uint8)
    place = 0
    for part in parts:
        signs[:, place : place + part.shape[1]] = part
        place += part.shape[1]
        signs[:, place] = _COMMA
        place += 1
    signs[:, -1] = _NEWLINE
    return signs


def _tail(kind: Kind) -> bytes:
    """The unit and the KRN."""
    krn = kind.record.get("krn")
    return _csv((kind.unit, "" if krn is None else krn)).rstrip(b"\n")


def _line(batch: Batch, index: int, kind: Kind, rows: Sequence[str]) -> bytes:
    idpel = bytes(batch.idpels[index]).decode("ascii")
    krn = kind.record.get("krn")
    empty = ("",) * (MOST_ROWS - len(rows))
    return _csv((idpel, batch.number(index), kind.unit, "" if krn is None else krn, *rows, *empty))


def report_of(batch: Batch, refused: Mapping[int, Refused]) -> bytes:
    """A line for each meter without rows, in order."""
    return b"".join(
        _csv((batch.places[index], batch.number(index), why.code, why.reason)) for index, why in sorted(refused.items())
    )


def _csv(cells: Sequence[object]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8")
