"""What is connected to the kiosk."""

import time
from collections.abc import Callable, Iterator

from hardware.adapter import MeterAdapter
from hardware.errors import HardwareError, MeterProcessBusy
from hardware.printer.port import PrinterState
from hardware.settings import DEFAULT_PATH, MeterSettings
from kiosk.doctor.check import Check
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace

METER_SETTINGS = DEFAULT_PATH
TRIES, AGAIN_SECONDS = 10, 0.1
Connect = Callable[[str, str], MeterAdapter]
DAMAGED_JOURNAL = (
    "what the meter process remembered of these rows is lost: look at the meters whose rows are UNKNOWN on record, "
    "then take journal.damaged away from beside its journal. Is the card at its end? (docs/operations.md)"
)
_PRINTER = {
    PrinterState.READY: (Mood.GOOD, Message("Printer: siap"), ""),
    PrinterState.PAPER_OUT: (Mood.CAREFUL, Message("Printer: kertas habis"), "put in a roll of paper"),
    PrinterState.COVER_OPEN: (Mood.CAREFUL, Message("Printer: tutup terbuka"), "close its cover"),
    PrinterState.GONE: (
        Mood.CAREFUL,
        Message("Printer: tidak menjawab"),
        "switch it on, and compare its device file with the setting printer",
    ),
}


def check_meter_process(here: Workplace) -> Iterator[Check]:
    """The meter process answers, and can open its devices; with a test plug in the meter's place, each contact too."""
    if here.connect is None or here.demo:
        return
    if here.by_keys:
        yield from _contacts(here, here.connect)
    if here.light is not None:
        checks = list(_head(here.connect, here.light.name))
        # One journal for both.
        yield from (check for check in checks if not here.by_keys or check.part == "head")


def _contacts(here: Workplace, connect: Connect) -> Iterator[Check]:
    try:
        with connect("", here.models[0].name) as meter:
            found = None if meter.tools is None else meter.tools.loop_back()
            set_aside = meter.set_aside
    except HardwareError as error:
        yield Check("meter", Mood.BAD, Message("Alat input: {code}", {"code": error.code}), error.message)
        return
    yield Check("meter", Mood.GOOD, Message("Alat input: siap"))
    yield from _journal(set_aside)
    if found is not None:
        all_good = found.good == found.keys
        counts = {"good": str(len(found.good)), "all": str(len(found.keys))}
        yield Check(
            "contacts",
            Mood.GOOD if all_good else Mood.BAD,
            Message("Kontak: {good} dari {all} menutup dan membuka", counts),
            "" if all_good else "krn meter loop-back names the contacts that fail",
        )


def _journal(set_aside: int) -> Iterator[Check]:
    if set_aside:
        says = Message("Alat input: {lines} catatan rusak", {"lines": str(set_aside)})
        yield Check("meter-journal", Mood.CAREFUL, says, DAMAGED_JOURNAL)


def _head(connect: Connect, model: str) -> Iterator[Check]:
    """The optical head is plugged in, and its settings can be used; no meter need be under it."""
    try:
        with _soon(connect, model) as meter:
            set_aside = meter.set_aside
    except HardwareError as error:
        yield Check("head", Mood.BAD, Message("Kepala optik: {code}", {"code": error.code}), error.message)
        return
    yield Check("head", Mood.GOOD, Message("Kepala optik: siap"))
    yield from _journal(set_aside)


def _soon(connect: Connect, model: str) -> MeterAdapter:
    """The meter, opened when the session before is out, which may take a moment. Raises what opening raises."""
    for _ in range(TRIES):
        try:
            return connect("", model)
        except MeterProcessBusy:
            time.sleep(AGAIN_SECONDS)
    return connect("", model)


def check_meter_settings(_here: Workplace) -> Iterator[Check]:
    """The settings of this machine's meter process are written as this release has them; older ones are read too."""
    try:
        advice = MeterSettings.read(METER_SETTINGS).advice if METER_SETTINGS.exists() else ""
    except HardwareError:
        return  # the meter process says so itself
    if advice:
        says = Message("Alat input: pengaturan bentuk lama")
        yield Check("meter-settings", Mood.CAREFUL, says, f"{METER_SETTINGS} is {advice} (docs/config.md)")


def check_printer(here: Workplace) -> Iterator[Check]:
    """The printer is there and has paper; without one the kiosk still works."""
    if here.printer is not None:
        mood, says, advice = _PRINTER[here.printer.state()]
        yield Check("printer", mood, says, advice)


def check_pin(here: Workplace) -> Iterator[Check]:
    """A kiosk that types into meters should ask who lets it."""
    if here.connect is not None and here.pin is None and not here.demo:
        advice = "make one with krn pin FILE, and name the file in the setting technician_pin"
        yield Check("pin", Mood.CAREFUL, Message("PIN petugas: belum ada"), advice)


def check_voice(here: Workplace) -> Iterator[Check]:
    """Screens are read aloud where that is wanted, and its programs are there; without them the kiosk still works."""
    if here.voice is not None:
        yield Check("voice", Mood.GOOD, Message("Suara: siap"))
    elif here.headphones is not None:
        says = Message("Suara: espeak-ng atau aplay belum dipasang")
        yield Check("voice", Mood.CAREFUL, says, "apt install espeak-ng alsa-utils, or take out the setting headphones")
