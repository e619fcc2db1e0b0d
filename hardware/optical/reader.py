"""The adapter for a meter that its optical port only reads: its number is checked, its KRN proved, nothing is sent."""

import time
from collections.abc import Callable

from hardware.adapter import UNKNOWN, Evidence, MeterAdapter, MeterRegister, Probe, RowEntry, Source, Submission
from hardware.errors import AccessRefused
from hardware.optical.line import Line
from hardware.optical.model import OpticalModel
from hardware.optical.read_out import DataSet, read_out

BY = "optical port"
FRESH_SECONDS = 5.0
"""For so long one data set answers several questions: each costs a sign-on at 300 baud."""


class OpticalReader(MeterAdapter):
    """Reads the data set of mode C again and again; it enters no row, so a keypad or a hand must."""

    def __init__(
        self,
        open_line: Callable[[], Line],
        model: OpticalModel,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(model.name)
        self.section_timeout, self.row_seconds = model.section_timeout, model.timing.row
        self._open_line = open_line
        self._known = model
        self._clock = clock
        self._wait = wait
        self._last: tuple[float, DataSet] | None = None

    def probe(self) -> Probe:
        """See `MeterAdapter.probe`. Raises NoAnswer, MeterAnswersWrong, LineLost."""
        with self._alone():
            found = self._data_set()
        number, krn = (
            found.register(register, self._known) for register in (MeterRegister.METER_NUMBER, MeterRegister.KRN)
        )
        return Probe(self.model, number, int(krn) if krn is not None and krn.isdecimal() else None)

    def _submit(self, entry: RowEntry) -> Submission:
        raise AccessRefused("this meter takes no row by light, it is only read: let contacts type, or key the row in")

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`. Raises NoAnswer, MeterAnswersWrong, LineLost."""
        if register not in self._known.read_out:
            return None
        with self._alone():
            shown = self._data_set().register(register, self._known)
        return None if shown is None else Evidence(Source.REGISTER, shown, BY)

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: no data set tells it in words that are known."""
        self._require_open()
        return None

    def read_result(self) -> Submission:
        """See `MeterAdapter.read_result`: it never entered a row."""
        self._require_open()
        return UNKNOWN

    def forget(self) -> None:
        """What was read is old: a row has gone in since."""
        self._last = None

    def _data_set(self) -> DataSet:
        if self._last is not None and self._clock() - self._last[0] < FRESH_SECONDS:
            return self._last[1]
        with self._open_line() as line:
            found = read_out(line, self._known, clock=self._clock, wait=self._wait)
        self._last = self._clock(), found
        return found
