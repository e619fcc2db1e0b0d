"""The fault campaign: sessions on virtual meters with every fault and every pair of faults, each held to account.

python -m tests.campaigns.faults [--sessions N] [--seed S]
"""

import argparse
import itertools
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hardware.keypad.forms import Form, LinesForm, MultiplexerForm
from hardware.keypad.models import read_profile
from hardware.person import NO, NOTHING, YES, Question, nobody
from hardware.virtual.bench import MATRIX, Bench, Senses
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import OF_THE_KEYPAD, Dice, Fault
from hardware.virtual.keypad import ScannedKeypad
from hardware.virtual.meter import Habits, VirtualMeter
from hardware.virtual.wiring import Wiring
from kiosk.demo.meters import faulty_state
from kiosk.upgrade.events import Ending, Report, RowStarted, SessionEvent
from kiosk.upgrade.session import UpgradeSession
from krn_engine.demo import DemoCase, DemoCustomer, DemoProvince
from krn_engine.office.contract import Issued
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.row import BENAR, SALAH
from tests.campaigns.audit import SINS, Auditor

CASES = (DemoCase.FOUR_ROWS, DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11)
MODELS = ("generic-4x3", "generic-4x3", "auto-accept", "enter-key", "conlog-like")
SENSES = (
    *[Senses(("camera",))] * 3,
    *[Senses(("camera",), noise=12)] * 2,
    Senses(("camera",), noise=60),
    *[Senses(("camera", "tone"))] * 3,
    Senses(("tone",)),
    Senses(()),
)
COMBINATIONS = [frozenset(faults) for size in (0, 1, 2) for faults in itertools.combinations(Fault, size)]


class Eyewitness:
    """A person who looks at the meter and tells the truth, but for the times when they did not look."""

    def __init__(self, bench: Bench, meter_number: str, source: random.Random, inattention: float) -> None:
        self._bench = bench
        self._number = meter_number
        self._source = source
        self._inattention = inattention
        self._told = len(bench.meter.entries)

    def watch(self, event: SessionEvent) -> None:
        """They look at the meter from the first key of each row."""
        if isinstance(event, RowStarted):
            self._told = len(self._bench.wiring.keypad.meter.entries)

    def __call__(self, question: Question) -> str | None:
        meter = self._bench.wiring.keypad.meter
        seen = meter.entries[self._told :]
        if self._source.random() < self._inattention:
            return None
        match question:
            case Question.ANSWER_TO_ROW:
                if not seen or seen[-1].result.name == "LOCKOUT":
                    return NOTHING
                return BENAR if seen[-1].result.accepted else SALAH
            case Question.SHOWS_PERIKSA:
                return YES if meter.state.tampered else NO
            case Question.NUMBER_IS_RIGHT:
                return YES if str(meter.state.drn) == self._number else NO
            case Question.KRN_SHOWN:
                return str(int(meter.state.key.krn))
            case Question.TYPE_AGAIN:
                return YES


@dataclass(frozen=True)
class Scene:
    """One session to be played."""

    seed: int
    customer: DemoCustomer
    faults: frozenset[Fault]
    model: str
    senses: Senses
    form: Form
    watched: bool
    """A person stands at the meter."""


def form_for(layout: tuple[tuple[str, ...], ...], number: int) -> Form:
    """The three forms in turn."""
    keys = [key for row in layout for key in row if key]
    pins = (9, 10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23)
    match number % 3:
        case 0:
            return replace(MATRIX)
        case 1:
            return LinesForm(27, dict(zip(keys, pins, strict=False)))
        case _:
            return MultiplexerForm(27, 25, (16, 17), (20, 21))


def scenes(count: int, province: DemoProvince, seed: int) -> Iterator[Scene]:
    """Every combination in turn, with everything else drawn by the seed."""
    source = random.Random(seed)
    waiting = {case: [customer for customer in province if customer.case is case] for case in set(CASES)}
    for number in range(count):
        model = source.choice(MODELS)
        yield Scene(
            seed=source.randrange(1 << 30),
            customer=waiting[source.choice(CASES)].pop(),
            faults=COMBINATIONS[number % len(COMBINATIONS)],
            model=model,
            senses=source.choice(SENSES),
            form=form_for(read_profile(model).layout, number),
            watched=source.random() < 0.7,
        )


@dataclass
class Played:
    """How it went, and how it went when the person came back."""

    report: Report
    sins: Counter[str]
    again: Report | None


