"""How fast and how evenly keys are pressed, by a meter process of its own, into a virtual meter in another."""

import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from hardware.adapter import Outcome, Press, Submission
from hardware.client import MeterProcess
from hardware.keypad.calibrate import Calibration
from hardware.keypad.models import DEFAULT_MODEL, read_profile, store_timing
from hardware.keypad.profile import Timing
from hardware.keypad.typist import Typist
from hardware.virtual.bench import Bench
from hardware.virtual.keypad import Scan
from kiosk.bench.figure import ROUNDS, Figure, figure
from kiosk.demo.meters import DemoMeters, Wire
from kiosk.demo.workplace import demo_workplace
from krn_engine.demo import DemoCase, DemoProvince

ERROR_ROWS = 1000
BUSY_ROWS = 50
"""Rows of one round: 1,050 presses."""
QUICK_SCAN = 0.001
QUICK = 0.008
"""Seconds of a press and of a gap in that measurement: only the deviation from them counts."""
NEVER = threading.Event()

_ANIMATION = """
from kiosk.app import App
from kiosk.view.panels import PANELS
from kiosk.ui.window import open_window
from kiosk.view.parts import PLAIN, MeterPicture, RowState
from kiosk.view.views import TypingView

ROW = "73786976294838206463"


class Moving:
    language = "id"
    sight = PLAIN
    pressed = 0

    @property
    def view(self):
        meter = MeterPicture("virtual", ROW[: self.pressed], "99100000001", ROW[self.pressed])
        return TypingView((RowState.TYPING,) + (RowState.WAITING,) * 3, ROW, self.pressed, meter)

    def tick(self, now):
        self.pressed = (self.pressed + 1) % len(ROW)


app = App(Moving(), open_window(PANELS["10"], fullscreen=False))
app.step()
print("drawing", flush=True)
while True:
    app.step()
"""


def typing() -> Iterator[Figure]:
    """Four rows at both timings against the meter's floor, errors, and the evenness beside a busy screen."""
    with tempfile.TemporaryDirectory(prefix="krn-typing-") as name:
        folder = Path(name)
        timing, errors = _calibrated()
        store_timing(DEFAULT_MODEL, timing, folder / "calibrated")
        yield figure("typing_errors_in_1000_rows", "rows", [errors])
        floor = 4 * (21 + 20) * Scan().floor
        yield figure("typing_floor", "s", [floor])
        for what, calibrated in (("default", None), ("calibrated", folder / "calibrated")):
            with _meter(folder, calibrated) as adapter:
                seconds = sum(_length(answer) for answer in _four_rows(adapter))
            yield figure(f"typing_{what}", "s", [seconds])
        yield figure("typing_calibrated_to_floor", "times", [seconds / floor])
        yield from _evenness(folder)


# --- timing against the floor


def _calibrated() -> tuple[Timing, int]:
    """The timing that a calibration finds for the virtual meter, and how many of 1,000 rows were read wrong at it."""
    province = DemoProvince(64)
    bench = DemoMeters(province, Wire(gpio=True, real_time=False)).bench(_number(province))
    with bench.connect() as adapter:

        def judge(digits: str) -> bool:
            return adapter.text() == digits

        timing = Calibration(adapter.contacts, bench.profile, judge, clock=bench.clock, wait=bench.wait).run()
        typist = Typist(adapter.contacts, bench.profile.with_timing(timing), clock=bench.clock, wait=bench.wait)
        return timing, sum(not _read_right(bench, typist, number) for number in range(ERROR_ROWS))


def _read_right(bench: Bench, typist: Typist, number: int) -> bool:
    source = random.Random(number)  # noqa: S311  digits to be typed
    row = "".join(source.choice("0123456789") for _ in range(20))
    # The meter's scan and the keys do not run in step.
    bench.wait(source.random() * Scan().period)
    typed = typist.type(row)
    read = bench.wiring.keypad.meter.entry
    typist.take_back(20)
    return typed.fault is None and read == row


def _number(province: DemoProvince) -> str:
    return province.first(DemoCase.FOUR_ROWS).meter_number


def _four_rows(adapter: MeterProcess) -> list[Submission]:
    with demo_workplace() as here:
        rows = here.office.issue(_number(here.province), "bench-typing").rows
    answers = [adapter.submit(row, deadline=90, cancel=NEVER) for row in rows]
    if [answer.outcome for answer in answers] != [Outcome.ACCEPTED] * 4:
        raise RuntimeError("the benchmark's meter did not take its rows")
    return answers


def _length(answer: Submission) -> float:
    """From the first key down to the last key up."""
    last = answer.presses[-1]
    return last.at + last.length - answer.presses[0].at


# --- evenness


def _evenness(folder: Path) -> Iterator[Figure]:
    profile = read_profile(DEFAULT_MODEL)
    quick = replace(
        profile.timing, press=QUICK, gap=QUICK, repeat_gap=QUICK, before_enter=QUICK, shortest_press=QUICK / 2
    )
    store_timing(DEFAULT_MODEL, quick, folder / "quick")
    rounds: dict[str, list[list[float]]] = {"idle": [], "busy": []}
    with _meter(folder, folder / "quick", QUICK_SCAN) as adapter:
        for _ in range(ROUNDS):
            rounds["idle"].append(_deviations(adapter))
            with _animation():
                rounds["busy"].append(_deviations(adapter))
    for name, measured in rounds.items():
        yield figure(f"press_p999_{name}", "ms", [deviations[len(deviations) * 999 // 1000] for deviations in measured])
        yield figure(f"press_worst_{name}", "ms", [deviations[-1] for deviations in measured])


def _deviations(adapter: MeterProcess) -> list[float]:
    """Milliseconds by which presses differed from the profile's, sorted. The rows are wrong ones: only keys count."""
    presses: list[Press] = []
    for number in range(BUSY_ROWS):
        presses += adapter.submit(f"{number:020}", deadline=90, cancel=NEVER).presses
    return sorted(abs(press.length - QUICK) * 1000 for press in presses)


@contextmanager
def _animation() -> Iterator[None]:
    """A kiosk that draws the typing screen anew as fast as it can."""
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy"}
    with _running([sys.executable, "-c", _ANIMATION], environment):
        yield


# --- processes


@contextmanager
def _meter(folder: Path, calibrated: Path | None, scan: float = Scan().period) -> Iterator[MeterProcess]:
    krn = [sys.executable, "-m", "kiosk.cli", "meter"]
    wires, socket = str(folder / "wires"), folder / "socket"
    serve = [*krn, "serve", "--wires", wires, "--socket", str(socket), "--journal", str(folder / "journal")]
    with ExitStack() as stack:
        stack.enter_context(_running([*krn, "bench", "--wires", wires, "--scan", str(scan)]))
        stack.enter_context(_running([*serve, *(["--calibrated", str(calibrated)] if calibrated else [])]))
        yield stack.enter_context(MeterProcess(socket, DEFAULT_MODEL))


@contextmanager
def _running(command: list[str], environment: dict[str, str] | None = None) -> Iterator[None]:
    """A process from its first line on; raises RuntimeError if it says none."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError(f"the measured process did not start: {command[1:]}")
            yield
        finally:
            process.kill()
