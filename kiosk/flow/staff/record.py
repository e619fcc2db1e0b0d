"""What stands on record of one meter: its history, and what staff may add to it."""

from collections.abc import Callable

from kiosk.flow.background import Background
from kiosk.flow.staff import messages as says
from kiosk.flow.staff.report import ReportStep
from kiosk.flow.staff.statement import THINKING_SECONDS, HoldsStep, retract
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.view.choices import Answer, Entered
from kiosk.view.parts import Mood, ReportLine
from kiosk.view.views import MenuView, ReportView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Attempt, Due, Ended, Found, HistoryEntry, RowOutcome


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
        claimed = isinstance(standing, Due) and standing.claimed
        options = (says.HISTORY, says.HOLDS, *((says.RETRACT,) if claimed else ()), says.BACK)
        return MenuView(says.meter_title(self._found.meter_number), options, (says.standing(standing),))

    def choose(self, answer: Answer) -> Next:
        number = self._found.meter_number
        if not any(answer == Entered(option.word) for option in self.view.options):
            return super().choose(answer)
        if answer == Entered(says.HISTORY.word):
            return self._history()
        if answer == Entered(says.HOLDS.word):
            return HoldsStep(self.here, number, self._renewed)
        if answer == Entered(says.RETRACT.word):
            return retract(self.here, number, self._renewed)
        return self._back(self._found)

    def _renewed(self, found: Found | None) -> Next:
        return self if found is None else RecordStep(self.here, found, self._back)

    def _history(self) -> Next:
        number = self._found.meter_number

        def then(entries: tuple[HistoryEntry, ...]) -> Next:
            lines = tuple(ReportLine(says.history(entry), _mood(entry)) for entry in entries)
            view = ReportView(says.meter_title(number), lines or (ReportLine(says.NO_HISTORY),))
            return ReportStep(self.here, view, lambda: self)

        return WorkStep(self.here, says.COUNTING, Background(lambda: self.here.office.history(number)), then)


def _mood(entry: HistoryEntry) -> Mood | None:
    match entry:
        case Attempt():
            return Mood.CAREFUL if entry.claim else _MOODS.get(entry.outcome)
        case Ended(session=session):
            return Mood.CAREFUL if session.code else Mood.GOOD
        case _:
            return None


_MOODS = {
    RowOutcome.ACCEPTED: Mood.GOOD,
    RowOutcome.PARTIAL: Mood.GOOD,
    RowOutcome.REJECTED: Mood.BAD,
    RowOutcome.LOCKED_OUT: Mood.BAD,
    RowOutcome.UNKNOWN: Mood.CAREFUL,
}
