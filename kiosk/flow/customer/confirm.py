"""The question "is this your meter?", before anything is said of how the meter stands; then what there is to do."""

from kiosk.flow import messages
from kiosk.flow.customer.find import IdPadStep
from kiosk.flow.customer.questions import before_rows
from kiosk.flow.notices import ErrorStep, ResultStep
from kiosk.flow.refusals import error_view
from kiosk.flow.step import Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.formats import thousands
from kiosk.view.parts import Mood, Stage, Whose
from kiosk.view.views import ConfirmView, ResultView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Blocked, Due, Found, NothingToDo, Unclear
from krn_engine.office.errors import MeterBlocked


def after_found(here: Workplace, found: Found) -> Next:
    """Where a customer goes on: whose meter it is comes first, whatever is said of it then."""
    return ConfirmStep(here, found)


class ConfirmStep(Step):
    """Is this your meter?"""

    stage = Stage.CHECK
    help = messages.HELP_CONFIRM

    def __init__(self, here: Workplace, found: Found) -> None:
        super().__init__(here)
        self._found = found

    @property
    def view(self) -> View:
        found = self._found
        power = "" if found.customer.power_va is None else f" / {thousands(found.customer.power_va)} VA"
        return ConfirmView(
            found.customer.masked_name,
            found.meter_number,
            f"{found.customer.tariff}{power}",
            found.standing.rows if isinstance(found.standing, Due) else None,
            messages.WARNINGS[found.warnings[0]] if found.warnings else None,
        )

    @property
    def whose(self) -> Whose:
        customer = self._found.customer
        return Whose(customer.masked_name, self._found.meter_number, customer.idpel)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.YES:
            return self._confirmed()
        if answer is Choice.NO:
            return IdPadStep(self.here, after_found)
        return super().choose(answer)

    def _confirmed(self) -> Next:
        match self._found.standing:
            case Due() as due:
                number = self._found.meter_number
                return before_rows(self.here, number, handed_out=due.handed_out, back=lambda: self)
            case NothingToDo(krn):
                version = None if krn is None else (krn, krn)
                view = ResultView(
                    Mood.GOOD, messages.UP_TO_DATE, (messages.NOTHING_TO_PAY, messages.REFUSES_TOKENS), version
                )
                return ResultStep(self.here, view)
            case Blocked():
                return ErrorStep(self.here, error_view(MeterBlocked.code))
            case Unclear(code, _):
                return ErrorStep(self.here, error_view(code))
