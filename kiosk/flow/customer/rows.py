"""The rows, to be copied by hand."""

from kiosk.flow.customer.rehearsal import RehearsalStep
from kiosk.flow.customer.take_away import TakeAwayStep
from kiosk.flow.meter.typing import first_typing_step
from kiosk.flow.step import ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import RowsView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued


class RowsStep(Step):
    """The rows, one at a time. `told` is how many key changes are in by the word of whoever stands here."""

    idle_after = ROWS_SECONDS

    def __init__(self, here: Workplace, issued: Issued, index: int = 0, told: int = 0) -> None:
        super().__init__(here)
        self._issued = issued
        self._index = index
        self._told = told

    @property
    def view(self) -> View:
        issued, can_type = self._issued, self.here.connect is not None
        return RowsView(issued.rows, self._index, self._together, issued.minutes_for_a_change, can_type)

    @property
    def _together(self) -> tuple[int, int]:
        """The key change that the row is part of."""
        first = 1
        for change in self._issued.changes:
            last = first + len(change.rows) - 1
            if self._index < last:
                return first, last
            first = last + 1
        return first, first

    def choose(self, answer: Answer) -> Next:
        last = len(self._issued.rows) - 1
        if answer is Choice.NEXT:
            return RowsStep(self.here, self._issued, min(self._index + 1, last), self._told)
        if answer is Choice.PREVIOUS:
            return RowsStep(self.here, self._issued, max(self._index - 1, 0), self._told)
        if answer is Choice.DONE:
            return TakeAwayStep(self.here, self._issued, back=lambda: self)
        if answer is Choice.REHEARSE:
            return RehearsalStep(self.here, self._issued, self._index, back=lambda: self)
        if answer is Choice.TYPE and self.here.connect is not None:
            return first_typing_step(self.here, self._issued, lambda: self, self._told)
        return super().choose(answer)
