"""One customer of a worklist, as values."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from krn_engine.row import Row


class WorklistLine(NamedTuple):
    """One customer of a worklist. What the list leaves out or empty is None, and changes nothing."""

    number: int
    idpel: str
    meter_number: str
    name: str | None
    """Masked: nothing behind the reader of a list knows more of it."""
    tariff: str | None
    power_va: int | None
    unit: str | None
    key: Mapping[str, object]
    version_label: str | None
    installed_on: date | None
    blocked: str | None
    rows: tuple[Row, ...]
    cleared: frozenset[str]
    """Columns whose value the line takes away, ROWS among them."""
