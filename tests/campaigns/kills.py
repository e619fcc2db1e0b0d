"""The meter process killed at random moments of typing, in front of a virtual meter that lives on.

python -m tests.campaigns.kills [--kills N] [--seed S]
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hardware.adapter import Outcome, Submission
from hardware.client import MeterProcess
from hardware.errors import MeterProcessGone
from hardware.keypad.models import read_profile, store_timing
from hardware.virtual.bench import Bench
from hardware.virtual.keypad import Scan
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.remote import BenchServer
from hardware.virtual.wiring import MONOSTABLE_SECONDS
from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.issuing.plan import plan, rows_of
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, MeterPan
from krn_engine.sts.meter_state import MeterState

MODEL = "generic-4x3"
SCAN = Scan(0.002, 3)
LATEST = 0.75
"""Seconds after the call at which the latest kill comes: a row and its answer take about 0.6."""
SINS = ("contradicts the meter", "told otherwise before", "typed again", "key held by a dead process")
GO = threading.Event()


@dataclass
class Stage:
    """Where one kill is played: a folder for sockets and journal, and rows that a fresh meter takes."""

    folder: Path
    province: DemoProvince

    def __post_init__(self) -> None:
        self.state, self.row = meter_and_row(self.province)
        timing = read_profile(MODEL).timing
        quick = replace(timing, press=0.009, gap=0.009, repeat_gap=0.009, before_enter=0.009, shortest_press=0.007)
        store_timing(MODEL, quick, self.folder / "calibrated")

    def process(self) -> AbstractContextManager[subprocess.Popen[str]]:
        """See `serving`."""
        return serving(
            self.folder,
            *("--wires", "wires", "--socket", "socket", "--journal", "journal", "--calibrated", "calibrated"),
        )


def meter_and_row(province: DemoProvince) -> tuple[MeterState, Row]:
    """What a meter of the province holds, and the first row that it takes."""
    customer = province.first(DemoCase.FOUR_ROWS)
    step = plan(customer.state, province.campaign).steps[0]
    row = rows_of(step, MeterPan.of(Drn(customer.meter_number)), province.vault, DEMO_DAY)[0]
    return province.meter_state(customer), row


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A meter process that listens, begun in this folder; it is killed at the end, if it was not before."""
    running = subprocess.Popen(
        [sys.executable, "-m", "kiosk.cli", "meter", "serve", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    try:
        assert "listening" in running.stdout.readline()
        yield running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


@contextmanager
def meter_on(stage: Stage) -> Iterator[Bench]:
    """A fresh meter at the other end of the wires."""
    bench = Bench(VirtualMeter(stage.state, time.monotonic), read_profile(MODEL), scan=SCAN)
    server = BenchServer(bench, stage.folder / "wires")
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield bench
    finally:
        server.close()
        thread.join(5)


def play(stage: Stage, moment: float, attempt: str) -> tuple[str, list[str]]:
    """One kill, `moment` seconds after a row was submitted: what is known afterwards, and what was wrong."""
    sins = []
    with meter_on(stage) as bench:
        with stage.process() as running, MeterProcess(stage.folder / "socket", MODEL) as adapter:
            submit = partial(adapter.submit, stage.row, deadline=5, cancel=GO, attempt=attempt)
            told = killed_during(submit, running, moment)
        begun = bool(bench.wiring.closures)
        # The lines of the dead process stay as they were: its key is let go by the monostable, not by it.
        with stage.process(), MeterProcess(stage.folder / "socket", MODEL) as adapter:
            recalled = adapter.recall(attempt)
            again = adapter.submit(stage.row, deadline=5, cancel=GO, attempt=attempt)
        meter = bench.wiring.keypad.meter
        taken = sum(entry.result.accepted for entry in meter.entries)
        if _contradicts(recalled, taken) or _contradicts(told, taken):
            sins.append("contradicts the meter")
        if told.outcome is not Outcome.UNKNOWN and told.outcome is not recalled.outcome:
            sins.append("told otherwise before")
        # A process that died before it had noted the row had pressed nothing: then the row is typed for the first time.
        if (begun and again.outcome is not recalled.outcome) or len(meter.entries) > 1:
            sins.append("typed again")
        held = max((closure.up - closure.down for closure in bench.wiring.closures), default=0.0)
        if held > MONOSTABLE_SECONDS + SCAN.floor or meter.alarm_switched:
            sins.append("key held by a dead process")
    if recalled.outcome is Outcome.UNKNOWN:
        return doubt(bool(bench.wiring.closures), taken), sins
    return recalled.outcome.value, sins


def killed_during(submit: Callable[[], Submission], running: subprocess.Popen[str], moment: float) -> Submission:
    """What `submit` gives if the process is killed `moment` seconds after it was called; UNKNOWN: nothing any more."""
    timer = threading.Timer(moment, running.send_signal, (signal.SIGKILL,))
    timer.start()
    try:
        return submit()
    except MeterProcessGone:
        return Submission(Outcome.UNKNOWN)
    finally:
        timer.join()


def _contradicts(submission: Submission, taken: int) -> bool:
    """An answer is true, or it is UNKNOWN."""
    match submission.outcome:
        case Outcome.ACCEPTED:
            return taken != 1
        case Outcome.UNKNOWN:
            return False
        case _:
            return taken != 0


def doubt(begun: bool, taken: int, nothing: str = "no key was pressed") -> str:
    """What a row is of which nobody knows what became of it."""
    if not begun:
        return f"UNKNOWN, and {nothing}"
    return "UNKNOWN, and the meter took the row" if taken else "UNKNOWN, and the meter did not take the row"


def run(kills: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """What was known after each kill, and the sins."""
    source = random.Random(seed)
    known: Counter[str] = Counter()
    sins: Counter[str] = Counter(dict.fromkeys(SINS, 0))
    province = DemoProvince(16)
    with tempfile.TemporaryDirectory(prefix="krn-kills-") as folder:
        for number in range(kills):
            here = Path(folder) / str(number)
            here.mkdir()
            what, wrong = play(Stage(here, province), source.random() * LATEST, f"kill-{number}")
            known[what] += 1
            sins.update(wrong)
    return known, sins


def main() -> int:
    """Print the count; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    known, sins = run(args.kills, args.seed)
    print(f"{args.kills} kills, seed {args.seed}; after the restart the row is")
    return tell(known, {name: sins[name] for name in SINS})


def tell(known: Counter[str], sins: Mapping[str, int]) -> int:
    """Print what is known of the rows, and the sins; 0 if there is none."""
    for name, number in (*known.most_common(), *sins.items()):
        print(f"  {name:<46} {number:5}")
    return 1 if sum(sins.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
