"""What is connected to the kiosk."""

from collections.abc import Iterator

from hardware.errors import HardwareError
from hardware.printer.port import PrinterState
from kiosk.doctor.check import Check
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace

_PRINTER = {
    PrinterState.READY: (Mood.GOOD, Message("Pencetak: siap")),
    PrinterState.PAPER_OUT: (Mood.CAREFUL, Message("Pencetak: kertas habis")),
    PrinterState.COVER_OPEN: (Mood.CAREFUL, Message("Pencetak: tutup terbuka")),
    PrinterState.GONE: (Mood.CAREFUL, Message("Pencetak: tidak menjawab")),
}


def check_meter_process(here: Workplace) -> Iterator[Check]:
    """The meter process answers, and can open its devices; with a test plug in the meter's place, each contact too."""
    if here.connect is None or here.demo:
        return
    try:
        with here.connect("", here.models[0].name) as meter:
            found = meter.loop_back()
    except HardwareError as error:
        yield Check("meter", Mood.BAD, Message("Alat pengetik: {code}", {"code": error.code}))
        return
    yield Check("meter", Mood.GOOD, Message("Alat pengetik: siap"))
    if found is not None:
        mood = Mood.GOOD if found.good == found.keys else Mood.BAD
        counts = {"good": str(len(found.good)), "all": str(len(found.keys))}
        yield Check("contacts", mood, Message("Kontak: {good} dari {all} menutup dan membuka", counts))


def check_printer(here: Workplace) -> Iterator[Check]:
    """The printer is there and has paper; without one the kiosk still works."""
    if here.printer is not None:
        mood, says = _PRINTER[here.printer.state()]
        yield Check("printer", mood, says)


def check_pin(here: Workplace) -> Iterator[Check]:
    """A kiosk that types into meters should ask who lets it."""
    if here.connect is not None and here.pin is None and not here.demo:
        yield Check("pin", Mood.CAREFUL, Message("PIN petugas: belum ada"))


def check_voice(here: Workplace) -> Iterator[Check]:
    """Screens are read aloud where that is wanted, and its programs are there; without them the kiosk still works."""
    if here.voice is not None:
        yield Check("voice", Mood.GOOD, Message("Suara: siap"))
    elif here.headphones is not None:
        yield Check("voice", Mood.CAREFUL, Message("Suara: espeak-ng atau aplay belum dipasang"))
