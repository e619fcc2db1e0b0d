"""A keypad that types and an optical head that reads: number and KRN come from the meter itself."""

from hardware.adapter import Evidence, MeterAdapter, MeterRegister, Probe, RowEntry, Submission
from hardware.errors import LineLost, MeterAnswersWrong, NoAnswer
from hardware.keypad_tools import KeypadTools
from hardware.optical.reader import OpticalReader


class ReadBeside(MeterAdapter):
    """The keypad's adapter, whose registers are read by light where the meter tells them so.

    Where nothing comes by light the keypad is asked, as if there were no head: it is a help, and no condition.
    """

    def __init__(self, keypad: MeterAdapter, reader: OpticalReader) -> None:
        super().__init__(keypad.model)
        self.section_timeout, self.row_seconds = keypad.section_timeout, keypad.row_seconds
        self.set_aside = keypad.set_aside
        self._keypad = keypad
        self._reader = reader

    @property
    def tools(self) -> KeypadTools | None:
        """See `MeterAdapter.tools`: the keypad's."""
        return self._keypad.tools

    def probe(self) -> Probe:
        """See `MeterAdapter.probe`: by light what it tells, the rest by the keypad."""
        try:
            by_light = self._reader.probe()
        except (LineLost, NoAnswer, MeterAnswersWrong):
            return self._keypad.probe()
        if by_light.meter_number is not None and by_light.krn is not None:
            return Probe(self.model, by_light.meter_number, by_light.krn)
        by_keys = self._keypad.probe()
        number = by_keys.meter_number if by_light.meter_number is None else by_light.meter_number
        return Probe(self.model, number, by_keys.krn if by_light.krn is None else by_light.krn)

    def _submit(self, entry: RowEntry) -> Submission:
        self._reader.forget()
        return self._keypad.submit(
            entry.row, deadline=entry.deadline, cancel=entry.cancel, watch=entry.watch, attempt=entry.attempt
        )

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`."""
        try:
            shown = self._reader.read(register)
        except (LineLost, NoAnswer, MeterAnswersWrong):
            shown = None
        return self._keypad.read(register) if shown is None else shown

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: the keypad's sensors see it."""
        return self._keypad.tampered()

    def read_result(self) -> Submission:
        """See `MeterAdapter.read_result`: the keypad's."""
        return self._keypad.read_result()

    def recall(self, attempt: str) -> Submission:
        """See `MeterAdapter.recall`: the keypad's."""
        return self._keypad.recall(attempt)

    def abort(self) -> None:
        """See `MeterAdapter.abort`."""
        super().abort()
        self._keypad.abort()

    def close(self) -> None:
        """Gives both wires back."""
        super().close()
        self._keypad.close()
        self._reader.close()
