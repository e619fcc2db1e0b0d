"""The last screen of a customer: what to do at home. It goes away by itself."""

from kiosk.flow import messages
from kiosk.flow.step import GO_HOME, Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Stage
from kiosk.view.views import ThanksView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued

THANKS_SECONDS = 20.0
"""How long the screen stays when nobody touches it."""
LARGE_SECONDS = 40.0
"""That long in large letters, which may take two pages."""
LISTENED_SECONDS = 90.0
"""That long where it is read aloud: heard to its end at the slowest pace, with time to hear it again."""

COVERED_SECONDS = 300.0
"""That long while something lies over it: help, or somebody who waits for staff."""


class ThanksStep(Step):
    """Old tokens first, pair by pair, then 04."""

    idle_after = None
    stage = Stage.SAVE
    help = messages.HELP_AT_HOME
    goes_by_itself = True

    def __init__(self, here: Workplace, issued: Issued, told: int = 0) -> None:
        """`told` is how many key changes are in by the word of whoever stands here."""
        super().__init__(here)
        self._issued = issued
        self._told = told

    @property
    def view(self) -> View:
        issued = self._issued
        left = max(1, round(self._stays - self.quiet))
        return ThanksView(issued.pairs[self._told :], issued.minutes_for_a_change, issued.changes[-1].new_krn, left)

    @property
    def _stays(self) -> float:
        if self.covered:
            return COVERED_SECONDS
        if self.listened:
            return LISTENED_SECONDS
        return LARGE_SECONDS if self.large else THANKS_SECONDS

    def choose(self, answer: Answer) -> Next:
        return GO_HOME if answer is Choice.DONE else super().choose(answer)

    def poll(self) -> Next | None:
        return GO_HOME if self.quiet >= self._stays else None
