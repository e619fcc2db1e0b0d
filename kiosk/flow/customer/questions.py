"""Between "that is my meter" and the rows of a new customer: what is asked first."""

from collections.abc import Callable
from functools import partial

from hardware.person import YES
from hardware.printer.port import Printer, PrinterState
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.advice import AdviceStep
from kiosk.flow.customer.come_back import ComeBackStep
from kiosk.flow.customer.rows import RowsStep
from kiosk.flow.issue import issue
from kiosk.flow.meter.person import YES_NO
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import MeterPicture, Stage
from kiosk.view.views import AdviceView, QuestionView
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued
from krn_engine.row import GAGAL, PERIKSA


def before_rows(here: Workplace, meter_number: str, *, handed_out: bool, back: Callable[[], Next]) -> Next:
    """The first question: about the meter to a new customer, about the rows to one who comes back."""
    if handed_out:
        return issue(here, meter_number, then=lambda here, issued: ComeBackStep(here, issued, back))
    return PeriksaStep(here, meter_number, back)


class PeriksaStep(Step):
    """A meter that says PERIKSA refuses every row until it is cleared."""

    stage = Stage.CHECK
    help = messages.HELP_QUESTION

    def __init__(self, here: Workplace, meter_number: str, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._meter_number = meter_number
        self._back = back

    @property
    def view(self) -> QuestionView:
        meter = MeterPicture("", PERIKSA, self._meter_number)
        return QuestionView(messages.SAYS_PERIKSA, YES_NO, messages.IF_UNSURE, meter, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(YES):
            meter = MeterPicture("", PERIKSA)
            view = AdviceView(messages.CLEAR_FIRST, messages.CLEAR_FIRST_LINES, meter, ends=True)
            return AdviceStep(self.here, view, back=lambda: self)
        return PendingStep(self.here, self._meter_number, lambda: self)


class PendingStep(Step):
    """A token that was bought under the old key dies when the key changes: it goes in first."""

    stage = Stage.CHECK
    help = messages.HELP_QUESTION

    def __init__(self, here: Workplace, meter_number: str, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._meter_number = meter_number
        self._back = back

    @property
    def view(self) -> QuestionView:
        return QuestionView(messages.HOLDS_A_TOKEN, messages.TOKEN_OR_NOT, messages.IF_UNSURE, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(YES):
            meter = MeterPicture("", GAGAL)
            advice = AdviceView(messages.TOKEN_FIRST, messages.TOKEN_FIRST_LINES, meter)
            return AdviceStep(self.here, advice, self._rows, back=lambda: self)
        return self._rows()

    def _rows(self) -> Next:
        rows = partial(issue, self.here, self._meter_number, then=self._issued)
        return rows() if self.here.printer is None else with_printer(self.here, self.here.printer, rows, lambda: self)

    def _issued(self, here: Workplace, issued: Issued) -> Next:
        return RowsStep(here, issued, back=lambda: self)


def with_printer(here: Workplace, printer: Printer, following: Callable[[], Next], back: Callable[[], Next]) -> Next:
    """Whether a slip can be printed is said before rows are issued, with what to do without one."""

    def then(state: PrinterState) -> Next:
        if state is PrinterState.READY:
            return following()
        view = AdviceView(messages.PRINTER_FIRST, messages.PRINTER_FIRST_LINES, None)
        return AdviceStep(here, view, following, back)

    return WorkStep(here, messages.ISSUING, Background(printer.state), then)
