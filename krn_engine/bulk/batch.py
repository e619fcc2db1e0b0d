"""Meters of which rows are asked, many at once, in the order of their list or register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import AnswerLost, SourceDown, SourceLocked

IDPEL_DIGITS, NUMBER_DIGITS = 12, 13
"""Digits of a customer number, and most digits of a meter number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What meters share that go through the arrays together."""

    unit: str
    """Empty: not told."""
    record: Mapping[str, Any]
    """The fields of a key state by their names, None where one is not told."""


_OF_NO_METER = (SourceDown, SourceLocked, AnswerLost)
"""Refusals that end a job, which is gone on with later; a file in which those meters are missing would look whole."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there are no rows for one meter."""

    code: str
    reason: str

    @classmethod
    def by(cls, error: KrnError) -> "Refused":
        """As the office says it. Raises what is no fault of the meter: its source is down, or does not let us in."""
        if isinstance(error, _OF_NO_METER):
            raise error
        return cls(error.code, error.message)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a source of meters goes on."""

    place: int = 0
    """The number of the last line, or the id of the last customer."""
    offset: int = 0
    """Where the next line of a file begins; below 0: it is to be read from its beginning."""


@dataclass(slots=True)
class Batch:
    """Some meters. Arrays have one entry for each, in order."""

    end: Position
    """Where to go on after it."""
    done: int
    """How much of the source's size is read then."""
    places: NDArray[np.int64]
    """Numbers of lines, or ids of customers, shape (n,)."""
    idpels: NDArray[np.bytes_]
    """Customer numbers as ASCII text, shape (n,)."""
    numbers: NDArray[np.bytes_]
    """Meter numbers as ASCII text, shape (n,)."""
    kind_of: NDArray[np.intp]
    """Of each meter its place in `kinds`, shape (n,); -1: it is in `ready` or `refused`."""
    kinds: list[Kind]
    ready: dict[int, tuple[Kind, tuple[str, ...]]] = field(default_factory=dict)
    """Rows that need not be made, by the place of the meter here."""
    refused: dict[int, Refused] = field(default_factory=dict)
    """Why there are no rows for a meter, by its place here."""

    known: dict[int, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    """Rows that are on record, as one text, by the states that they lead from and to."""

    def __len__(self) -> int:
        return len(self.places)

    def number(self, index: int) -> str:
        """The number of the meter at this place."""
        return bytes(self.numbers[index]).decode("ascii")
