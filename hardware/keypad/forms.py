"""The three forms in which contacts are wired across a keypad, as data: which line does what.

`docs/hardware.md` draws each. A form says nothing of which key lies where: that is the meter's profile.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Layout = tuple[tuple[str, ...], ...]
"""Names of the keys, row by row."""


@dataclass(frozen=True, slots=True)
class LinesForm:
    """One line for each key: solenoids on the outside, or one PhotoMOS across each key."""

    enable: int
    keys: Mapping[str, int]

    @property
    def lines(self) -> dict[str, int]:
        """The lines by the name of their device, without ENABLE."""
        return {f"key_{key}": pin for key, pin in self.keys.items()}


@dataclass(frozen=True, slots=True)
class MatrixForm:
    """One line for each row and each column of the keypad; a key is closed by its row and its column together."""

    enable: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def lines(self) -> dict[str, int]:
        """The lines by the name of their device, without ENABLE."""
        rows = {f"row_{number}": pin for number, pin in enumerate(self.rows)}
        return rows | {f"column_{number}": pin for number, pin in enumerate(self.columns)}


@dataclass(frozen=True, slots=True)
class MultiplexerForm:
    """Two multiplexers with their commons joined: one address picks the row, one the column, the gate joins them."""

    enable: int
    gate: int
    row_address: tuple[int, ...]
    """Lines of the row's number, lowest bit first."""
    column_address: tuple[int, ...]

    @property
    def lines(self) -> dict[str, int]:
        """The lines by the name of their device, without ENABLE."""
        rows = {f"row_bit_{bit}": pin for bit, pin in enumerate(self.row_address)}
        columns = {f"column_bit_{bit}": pin for bit, pin in enumerate(self.column_address)}
        return {"gate": self.gate} | rows | columns


Form = LinesForm | MatrixForm | MultiplexerForm


def place_of(key: str, layout: Layout) -> tuple[int, int]:
    """Row and column of a key, from 0; raises LookupError if the layout has no such key."""
    for row, keys in enumerate(layout):
        if key in keys:
            return row, keys.index(key)
    raise LookupError(key)


def closed_places(form: Form, layout: Layout, high: frozenset[int]) -> frozenset[tuple[int, int]]:
    """The places whose two wires are joined while the lines in `high` are driven, if the supply is there.

    It is what the wiring does, not what the software wants: several lines high join several places.
    """
    match form:
        case LinesForm():
            return frozenset(place_of(key, layout) for key, pin in form.keys.items() if pin in high)
        case MatrixForm():
            rows = [row for row, pin in enumerate(form.rows) if pin in high]
            columns = [column for column, pin in enumerate(form.columns) if pin in high]
            return frozenset((row, column) for row in rows for column in columns)
        case MultiplexerForm():
            row = sum(1 << bit for bit, pin in enumerate(form.row_address) if pin in high)
            column = sum(1 << bit for bit, pin in enumerate(form.column_address) if pin in high)
            there = row < len(layout) and column < len(layout[row])
            return frozenset({(row, column)}) if form.gate in high and there else frozenset()
