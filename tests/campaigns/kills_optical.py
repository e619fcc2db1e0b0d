"""The meter process killed at random moments of an exchange by light, in front of a virtual meter that lives on.

python -m tests.campaigns.kills_optical [--kills N] [--seed S]
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hardware.adapter import Outcome, Submission
from hardware.client import MeterProcess
from hardware.errors import HardwareError
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.bench import PASSWORD, OpticalBench
from hardware.virtual.optical.style import USUAL_STYLE
from krn_engine.demo import DemoProvince
from tests.campaigns.kills import GO, SINS, doubt, killed_during, meter_and_row, serving, tell

MODEL = "virtual-optical"
LATEST = 3.0
"""Seconds after the call at which the latest kill comes: a sign-on, a row and its answer take about 2."""
PROCESSING = 0.15
"""Seconds for which the meter works on a row, so that kills come in between too."""
ASKED_AFTERWARDS = 4
"""Every so many kills the meter is asked what it has: it still waits for the dead process, and that takes its time."""


@dataclass
class Stage:
    """Where one kill is played: a folder for socket, journal and port, and a row that a fresh meter takes."""

    folder: Path
    province: DemoProvince

    def __post_init__(self) -> None:
        self.state, self.row = meter_and_row(self.province)
        secret = self.folder / "password"
        secret.write_bytes(PASSWORD)
        secret.chmod(0o600)
        (self.folder / "meter.toml").write_text(
            'socket = "socket"\njournal = "journal"\n[optical]\nport = "head"\npassword_file = "password"\n'
        )

    def process(self) -> AbstractContextManager[subprocess.Popen[str]]:
        """See `serving`."""
        return serving(self.folder, "--settings", "meter.toml")

    @contextmanager
    def meter(self) -> Iterator[OpticalBench]:
        """A fresh meter behind its optical port."""
        style = replace(USUAL_STYLE, reaction=0.02)
        bench = OpticalBench(VirtualMeter(self.state, time.monotonic), style=style, processing=PROCESSING)
        with bench.port(link=self.folder / "head"):
            yield bench


def play(stage: Stage, moment: float, attempt: str, *, ask: bool) -> tuple[str, list[str]]:
    """One kill, `moment` seconds after a row was submitted: what is known afterwards, and what was wrong."""
    sins = []
    with stage.meter() as bench:
        with stage.process() as running, MeterProcess(stage.folder / "socket", MODEL) as adapter:
            submit = partial(adapter.submit, stage.row, deadline=20, cancel=GO, attempt=attempt)
            told = killed_during(submit, running, moment)
        begun = bench.gateway.entered > 0
        with stage.process(), MeterProcess(stage.folder / "socket", MODEL) as adapter:
            recalled = adapter.recall(attempt)
            # The name stands in the journal as soon as anything may have been sent: then nothing is sent again.
            again = adapter.submit(stage.row, deadline=20, cancel=GO, attempt=attempt)
            result = _asked(adapter) if ask else None
        bench.gateway.pass_time()
        taken = sum(entry.result.accepted for entry in bench.meter.entries)
        if any(_contradicts(said, taken if begun else 0) for said in (recalled, told)):
            sins.append("contradicts the meter")
        if told.outcome is not Outcome.UNKNOWN and told.outcome is not recalled.outcome:
            sins.append("told otherwise before")
        if (begun and again.outcome is not recalled.outcome) or bench.gateway.entered > 1:
            sins.append("typed again")
        if result is not None and bench.gateway.entered and _contradicts(result, taken):
            sins.append("contradicts the meter")
    if recalled.outcome is Outcome.UNKNOWN:
        return doubt(begun, taken if begun else 0, "nothing was sent"), sins
    return recalled.outcome.value, sins


def _asked(adapter: MeterProcess) -> Submission | None:
    """What the meter itself says of the last row, once somebody reaches it again."""
    try:
        return adapter.read_result()
    except HardwareError:
        return None


def _contradicts(submission: Submission, taken: int) -> bool:
    """An answer is true, or it is UNKNOWN."""
    match submission.outcome:
        case Outcome.ACCEPTED | Outcome.PARTIAL:
            return taken != 1
        case Outcome.UNKNOWN:
            return False
        case _:
            return taken != 0


def run(kills: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """What was known after each kill, and the sins."""
    source = random.Random(seed)
    known: Counter[str] = Counter()
    sins: Counter[str] = Counter(dict.fromkeys(SINS[:3], 0))
    province = DemoProvince(16)
    with tempfile.TemporaryDirectory(prefix="krn-kills-") as folder:
        for number in range(kills):
            here = Path(folder) / str(number)
            here.mkdir()
            ask = number % ASKED_AFTERWARDS == 0
            what, wrong = play(Stage(here, province), source.random() * LATEST, f"kill-{number}", ask=ask)
            known[what] += 1
            sins.update(wrong)
    return known, sins


def main() -> int:
    """Print the count; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    known, sins = run(args.kills, args.seed)
    print(f"{args.kills} kills by light, seed {args.seed}; after the restart the row is")
    return tell(known, sins)


if __name__ == "__main__":
    sys.exit(main())
