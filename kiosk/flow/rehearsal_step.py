"""A rehearsal: the first row is keyed into a meter that is only a picture, so that BENAR is known when it comes."""

from kiosk.flow.choices import Answer, Choice, Entered
from kiosk.flow.parts import MeterPicture
from kiosk.flow.rows_step import ROWS_SECONDS, RowsStep
from kiosk.flow.steps import Step
from kiosk.flow.views import RehearsalView, View
from kiosk.workplace import Workplace
from krn_engine.office.office import Issued

ERASE, ENTER = "erase", "next"
RIGHT, WRONG = "BENAR", "SALAH"


class RehearsalStep(Step):
    """Nothing of it goes anywhere: no meter, no record."""

    idle_after = ROWS_SECONDS

    def __init__(self, here: Workplace, issued: Issued, index: int) -> None:
        super().__init__(here)
        self._issued = issued
        self._index = index
        self._entry = ""
        self._answer = ""
        self._key: str | None = None

    @property
    def view(self) -> View:
        row = self._issued.rows[self._index]
        right = 0
        while right < len(self._entry) and self._entry[right] == row[right]:
            right += 1
        done = len(row) if self._answer == RIGHT else right
        meter = MeterPicture("", self._answer or self._entry, self._issued.meter_number, self._key)
        return RehearsalView(row, done, meter, wrong=len(self._entry) > right, over=self._answer == RIGHT)

    def choose(self, answer: Answer) -> Step:
        if answer in (Choice.PREVIOUS, Choice.NEXT):
            return RowsStep(self.here, self._issued, self._index)
        if isinstance(answer, Entered):
            self._press(answer.text)
            return self
        return super().choose(answer)

    def _press(self, key: str) -> None:
        row = self._issued.rows[self._index]
        if self._answer == RIGHT:
            return
        self._answer = ""
        if key == ERASE:
            self._entry = self._entry[:-1]
        elif key == ENTER:
            self._answer = RIGHT if self._entry == row else WRONG if self._entry else ""
            self._entry = ""
        elif len(self._entry) < len(row):
            self._entry += key
