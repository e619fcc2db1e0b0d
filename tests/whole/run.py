"""A whole Debian with the kiosk in it, from power-on to power cuts, seen and touched from outside.

python -m tests.whole.run [STEP ...]: all steps, or those named.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pygame

from kiosk.commands.out_of_service import REASONS
from kiosk.flow.messages import CLOSED
from kiosk.view.views import OutOfServiceView
from krn_engine.demo import DemoCase, DemoProvince
from tests.whole.glass import NeverShown, Twin, drawn, twin, wait_for
from tests.whole.image import FOLDER, Image, built
from tests.whole.machine import Whole, overlay, usable_speed, whole

START_SECONDS, SCREEN_SECONDS = 900.0, 240.0
"""Patience with a start and with the next screen: an emulator on a busy machine needs minutes."""
CUTS = 10
"""Every second one in a session."""
IDPEL = DemoProvince().first(DemoCase.FOUR_ROWS).idpel
SHORT_RETRY = "mkdir -p /run/systemd/system/krn-retry.timer.d && printf '[Timer]\\nOnActiveSec=\\nOnActiveSec=60\\n' "
SHORT_RETRY += ">/run/systemd/system/krn-retry.timer.d/short.conf"
"""A minute in place of ten."""
BROKEN = "mkdir -p /run/systemd/system/krn-kiosk.service.d && printf '[Service]\\nExecStartPre=/bin/false\\n' "
BROKEN += ">/run/systemd/system/krn-kiosk.service.d/broken.conf && systemctl daemon-reload"
RESTARTS = "systemctl show -p NRestarts --value krn-kiosk"
MENDED = "rm /run/systemd/system/krn-kiosk.service.d/broken.conf && systemctl daemon-reload"


@dataclass
class Rig:
    """One card, the machine's speed, the twin that says what should be seen, and what was measured."""

    image: Image
    folder: Path
    speed: str
    twin: Twin
    card: Path
    times: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def on(self, what: str, *more: str) -> Iterator[Whole]:
        """Power on, until the home screen stands still."""
        self.twin.begin()
        with whole(self.image, self.folder, self.card, self.speed, more) as machine:
            wait_for(machine.picture, self.twin.picture, f"the home screen ({what})", START_SECONDS)
            self.note(f"power-on to home screen: {what}", time.monotonic() - machine.begun)
            yield machine

    def note(self, what: str, seconds: float) -> None:
        """A line of the figures."""
        self.times.append((what, seconds))
        print(f"{seconds:7.1f} s  {what}", flush=True)

    def press(self, machine: Whole, name: str) -> float:
        """One touch, and the screen after it; gives the seconds between."""
        machine.touch(*self.twin.place(name))
        self.twin.tap(name)
        return wait_for(machine.picture, self.twin.picture, f"{self.twin.view} after {name}", SCREEN_SECONDS)

    def walk(self, machine: Whole, what: str, *names: str) -> None:
        """Several touches, one after the other."""
        taken = [self.press(machine, name) for name in names]
        self.note(f"{what}: {len(names)} touches, the slowest {max(taken):.1f} s", sum(taken))

    def to_the_row(self, machine: Whole, what: str) -> None:
        """From the number's last digit to the first row, by whatever is asked on the way."""
        names = []
        taken = []
        while self.twin.view != "RowsView":
            names.append(self.twin.first_of("answer-no", "answer-not-tried", "yes", "next"))
            taken.append(self.press(machine, names[-1]))
        self.note(f"{what}: {', '.join(names)}, the slowest {max(taken):.1f} s", sum(taken))

    def home(self, machine: Whole, what: str, since: float) -> None:
        """The home screen again."""
        self.twin.begin()
        wait_for(machine.picture, self.twin.picture, f"the home screen ({what})", START_SECONDS)
        self.note(f"{what}: to the home screen", time.monotonic() - since)


def done(machine: Whole, command: str, seconds: float = 300.0) -> str:
    """What a command says that must succeed."""
    status, said = machine.hand.run(command, seconds)
    assert status == 0, f"{command}: {status}\n{said}"
    return said


def state(machine: Whole, unit: str) -> str:
    """systemd's word for a unit."""
    return machine.hand.run(f"systemctl is-active {unit}")[1]


