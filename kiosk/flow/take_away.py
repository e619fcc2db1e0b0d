"""The rows on paper and in a phone: what a slip says, and the step in which a customer takes them away."""

from datetime import datetime

from hardware.errors import PrintBroken, PrinterNotReady
from hardware.printer.slip import Slip, SlipLine
from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.choices import Answer, Choice
from kiosk.flow.parts import Printing
from kiosk.flow.rows_step import ROWS_SECONDS, RowsStep
from kiosk.flow.steps import HomeStep, Step
from kiosk.flow.views import TakeAwayView, View
from kiosk.workplace import Workplace
from krn_engine.office.office import Issued


def spaced(row: str) -> str:
    """Five groups of four."""
    return " ".join(row[place : place + 4] for place in range(0, len(row), 4))


def qr_text(issued: Issued) -> str:
    """Plain text that any phone shows."""
    return "\n".join(f"{number}) {spaced(row)}" for number, row in enumerate(issued.rows, 1))


def slip_of(issued: Issued, office_name: str, now: datetime) -> Slip:
    """The slip, in Indonesian: at home it stands beside a meter and a help line that speak it. No name, no address."""
    lines = [
        SlipLine(office_name, bold=True, centre=True),
        SlipLine("PEMBARUAN METER (KRN)", bold=True, centre=True),
        SlipLine(f"Nomor meter {issued.meter_number}", centre=True),
        SlipLine(now.strftime("%d-%m-%Y %H.%M"), centre=True),
        SlipLine("GRATIS. Sisa kWh tidak berubah.", bold=True, centre=True),
        SlipLine(),
        SlipLine("Ketik berurutan, lalu tekan Enter."),
    ]
    number = 0
    for change in issued.changes:
        first = number + 1
        for row in change.rows:
            number += 1
            lines += [
                SlipLine(),
                SlipLine(f"Baris {number} dari {len(issued.rows)}", bold=True),
                SlipLine(spaced(row), bold=True, large=True, centre=True),
                SlipLine("[ ] Meter menampilkan BENAR"),
            ]
        lines.append(SlipLine(f"Baris {first}-{number}: selesaikan dalam 10 menit."))
    lines += [
        SlipLine(),
        SlipLine("Kalau SALAH: cocokkan angka, ketik sekali lagi."),
        SlipLine("Kalau tetap SALAH: berhenti, hubungi 123."),
        SlipLine("Sudah selesai? Ketik 04 Enter: versi meter."),
        SlipLine("Simpan slip ini. Bantuan 24 jam: 123", bold=True),
    ]
    return tuple(lines)


class TakeAwayStep(Step):
    """Photograph the rows, or have them printed, once."""

    idle_after = ROWS_SECONDS

    def __init__(self, here: Workplace, issued: Issued, index: int) -> None:
        super().__init__(here)
        self._issued = issued
        self._index = index
        self._printing = Printing.NONE if here.printer is None else Printing.OFFERED
        self._work: Background[Printing] | None = None

    @property
    def view(self) -> View:
        return TakeAwayView(qr_text(self._issued), self._printing, (NOTES[self._printing], messages.AT_HOME))

    def choose(self, answer: Answer) -> Step:
        if answer is Choice.PRINT and self._printing in (Printing.OFFERED, Printing.NOT_READY) and not self._work:
            self._printing, self._work = Printing.BUSY, Background(self._print)
            return self
        if answer is Choice.PREVIOUS:
            return RowsStep(self.here, self._issued, self._index)
        if answer is Choice.DONE:
            return HomeStep(self.here)
        return super().choose(answer)

    def _print(self) -> Printing:
        assert self.here.printer is not None  # noqa: S101  PRINT is offered only where there is one
        try:
            self.here.printer.print(slip_of(self._issued, self.here.office_name, datetime.now().astimezone()))
        except PrinterNotReady as error:
            self.here.events.note(Event.PRINTER_NOT_READY, error.code)
            return Printing.NOT_READY
        except PrintBroken as error:
            self.here.events.note(Event.SLIP_BROKEN, error.code)
            return Printing.BROKEN
        self.here.events.note(Event.SLIP_PRINTED)
        return Printing.DONE

    def poll(self) -> Step | None:
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
