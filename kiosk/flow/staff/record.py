"""What stands on record of one meter: its history, and what staff may add to it."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.flow.background import Background
from kiosk.flow.staff import messages as says
from kiosk.flow.staff.report import ReportStep
from kiosk.flow.staff.statement import THINKING_SECONDS, HoldsStep, retract
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import ReportLine
from kiosk.view.views import MenuView, ReportView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Due, Found, HistoryEntry


class RecordStep(Step):
    """Read it, or say something. `back` takes what the office says of the meter now."""

    idle_after = THINKING_SECONDS

    def __init__(self, here: Workplace, found: Found, back: Callable[[Found], Next]) -> None:
        super().__init__(here)
        self._found = found
        self._back = back

    @property
    def view(self) -> MenuView:
        standing = self._found.standing
        claimed = isinstance(standing, Due) and (standing.claimed or standing.partly_claimed)
        options = (says.HISTORY, says.HOLDS, says.RETRACT if claimed else replace(says.RETRACT, enabled=False))
        number = self._found.meter_number
        return MenuView(says.meter_title(number), options, (says.stands(standing),), number, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        number = self._found.meter_number
        if answer is Choice.PREVIOUS:
            return self._back(self._found)
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(says.HISTORY.word):
            return self._history()
        if answer == Entered(says.HOLDS.word):
            return HoldsStep(self.here, number, self._renewed)
        return retract(self.here, number, self._renewed)

    def _renewed(self, found: Found | None) -> Next:
        return self if found is None else RecordStep(self.here, found, self._back)

    def _history(self) -> Next:
        number = self._found.meter_number

        def then(entries: tuple[HistoryEntry, ...]) -> Next:
            lines = tuple(says.history(entry) for entry in entries)
            view = ReportView(says.HISTORY.label, lines or (ReportLine(says.NO_HISTORY),))
            return ReportStep(self.here, view, lambda: self)

        return WorkStep(self.here, says.COUNTING, Background(lambda: self.here.office.history(number)), then)
