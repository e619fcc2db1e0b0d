"""The first copy of a unit over HTTP, the office in a process of its own: seconds and bytes, and what a day adds.

python -m tests.campaigns.copies [--customers N] [--sessions N]

Guilty is a meter that is missing or told wrong: every row of the copy is opened, and of some meters compared with what
the office gives out.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from krn_engine.demo import UNIT
from krn_engine.office.client.remote import RemoteOffice, enrol
from krn_engine.office.client.way import Patience, Way
from krn_engine.office.contract import Due, SessionEnding
from krn_engine.office.wire.asked import End
from krn_engine.office.wire.delivered import BATCH, Fact, Fate, GivenChange, GivenOut, fact_of
from krn_engine.office.wire.sync import PAGE_OF_COPY
from krn_engine.office.wire.text import to_bytes
from tests.support.copies import Copied

CUSTOMERS, SESSIONS, COMPARED = 30_000, 1000, 50
_KRN = (sys.executable, "-m", "kiosk.cli")


@dataclass
class Told:
    """The figures, and who is guilty."""

    figures: dict[str, float] = field(default_factory=dict)
    guilty: list[str] = field(default_factory=list)


class Weighed(RemoteOffice):
    """Counts the bytes of pages."""

    bytes = 0

    def sync(self, after: str, limit: int = 500) -> Any:
        """See `RemoteOffice.sync`."""
        page = super().sync(after, limit)
        self.bytes += len(to_bytes(PAGE_OF_COPY.write(page)))
        return page


@contextmanager
def office(folder: Path, customers: int) -> Iterator[RemoteOffice]:
    """An office of a demo province as a process, and a kiosk's way to it."""
    krn("office", "demo", "--customers", str(customers), "--out", str(folder / "demo"))
    settings = ("--config", str(folder / "demo" / "kiosk.toml"))
    said = krn("office", "enrol", "kiosk-1", "--unit", UNIT, *settings)
    code = said.partition(": ")[2].partition(",")[0]
    command = (*_KRN, "office", "serve", "--port", "0", *settings)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            way = Way(line.split()[-1], patience=Patience(read=60, whole=120))
            token = str(enrol(way, "kiosk-1", code).token)
            yield Weighed(way, lambda: token)
        finally:
            process.terminate()


def krn(*words: str) -> str:
    """What a command prints."""
    return subprocess.run((*_KRN, *words), check=True, capture_output=True, text=True).stdout


def run(customers: int, sessions: int) -> Told:
    """The first copy, and a delivery of so many sessions."""
    told = Told()
    with tempfile.TemporaryDirectory() as folder, office(Path(folder), customers) as remote:
        assert isinstance(remote, Weighed)
        copy = Copied(remote, remote.copy_key())
        begun = time.perf_counter()
        slowest, last = 0.0, begun
        while copy.page().more:
            slowest, last = max(slowest, time.perf_counter() - last), time.perf_counter()
        took = time.perf_counter() - begun
        told.figures |= {
            "seconds to the first copy": took,
            "meters a second": customers / took,
            "seconds of the slowest page": slowest,
            "pages": len(copy.pages),
            "bytes": remote.bytes,
            "bytes a customer": remote.bytes / customers,
            "rows": sum(len(copy.rows(number)) for number in copy.meters),
        }
        if len(copy.meters) != customers:
            told.guilty.append(f"{len(copy.meters)} meters of {customers} are in the copy")
        due = [n for n, m in copy.meters.items() if m.changes and isinstance(m.found[0].standing, Due)]
        served = due[:sessions]
        begun = time.perf_counter()
        facts = list(_facts(copy, served))
        for start in range(0, len(facts), BATCH):
            answers = remote.deliver(facts[start : start + BATCH])
            told.guilty += [f"fact {a.n}: {a.fate.value} {a.code}" for a in answers if a.fate is not Fate.DONE]
        told.figures["facts delivered a second"] = len(facts) / (time.perf_counter() - begun)
        for number in served[:COMPARED]:
            ahead = copy.rows(number)
            issued = remote.issue(number, f"compared-{number}")
            if {change.id: " ".join(map(str, change.rows)) for change in issued.changes} != ahead:
                told.guilty.append("rows of the copy are not those of the office")
        begun = time.perf_counter()
        pages = copy.follow()
        told.figures["seconds to follow what was delivered"] = time.perf_counter() - begun
        if {m.meter_number for page in pages for m in page.meters} != set(served):
            told.guilty.append("what was delivered did not come back")
    return told


def _facts(copy: Copied, numbers: list[str]) -> Iterator[Fact]:
    """Of each meter, that its rows were given out and how its session ended."""
    at = copy.pages[-1].as_of
    for n, number in enumerate(numbers):
        changes = tuple(GivenChange(c.id, c.from_state, c.to_state) for c in copy.meters[number].changes)
        yield fact_of(2 * n, f"00000000-0000-4000-8000-{2 * n:012x}", at, GivenOut(number, changes))
        ending = End(number, SessionEnding("stopped", "UPG-05", None, None, False, "kiosk-1"))
        yield fact_of(2 * n + 1, f"00000000-0000-4000-8000-{2 * n + 1:012x}", at, ending)


def main() -> int:
    """Print the figures; 1 if somebody is guilty."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    args = parser.parse_args()
    told = run(args.customers, args.sessions)
    for name, figure in told.figures.items():
        print(f"{name}: {figure:,.2f}")
    for line in told.guilty[:20]:
        print(f"GUILTY: {line}")
    return 1 if told.guilty else 0


if __name__ == "__main__":
    sys.exit(main())
