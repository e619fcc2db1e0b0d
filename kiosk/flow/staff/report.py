"""Something to read; then back to where it was asked for."""

from collections.abc import Callable

from kiosk.flow.step import Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import ProgressView, ReportView, View
from kiosk.workplace import Workplace

READING_SECONDS = 120.0


class ReportStep(Step):
    """Shows a report, or the progress of the campaign."""

    idle_after = READING_SECONDS

    def __init__(self, here: Workplace, view: ReportView | ProgressView, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._view = view
        self._back = back

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Next:
        return self._back() if answer is Choice.PREVIOUS else super().choose(answer)
