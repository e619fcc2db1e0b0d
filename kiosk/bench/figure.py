"""One measured value."""

import statistics
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `spread` is the lowest and the highest of its rounds."""

    name: str
    value: float
    unit: str
    spread: tuple[float, float]


def figure(name: str, unit: str, rounds: list[float]) -> Figure:
    """The median of some rounds, and their spread."""
    values = [round(value, 3) for value in rounds]
    return Figure(name, round(statistics.median(values), 3), unit, (min(values), max(values)))
