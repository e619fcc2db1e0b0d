"""The emulated Pi: its serial line, its power switch, and an observer of its pins that the guest cannot fake."""

import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.pi.image import Image

GPFSEL0, GPLEV0 = 0x3F200000, 0x3F200034
"""BCM2837 ARM Peripherals, chapter 6: what each line does (3 bits a line, 10 lines a word), and how it stands."""
FUNCTIONS = {0: "input", 1: "output"}
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Edge:
    """A line changed, as the host saw it: seconds of the host's clock."""

    pin: int
    high: bool
    at: float


def parsed_edge(line: str, at: float) -> Edge | None:
    """An edge of qtest's report; None for another line of it."""
    found = re.fullmatch(r"IRQ (raise|lower) (\d+)", line.strip())
    return None if found is None else Edge(int(found.group(2)), found.group(1) == "raise", at)


class Observer:
    """The other end of qtest: edges as they happen, and registers when they are asked for."""

    def __init__(self, path: Path) -> None:
        end = time.monotonic() + CONNECT_SECONDS
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        while True:
            try:
                self._line.connect(str(path))
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self.edges: list[Edge] = []
        self._answers: list[str] = []
        self._news = threading.Condition()
        threading.Thread(target=self._listen, name="observer", daemon=True).start()
        self.ask("irq_intercept_out /machine/soc/peripherals/gpio")

    def _listen(self) -> None:
        with self._line.makefile("r") as lines:
            for line in lines:
                edge = parsed_edge(line, time.monotonic())
                with self._news:
                    if edge is not None:
                        self.edges.append(edge)
                    else:
                        self._answers.append(line.strip())
                    self._news.notify_all()

    def ask(self, command: str) -> str:
        """One command of qtest, and its answer. Raises TimeoutError."""
        with self._news:
            self._answers.clear()
            self._line.sendall(f"{command}\n".encode())
            if not self._news.wait_for(lambda: self._answers, CONNECT_SECONDS):
                raise TimeoutError(command)
            return self._answers[0]

    def function(self, pin: int) -> str:
        """What the line is, by the chip's own register."""
        word = int(self.ask(f"readl {GPFSEL0 + 4 * (pin // 10):#x}").split()[-1], 16)
        return FUNCTIONS.get(word >> 3 * (pin % 10) & 7, "other")

    def level(self, pin: int) -> bool:
        """How it stands."""
        return bool(int(self.ask(f"readl {GPLEV0:#x}").split()[-1], 16) >> pin & 1)

    def close(self) -> None:
        """Look no longer."""
        self._line.close()


@dataclass
class Guest:
    """One run of an emulated machine: what it says on its serial line, and its plug."""

    process: "subprocess.Popen[str]"
    serial: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, name="serial", daemon=True)
        self.reader.start()

    def until(self, pattern: str, seconds: float = 120.0) -> str:
        """Read its serial line until something is said; gives that line. Raises TimeoutError with what was said."""
        end = time.monotonic() + seconds
        looked_at = 0
        while time.monotonic() < end:
            for _, line in self.serial[looked_at:]:
                looked_at += 1
                if re.search(pattern, line):
                    return line
            if self.process.poll() is not None and looked_at == len(self.serial):
                break
            time.sleep(0.01)
        said = "\n".join(line for _, line in self.serial[-20:])
        raise TimeoutError(f"the emulated machine never said {pattern!r}; it said:\n{said}")

    def cut(self) -> None:
        """Pull the plug."""
        self.process.kill()
        self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.serial.append((time.monotonic(), line.rstrip("\r\n")))


@dataclass
class Pi(Guest):
    """A guest whose lines are watched from outside."""

    observer: Observer = field(kw_only=True)


@contextmanager
def pi(image: Image, folder: Path, run: str, card: Path | None = None, more: Sequence[str] = ()) -> Iterator[Pi]:
    """Boot it, and let it run one of `guest`; the plug is pulled at the end. `more`: options of qemu."""
    root = image.with_tests(folder)
    socket_path = folder / "qtest"
    socket_path.unlink(missing_ok=True)
    command = ["qemu-system-aarch64", "-M", "raspi3b", "-accel", "tcg,thread=single"]
    command += ["-kernel", str(image.kernel), "-dtb", str(image.tree), "-initrd", str(root)]
    command += ["-append", f"console=ttyAMA0,115200 rdinit=/init loglevel=1 run={run}"]
    command += ["-qtest", f"unix:{socket_path},server=on,wait=off", "-qtest-log", "/dev/null"]
    command += [*more, "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot"]
    if card is not None:
        command += ["-drive", f"if=sd,format=raw,file={card}"]
    nowhere, pipe = subprocess.DEVNULL, subprocess.PIPE
    process = subprocess.Popen(command, stdin=nowhere, stdout=pipe, stderr=nowhere, text=True, errors="replace")
    observer = Observer(socket_path)
    machine = Pi(process, observer=observer)
    try:
        yield machine
    finally:
        machine.cut()
        machine.reader.join(5)
        observer.close()
