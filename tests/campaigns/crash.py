"""Kiosk and meter process killed at random moments of whole sessions; register, journal and meter live on.

python -m tests.campaigns.crash [--kills N] [--seed S]
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hardware.settings import ABORT, FINISH
from kiosk.upgrade.events import Ending
from krn_engine.demo import DemoCustomer, DemoProvince
from krn_engine.register.database import Register, sqlite_url
from tests.campaigns.crash_audit import SINS, History, Truth, sins_on_disk
from tests.campaigns.crash_person import CHANGES, Person, Plan
from tests.campaigns.crash_processes import STUCK_SECONDS, Processes, Silent, Talk
from tests.campaigns.crash_wires import Line
from tests.campaigns.crash_zygote import NO_SENSES, REGISTER, WIRES

TARGET = 3
OFFICE = "krn_engine.office.local:LocalOffice"
VICTIMS = (("kiosk",), ("kiosk",), ("meter",), ("kiosk", "meter"), ("meter", "kiosk"))
PLANS = (Plan.TYPE, Plan.TYPE, Plan.TYPE, Plan.TAKE_AWAY)
KILLS_OF_A_LIFE = (1, 1, 1, 2, 3)
MOST_VISITS = 4
"""How often somebody comes back to be done: the first time they may find the meter process at an old row still."""
TAKEN_HOME = 0.3
"""How many people took their rows home in peace before the visit that is broken off."""
HONEST = (Ending.UNKNOWN.code, Ending.REFUSED.code)
"""A person who lets nothing be typed again is sent to staff with one of these."""


@dataclass
class Count:
    """What came of a campaign."""

    visits: int = 0
    """How often somebody was at the kiosk."""
    killed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Kills, by what stood on the screen and who was killed."""
    left: Counter[str] = field(default_factory=Counter)
    """What stood on record about the row that was in work."""
    endings: Counter[str] = field(default_factory=Counter)
    sins: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(SINS, 0)))
    guilty: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many there were."""
        return sum(self.killed.values())


class Campaign:
    """One register and one journal for all of it; one customer and one meter after the other."""

    victims: tuple[tuple[str, ...], ...] = VICTIMS
    """Who is killed together, each as often as it stands here."""

    def __init__(self, folder: Path, province: DemoProvince, office: str, seed: int) -> None:
        self.count = Count()
        self._folder = folder
        self._province = province
        self._seed = seed
        self._lives = 0
        with Register.create(sqlite_url(folder / REGISTER)) as register:
            province.load(register)
        self._customers = iter([customer for customer in province if customer.case in CHANGES])
        self._line = Line(folder / WIRES, province.meter_state(next(self._customers)))
        self._processes = Processes(folder, office)
        self._meter_process: int | None = None
        self._length = dict.fromkeys(Plan, 0.0)
        """How long an undisturbed visit takes, by its plan: the moments of the kills are spread over it."""

    def close(self) -> None:
        """End every process."""
        self._stop_meter_process()
        self._processes.close()
        self._line.close()

    def run(self, kills: int) -> None:
        """People come until so many processes were killed."""
        while self.count.kills < kills:
            self._life(next(self._customers), kills)
            self._lives += 1

    def _life(self, customer: DemoCustomer, kills: int) -> None:
        """One customer: visits that are broken off, and then visits until they are done."""
        source = random.Random(f"{self._seed} {self._lives}")
        self._stop_meter_process()
        self._line.put(self._province.meter_state(customer))
        person = Person(customer, self._line, source)
        try:
            if not all(self._length.values()) or source.random() < TAKEN_HOME:
                self._visit(person, Plan.TAKE_AWAY)
                self._by_hand(person, source)
            if all(self._length.values()):
                self._broken_off(person, source, kills)
            for _ in range(MOST_VISITS):
                self._visit(person, Plan.TYPE)
                if self._is_over(person, self._judge(person)):
                    return
        except Silent:
            self._sin(person, ["kiosk stuck"])
        self.count.endings["none"] += 1
        self._sin(person, ["no good end"])

    def _broken_off(self, person: Person, source: random.Random, kills: int) -> None:
        for _ in range(source.choice(KILLS_OF_A_LIFE)):
            plan = source.choice(PLANS)
            # Late rather than early: what is shown and typed comes at the end of a visit.
            moment = max(source.random(), source.random()) * self._length[plan]
            if self.count.kills < kills and self._visit(person, plan, moment, source.choice(self.victims)):
                self._judge(person, after_a_kill=True)

    def _is_over(self, person: Person, history: History) -> bool:
        with self._line.meter() as meter:
            upgraded = int(meter.state.key.krn) == TARGET and all(map(history.said, history.left))
        if upgraded:
            self.count.endings["upgraded, by the person's word" if history.left else "upgraded"] += 1
        elif person.handed_over and person.code in HONEST:
            self.count.endings[f"handed over, {person.code}: the person let nothing be typed again"] += 1
        else:
            return False
        return True

    def _by_hand(self, person: Person, source: random.Random) -> None:
        """At home somebody types the rows of the first key change, or some of them, or none."""
        pairs = CHANGES[person.customer.case]
        rows = person.seen.rows[: len(person.seen.rows) // pairs]
        for row in rows[: source.choice((0, 1, len(rows), len(rows)))]:
            self._line.key_in(row)
            person.seen.by_hand[row] += 1

    # --- one visit

    def _visit(self, person: Person, plan: Plan, moment: float | None = None, victims: tuple[str, ...] = ()) -> bool:
        """Somebody is at the kiosk. `moment` seconds later the victims are killed; True if somebody was there still.

        Raises Silent for a kiosk that does nothing more.
        """
        if self._meter_process is None:
            self._start_meter_process(person.source)
        person.come(plan)
        self.count.visits += 1
        start = time.monotonic()
        kiosk = self._processes.start("kiosk")
        talk: Talk | None = None
        try:
            until = start + (STUCK_SECONDS if moment is None else moment)
            talk = self._processes.met(until)
            self._talk(talk, person, until)
        except Silent:
            if moment is None:
                self._processes.kill(kiosk)
                self._processes.ended(kiosk)
                raise
            self._kill(victims, kiosk, talk, person)
            return True
        finally:
            if talk is not None:
                talk.close()
        if self._processes.ended(kiosk) != 0:
            self._sin(person, ["process ended of itself"])
        if moment is None:
            self._length[plan] = time.monotonic() - start
        return False

    def _talk(self, talk: Talk, person: Person, until: float) -> None:
        """Until the person, or the kiosk, is gone."""
        try:
            while True:
                told = talk.hear(until)
                answer = person.answer(told)
                if told["view"] not in ("WaitView", "TypingView") or answer:
                    talk.say(answer)
        except EOFError:
            return

    def _kill(self, victims: tuple[str, ...], kiosk: int, talk: Talk | None, person: Person) -> None:
        self.count.killed[person.last or "starting", " and ".join(sorted(victims))] += 1
        for victim in victims:
            self._strike(victim, kiosk, person.source)
        if "kiosk" in victims:
            for told in talk.rest() if talk is not None else ():
                person.look(told)
        else:
            self._survive(kiosk, talk, person)
        ends = {-signal.SIGKILL if "kiosk" in victims else 0}
        # Nobody was in front of it any more: it may have been done before the signal came.
        if self._processes.ended(kiosk) not in (ends | {0} if person.left else ends):
            self._sin(person, ["process ended of itself"])
        if "meter" in victims:
            self._stop_meter_process()
        self._processes.forget_the_dead()
        self._mend()

    def _strike(self, victim: str, kiosk: int, _source: random.Random) -> None:
        """Kill one of them at once."""
        number = kiosk if victim == "kiosk" else self._meter_process
        assert number is not None
        self._processes.kill(number)

    def _mend(self) -> None:
        """What does not begin again by itself, when a kiosk or its meter process does, is made to."""

    def _survive(self, kiosk: int, talk: Talk | None, person: Person) -> None:
        """The kiosk lives on, without what was killed, until the person leaves it."""
        until = time.monotonic() + STUCK_SECONDS
        met = talk or self._processes.met(until)
        try:
            self._talk(met, person, until)
        except Silent:
            self._processes.kill(kiosk)
            self._sin(person, ["kiosk stuck"])
        finally:
            met.close()

    def _start_meter_process(self, source: random.Random) -> None:
        senses = source.choice(("camera", "camera", NO_SENSES))
        self._meter_process = self._processes.start("meter", senses, source.choice((FINISH, ABORT)))
        self._processes.met(time.monotonic() + STUCK_SECONDS).close()

    def _stop_meter_process(self) -> None:
        if self._meter_process is None:
            return
        self._processes.kill(self._meter_process)
        if self._processes.ended(self._meter_process) != -signal.SIGKILL:
            self.count.sins["process ended of itself"] += 1
        self._meter_process = None

    # --- the reckoning

    def _judge(self, person: Person, *, after_a_kill: bool = False) -> History:
        """On a copy: the kiosk that comes next finds what the kill left."""
        copies = {end: self._folder / f"copy.db{end}" for end in ("", "-wal", "-shm")}
        for file in copies.values():
            file.unlink(missing_ok=True)
        self._copy_register(copies)
        with self._line.meter() as meter:
            truth = Truth(int(person.customer.state.krn), int(meter.state.key.krn), tuple(meter.entries))
        number, vault = person.customer.meter_number, self._province.vault
        history, sins = sins_on_disk(copies[""], number, vault, truth, person.seen)
        if after_a_kill:
            self.count.left[_left(history, truth)] += 1
        self._sin(person, sins)
        return history

    def _copy_register(self, copies: dict[str, Path]) -> None:
        # Not the index of the log: it is shared memory, and made anew.
        for end in ("", "-wal"):
            if (part := self._folder / f"{REGISTER}{end}").exists():
                shutil.copy(part, copies[end])

    def _sin(self, person: Person, sins: list[str]) -> None:
        for sin in sins:
            self.count.sins[sin] += 1
            where = f"last view {person.last}, code {person.code!r}"
            self.count.guilty.append(f"life {self._lives}, {person.customer.case.value}: {sin} ({where})")


def _left(history: History, truth: Truth) -> str:
    if not history.outcomes:
        return "no row begun"
    row, outcome = history.outcomes[-1].row, history.outcomes[-1].outcome
    return f"{outcome}, and the meter {'took' if truth.taken(row) else 'did not take'} it"


def run(kills: int, seed: int, office: str = OFFICE, kind: type[Campaign] = Campaign) -> Count:
    """Kill so many times. `office`: module and class of the office that the kiosks work with."""
    # Seven of sixteen customers need rows; two are taken to learn how long a visit takes.
    province = DemoProvince(16 * (kills // 7 + 2))
    with tempfile.TemporaryDirectory(prefix="krn-crash-") as folder:
        campaign = kind(Path(folder), province, office, seed)
        try:
            campaign.run(kills)
        finally:
            campaign.close()
    return campaign.count


def main() -> int:
    """Print the count; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    start = time.monotonic()
    count = run(args.kills, args.seed)
    return tell(count, args.seed, time.monotonic() - start)


def tell(count: Count, seed: int, seconds: float) -> int:
    """Print what came of a campaign; 0 if nothing was wrong."""
    print(f"{count.kills} kills, seed {seed}, {seconds:.0f} s; what stood on the screen, and who was killed")
    for (view, victims), number in sorted(count.killed.items()):
        print(f"  {view:<16} {victims:<40} {number:5}")
    for title, table in (("the last row on record after the kill", count.left), ("in the end", count.endings)):
        print(title)
        for name, number in table.most_common():
            print(f"  {name:<57} {number:5}")
    print("sins")
    for name in SINS:
        print(f"  {name:<57} {count.sins[name]:5}")
    for line in count.guilty:
        print(line)
    return 1 if sum(count.sins.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
