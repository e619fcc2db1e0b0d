"""Why one line of a worklist cannot be taken."""

from dataclasses import dataclass
from enum import Enum


class LineProblem(Enum):
    """What is wrong with a line; the value is its code."""

    COLUMNS = "LIN-01"
    """Another number of cells than the first line has columns."""
    IDENTIFIER = "LIN-02"
    """An IDPEL or a meter number is missing, or none."""
    SPREADSHEET = "LIN-03"
    """A spreadsheet has destroyed what stood in the cell."""
    NUMBER = "LIN-04"
    """Not a number, or none that can be."""
    DATE = "LIN-05"
    """Not a date, or none that can be."""
    KEY_STATE = "LIN-06"
    """No meter has such a key."""
    ROWS = "LIN-07"
    """Ready-made rows that are no set."""
    TEXT = "LIN-08"
    """Words that cannot be kept as they are."""
    TWICE = "LIN-09"
    """The customer or the meter stands in an earlier line too."""
    UNREADABLE = "LIN-10"
    """The line of the spreadsheet file is broken."""
    CLEARING = "LIN-11"
    """What should be taken away cannot be."""


class BadCell(ValueError):
    """What is wrong with a cell."""

    def __init__(self, problem: LineProblem, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that cannot be taken, and why."""

    number: int
    reason: str
    code: str
    """The value of a LineProblem."""
