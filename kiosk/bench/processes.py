"""Whole processes, from their start."""

import os
import subprocess
import time
from collections.abc import Iterator

from kiosk.bench.child import drawn_in_memory, krn, measured, program
from kiosk.bench.figure import ROUNDS, Figure, figure


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Whole processes, from their start."""
    runs = [measured(krn("upgrade", "--demo", "--json")) for _ in range(rounds)]
    yield figure("upgrade_process", "s", [seconds for seconds, _ in runs])
    starts = [_first_frame() for _ in range(rounds)]
    yield figure("kiosk_first_frame", "s", [seconds for seconds, _ in starts])
    yield figure("kiosk_first_frame_work", "s", [work for _, work in starts])


def _first_frame() -> tuple[float, float]:
    """Seconds until it is drawn, and of the processor until the process has ended again."""
    start = time.perf_counter()
    command = program("first_frame")
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=drawn_in_memory(), text=True) as process:
        line = process.stdout.readline() if process.stdout is not None else ""
        seconds = time.perf_counter() - start
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if not line.strip():
        raise RuntimeError("the kiosk drew no first frame")
    return seconds, usage.ru_utime + usage.ru_stime