def until(machine: Whole, command: str, what: str) -> None:
    """Until a command succeeds; raises AssertionError if it never does."""
    end = time.monotonic() + SCREEN_SECONDS
    while machine.hand.run(command)[0] != 0:
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(1.0)


def journey(rig: Rig) -> None:
    """Power-on under the unit's own locks, the very first touch, and on to the first row."""
    with rig.on("first start") as machine:
        overrides = done(machine, "systemctl show -p DropInPaths --value krn-kiosk.service")
        assert overrides == "", f"the unit is not as it was installed: {overrides}"
        rig.walk(machine, "the first touch", "start")
        rig.walk(machine, "a number of 12 digits", *(f"digit-{digit}" for digit in IDPEL))
        rig.to_the_row(machine, "from the number to the first row")
        failed = done(machine, "systemctl --failed --no-legend --plain")
        assert failed == "", failed


def services(rig: Rig) -> None:
    """restart, stop and start; a process that hangs; the doctor and the lobby's locks."""
    with rig.on("services") as machine:
        since = time.monotonic()
        done(machine, "systemctl restart krn-kiosk")
        rig.home(machine, "systemctl restart", since)
        rig.walk(machine, "the first touch after it", "start")
        done(machine, "systemctl stop krn-kiosk")
        time.sleep(5.0)
        for unit in ("krn-kiosk", "krn-out-of-service", "krn-retry.timer"):
            assert state(machine, unit) == "inactive", (unit, state(machine, unit))
        since = time.monotonic()
        done(machine, "systemctl start krn-kiosk")
        rig.home(machine, "systemctl start", since)
        since = time.monotonic()
        done(machine, "systemctl kill --signal=STOP krn-kiosk")
        until(machine, f"test $({RESTARTS}) != 0", "somebody notices that it hangs")
        rig.home(machine, "SIGSTOP", since)
        told = machine.hand.run("krn-doctor")[1]
        print(told)
        for line in (
            "Switching consoles: not possible",
            "Logins on consoles: closed",
            "Ctrl-Alt-Del: ignored",
            "SysRq: off",
            "USB: only what is allowed",
        ):
            assert f"ok    {line}" in told, line
        assert "VLT-09" in machine.hand.run("krn doctor")[1]
        for unit in ("krn-journal", "krn-restart", "krn-backup"):
            done(machine, f"systemctl start {unit}.service")


def picture(rig: Rig) -> None:
    """Five starts that fail, the picture, a stop that is one, a picture that is killed, and the way back."""
    out_of_service = drawn(OutOfServiceView(CLOSED, REASONS["exit-code"]))
    with rig.on("picture") as machine:
        done(machine, f"{SHORT_RETRY} && {BROKEN}")
        since = time.monotonic()
        machine.hand.run("systemctl restart krn-kiosk", START_SECONDS)
        wait_for(machine.picture, out_of_service, "the out-of-service picture", START_SECONDS)
        rig.note("a kiosk that cannot start: to the picture", time.monotonic() - since)
        assert state(machine, "krn-retry.timer") == "active"
        done(machine, "systemctl stop krn-out-of-service")
        time.sleep(5.0)
        assert state(machine, "krn-kiosk") == "failed", "a picture that is stopped starts the kiosk"
        done(machine, "systemctl stop krn-kiosk krn-retry.timer krn-out-of-service")
        for unit in ("krn-out-of-service", "krn-retry.timer"):
            assert state(machine, unit) != "active", unit
        machine.hand.run("systemctl start krn-retry", START_SECONDS)
        until(machine, "systemctl is-active krn-out-of-service", "the picture comes back")
        done(machine, "systemctl kill --signal=KILL krn-out-of-service")
        done(machine, MENDED)
        since = time.monotonic()
        rig.home(machine, "the picture killed, the reason gone (retry after 60 s)", since)


def plug_in(machine: Whole, driver: str, name: str) -> None:
    """An input device on USB, until cage listens to it."""
    machine.qmp.ask("device_add", driver=driver, id=driver, bus="usb.0")
    listens = "readlink /proc/$(systemctl show -p MainPID --value krn-kiosk)/fd/* | grep -q /dev/input/${one##*/}$"
    command = (
        f"for one in /sys/class/input/event*; do grep -q '{name}' $one/device/name && {listens} && exit 0; done; exit 1"
    )
    until(machine, command, f"cage listens to the {name}")


