"""A rehearsal: the first row is keyed into a meter that is only a picture, so that BENAR is known when it comes."""

from collections.abc import Callable

from kiosk.flow.step import ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import MeterPicture
from kiosk.view.views import RehearsalView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued
from krn_engine.row import BENAR, SALAH

ERASE, ENTER = "erase", "next"


class RehearsalStep(Step):
    """Nothing of it goes anywhere: no meter, no record."""

    idle_after = ROWS_SECONDS

    def __init__(self, here: Workplace, issued: Issued, index: int, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._index = index
        self._back = back
        self._entry = ""
        self._answer = ""

    @property
    def view(self) -> View:
        row = self._issued.rows[self._index]
        right = 0
        while right < len(self._entry) and self._entry[right] == row[right]:
            right += 1
        done = len(row) if self._answer == BENAR else right
        meter = MeterPicture("", self._answer or self._entry, self._issued.meter_number)
        return RehearsalView(row, done, meter, wrong=len(self._entry) > right, over=self._answer == BENAR)

    def choose(self, answer: Answer) -> Next:
        if answer in (Choice.PREVIOUS, Choice.NEXT):
            return self._back()
        if isinstance(answer, Entered):
            self._press(answer.text)
            return self
        return super().choose(answer)

    def _press(self, key: str) -> None:
        row = self._issued.rows[self._index]
        if self._answer == BENAR:
            return
        self._answer = ""
        if key == ERASE:
            self._entry = self._entry[:-1]
        elif key == ENTER:
            self._answer = BENAR if self._entry == row else SALAH if self._entry else ""
            self._entry = ""
        elif row.startswith(self._entry) and len(self._entry) < len(row):
            # After a wrong digit there is one thing to do; a heap of them would be another lesson.
            self._entry += key
