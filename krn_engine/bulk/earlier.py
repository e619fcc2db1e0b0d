"""Which customers and meters of a worklist stood in an earlier line: the second is refused, as it is when imported."""

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.batch import NUMBER_DIGITS, Batch, Refused
from krn_engine.register.importer import customer_twice, meter_twice
from krn_engine.register.line_problem import LineProblem

_Numbers = NDArray[np.int64]
_ABOVE_ALL = 10**NUMBER_DIGITS
_ZERO = np.uint8(ord("0"))
_NO_LINE = tuple(problem.value for problem in LineProblem)


class _Kept:
    """A set of numbers: sorted arrays, each more than twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[_Numbers] = []

    def has(self, numbers: _Numbers) -> NDArray[np.bool_]:
        """Which of these are in it."""
        found = np.zeros(len(numbers), bool)
        for run in self._runs:
            found |= run[np.minimum(np.searchsorted(run, numbers), len(run) - 1)] == numbers
        return found

    def add(self, numbers: _Numbers) -> None:
        """Put these into it."""
        run = np.sort(numbers)
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            # Of what is sorted by part this makes one pass.
            run = np.sort(np.concatenate((self._runs.pop(), run)), kind="stable")
        if len(run):
            self._runs.append(run)


class Earlier:
    """The customers and meters of the lines so far that can be imported: 16 bytes for each line."""

    def __init__(self) -> None:
        self._idpels = _Kept()
        self._meters = _Kept()

    def note(self, batch: Batch, up_to: int) -> bool:
        """Keep those of an earlier run, which ended with this line; True: all of them are kept."""
        self._twice(batch, np.flatnonzero(self._of_lines(batch) & (batch.places <= up_to)))
        return bool(batch.places[-1] >= up_to)

    def refuse(self, batch: Batch) -> None:
        """Refuse what stood in an earlier line, of this batch or of one before it."""
        for index, reason in self._twice(batch, np.flatnonzero(self._of_lines(batch))).items():
            batch.refused[index] = Refused(LineProblem.TWICE.value, reason)
            batch.ready.pop(index, None)
            batch.kind_of[index] = -1

    @staticmethod
    def _of_lines(batch: Batch) -> NDArray[np.bool_]:
        """Which are meters; a line that cannot be imported is none, whatever stands in it."""
        are = np.ones(len(batch), bool)
        are[[index for index, why in batch.refused.items() if why.code in _NO_LINE]] = False
        return are

    def _twice(self, batch: Batch, members: NDArray[np.intp]) -> dict[int, str]:
        """Keep the customers and meters of these lines, and say of which lines one is kept already."""
        idpels, meters = _values(batch.idpels[members]), _values(batch.numbers[members])
        had_idpel, had_meter = self._idpels.has(idpels), self._meters.has(meters)
        twice: dict[int, str] = {}
        if had_idpel.any() or had_meter.any() or _repeats(idpels) or _repeats(meters):
            good = np.ones(len(members), bool)
            here: tuple[set[int], set[int]] = set(), set()
            each = zip(members.tolist(), idpels.tolist(), meters.tolist(), strict=True)
            for place, (index, idpel, meter) in enumerate(each):
                if had_idpel[place] or idpel in here[0]:
                    twice[index] = customer_twice(batch.idpels[index].decode("ascii"))
                elif had_meter[place] or meter in here[1]:
                    twice[index] = meter_twice(batch.number(index))
                else:
                    here[0].add(idpel)
                    here[1].add(meter)
                    continue
                good[place] = False
            idpels, meters = idpels[good], meters[good]
        self._idpels.add(idpels)
        self._meters.add(meters)
        return twice


def _values(text: NDArray[np.bytes_]) -> _Numbers:
    """The digits as a number, shape (n,); those of 13 digits are above all that are shorter: leading zeros count."""
    signs = np.ascontiguousarray(text).view(np.uint8).reshape(len(text), text.dtype.itemsize)
    values = np.zeros(len(text), np.int64)
    for column in signs.T:
        values = np.where(column == 0, values, values * 10 + (column - _ZERO))
    if signs.shape[1] == NUMBER_DIGITS:
        values[signs[:, -1] != 0] += _ABOVE_ALL
    return values


def _repeats(numbers: _Numbers) -> bool:
    return len(np.unique(numbers)) < len(numbers)
