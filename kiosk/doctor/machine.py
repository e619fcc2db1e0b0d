"""The machine itself: its disk, its clock, its heat and its supply."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.clock import clock_can_be_right
from kiosk.doctor.check import Check
from kiosk.view.formats import date_and_time, local
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace

LEAST_FREE = 200e6
"""Bytes: below, nothing should be put on the disk but records."""
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
HOT, TOO_HOT = 75.0, 82.0
"""Degrees Celsius; a Raspberry Pi slows down from 80."""
THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
UDEV = Path("/run/udev/data")
IS_TOUCH = "E:ID_INPUT_TOUCHSCREEN=1"
PERSISTENT = tuple(
    Path(f"/sys/module/{driver}/parameters/persist_gpio_outputs") for driver in ("pinctrl_bcm2835", "pinctrl_rp1")
)
"""Raspberry Pi's kernels: Y leaves a line that a process gave back as it was (pull requests 6117 and 6150)."""
SET_CLOCK = "connect the network, or set it with timedatectl set-time"
SYNCHRONISE = "connect the network, or compare it with a watch"
STRICT = "add dtparam=strict_gpiod to /boot/firmware/config.txt (docs/operations.md)"
SUPPLY = "use a supply of 5 V 3 A or more, on a short cable"
"""What to do, for a technician."""
UNDERVOLTAGE_NOW, UNDERVOLTAGE_ONCE = 1 << 0, 1 << 16
"""Bits of the firmware's answer (Raspberry Pi documentation, vcgencmd get_throttled)."""


def check_disk(here: Workplace) -> Iterator[Check]:
    """There is room for records."""
    for folder in here.folders:
        free = shutil.disk_usage(folder).free
        megabytes = {"megabytes": f"{free / 1e6:.0f}"}
        says = Message("Ruang penyimpanan: {megabytes} MB", megabytes)
        if free >= LEAST_FREE:
            yield Check("disk", Mood.GOOD, says)
        else:
            yield Check("disk", Mood.BAD, says, f"make room on the disk of {folder}")


def check_clock(_here: Workplace) -> Iterator[Check]:
    """The clock tells a possible time, and is synchronised."""
    told = {"time": date_and_time(local(time.time()))}
    if not clock_can_be_right():
        yield Check("clock", Mood.BAD, Message("Jam salah: {time}", told), SET_CLOCK)
    elif SYNCHRONISED.exists():
        yield Check("clock", Mood.GOOD, Message("Jam: {time}", told))
    else:
        yield Check("clock", Mood.CAREFUL, Message("Jam belum disinkronkan: {time}", told), SYNCHRONISE)


def check_heat(_here: Workplace) -> Iterator[Check]:
    """Where the kernel tells it."""
    try:
        degrees = int(THERMAL.read_text()) / 1000
    except (OSError, ValueError):
        return
    mood = Mood.GOOD if degrees < HOT else Mood.CAREFUL if degrees < TOO_HOT else Mood.BAD
    advice = "" if mood is Mood.GOOD else "give it air and shade, and look whether its fan turns"
    yield Check("heat", mood, Message("Suhu: {degrees} °C", {"degrees": f"{degrees:.0f}"}), advice)


def check_supply(_here: Workplace) -> Iterator[Check]:
    """On a Raspberry Pi: whether its voltage was ever too low since it started."""
    try:
        bits = int(THROTTLED.read_text(), 16)
    except (OSError, ValueError):
        return
    if bits & UNDERVOLTAGE_NOW:
        yield Check("supply", Mood.BAD, Message("Catu daya: tegangan kurang"), SUPPLY)
    elif bits & UNDERVOLTAGE_ONCE:
        yield Check("supply", Mood.CAREFUL, Message("Catu daya: tegangan pernah kurang"), SUPPLY)
    else:
        yield Check("supply", Mood.GOOD, Message("Catu daya: baik"))


def check_touch(_here: Workplace) -> Iterator[Check]:
    """Where udev keeps a list of devices: is one of them a touchscreen?"""
    if not UDEV.is_dir():
        return
    found = any(IS_TOUCH in path.read_text(errors="replace") for path in UDEV.glob("c13:*"))
    if found:
        yield Check("touch", Mood.GOOD, Message("Layar sentuh: ada"))
    else:
        yield Check("touch", Mood.CAREFUL, Message("Layar sentuh: tidak ditemukan"), "look at the panel's cable")


def check_lines(here: Workplace) -> Iterator[Check]:
    """What the kernel does with a line of a killed process. Only the monostable can be relied on, but both help."""
    told = [path.read_text().strip() for path in PERSISTENT if path.exists()]
    if here.connect is None or not here.by_keys or not told:
        return
    if "Y" in told:
        yield Check("lines", Mood.CAREFUL, Message("Jalur GPIO: strict_gpiod belum dipasang"), STRICT)
    else:
        yield Check("lines", Mood.GOOD, Message("Jalur GPIO: aman"))
