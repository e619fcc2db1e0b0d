"""A customer takes the rows away: in a phone, or on paper. Nobody goes without either by mistake."""

import threading
from collections.abc import Callable
from datetime import datetime

from hardware.errors import PrintBroken, PrinterNotReady
from hardware.person import NO, YES
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.slip import qr_text, slip_of
from kiosk.flow.customer.thanks import ThanksStep
from kiosk.flow.slips import Slips
from kiosk.flow.step import ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Printing, Stage
from kiosk.view.views import QuestionView, TakeAwayView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued
from krn_engine.row import Hidden

_ONE_AT_A_TIME = threading.Lock()
"""Somebody may go home while their slip is printed: the next one waits for it."""
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

    @property
    def view(self) -> View:
        issued, printing, page = self._issued, self._slips.printing, self._page
        note = messages.PHOTOGRAPH_PAGE if page is not None and printing is Printing.NONE else NOTES[printing]
        notes, qr = (note, messages.AT_HOME), page or qr_text(issued)
        return TakeAwayView(qr, printing, notes, self._can_print, issued.rows, issued.first, page is not None)

    def choose(self, answer: Answer) -> Next:
        slips = self._slips
        if answer is Choice.PRINT and self._can_print and not slips.work:
            slips.printing, slips.work = Printing.BUSY, Background(self._print)
            return self
        if answer is Choice.PREVIOUS:
            return self._back()
        if answer is Choice.DONE and slips.printed:
            return ThanksStep(self.here, self._issued, self._told)
        if answer is Choice.DONE and not slips.work:
            return WithoutPaperStep(self.here, self._issued, lambda: self, self._told)
        return super().choose(answer)

    @property
    def _slips(self) -> Slips:
        """What was printed of these rows in this session."""
        self.slips.about(self._issued.meter_number, can_print=self.here.printer is not None)
        return self.slips

    @property
    def _page(self) -> Hidden | None:
        """The address of the page at home, if there is one."""
        return self._slips.page.address(self._issued.request_id)

    @property
    def _can_print(self) -> bool:
        slips = self._slips
        again = slips.printing is Printing.DONE and slips.printed < PRINTS
        return again or slips.printing in (Printing.OFFERED, Printing.NOT_READY)

    def _print(self) -> Printing:
        assert self.here.printer is not None  # noqa: S101  PRINT is offered only where there is one
        try:
            here, now = self.here, datetime.now().astimezone()
            issued, language, page = self._issued, self.language, self._page
            slip = slip_of(
                issued, here.office_name, here.help_line, now, place=here.place, language=language, page=page
            )
            with _ONE_AT_A_TIME:
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
        slips = self._slips
        if slips.work is not None and (printed := slips.work.result()) is not None:
            slips.printing, slips.work = printed, None
            slips.printed += printed is Printing.DONE
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
