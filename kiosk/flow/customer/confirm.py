"""The question "is this your meter?" where rows are due; for any other meter, why there is nothing to do."""

from kiosk.flow import messages
from kiosk.flow.customer.find import IdPadStep
from kiosk.flow.customer.questions import before_rows
from kiosk.flow.notices import ErrorStep, ResultStep
from kiosk.flow.refusals import error_view
from kiosk.flow.step import Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.formats import thousands
from kiosk.view.parts import Mood
from kiosk.view.views import ConfirmView, ResultView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Blocked, Due, Found, NothingToDo, Unclear
from krn_engine.office.errors import MeterBlocked


def after_found(here: Workplace, found: Found) -> Next:
    """Where a customer goes on."""
    match found.standing:
        case Due() as due:
            return ConfirmStep(here, found, due)
        case NothingToDo(krn):
            version = None if krn is None else (krn, krn)
            return ResultStep(here, ResultView(Mood.GOOD, messages.UP_TO_DATE, (messages.NOTHING_TO_PAY,), version))
        case Blocked():
            return _error(here, MeterBlocked.code)
        case Unclear(code, _):
            return _error(here, code)


def _error(here: Workplace, code: str) -> Next:
    return ErrorStep(here, error_view(code))


class ConfirmStep(Step):
    """Is this your meter?"""

    def __init__(self, here: Workplace, found: Found, due: Due) -> None:
        super().__init__(here)
        self._found = found
        self._due = due

    @property
    def view(self) -> View:
        customer = self._found.customer
        power = "" if customer.power_va is None else f" / {thousands(customer.power_va)} VA"
        warning = messages.WARNINGS[self._found.warnings[0]] if self._found.warnings else None
        return ConfirmView(
            customer.masked_name, self._found.meter_number, f"{customer.tariff}{power}", self._due.rows, warning
        )

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.YES:
            return before_rows(self.here, self._found.meter_number, handed_out=self._due.handed_out)
        if answer is Choice.NO:
            return IdPadStep(self.here, after_found)
        return super().choose(answer)
