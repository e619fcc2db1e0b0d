"""How fast and how evenly keys are pressed, by a meter process of its own, into a virtual meter in another."""

import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
from kiosk.bench.child import krn, program, running
from kiosk.bench.figure import ROUNDS, Figure, figure
from kiosk.demo.meters import DemoMeters, Wire
from kiosk.demo.workplace import demo_workplace
from krn_engine.demo import DemoCase, DemoProvince

ERROR_ROWS = 1000
ROWS = 4
BUSY_ROWS = 50
"""Rows of one round: 1,050 presses."""
QUICK_SCAN = 0.001
QUICK = 0.008
"""Seconds of a press and of a gap in that measurement: only the deviation from them counts."""
NEVER = threading.Event()


def figures(
    rounds: int = ROUNDS, error_rows: int = ERROR_ROWS, rows: int = ROWS, busy_rows: int = BUSY_ROWS
) -> Iterator[Figure]:
    """Rows at both timings against the meter's floor, errors, and the evenness beside a busy screen."""
    with tempfile.TemporaryDirectory(prefix="krn-typing-") as name:
        folder = Path(name)
        timing, errors = _calibrated(error_rows)
        store_timing(DEFAULT_MODEL, timing, folder / "calibrated")
        yield figure("typing_errors_in_1000_rows", "rows", [errors])
        floor = rows * (21 + 20) * Scan().floor
        yield figure("typing_floor", "s", [floor])
        for what, calibrated in (("default", None), ("calibrated", folder / "calibrated")):
            with _meter(folder, calibrated) as adapter:
                seconds = sum(_length(answer) for answer in _typed(adapter, rows))
            yield figure(f"typing_{what}", "s", [seconds])
        yield figure("typing_calibrated_to_floor", "times", [seconds / floor])
        yield from _evenness(folder, rounds, busy_rows)


# --- timing against the floor


def _calibrated(error_rows: int) -> tuple[Timing, int]:
    """The timing that a calibration finds for the virtual meter, and how many rows of so many were read wrong at it."""
    province = DemoProvince(64)
    bench = DemoMeters(province, Wire(gpio=True, real_time=False)).bench(_number(province))
    with bench.connect() as adapter:

        def judge(digits: str) -> bool:
            return adapter.text() == digits

        timing = Calibration(adapter.contacts, bench.profile, judge, clock=bench.clock, wait=bench.wait).run()
        typist = Typist(adapter.contacts, bench.profile.with_timing(timing), clock=bench.clock, wait=bench.wait)
        return timing, sum(not _read_right(bench, typist, number) for number in range(error_rows))


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


def _typed(adapter: MeterProcess, number: int) -> list[Submission]:
    """The answers to the first rows of a demo customer; raises RuntimeError if one is not taken."""
    with demo_workplace() as here:
        rows = here.office.issue(_number(here.province), "bench-typing").rows[:number]
    answers = [adapter.submit(row, deadline=90, cancel=NEVER) for row in rows]
    if [answer.outcome for answer in answers] != [Outcome.ACCEPTED] * number:
        raise RuntimeError("the benchmark's meter did not take its rows")
    return answers


def _length(answer: Submission) -> float:
    """From the first key down to the last key up."""
    last = answer.presses[-1]
    return last.at + last.length - answer.presses[0].at


# --- evenness


def _evenness(folder: Path, rounds: int, busy_rows: int) -> Iterator[Figure]:
    profile = read_profile(DEFAULT_MODEL)
    quick = replace(
        profile.timing, press=QUICK, gap=QUICK, repeat_gap=QUICK, before_enter=QUICK, shortest_press=QUICK / 2
    )
    store_timing(DEFAULT_MODEL, quick, folder / "quick")
    measured: dict[str, list[list[float]]] = {"idle": [], "busy": []}
    with _meter(folder, folder / "quick", QUICK_SCAN) as adapter:
        for _ in range(rounds):
            measured["idle"].append(_deviations(adapter, busy_rows))
            with running(program("animation")):
                measured["busy"].append(_deviations(adapter, busy_rows))
    for name, each in measured.items():
        yield figure(f"press_p999_{name}", "ms", [deviations[len(deviations) * 999 // 1000] for deviations in each])
        yield figure(f"press_worst_{name}", "ms", [deviations[-1] for deviations in each])


def _deviations(adapter: MeterProcess, rows: int) -> list[float]:
    """Milliseconds by which presses differed from the profile's, sorted. The rows are wrong ones: only keys count."""
    presses: list[Press] = []
    for number in range(rows):
        presses += adapter.submit(f"{number:020}", deadline=90, cancel=NEVER).presses
    return sorted(abs(press.length - QUICK) * 1000 for press in presses)


# --- processes


@contextmanager
def _meter(folder: Path, calibrated: Path | None, scan: float = Scan().period) -> Iterator[MeterProcess]:
    wires, socket = folder / "wires", folder / "socket"
    serve = krn("meter", "serve", "--wires", wires, "--socket", socket, "--journal", folder / "journal")
    with (
        running(krn("meter", "bench", "--wires", wires, "--scan", scan)),
        running([*serve, *(["--calibrated", str(calibrated)] if calibrated else [])]),
        MeterProcess(socket, DEFAULT_MODEL) as adapter,
    ):
        yield adapter
