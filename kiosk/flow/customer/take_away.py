"""A customer takes the rows away: in a phone, or on paper."""

from collections.abc import Callable
from datetime import datetime

from hardware.errors import PrintBroken, PrinterNotReady
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.customer.slip import qr_text, slip_of
from kiosk.flow.step import GO_HOME, ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import Printing, Stage
from kiosk.view.views import TakeAwayView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Issued


class TakeAwayStep(Step):
    """Photograph the rows, or have them printed, once."""

    idle_after = ROWS_SECONDS
    stage = Stage.SAVE
    help = messages.HELP_SAVE

    def __init__(self, here: Workplace, issued: Issued, back: Callable[[], Next]) -> None:
        super().__init__(here)
        self._issued = issued
        self._back = back
        self._printing = Printing.NONE if here.printer is None else Printing.OFFERED
        self._work: Background[Printing] | None = None

    @property
    def view(self) -> View:
        return TakeAwayView(qr_text(self._issued), self._printing, (NOTES[self._printing], messages.AT_HOME))

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PRINT and self._printing in (Printing.OFFERED, Printing.NOT_READY) and not self._work:
            self._printing, self._work = Printing.BUSY, Background(self._print)
            return self
        if answer is Choice.PREVIOUS:
            return self._back()
        if answer is Choice.DONE:
            return GO_HOME
        return super().choose(answer)

    def _print(self) -> Printing:
        assert self.here.printer is not None  # noqa: S101  PRINT is offered only where there is one
        try:
            now = datetime.now().astimezone()
            self.here.printer.print(slip_of(self._issued, self.here.office_name, self.here.help_line, now))
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
        return None


NOTES = {
    Printing.NONE: messages.PHOTOGRAPH,
    Printing.OFFERED: messages.PHOTOGRAPH_OR_PRINT,
    Printing.BUSY: messages.PRINTING,
    Printing.DONE: messages.TAKE_THE_SLIP,
    Printing.NOT_READY: messages.NO_PRINTER_NOW,
    Printing.BROKEN: messages.SLIP_BROKEN,
}
