"""A customer takes the rows away: in a phone, or on paper. Nobody goes without either by mistake."""

from collections.abc import Callable
from datetime import datetime

from hardware.errors import PrintBroken, PrinterNotReady
from hardware.person import NO, YES
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.slip import qr_text, slip_of
from kiosk.flow.customer.thanks import ThanksStep
from kiosk.flow.step import ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Printing, Stage
from kiosk.view.views import QuestionView, TakeAwayView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued

PRINTS = 2
"""Slips that one visit may print: the second for one that tore or fell down."""


class TakeAwayStep(Step):
    """Photograph the rows, or have them printed."""

    idle_after = ROWS_SECONDS
    stage = Stage.SAVE
    help = messages.HELP_SAVE

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next], told: int = 0) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back
        self._told = told
        self._printing = Printing.NONE if here.printer is None else Printing.OFFERED
        self._work: Background[Printing] | None = None
        self._printed = 0

    @property
    def view(self) -> View:
        notes = (NOTES[self._printing], messages.AT_HOME)
        issued = self._issued
        return TakeAwayView(qr_text(issued), self._printing, notes, self._can_print, issued.rows, issued.first)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PRINT and self._can_print and not self._work:
            self._printing, self._work = Printing.BUSY, Background(self._print)
            return self
        if answer is Choice.PREVIOUS:
            return self._back()
        if answer is Choice.DONE and self._printed:
            return ThanksStep(self.here, self._issued, self._told)
        if answer is Choice.DONE and not self._work:
            return WithoutPaperStep(self.here, self._issued, lambda: self, self._told)
        return super().choose(answer)

    @property
    def _can_print(self) -> bool:
        again = self._printing is Printing.DONE and self._printed < PRINTS
        return again or self._printing in (Printing.OFFERED, Printing.NOT_READY)

    def _print(self) -> Printing:
        assert self.here.printer is not None  # noqa: S101  PRINT is offered only where there is one
        try:
            here, now = self.here, datetime.now().astimezone()
            slip = slip_of(
                self._issued, here.office_name, here.help_line, now, place=here.place, language=self.language
            )
            self.here.printer.print(slip)
        except PrinterNotReady as error:
            self.here.events.note(Event.PRINTER_NOT_READY, error.code)
            return Printing.NOT_READY
        except PrintBroken as error:
            self.here.events.note(Event.SLIP_BROKEN, error.code)
            return Printing.BROKEN
        self.here.events.note(Event.SLIP_PRINTED)
        return Printing.DONE

    def poll(self) -> Next | None:
        if self._work is not None and (printed := self._work.result()) is not None:
            self._printing, self._work = printed, None
            self._printed += printed is Printing.DONE
        return None


class WithoutPaperStep(Step):
    """Nothing was printed: are the rows in a phone, or on the customer's own paper?"""

    idle_after = ROWS_SECONDS
    stage = Stage.SAVE
    help = messages.HELP_SAVE

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next], told: int = 0) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back
        self._told = told

    @property
    def view(self) -> QuestionView:
        return QuestionView(
            messages.HAVE_YOU_GOT_THEM, messages.GOT_OR_NOT, messages.GONE_AFTERWARDS, goes_back=True, unsure=False
        )

    def choose(self, answer: Answer) -> Next:
        if answer == Entered(YES):
            return ThanksStep(self.here, self._issued, self._told)
        if answer in (Entered(NO), Choice.PREVIOUS):
            return self._back()
        return super().choose(answer)


NOTES = {
    Printing.NONE: messages.PHOTOGRAPH,
    Printing.OFFERED: messages.PHOTOGRAPH_OR_PRINT,
    Printing.BUSY: messages.PRINTING,
    Printing.DONE: messages.TAKE_THE_SLIP,
    Printing.NOT_READY: messages.NO_PRINTER_NOW,
    Printing.BROKEN: messages.SLIP_BROKEN,
}
