"""Between "that is my meter" and the rows: what a customer is asked first, and where one who comes back goes on."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

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
from kiosk.view.parts import Message, MeterPicture, Mood, Option
from kiosk.view.views import AdviceView, QuestionView, ResultView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued, RowOutcome, RowRecord

NONE_YET = "0"
BY_CUSTOMER = "customer"


def before_rows(here: Workplace, meter_number: str, *, handed_out: bool) -> Next:
    """The first question: about the meter to a new customer, about the rows to one who comes back."""
    if handed_out:
        return issue(here, meter_number, then=ComeBackStep)
    return PeriksaStep(here, meter_number)


class PeriksaStep(Step):
    """A meter that says PERIKSA refuses every row until it is cleared."""

    def __init__(self, here: Workplace, meter_number: str) -> None:
        super().__init__(here)
        self._meter_number = meter_number

    @property
    def view(self) -> QuestionView:
        return QuestionView(messages.SAYS_PERIKSA, YES_NO)

    def choose(self, answer: Answer) -> Next:
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(YES):
            meter = MeterPicture("", "PERIKSA")
            return AdviceStep(self.here, AdviceView(messages.CLEAR_FIRST, messages.CLEAR_FIRST_LINES, meter))
        return PendingStep(self.here, self._meter_number)


class PendingStep(Step):
    """A token that was bought under the old key dies when the key changes: it goes in first."""

    def __init__(self, here: Workplace, meter_number: str) -> None:
        super().__init__(here)
        self._meter_number = meter_number

    @property
    def view(self) -> QuestionView:
        return QuestionView(messages.HOLDS_A_TOKEN, YES_NO)

    def choose(self, answer: Answer) -> Next:
        if not self.view.offers(answer):
            return super().choose(answer)
        if answer == Entered(YES):
            meter = MeterPicture("", "GAGAL")
            advice = AdviceView(messages.TOKEN_FIRST, messages.TOKEN_FIRST_LINES, meter)
            return AdviceStep(self.here, advice, self._rows)
        return self._rows()

    def _rows(self) -> Next:
        rows = partial(issue, self.here, self._meter_number, then=RowsStep)
        return rows() if self.here.printer is None else with_printer(self.here, self.here.printer, rows)


def with_printer(here: Workplace, printer: Printer, following: Callable[[], Next]) -> Next:
    """Whether a slip can be printed is said before rows are issued, with what to do without one."""

    def then(state: PrinterState) -> Next:
        if state is PrinterState.READY:
            return following()
        return AdviceStep(here, AdviceView(messages.PRINTER_FIRST, messages.PRINTER_FIRST_LINES, None), following)

    return WorkStep(here, messages.ISSUING, Background(printer.state), then)


class AdviceStep(Step):
    """Something to know; then on, or home where there is nothing more to do here."""

    def __init__(self, here: Workplace, view: AdviceView, following: Callable[[], Next] | None = None) -> None:
        super().__init__(here)
        self._view = view
        self._following = following

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.NEXT:
            return GO_HOME if self._following is None else self._following()
        return super().choose(answer)


class ComeBackStep(Step):
    """These rows were given out before: which key changes does the meter have by now?"""

    def __init__(self, here: Workplace, issued: Issued) -> None:
        super().__init__(here)
        self._issued = issued

    @property
    def view(self) -> QuestionView:
        options = [Option(NONE_YET, Message("Belum ada"))]
        row = 0
        for change in self._issued.changes:
            row += len(change.rows)
            last = row == len(self._issued.rows)
            label = Message("Semua") if last else Message("Baris 1 sampai {row}", {"row": str(row)})
            options.append(Option(str(row), label))
        return QuestionView(messages.WHICH_ARE_IN, tuple(options))

    def choose(self, answer: Answer) -> Next:
        if not self.view.offers(answer):
            return super().choose(answer)
        done = int(answer.text) if isinstance(answer, Entered) else 0
        return _record(self.here, self._issued, done) if done else _go_on(self.here, self._issued, 0)


def _record(here: Workplace, issued: Issued, done: int) -> Next:
    """What the customer saw on the meter goes on record, by their word."""

    def job() -> None:
        row = 0
        for change in issued.changes:
            row += len(change.rows)
            for section in range(1, len(change.rows) + 1):
                if row <= done and change.outcomes[section - 1] is not RowOutcome.ACCEPTED:
                    here.office.record(_by_word(here, change.id, section))

    def then(_nothing: None) -> Next:
        if done < len(issued.rows):
            return _go_on(here, _with_word(issued, done), done)
        krn = issued.changes[-1].new_krn
        lines = () if krn is None else (messages.prove_it(krn),)
        return ResultStep(here, ResultView(Mood.GOOD, messages.ALL_IN, lines))

    return WorkStep(here, messages.RECORDING, Background(job), then)


def _with_word(issued: Issued, done: int) -> Issued:
    """What is on record now: ready-made rows name no KRN, so only their outcomes tell where the typing begins."""
    changes, row = [], 0
    for change in issued.changes:
        row += len(change.rows)
        taken = replace(change, outcomes=(RowOutcome.ACCEPTED,) * len(change.rows))
        changes.append(taken if row <= done else change)
    return replace(issued, changes=tuple(changes))


def _by_word(here: Workplace, key_change_id: str, section: int) -> RowRecord:
    return RowRecord(
        key_change_id, section, RowOutcome.ACCEPTED, "BENAR", BY_CUSTOMER, here.place, attempt=uuid.uuid4().hex
    )


def _go_on(here: Workplace, issued: Issued, done: int) -> Next:
    """The rest of the rows, under the numbers that they have on the slip, with what to do when one is refused."""
    advice = AdviceView(
        Message("Lanjutkan dari baris {row}", {"row": str(done + 1)}),
        messages.GO_ON_LINES,
        MeterPicture("", "SALAH"),
    )
    return AdviceStep(here, advice, lambda: RowsStep(here, issued, done))
