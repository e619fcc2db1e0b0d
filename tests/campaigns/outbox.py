"""A day without the office, and its end: a kiosk is killed while it puts outcomes on record, its office while it
takes them. All of them arrive, each once.

python -m tests.campaigns.outbox [--facts N] [--kills K] [--office-kills K] [--seed S]
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from kiosk.cli import main as krn
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.offline.keeper import Rhythm
from krn_engine.office.offline.opening import offline_office
from krn_engine.office.wire.asked import Scope
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.tables import outcomes
from tests.programs.alone import attempt

CUSTOMERS = 32
NAME = "kiosk-1"
WAIT_SECONDS = 60.0
"""Longer than anything here takes."""
LONGEST_LIFE = 1.5
"""Seconds of a kiosk that is killed."""


@dataclass
class Account:
    """What came of it."""

    kept: int = 0
    """Outcomes that the kiosk said were kept."""
    kiosk_kills: int = 0
    office_kills: int = 0
    seconds: float = 0.0
    """From the office's return until nothing waited."""
    lost: list[int] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    refused: int = 0


class OfficeProcess:
    """`krn office serve` at one port, that is killed and comes back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: subprocess.Popen[str] | None = None
        self.url = ""

    def begin(self) -> None:
        """At the port of the time before, if there was one."""
        port = self.url.rpartition(":")[2] or "0"
        command = (sys.executable, "-m", "kiosk.cli", "office", "serve")
        settings = ("--config", str(self._folder / "kiosk.toml"), "--port", port)
        self._running = subprocess.Popen((*command, *settings), stdout=subprocess.PIPE, text=True)
        assert self._running.stdout is not None
        self.url = self._running.stdout.readline().strip().removeprefix("listening on ")

    def kill(self) -> None:
        """At once."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            if self._running.stdout is not None:
                self._running.stdout.close()
            self._running = None


@contextmanager
def office_in(folder: Path) -> Iterator[OfficeProcess]:
    """An office with a demo province; it does not run yet."""
    krn(["office", "demo", "--customers", str(CUSTOMERS), "--out", str(folder)])
    process = OfficeProcess(folder)
    try:
        yield process
    finally:
        process.kill()


def token_in(folder: Path) -> str:
    """Of a new kiosk."""
    with Database.of_callers(sqlite_url(folder / "register.db")) as kept:
        callers = Callers(kept)
        code = callers.make_code(NAME, Scope.KIOSK, ())
        return str(callers.enrol(NAME, str(code.code)).token)


def day_alone(kiosk: Path, facts: int, kills: int, chance: random.Random, account: Account) -> None:
    """Outcomes until there are so many, by a kiosk that is killed now and then and goes on behind what it said."""
    province = DemoProvince(CUSTOMERS)
    meters = [province.first(case).meter_number for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11)]
    said = 0
    while said < facts:
        dies = account.kiosk_kills < kills
        command = (sys.executable, "-m", "tests.programs.alone", str(kiosk), str(said), str(facts), *meters)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as alone:
            assert alone.stdout is not None
            assert alone.stdout.readline() == "ready\n"
            ends = time.monotonic() + chance.uniform(0.0, LONGEST_LIFE)
            for line in alone.stdout:
                said = int(line) + 1
                if dies and time.monotonic() >= ends:
                    alone.send_signal(signal.SIGKILL)
                    account.kiosk_kills += 1
                    break
            # What it said before it died counts too.
            for line in alone.stdout:
                said = int(line) + 1
        assert alone.returncode in (0, -signal.SIGKILL), alone.returncode
    account.kept = said


def arrived(folder: Path) -> list[tuple[str, str]]:
    """What stands at the office of this campaign: attempt and outcome of each record."""
    with Register.open(sqlite_url(folder / "register.db")) as register, register.read() as connection:
        rows = connection.execute(select(outcomes.c.attempt_id, outcomes.c.outcome)).all()
    return [(row.attempt_id, row.outcome) for row in rows if row.attempt_id.startswith("attempt-")]


def run(facts: int, kills: int, office_kills: int, seed: int) -> Account:
    """The whole of it."""
    chance = random.Random(seed)
    account = Account()
    with tempfile.TemporaryDirectory() as made, office_in(Path(made) / "province") as office:
        folder, kiosk = Path(made) / "province", Path(made) / "kiosk"
        kiosk.mkdir()
        token = token_in(folder)
        office.begin()
        with offline_office(RemoteOffice(Way(office.url), lambda: token), kiosk, keeps=False) as first:
            while first.sync():
                pass
        office.kill()
        day_alone(kiosk, facts, kills, chance, account)
        office.begin()
        remote = RemoteOffice(Way(office.url), lambda: token)
        began = time.monotonic()
        with offline_office(remote, kiosk, rhythm=Rhythm()) as returned:
            all_of_them = returned.status.waiting
            deaths = [all_of_them * part // (office_kills + 1) for part in range(office_kills, 0, -1)]
            while waiting := returned.status.waiting:
                if time.monotonic() - began > WAIT_SECONDS + facts / 5:
                    raise TimeoutError(f"{waiting} outcomes wait still")
                if deaths and waiting <= deaths[0]:
                    del deaths[0]
                    office.kill()
                    account.office_kills += 1
                    office.begin()
                time.sleep(0.01)
            account.seconds = time.monotonic() - began
            account.refused = returned.status.refused
        office.kill()
        there = arrived(folder)
        times = Counter(name for name, _ in there)
        account.lost = [number for number in range(account.kept) if attempt(number) not in times]
        account.twice = sorted(name for name, number in times.items() if number > 1)
    return account


def main() -> int:
    """Run it, and say what came of it: 1 if anything was lost, doubled or refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=10_000, help="outcomes (default: 10000)")
    parser.add_argument("--kills", type=int, default=20, help="how often the kiosk is killed")
    parser.add_argument("--office-kills", type=int, default=2, help="how often the office is killed")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    account = run(args.facts, args.kills, args.office_kills, args.seed)
    print(
        f"{account.kept} outcomes kept by a kiosk that was killed {account.kiosk_kills} times, delivered in "
        f"{account.seconds:.1f} s to an office that was killed {account.office_kills} times: "
        f"{len(account.lost)} lost, {len(account.twice)} twice, {account.refused} refused"
    )
    return 1 if account.lost or account.twice or account.refused else 0


if __name__ == "__main__":
    sys.exit(main())