def play(scene: Scene, province: DemoProvince, office: LocalOffice) -> Played:
    """One session; if it does not end upgraded, a second one after the fault was mended."""
    clock = HandClock()
    source = random.Random(scene.seed)
    issued = office.issue(scene.customer.meter_number, f"first-{scene.seed}")
    habits = Habits(auto_accept=scene.model == "auto-accept")
    meter = VirtualMeter(faulty_state(province, scene.customer, scene.faults), clock, habits=habits)
    bench = Bench(
        meter,
        read_profile(scene.model),
        clock,
        clock.wait,
        form=scene.form,
        senses=scene.senses,
        dice=Dice(scene.faults & OF_THE_KEYPAD, scene.seed),
    )
    witness = Eyewitness(bench, scene.customer.meter_number, source, 0.2)
    auditor = Auditor(bench, issued, scene.faults)
    report = upgrade(office, issued, bench, auditor, witness, watched=scene.watched)
    if report.ending is Ending.UPGRADED:
        return Played(report, auditor.sins, None)
    return Played(report, auditor.sins, _comes_back(scene, province, office, bench, auditor))


def _comes_back(scene: Scene, province: DemoProvince, office: LocalOffice, bench: Bench, first: Auditor) -> Report:
    """The keypad is mended, the right meter connected, PERIKSA cleared, the lock-out over, and somebody watches."""
    bench.clock.now += 3000.0  # type: ignore[attr-defined]
    meter = bench.wiring.keypad.meter
    if Fault.WRONG_METER in scene.faults:
        state = province.meter_state(scene.customer)
        meter = VirtualMeter(state, bench.clock, habits=meter.habits)
        bench.meter = meter
    meter.state = replace(meter.state, tampered=False, wrong=0, locked_until=0.0)
    meter.powered = True
    meter.beeper.mute = False
    keypad = ScannedKeypad(meter, bench.profile.layout, bench.clock)
    bench.wiring = Wiring(bench.form, bench.profile.layout, keypad, bench.clock, tone_pin=26)
    issued = office.issue(scene.customer.meter_number, f"again-{scene.seed}")
    witness = Eyewitness(bench, scene.customer.meter_number, random.Random(scene.seed), 0.0)
    auditor = Auditor(bench, issued, frozenset())
    report = upgrade(office, issued, bench, auditor, witness, watched=True)
    first.sins.update(auditor.sins)
    return report


def upgrade(
    office: LocalOffice, issued: Issued, bench: Bench, auditor: Auditor, witness: Eyewitness, *, watched: bool
) -> Report:
    """One audited session."""

    def watch(event: SessionEvent) -> None:
        witness.watch(event)
        auditor.watch(event)

    with bench.connect() as adapter:
        report = UpgradeSession(
            office,
            issued,
            adapter,
            place="campaign",
            person=witness if watched else nobody,
            watch=watch,
            clock=bench.clock,
            wait=bench.wait,
        ).run()
    auditor.judge(report)
    return report


@contextmanager
def an_office(province: DemoProvince) -> Iterator[LocalOffice]:
    """An office on a register in memory's reach: the campaign is about meters, not about disks."""
    with (
        tempfile.TemporaryDirectory(prefix="krn-faults-") as folder,
        Register.create(sqlite_url(Path(folder) / "register.db")) as register,
    ):
        province.load(register)
        yield LocalOffice(register, province.campaign, province.vault)


def run(count: int, seed: int) -> tuple[Counter[str], Counter[str], Counter[str], list[Scene]]:
    """Endings, sins, endings of the second sessions, and the scenes that sinned."""
    province = DemoProvince(max(64, count * 16))
    endings: Counter[str] = Counter()
    sins: Counter[str] = Counter(dict.fromkeys(SINS, 0))
    again: Counter[str] = Counter()
    guilty = []
    with an_office(province) as office:
        for scene in scenes(count, province, seed):
            played = play(scene, province, office)
            endings[played.report.ending.value] += 1
            sins.update(played.sins)
            if played.again is not None:
                again[played.again.ending.value] += 1
            if played.sins or (played.again is not None and played.again.ending is not Ending.UPGRADED):
                guilty.append(scene)
    return endings, sins, again, guilty


def main() -> int:
    """Print the count; 0 if there is no sin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    endings, sins, again, guilty = run(args.sessions, args.seed)
    upgraded = endings.pop(Ending.UPGRADED.value, 0)
    print(f"{args.sessions} sessions, {len(COMBINATIONS)} combinations of faults, seed {args.seed}")
    print(f"  ended upgraded                             {upgraded:6}")
    print(f"  ended safely with the right reason         {sum(endings.values()) - sins['wrong reason given']:6}")
    for name, number in endings.most_common():
        print(f"      {name:<38} {number:6}")
    for name in SINS:
        print(f"  {name:<42} {sins[name]:6}")
    print("  when the person came back, the fault mended:")
    for name, number in again.most_common():
        print(f"      {name:<38} {number:6}")
    for scene in guilty[:20]:
        print(f"  look at: {scene.seed} {sorted(f.value for f in scene.faults)} {scene.model} {scene.senses.names}")
    return 1 if sum(sins.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
