"""One measured value, and how to come by it."""

import os
import statistics
import subprocess
import time
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `spread` is the lowest and the highest of its rounds."""

    name: str
    value: float
    unit: str
    spread: tuple[float, float]


def figure(name: str, unit: str, rounds: list[float]) -> Figure:
    """The median of some rounds, and their spread."""
    values = [round(value, 3) for value in rounds]
    return Figure(name, round(statistics.median(values), 3), unit, (min(values), max(values)))


def child(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak resident megabytes of a process of its own; raises RuntimeError if it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the measured command failed: {command[1:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024