SAME = f"cat /proc/sys/kernel/random/boot_id /sys/class/tty/tty0/active; systemctl --failed --no-legend; {RESTARTS}"
"""What no key may change: the boot, the console that is seen, what has failed, how often the kiosk was started anew."""
KEYS = (("ctrl", "alt", "delete"), ("ctrl", "alt", "f2"), ("alt", "sysrq", "b"), ("power",))
"""Start anew, another console, start anew at once (SysRq), switch off."""


def lobby(rig: Rig) -> None:
    """A pointer is plugged in and presses, nothing restarts; a disk gets no driver; keys lead nowhere."""
    with rig.on("lobby", "-drive", f"if=none,id=stick,format=raw,file={rig.image.kernel},readonly=on") as machine:
        # A slow machine may have needed a second start to come up.
        restarts = done(machine, RESTARTS)
        plug_in(machine, "usb-tablet", "USB Tablet")
        machine.point(*rig.twin.place("start"))
        rig.twin.tap("start")
        seconds = wait_for(machine.picture, rig.twin.picture, "the pad, by pointer", SCREEN_SECONDS)
        rig.note("a pointer plugged in presses Mulai", seconds)
        assert done(machine, RESTARTS) == restarts, "the pointer ended the kiosk"
        machine.qmp.ask("device_add", driver="usb-storage", id="disk", bus="usb.0", drive="stick")
        until(machine, "grep -qs '^08' /sys/bus/usb/devices/*:*/bInterfaceClass", "the stick is seen")
        done(machine, "udevadm settle")
        assert machine.hand.run("ls /sys/block | grep ^sd")[1] == "", "a stick became a disk"
        plug_in(machine, "usb-kbd", "USB Keyboard")
        before = done(machine, SAME)
        for keys in KEYS:
            machine.qmp.ask("send-key", keys=[{"type": "qcode", "data": key} for key in keys])
            time.sleep(5.0)
        wait_for(machine.picture, rig.twin.picture, "the pad, after all those keys", SCREEN_SECONDS)
        after = done(machine, SAME)
        assert after == before, f"before the keys:\n{before}\nafter them:\n{after}"


def clock_of_2020(rig: Rig) -> None:
    """A clock that stands in 2020, and no network, as in every start here: the home screen comes up."""
    with rig.on("clock at 2020", "-rtc", "base=2020-01-01T00:00:00") as machine:
        print(done(machine, "date; ls /sys/class/net"))


def cuts(rig: Rig) -> None:
    """Ten times the plug is pulled, five of them with a row on the glass; the same row comes again."""
    for number in range(1, CUTS + 1):
        with rig.on(f"cut {number}") as machine:
            if number % 2:
                rig.walk(machine, f"cut {number}: the number", "start", *(f"digit-{digit}" for digit in IDPEL))
                rig.to_the_row(machine, f"cut {number}: to the row")
            failed = done(machine, "systemctl --failed --no-legend --plain")
            assert failed == "", failed
            machine.cut()


STEPS: dict[str, Callable[[Rig], None]] = {
    "journey": journey,
    "services": services,
    "picture": picture,
    "lobby": lobby,
    "clock": clock_of_2020,
    "cuts": cuts,
}


def main(names: list[str]) -> int:
    """Every step; 1 if one does not hold."""
    image = built()
    failed = []
    with tempfile.TemporaryDirectory(prefix="krn-whole-") as name, twin() as other:
        folder = Path(name)
        speed = usable_speed(image, folder)
        print(f"speed: {speed}", flush=True)
        rig = Rig(image, folder, speed, other, overlay(image, folder))
        for step in names or STEPS:
            print(f"--- {step}", flush=True)
            try:
                STEPS[step](rig)
            except (AssertionError, TimeoutError, OSError, RuntimeError) as error:
                failed.append(step)
                print(f"FAILED {step}: {error}", flush=True)
                if isinstance(error, NeverShown):
                    seen = FOLDER / f"{step}-seen.png"
                    pygame.image.save(error.seen, str(seen))
                    pygame.image.save(other.picture, str(seen.with_name(f"{step}-expected.png")))
                    print(f"what stood there: {seen}")
    print("--- times")
    for what, seconds in rig.times:
        print(f"{seconds:7.1f} s  {what}")
    print(f"{len(names or STEPS) - len(failed)} steps hold" + (f", not {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
