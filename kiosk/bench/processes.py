"""Whole processes, from their start."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from kiosk.bench.figure import ROUNDS, Figure, child, figure

_FIRST_FRAME = """
from kiosk.app import App
from kiosk.view.panels import PANELS
from kiosk.ui.window import open_window
from kiosk.flow.flow import Flow
from kiosk.workplace import demo_workplace
with demo_workplace() as here:
    app = App(Flow(here), open_window(PANELS["10"], fullscreen=False))
    app.step()
    print(app.screen.buttons[0].name, flush=True)
"""


def processes() -> Iterator[Figure]:
    """Whole processes, from their start."""
    upgrade = [sys.executable, "-m", "kiosk.cli", "upgrade", "--demo", "--json"]
    runs = [child(upgrade) for _ in range(ROUNDS)]
    yield figure("upgrade_process", "s", [seconds for seconds, _ in runs])
    starts = [_first_frame() for _ in range(ROUNDS)]
    yield figure("kiosk_first_frame", "s", [seconds for seconds, _ in starts])
    yield figure("kiosk_first_frame_work", "s", [work for _, work in starts])


def _first_frame() -> tuple[float, float]:
    """Seconds until it is drawn, and of the processor until the process has ended again."""
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy"}
    start = time.perf_counter()
    command = [sys.executable, "-c", _FIRST_FRAME]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        line = process.stdout.readline() if process.stdout is not None else ""
        seconds = time.perf_counter() - start
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if not line.strip():
        raise RuntimeError("the kiosk drew no first frame")
    return seconds, usage.ru_utime + usage.ru_stime
