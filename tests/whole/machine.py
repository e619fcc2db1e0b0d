"""The emulated machine: its glass and a finger on it (QMP), a technician's shell (the second serial line), its plug."""

import json
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pygame

from tests.pi.machine import Guest
from tests.whole.image import Image

WIDTH, HEIGHT = 800, 480
"""The 7 inch panel of `kiosk.ui.theme`."""
AXIS = 0x7FFF
"""The far end of QEMU's absolute axes (InputMoveEvent)."""
LIFTED = -1
"""A tracking number that tells the kernel that the finger is gone; with another it is never lifted."""
CONNECT_SECONDS = 20.0
TOUCH_SECONDS = 0.15
BOOT_LINE = "systemd\\[1\\]|Welcome to|Debian GNU"
KVM_SECONDS = 60.0
SPEED = {"kvm": ["-accel", "kvm", "-cpu", "host"], "tcg": ["-accel", "tcg,thread=multi", "-cpu", "max"]}


def connected(path: Path) -> socket.socket:
    """A line to QEMU, which takes a moment to open it. Raises OSError."""
    end = time.monotonic() + CONNECT_SECONDS
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    while True:
        try:
            line.connect(str(path))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return line


class Qmp:
    """QEMU's own line: what the machine shows, and what is done to it."""

    def __init__(self, path: Path) -> None:
        self._line = connected(path)
        self._lines = self._line.makefile("rw")
        self._lines.readline()
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: object) -> Any:
        """The answer to a command. Raises RuntimeError with what QEMU says against it."""
        self._lines.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._lines.flush()
        for line in self._lines:
            told = json.loads(line)
            if "error" in told:
                raise RuntimeError(f"{command}: {told['error']['desc']}")
            if "return" in told:
                return told["return"]
        raise RuntimeError(f"{command}: qemu has gone")

    def close(self) -> None:
        """Ask no longer."""
        self._lines.close()
        self._line.close()


class Hand:
    """A technician at the second serial line: one command at a time."""

    def __init__(self, path: Path) -> None:
        self._line = connected(path)
        self._lines = self._line.makefile("r", errors="replace", newline="\n")
        self._there = False

    def run(self, command: str, seconds: float = 120.0) -> tuple[int, str]:
        """Exit status of a command of one line, and all it says. Raises OSError, as after `seconds` without a word."""
        self._line.settimeout(seconds)
        while not self._there:
            self._there = self._read() == "HAND"
        self._line.sendall(f"{command}\n".encode())
        said = []
        while not (ended := re.fullmatch(r"DONE (\d+)", line := self._read())):
            said.append(line)
        return int(ended[1]), "\n".join(said).strip()

    def close(self) -> None:
        """Leave the line."""
        self._lines.close()
        self._line.close()

    def _read(self) -> str:
        line = self._lines.readline()
        if not line:
            raise OSError("the machine's second serial line is gone")
        return line.strip("\r\n")


@dataclass
class Whole(Guest):
    """A machine with a kiosk in it, as a person sees and touches it."""

    qmp: Qmp = field(kw_only=True)
    hand: Hand = field(kw_only=True)
    begun: float = field(default_factory=time.monotonic)
    """When its power came."""
    _fingers: int = 0

    def picture(self) -> pygame.Surface:
        """What stands on the glass now."""
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            self.qmp.ask("screendump", filename=file.name, format="png")
            return pygame.image.load(file.name)

    def touch(self, x: float, y: float) -> None:
        """A finger comes down at this pixel, and is lifted.

        All of it is one report: part by part it would come down where the last finger was lifted, and slide.
        """
        self._fingers += 1
        finger = self._fingers
        places = (("x", round(x * AXIS / WIDTH)), ("y", round(y * AXIS / HEIGHT)))
        self._send(
            _contact("begin", finger), *(_contact("data", finger, *place) for place in places), _pressed("touch", True)
        )
        time.sleep(TOUCH_SECONDS)
        self._send(_contact("end", LIFTED), _pressed("touch", False))

    def point(self, x: float, y: float) -> None:
        """A pointing device that is plugged in moves to this pixel, and its button is pressed."""
        places = (("x", round(x * AXIS / WIDTH)), ("y", round(y * AXIS / HEIGHT)))
        self._send(*({"type": "abs", "data": {"axis": axis, "value": value}} for axis, value in places))
        for down in (True, False):
            time.sleep(TOUCH_SECONDS)
            self._send(_pressed("left", down))

    def _send(self, *events: object) -> None:
        self.qmp.ask("input-send-event", events=list(events))


def _contact(kind: str, number: int, axis: str = "x", value: int = 0) -> dict[str, object]:
    return {"type": "mtt", "data": {"type": kind, "slot": 0, "tracking-id": number, "axis": axis, "value": value}}


def _pressed(button: str, down: bool) -> dict[str, object]:
    return {"type": "btn", "data": {"button": button, "down": down}}


def overlay(image: Image, folder: Path) -> Path:
    """A card of this run alone over the image's disk."""
    card = folder / "card.qcow2"
    card.unlink(missing_ok=True)
    made = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(image.disk.resolve()), str(card)]
    subprocess.run(made, check=True)
    return card


@contextmanager
def whole(image: Image, folder: Path, card: Path, speed: str, more: Sequence[str] = ()) -> Iterator[Whole]:
    """Power on; the plug is pulled at the end. `more`: options of qemu."""
    sockets = {name: folder / name for name in ("qmp", "hand")}
    for path in sockets.values():
        path.unlink(missing_ok=True)
    command = [
        "nice",
        "-n",
        "10",
        "qemu-system-x86_64",
        "-M",
        "q35,i8042=off",
        *SPEED[speed],
        "-smp",
        "2",
        "-m",
        "1024",
    ]
    command += ["-kernel", str(image.kernel), "-initrd", str(image.initrd)]
    command += ["-append", "root=/dev/vda rw console=tty0 console=ttyS0 loglevel=3"]
    command += ["-drive", f"if=virtio,format=qcow2,file={card}", "-nic", "none", "-vga", "none"]
    command += ["-device", f"virtio-gpu-pci,xres={WIDTH},yres={HEIGHT}", "-device", "virtio-multitouch-pci"]
    command += ["-device", "i6300esb", "-device", "qemu-xhci,id=usb", "-display", "none", "-serial", "stdio"]
    command += ["-serial", f"unix:{sockets['hand']},server=on,wait=off"]
    command += ["-qmp", f"unix:{sockets['qmp']},server=on,wait=off", *more]
    nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=nowhere, stdout=pipe, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    machine = Whole(process, qmp=Qmp(sockets["qmp"]), hand=Hand(sockets["hand"]))
    try:
        yield machine
    finally:
        machine.cut()
        machine.reader.join(5)
        machine.qmp.close()
        machine.hand.close()


def usable_speed(image: Image, folder: Path) -> str:
    """ "kvm" if a machine boots with it, else "tcg": a device file alone does not say that it carries this kernel."""
    try:
        with whole(image, folder, overlay(image, folder), "kvm") as machine:
            machine.until(BOOT_LINE, KVM_SECONDS)
    except (OSError, RuntimeError, TimeoutError):
        return "tcg"
    return "kvm"
