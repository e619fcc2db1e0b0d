"""The optical fault campaign: sessions by light on virtual meters, with every fault and every pair, held to account.

python -m tests.campaigns.faults_optical [--sessions N] [--seed S]
"""

import argparse
import logging
import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from hardware.errors import HardwareError, NoAnswer
from hardware.optical.adapter import OpticalAdapter
from hardware.optical.echo import EchoLine
from hardware.optical.line import Line
from hardware.optical.secrets import Secrets
from hardware.person import NO, NOTHING, YES, Question, nobody
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import Fault
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.bench import OpticalBench
from hardware.virtual.optical.faults import LightDice, OpticalFault
from kiosk.demo.meters import faulty_state
from kiosk.upgrade.events import Ending, Report, RowStarted, SessionEvent
from kiosk.upgrade.session import UpgradeSession
from krn_engine.demo import DemoCustomer, DemoProvince
from krn_engine.office.contract import Issued
from krn_engine.office.local import LocalOffice
from krn_engine.row import BENAR, SALAH
from tests.campaigns.audit_optical import SINS, OpticalAuditor
from tests.campaigns.faults import an_office
from tests.campaigns.scenes_optical import COMBINATIONS, TITLE, AtThePort, Scene, right_secrets, scenes
from tests.support.optical import KEYS, LOCK, PASSWORD


class Eyewitness:
    """A person who looks at the meter's display and tells the truth, but for the times when they did not look."""

    def __init__(self, bench: OpticalBench, number: str, source: random.Random, inattention: float) -> None:
        self._bench = bench
        self._number = number
        self._source = source
        self._inattention = inattention
        self._told = len(bench.meter.entries)
        self.words = 0
        """How often this person said that a row may be given again."""

    def watch(self, event: SessionEvent) -> None:
        """They look at the meter from the start of each row."""
        if isinstance(event, RowStarted):
            self._told = len(self._bench.meter.entries)

    def __call__(self, question: Question) -> str | None:
        meter = self._bench.light.face.meter
        if self._source.random() < self._inattention:
            return None
        match question:
            case Question.ANSWER_TO_ROW:
                seen = meter.entries[self._told :]
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
                self.words += 1
                return YES


