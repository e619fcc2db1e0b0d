"""The rows, to be copied by hand."""

from kiosk.flow.choices import Answer, Choice
from kiosk.flow.steps import Step
from kiosk.flow.views import RowsView, View
from kiosk.workplace import Workplace
from krn_engine.office.office import Issued

ROWS_SECONDS = 180.0
"""The rows take time to copy."""


class RowsStep(Step):
    """The rows, one at a time."""

    idle_after = ROWS_SECONDS

    def __init__(self, here: Workplace, issued: Issued, index: int = 0) -> None:
        super().__init__(here)
        self._issued = issued
        self._index = index

    @property
    def view(self) -> View:
        return RowsView(self._issued.rows, self._index, self._together, self.here.connect is not None)

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

    def choose(self, answer: Answer) -> Step:
        last = len(self._issued.rows) - 1
        if answer is Choice.NEXT:
            return RowsStep(self.here, self._issued, min(self._index + 1, last))
        if answer is Choice.PREVIOUS:
            return RowsStep(self.here, self._issued, max(self._index - 1, 0))
        if answer is Choice.DONE:
            from kiosk.flow.take_away import TakeAwayStep  # noqa: PLC0415  the steps lead to each other

            return TakeAwayStep(self.here, self._issued, self._index)
        if answer is Choice.REHEARSE:
            from kiosk.flow.rehearsal_step import RehearsalStep  # noqa: PLC0415  the steps lead to each other

            return RehearsalStep(self.here, self._issued, self._index)
        if answer is Choice.TYPE and self.here.connect is not None:
            from kiosk.flow.typing_step import first_typing_step  # noqa: PLC0415  the steps lead to each other

            return first_typing_step(self.here, self._issued, self._index)
        return super().choose(answer)
