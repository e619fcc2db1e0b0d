"""The crash campaign with the office across a network: server and network are killed too, and come back by and by.

python -m tests.campaigns.crash_office [--kills N] [--seed S] [--holds remote|offline]

The office is `krn office serve` on a register on the disk; between it and the kiosk is a line that is cut, falls
silent, or loses answers. A kiosk that holds a copy of its office goes on meanwhile: before each reckoning the kiosk
that comes next delivers what is in its outbox.
"""

import argparse
import json
import random
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from kiosk.cli import main as main_of_krn
from kiosk.demo.line import Line as Network
from kiosk.demo.line import Way as State
from kiosk.demo.office import make_demo_office
from kiosk.demo.service import OfficeProcess
from krn_engine.demo import DemoProvince
from krn_engine.errors import KrnError
from krn_engine.register.database import sqlite_url
from tests.campaigns.crash import Campaign, Count, run, tell
from tests.campaigns.crash_audit import History
from tests.campaigns.crash_offices import LINK, copied
from tests.campaigns.crash_person import Person
from tests.campaigns.crash_processes import STUCK_SECONDS
from tests.campaigns.crash_zygote import REGISTER
from tests.support.office_process import tokens_of

OFFICES = "tests.campaigns.crash_offices"
LONGEST_AWAY = 1.5
"""Seconds after which server or network is there again, at the latest."""
BROKEN = (State.CUT, State.SILENT, State.ANSWERS_LOST)


class OfficeCampaign(Campaign):
    """Kiosks of an office across a network."""

    victims = (
        ("server",),
        ("server",),
        ("network",),
        ("network",),
        ("kiosk", "server"),
        ("kiosk", "network"),
        ("server", "network"),
        ("meter", "network"),
        ("kiosk",),
    )

    def __init__(self, folder: Path, province: DemoProvince, office: str, seed: int) -> None:
        self._has_copy = office.endswith(":offline")
        self._returns: list[threading.Thread] = []
        super().__init__(folder, province, office, seed)
        (folder / "office").mkdir()
        settings = make_demo_office(folder / "office", DemoProvince(1))
        own, ours = sqlite_url((folder / "office").resolve() / "register.db"), sqlite_url(folder / REGISTER)
        settings.write_text(settings.read_text().replace(own, ours))
        self._office = OfficeProcess(settings, folder / "office.log", program="tests.programs.unlimited")
        self._office.start()
        self._network = Network(self._office.url)
        token = tokens_of(ours, "kiosk-1")[0]
        (folder / LINK).write_text(json.dumps({"url": self._network.url, "token": token}))
        if self._has_copy:
            with copied(folder, keeps=False) as held:
                while held.sync():
                    pass

    def run(self, kills: int) -> None:
        """The same; in the end the office's audit must be whole, and fit what is on record."""
        super().run(kills)
        self._mend()
        if main_of_krn(["office", "audit", "verify", "--register", str(self._folder / REGISTER)]) != 0:
            self.count.sins["audit not whole"] += 1
            self.count.guilty.append("in the end: audit not whole")

    def close(self) -> None:
        """End every process."""
        self._mend()
        super().close()
        self._network.close()
        self._office.kill()

    def _strike(self, victim: str, kiosk: int, source: random.Random) -> None:
        away = source.random() * LONGEST_AWAY
        if victim == "server":
            self._office.kill()
            self._later(away, self._office.start)
        elif victim == "network":
            self._network.be(source.choice(BROKEN))
            self._later(away, lambda: self._network.be(State.OPEN))
        else:
            super()._strike(victim, kiosk, source)

    def _later(self, seconds: float, mend: Any) -> None:
        """It comes back while somebody may still be at the kiosk."""
        returns = threading.Timer(seconds, mend)
        returns.start()
        self._returns.append(returns)

    def _mend(self) -> None:
        for returns in self._returns:
            returns.join()
        self._returns.clear()

    def _judge(self, person: Person, *, after_a_kill: bool = False) -> History:
        if self._has_copy:
            self._deliver(person)
        return super()._judge(person, after_a_kill=after_a_kill)

    def _deliver(self, person: Person) -> None:
        """As the kiosk that comes next does, with all that the one before has put on its disk."""
        with copied(self._folder, keeps=False) as held:
            end = time.monotonic() + STUCK_SECONDS
            while held.status.waiting and time.monotonic() < end:
                try:
                    held.deliver()
                except KrnError:
                    time.sleep(0.05)
            self._sin(person, ["fact not delivered"] * bool(held.status.waiting))
            self._sin(person, ["fact refused by the office"] * bool(held.refused))
            self._sin(person, ["fact not delivered"] * held.status.lost)

    def _copy_register(self, copies: dict[str, Path]) -> None:
        """One moment of it: the server may be at work on what it was asked last."""
        with closing(sqlite3.connect(self._folder / REGISTER)) as ours, closing(sqlite3.connect(copies[""])) as copy:
            ours.backup(copy)


def run_office(kills: int, seed: int, holds: str) -> Count:
    """Kill so many times; `holds`: what a kiosk holds of its office, "remote" or "offline"."""
    return run(kills, seed, f"{OFFICES}:{holds}", OfficeCampaign)


def main() -> int:
    """Print the count; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--holds", choices=("remote", "offline"), action="append")
    args = parser.parse_args()
    status = 0
    for holds in args.holds or ("remote", "offline"):
        start = time.monotonic()
        count = run_office(args.kills, args.seed, holds)
        print(f"kiosks that hold the office {holds}: {count.visits} sessions")
        status |= tell(count, args.seed, time.monotonic() - start)
    return status


if __name__ == "__main__":
    sys.exit(main())
