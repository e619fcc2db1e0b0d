"""The lines in which nothing is odd, as nearly all of a list are, read in one go.

`worklist.parse_line` says what a line means, cell by cell, and what is wrong with it. This reads to the same values the
lines of which that is plain; whatever is odd in any way it leaves to `parse_line`. A province's list says the same few
hundred things of its customers and meters again and again: those are worked out once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from krn_engine.masking import mask_name
from krn_engine.register.cells import CLEARING, IDPEL_LENGTHS, METER_LENGTHS, NAME_LENGTH, day, reason
from krn_engine.register.line_problem import BadCell
from krn_engine.register.worklist_line import WorklistLine
from krn_engine.row import Row

REMEMBERED = 10_000
"""Of each kind; beyond that they are forgotten, so that a strange list costs no memory."""
ByName = Mapping[str, object]
"""Cells by the names of their columns."""
_NO_ROWS: tuple[Row, ...] = ()
_NOTHING: frozenset[str] = frozenset()


class UsualLines:
    """Reads the lines of one list."""

    def __init__(
        self,
        columns: Sequence[str | None],
        today: date,
        shared: Sequence[tuple[Sequence[str], Callable[[ByName], tuple[Any, ...]]]],
        rows: tuple[Sequence[str], Callable[[ByName], tuple[Row, ...]]],
    ) -> None:
        """`columns`: what each column is. `today`: the last day that a date may tell.

        `shared` reads what many lines have in common, `rows` the ready-made rows; each is told with its columns.
        """
        place = {name: at for at, name in enumerate(columns) if name}
        self._count = len(columns)
        self._idpel, self._meter = place["idpel"], place["meter_number"]
        self._name, self._installed = place.get("name"), place.get("installed_on")
        self._blocked = place.get("blocked")
        self._of_customer, self._of_meter = (_Remembered(place, names, read) for names, read in shared)
        self._rows, self._read_rows = [(name, place[name]) for name in rows[0] if name in place], rows[1]
        self._days, self._masks = _Days(today), _Masks()

    def read(self, number: int, cells: Sequence[Any]) -> WorklistLine | None:
        """The line; None: something in it is odd, or wrong."""
        if len(cells) != self._count:
            return None
        try:
            text = "".join(cells)
        except TypeError:
            # A value of a spreadsheet.
            return None
        loud = text.upper()
        if not text.isprintable() or CLEARING[0] in loud or CLEARING[1] in loud:
            return None
        idpel, meter = cells[self._idpel], cells[self._meter]
        if len(idpel) not in IDPEL_LENGTHS or len(meter) not in METER_LENGTHS:
            return None
        whose = idpel + meter
        if not (whose.isdigit() and whose.isascii()):
            return None
        name = "" if self._name is None else cells[self._name]
        if len(name) > NAME_LENGTH or name[:1] in ("#", " "):
            return None
        installed = "" if self._installed is None else cells[self._installed]
        blocked = "" if self._blocked is None else cells[self._blocked]
        try:
            line = (
                number,
                idpel,
                meter,
                self._masked(name) if name else None,
                *self._of_customer.read(cells),
                *self._of_meter.read(cells),
                self._days[installed],
                reason(blocked, "BLOCKED", 200) if blocked else None,
                self._read_rows({name: cells[at] for name, at in self._rows}) if self._rows else _NO_ROWS,
                _NOTHING,
            )
        except BadCell:
            return None
        return WorklistLine._make(line)

    def _masked(self, name: str) -> str:
        masks = self._masks
        words = name.split(None, 3)
        if len(words) == 2:
            return f"{masks[words[0][0]]} {masks[words[1][0]]}"
        return " ".join([masks[word[0]] for word in words[:3]])


class _Remembered:
    """What some of the cells of a line say, worked out once for each set of them."""

    def __init__(
        self, place: Mapping[str, int], names: Sequence[str], read: Callable[[ByName], tuple[Any, ...]]
    ) -> None:
        self._names = [name for name in names if name in place]
        places = [place[name] for name in self._names]
        # Of a single place `itemgetter` gives no tuple.
        self._pick = itemgetter(*places) if len(places) > 1 else lambda cells: tuple(cells[at] for at in places)
        self._read = read
        self._known: dict[tuple[str, ...], tuple[Any, ...]] = {}

    def read(self, cells: Sequence[Any]) -> tuple[Any, ...]:
        """Raises BadCell."""
        told = self._pick(cells)
        said = self._known.get(told)
        if said is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            said = self._known[told] = self._read(dict(zip(self._names, told, strict=True)))
        return said


class _Days(dict[str, date | None]):
    """Days by how they are written."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today

    def __missing__(self, cell: str) -> date | None:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[cell] = day(cell, "INSTALLED_ON", self._today)
        return found


class _Masks(dict[str, str]):
    """What is left of a word of a name, by its first sign."""

    def __missing__(self, sign: str) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        mask = self[sign] = mask_name(sign)
        return mask
