"""Between "that is my meter" and the rows: what a customer is asked first, and where one who comes back goes on."""

import uuid
from collections.abc import Callable
from functools import partial
from itertools import accumulate

from hardware.person import YES
from hardware.printer.port import Printer, PrinterState
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.rows import RowsStep
from kiosk.flow.issue import issue
from kiosk.flow.meter.person import YES_NO
from kiosk.flow.notices import ResultStep
from kiosk.flow.step import GO_HOME, Next, Step, WorkStep
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Message, MeterPicture, Mood, Option, Stage
from kiosk.view.views import AdviceView, IdPadView, QuestionView, ResultView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord
from krn_engine.row import BENAR, SALAH

NONE_YET = "0"
BY_CUSTOMER = "customer"


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
        meter = MeterPicture("", "PERIKSA", self._meter_number)
        return QuestionView(messages.SAYS_PERIKSA, YES_NO, messages.IF_UNSURE, meter, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(YES):
            meter = MeterPicture("", "PERIKSA")
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
        return QuestionView(messages.HOLDS_A_TOKEN, YES_NO, messages.IF_UNSURE, goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(YES):
            meter = MeterPicture("", "GAGAL")
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


class AdviceStep(Step):
    """Something to know; then on, or home where there is nothing more to do here. `back` leads to the question."""

    def __init__(
        self,
        here: Workplace,
        view: AdviceView,
        following: Callable[[], Next] | None = None,
        back: Callable[[], Next] | None = None,
    ) -> None:
        super().__init__(here)
        self._view = view
        self._following = following
        self._back = back

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.NEXT and self._following is not None:
            return self._following()
        if answer is Choice.PREVIOUS and self._back is not None:
            return self._back()
        return GO_HOME if answer is Choice.DONE else super().choose(answer)


class ComeBackStep(Step):
    """These rows were given out before: which key changes does the meter have by now?"""

    stage = Stage.CHECK
    help = messages.HELP_QUESTION

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back

    @property
    def view(self) -> QuestionView:
        options = [Option(NONE_YET, Message("Belum ada"))]
        row = 0
        for change in self._issued.changes:
            row += len(change.rows)
            last = row == len(self._issued.rows)
            label = Message("Semua") if last else Message("Kode 1 sampai {row}", {"row": str(row)})
            options.append(Option(str(row), label))
        return QuestionView(messages.WHICH_ARE_IN, tuple(options), goes_back=True)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        if not self.view.offers(answer):
            return super().choose(answer)
        done = int(answer.text) if isinstance(answer, Entered) else 0
        if done == len(self._issued.rows):
            return KrnStep(self.here, self._issued, lambda: self)
        return _claim(self.here, self._issued, done, BENAR, lambda: _go_on(self.here, self._issued, done, lambda: self))


class KrnStep(Step):
    """All rows are in, somebody says: which number does the meter show? What it should be is said only afterwards."""

    stage = Stage.CHECK
    help = messages.HELP_QUESTION

    def __init__(
        self, here: Workplace, issued: Issued, back: Callable[[], Next], problem: Message | None = None
    ) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back
        self._problem = problem

    @property
    def view(self) -> View:
        return IdPadView(problem=self._problem, asks=messages.WHICH_KRN)

    def choose(self, answer: Answer) -> Next:
        here, issued = self.here, self._issued
        if answer is Choice.DONT_KNOW:
            advice = AdviceView(messages.LOOK_FIRST, messages.LOOK_FIRST_LINES, MeterPicture("", "04"))
            rows = AdviceStep(here, advice, lambda: RowsStep(here, issued, back=self._back), back=lambda: self)
            return _claim(here, issued, len(issued.rows), BENAR, lambda: rows)
        if answer is Choice.PREVIOUS:
            return self._back()
        if not isinstance(answer, Entered):
            return super().choose(answer)
        if len(answer.text) != 1:
            return KrnStep(here, issued, self._back, messages.ONE_DIGIT)
        return _with_number(here, issued, int(answer.text), self._back)


def _with_number(here: Workplace, issued: Issued, shown: int, back: Callable[[], Next]) -> Next:
    """What the number makes of "all of them": the right one, one from half way, or one that leads back to the rows."""
    seen, wanted = f"04: {shown}", issued.changes[-1].new_krn
    if wanted is None or shown == wanted:
        title = messages.NOTED if wanted is None else messages.RIGHT_NUMBER
        result = ResultStep(here, ResultView(Mood.GOOD, title, (messages.ROWS_STAY,)))
        return _claim(here, issued, len(issued.rows), seen, lambda: result)
    done = row = 0
    for change in issued.changes:
        row += len(change.rows)
        done = row if change.new_krn == shown else done
    told = messages.not_yet(shown, wanted)
    return _claim(here, issued, done, seen, lambda: _go_on(here, issued, done, back, told))


def _claim(here: Workplace, issued: Issued, done: int, seen: str, then: Callable[[], Next]) -> Next:
    """What the customer says of the first `done` rows goes on record as their word; it closes nothing."""

    def job() -> None:
        row = 0
        for change in issued.changes:
            row += len(change.rows)
            for section in range(1, len(change.rows) + 1):
                if row <= done and change.outcomes[section - 1] is not RowOutcome.ACCEPTED:
                    here.office.record(_by_word(here, change.id, section, seen))

    return WorkStep(here, messages.RECORDING, Background(job), lambda _nothing: then()) if done else then()


def _by_word(here: Workplace, key_change_id: str, section: int, seen: str) -> RowRecord:
    attempt = uuid.uuid4().hex
    return RowRecord(
        key_change_id, section, RowOutcome.ACCEPTED, seen, BY_CUSTOMER, here.place, attempt, Grade.CUSTOMER
    )


def _go_on(
    here: Workplace,
    issued: Issued,
    done: int,
    back: Callable[[], Next],
    first: Message = messages.GO_ON_LINES[0],
) -> Next:
    """The rest of the rows, under the numbers that they have on the slip, with what to do when one is refused."""
    advice = AdviceView(
        Message("Lanjutkan dari kode {row}", {"row": str(done + 1)}),
        (first, *messages.GO_ON_LINES[1:]),
        MeterPicture("", SALAH),
    )
    ends = accumulate(len(change.rows) for change in issued.changes)
    told = sum(end <= done for end in ends)
    return AdviceStep(here, advice, lambda: RowsStep(here, issued, done, told, back), back=back)
