"""Processes of their own that are measured: commands of `krn`, and the programs of `kiosk.bench.programs`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


def krn(*arguments: object) -> list[str]:
    """The command line of `krn` with these arguments."""
    return [sys.executable, "-m", "kiosk.cli", *map(str, arguments)]


def program(name: str, *arguments: object) -> list[str]:
    """The command line of a program of `kiosk.bench.programs`."""
    return [sys.executable, "-m", f"kiosk.bench.programs.{name}", *map(str, arguments)]


def drawn_in_memory() -> dict[str, str]:
    """The environment of a process that needs no display."""
    return os.environ | {"SDL_VIDEODRIVER": "dummy"}


class Spent(NamedTuple):
    """What a process took."""

    seconds: float
    """From its start to its end."""
    megabytes: float
    """Of memory, at most."""
    work: float
    """Seconds of the processor."""


def spent(command: list[str]) -> Spent:
    """What a process takes, drawn in memory if it draws; raises RuntimeError if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=drawn_in_memory())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the measured command failed: {command[1:]}")
    return Spent(time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of a process; raises RuntimeError if it fails."""
    return spent(command)[:2]


def worked(command: list[str]) -> tuple[float, float]:
    """Seconds of processor, and peak resident megabytes of a process; raises RuntimeError if it fails."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the measured command failed: {command[1:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def printed(command: list[str]) -> float:
    """The number that a process printed last; raises RuntimeError if it failed."""
    done = subprocess.run(command, env=drawn_in_memory(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the measured process failed: {done.stderr[-500:]}")
    return float(done.stdout.split()[-1])


def resident(pid: int) -> float:
    """Megabytes of a process that are in memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process from its first line on; raises RuntimeError if it says none, or ends before it is let go."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=drawn_in_memory(), text=True) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError(f"the measured process did not start: {command[1:]}")
            yield process
            if process.poll() is not None:
                raise RuntimeError(f"the measured process ended too soon: {command[1:]}")
        finally:
            process.kill()