@dataclass
class Log(logging.Handler):
    """Everything that is logged, for a search for what may not be there."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    __hash__ = logging.Handler.__hash__


@dataclass
class Played:
    """How it went, and how it went when the person came back. None: the session ended in a refusal."""

    issued: Issued
    report: Report | None
    refusal: str
    sins: Counter[str]
    again: Report | None
    again_refusal: str = ""


def play(scene: Scene, province: DemoProvince, office: LocalOffice) -> Played:
    """One session; if it does not end upgraded, a second one after the fault was mended."""
    clock = HandClock()
    source = random.Random(scene.seed)
    issued = office.issue(scene.customer.meter_number, f"first-{scene.seed}")
    standing = frozenset(fault for fault in scene.faults if isinstance(fault, Fault))
    meter = VirtualMeter(faulty_state(province, scene.customer, standing), clock)
    bench = _bench(scene, meter, clock)
    other = _bench(scene, VirtualMeter(province.meter_state(_neighbour(scene, province)), clock), clock)
    if AtThePort.LEFT_OPEN in scene.faults:
        _leave_open(scene, bench, clock)
    bench.light.dice = LightDice(frozenset(f for f in scene.faults if isinstance(f, OpticalFault)), scene.seed)
    witness = Eyewitness(bench, scene.customer.meter_number, source, 0.2)
    auditor = OpticalAuditor(bench, issued, scene.faults, witness=lambda: witness.words)
    moves_at = source.randrange(1, 5) if AtThePort.MOVED in scene.faults else 0

    def watch(event: SessionEvent) -> None:
        if isinstance(event, RowStarted) and event.row == moves_at:
            bench.light.face = other.face
        witness.watch(event)
        auditor.watch(event)

    report, refusal = _upgrade(scene, office, issued, bench, scene.secrets, watch, witness)
    auditor.judge(report, refusal)
    if other.gateway.heard:
        auditor.sins["another meter was given a row"] += 1
    if report is not None and report.ending is Ending.UPGRADED:
        return Played(issued, report, refusal, auditor.sins, None)
    again, again_refusal = _comes_back(scene, province, office, bench, auditor)
    return Played(issued, report, refusal, auditor.sins, again, again_refusal)


def _bench(scene: Scene, meter: VirtualMeter, clock: HandClock) -> OpticalBench:
    return OpticalBench(meter, clock, scene.style, LOCK, form=scene.form, processing=scene.processing, echo=scene.echo)


def _neighbour(scene: Scene, province: DemoProvince) -> DemoCustomer:
    return next(one for one in province if one.meter_number != scene.customer.meter_number)


def _adapter(scene: Scene, bench: OpticalBench, secrets: Secrets, clock: HandClock) -> OpticalAdapter:
    def line() -> Line:
        return EchoLine(bench.line()) if scene.echo else bench.line()

    return OpticalAdapter(
        line,
        scene.model,
        secrets,
        TITLE,
        clock=clock,
        wait=clock.wait,
    )


def _leave_open(scene: Scene, bench: OpticalBench, clock: HandClock) -> None:
    """Another program connects and is gone without a word; where a lock-out has the port closed, it cannot."""
    with suppress(NoAnswer):
        _adapter(scene, bench, right_secrets(KEYS), clock).probe()


def _upgrade(
    scene: Scene,
    office: LocalOffice,
    issued: Issued,
    bench: OpticalBench,
    secrets: Secrets,
    watch: Callable[[SessionEvent], None],
    witness: Eyewitness,
) -> tuple[Report | None, str]:
    clock = bench.clock
    assert isinstance(clock, HandClock)
    try:
        with _adapter(scene, bench, secrets, clock) as adapter:
            session = UpgradeSession(
                office,
                issued,
                adapter,
                place="campaign",
                person=witness if scene.watched else nobody,
                watch=watch,
                clock=clock,
                wait=clock.wait,
            )
            return session.run(), ""
    except HardwareError as error:
        return None, f"{error.code} {error}"


def _comes_back(
    scene: Scene, province: DemoProvince, office: LocalOffice, bench: OpticalBench, first: OpticalAuditor
) -> tuple[Report | None, str]:
    """The port is mended, the right meter under the head, PERIKSA cleared, and somebody watches."""
    clock = bench.clock
    assert isinstance(clock, HandClock)
    clock.wait(3000.0)
    if Fault.WRONG_METER in scene.faults:
        bench = _bench(scene, VirtualMeter(province.meter_state(scene.customer), clock), clock)
    bench.light.face = bench.face
    bench.light.mend()
    bench.meter.state = replace(bench.meter.state, tampered=False, wrong=0, locked_until=0.0)
    issued = office.issue(scene.customer.meter_number, f"again-{scene.seed}")
    witness = Eyewitness(bench, scene.customer.meter_number, random.Random(scene.seed), 0.0)
    auditor = OpticalAuditor(bench, issued, frozenset(), witness=lambda: witness.words)

    def watch(event: SessionEvent) -> None:
        witness.watch(event)
        auditor.watch(event)

    watched = replace(scene, watched=True)
    report, refusal = _upgrade(watched, office, issued, bench, right_secrets(KEYS), watch, witness)
    auditor.judge(report, refusal)
    first.sins.update(auditor.sins)
    return report, refusal


@dataclass
class Account:
    """What came of all sessions."""

    endings: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    sins: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SINS, 0)))
    again: Counter[str] = field(default_factory=Counter)
    guilty: list[Scene] = field(default_factory=list)


def run(count: int, seed: int) -> Account:
    """Play so many sessions, with everything that is logged looked through."""
    province = DemoProvince(max(64, count * 16))
    account, log = Account(), Log()
    root = logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        with an_office(province) as office:
            for scene in scenes(count, province, seed):
                log.lines.clear()
                played = play(scene, province, office)
                told = (*log.lines, played.refusal, played.again_refusal, repr(played.report), repr(played.again))
                if _tells(told, played.issued):
                    played.sins["secret in a log"] += 1
                _enter(account, scene, played)
    finally:
        root.removeHandler(log)
        root.setLevel(level)
    return account


def _enter(account: Account, scene: Scene, played: Played) -> None:
    account.sins.update(played.sins)
    upgraded = played.report is not None and played.report.ending is Ending.UPGRADED
    if played.report is None:
        account.refusals[played.refusal[:5]] += 1
    else:
        account.endings[played.report.ending.value] += 1
    if not upgraded:
        ending = f"refused: {played.again_refusal}" if played.again is None else played.again.ending.value
        account.again[ending] += 1
    if played.sins or not (upgraded or (played.again is not None and played.again.ending is Ending.UPGRADED)):
        account.guilty.append(scene)


def _tells(lines: tuple[str, ...], issued: Issued) -> bool:
    """Whether a row, a password or a key stands in what was told, in any of the ways in which it could."""
    rows = [str(row) for row in issued.rows]
    octets = [PASSWORD, KEYS.encryption, KEYS.authentication, *(row.encode("ascii") for row in rows)]
    secrets = [*rows, *(one.hex() for one in octets), *(repr(one)[2:-1] for one in octets)]
    text = "\n".join(lines)
    return any(secret in text for secret in secrets)


def main() -> int:
    """Print the count; 0 if there is no sin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    account = run(args.sessions, args.seed)
    upgraded = account.endings.pop(Ending.UPGRADED.value, 0)
    print(f"{args.sessions} sessions by light, {len(COMBINATIONS)} combinations of faults, seed {args.seed}")
    print(f"  ended upgraded                             {upgraded:6}")
    print(f"  ended without it                           {sum(account.endings.values()):6}")
    for name, number in account.endings.most_common():
        print(f"      {name:<38} {number:6}")
    print(f"  refused before or between rows             {sum(account.refusals.values()):6}")
    for name, number in account.refusals.most_common():
        print(f"      {name:<38} {number:6}")
    for name in SINS:
        print(f"  {name:<42} {account.sins[name]:6}")
    print("  when the person came back, the fault mended:")
    for name, number in account.again.most_common():
        print(f"      {name:<38} {number:6}")
    for scene in account.guilty[:20]:
        faults = sorted(fault.value for fault in scene.faults)
        print(f"  look at: {scene.seed} {faults} {scene.style} {scene.access.value} {scene.processing}")
    return 1 if sum(account.sins.values()) or account.guilty else 0


if __name__ == "__main__":
    sys.exit(main())
