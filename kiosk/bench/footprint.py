"""How much room it takes: the memory of each process, and what is installed."""

import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from re import match

import hardware
import kiosk
import krn_engine
from kiosk.bench.child import drawn_in_memory, krn, resident
from kiosk.bench.figure import ROUNDS, Figure, figure

STARTED = 60.0
"""Seconds within which a process must say that it is ready."""


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Two processes as systemd starts them, and the wheels they need."""
    yield figure("kiosk_memory", "MB", [_memory(_kiosk) for _ in range(rounds)])
    yield figure("meter_memory", "MB", [_memory(_meter) for _ in range(rounds)])
    yield figure("install_size", "MB", [_installed()])


def _kiosk(folder: Path) -> list[str]:
    demo = krn("office", "demo", "--customers", 64, "--out", folder / "demo")
    subprocess.run(demo, stdout=subprocess.DEVNULL, check=True)
    return krn("kiosk", "--config", folder / "demo/kiosk.toml")


def _meter(folder: Path) -> list[str]:
    return krn("meter", "serve", "--demo", "--socket", folder / "socket", "--journal", folder / "journal")


def _memory(command: Callable[[Path], list[str]]) -> float:
    """Megabytes of resident memory when it says that it is ready."""
    with (
        tempfile.TemporaryDirectory(prefix="krn-bench-") as name,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
    ):
        folder = Path(name)
        line.bind(str(folder / "notify"))
        line.settimeout(STARTED)
        environment = drawn_in_memory() | {"NOTIFY_SOCKET": str(folder / "notify")}
        process = subprocess.Popen(command(folder), env=environment, stdout=subprocess.DEVNULL)
        try:
            line.recv(100)
            return resident(process.pid)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _installed() -> float:
    """Megabytes of the packages that a kiosk needs, with all that they need, and of its own."""
    wanted, seen = ["krn-kiosk[kiosk]"], set[str]()
    size = 0
    while wanted:
        found = match(r"([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?", wanted.pop())
        if found is None or found.group(1).lower() in seen:
            continue
        seen.add(found.group(1).lower())
        try:
            package = distribution(found.group(1))
        except PackageNotFoundError:
            continue  # for another platform
        extras = (found.group(2) or "").split(",")
        for needed in package.requires or ():
            name, _, condition = needed.partition(";")
            if "extra" not in condition or any(
                f"'{extra}'" in condition.replace('"', "'") for extra in extras if extra
            ):
                wanted.append(name)
        size += sum(_size(Path(str(package.locate_file(file)))) for file in package.files or ())
    size += sum(_size(path) for ours in (kiosk, hardware, krn_engine) for path in Path(ours.__path__[0]).rglob("*"))
    return size / 1e6


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
