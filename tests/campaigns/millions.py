"""An office of millions of meters on a PostgreSQL of its own: what a customer waits for, and what reports cost.

python -m tests.campaigns.millions [--meters N] [--sessions N] [--kiosks N] [--days N]

The meters are put there by COPY, as a province is. Kiosks then ask for rows and record what became of them, all at
once; each commit is on the disk. With --days three meters of five were done in so many days before, and a twentieth
half, which the report of the campaign goes through. Guilty is a refusal, a row that differs when it is asked for again,
a tally that is not what counting gives, and a progress report that costs no less than counting.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles
from typing import TypeVar

import psycopg
from sqlalchemy import create_engine

from kiosk.bench.postgres import Server
from krn_engine.demo import DemoProvince, numbered
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord
from krn_engine.office.errors import NoUpgradeNeeded
from krn_engine.office.local import LocalOffice
from krn_engine.office.report.gather import CampaignReport, Reporter
from krn_engine.register.database import Register
from krn_engine.register.tally import count_all, kept
from krn_engine.sts.identity import BaseDate, KeyType, Krn, Sgc, Ti
from krn_engine.sts.keys import Dkga, Ea

Given = TypeVar("Given")
METERS, SESSIONS, KIOSKS = 2_000_000, 10_000, 8
OF_A_UNIT = 2000
"""Meters."""
KRNS = (1, 1, 1, 2, 3)
"""In their turn; at 3 there is nothing to do."""
REPORTS = 20
CHEAPER = 10.0
"""How many times as long as a progress report counting takes at least, where there are this many meters:"""
MANY = 200_000
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "autovacuum": "on"}
ROOMY = {"shared_buffers": "512MB", "max_wal_size": "4GB"}


def unit_of(index: int) -> str:
    """The unit of a meter."""
    return f"{51000 + index // OF_A_UNIT}"


def krn_of(index: int) -> int:
    """The KRN that a meter holds at first."""
    return KRNS[index % len(KRNS)]


def _states() -> dict[int, dict[str, str | int]]:
    return {
        krn: KeyState(
            Ea.EA07,
            Dkga.DKGA02,
            Sgc("999007"),
            Ti(1),
            Krn(krn),
            KeyType.DUTK,
            BaseDate.Y2014 if krn == max(KRNS) else BaseDate.Y1993,
        ).to_record()
        for krn in set(KRNS)
    }


def fill(url: str, meters: int) -> None:
    """Put so many customers with a meter each into a register, by COPY."""
    states, names = _states(), list(_states()[1])
    engine = create_engine(url)
    with closing(engine.raw_connection()) as made:
        connection = made.driver_connection
        assert isinstance(connection, psycopg.Connection)
        with connection.cursor() as cursor:
            columns = ", ".join(names)
            with cursor.copy(f"COPY meters (id, number, key_state_by, ken, {columns}) FROM STDIN") as copy:
                for index in range(meters):
                    state = states[krn_of(index)]
                    copy.write_row((index + 1, numbered(index)[1], "import", 255, *(state[name] for name in names)))
            with cursor.copy("COPY customers (id, idpel, meter_id, name, tariff, power_va, unit) FROM STDIN") as copy:
                for index in range(meters):
                    copy.write_row((index + 1, numbered(index)[0], index + 1, "C***", "R1", 1300, unit_of(index)))
            for table in ("meters", "customers"):
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, meters))
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    engine.dispose()


DONE = """
UPDATE meters SET krn = CASE WHEN id % 20 = 1 THEN 2 ELSE 3 END,
    base_date = CASE WHEN id % 20 = 1 THEN 1993 ELSE 2014 END, key_state_by = 'outcome' WHERE krn = 1;
INSERT INTO key_changes (id, meter_id, from_state, to_state, source, issued_at, sections)
SELECT md5(id || '-' || hop), id, '07/02/999007/01/' || hop || '/2/1993',
    '07/02/999007/01/' || hop + 1 || '/2/' || CASE hop WHEN 1 THEN 1993 ELSE 2014 END,
    'engine', now(), 2
FROM meters, generate_series(1, 2) AS hop WHERE key_state_by = 'outcome';
INSERT INTO outcomes (key_change_id, section, outcome, evidence, by, at_place, attempt_id, recorded_at, grade)
SELECT key_changes.id, section, said, 'seen', 'x', 'kiosk', key_changes.id || section,
    now() - make_interval(days => meter_id %% %(days)s, mins => 5 - section),
    CASE said WHEN 'accepted' THEN 'register' END
FROM key_changes JOIN meters ON meters.id = meter_id, generate_series(1, 2) AS section,
    unnest(ARRAY['started', 'accepted']) AS said
WHERE substr(to_state, 17, 1) <= krn::text
ORDER BY 8;
INSERT INTO endings (meter_id, ending, code, proved, at_place, recorded_at)
SELECT id, 'refused', 'UPG-0' || 1 + id % 9, false, 'kiosk', now() FROM meters WHERE krn = 2;
"""
"""What was recorded before: three meters of five are done, in their turn on so many days, or half."""


def fill_days(url: str, days: int) -> None:
    """Put the records of so many days into a register that was filled."""
    engine = create_engine(url)
    with closing(engine.raw_connection()) as made:
        connection = made.driver_connection
        assert isinstance(connection, psycopg.Connection)
        connection.execute("SET statement_timeout = 0")
        for statement in DONE.replace("%(days)s", str(days)).replace("%%", "%").split(";\n")[:-1]:
            connection.execute(statement.encode())
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    engine.dispose()


@dataclass
class Found:
    """What a run found."""

    figures: dict[str, float] = field(default_factory=dict)
    """By name; the unit is in the name."""
    guilty: list[str] = field(default_factory=list)

    def time(self, name: str, seconds: list[float]) -> None:
        """Note the middle and the 99th of a hundred."""
        cuts = quantiles(seconds, n=100)
        self.figures[f"{name}: median, ms"] = 1000 * cuts[49]
        self.figures[f"{name}: p99, ms"] = 1000 * cuts[98]


def seen(change: str, section: int, visit: str) -> RowRecord:
    """The meter shows that it took the row."""
    attempt = f"{visit}-{change}-{section}"
    return RowRecord(change, section, RowOutcome.ACCEPTED, "04: 2", "x", "kiosk", attempt, Grade.REGISTER)


class Kiosks:
    """Ask for rows of meters anywhere, all at once, and record all of them as seen."""

    def __init__(self, office: LocalOffice, meters: int, found: Found) -> None:
        self._office = office
        self._meters = meters
        self._found = found
        self._times: dict[str, list[float]] = {"issue": [], "record": []}
        self.issued: list[Issued] = []

    def _timed(self, name: str, work: Callable[[], Given]) -> Given:
        began = time.perf_counter()
        given = work()
        self._times[name].append(time.perf_counter() - began)
        return given

    def _visit(self, number: str, request: str) -> None:
        answer = self._timed("issue", lambda: self._office.issue(number, request))
        self.issued.append(answer)
        for change in answer.changes:
            for section in range(1, len(change.rows) + 1):
                row = seen(change.id, section, request)
                self._timed("record", partial(self._office.record, row))

    def _serve(self, which: int, sessions: int) -> None:
        chance = random.Random(which)
        for session in range(sessions):
            index = chance.choice([n for n in chance.sample(range(self._meters), 9) if krn_of(n) != max(KRNS)])
            try:
                self._visit(numbered(index)[1], f"{which}-{session}")
            except NoUpgradeNeeded:
                # Another kiosk was at the same meter, and did it.
                continue
            except KrnError as error:
                self._found.guilty.append(f"a kiosk was refused: {error.code}")

    def serve(self, sessions: int, kiosks: int) -> None:
        """So many sessions by so many kiosks."""
        threads = [threading.Thread(target=self._serve, args=(which, sessions // kiosks)) for which in range(kiosks)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        for name, seconds in self._times.items():
            self._found.time(name, seconds)
        self._found.figures["sessions a second, with their outcomes"] = len(self.issued) / took


def run(url: str, meters: int, sessions: int, kiosks: int, days: int = 0) -> Found:
    """All of it, in an empty database."""
    found, province = Found(), DemoProvince(1)
    Register.create(url).close()
    with _timed(found, "COPY, s"):
        fill(url, meters)
    if days:
        with _timed(found, "records of earlier days, s"):
            fill_days(url, days)
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault)
        with _timed(found, "counting anew, s"):
            register.recount()
        before = office.progress()
        served = Kiosks(office, meters, found)
        served.serve(sessions, kiosks)
        issued = served.issued
        times = []
        for _ in range(REPORTS):
            began = time.perf_counter()
            after = office.progress()
            times.append(time.perf_counter() - began)
        found.time("progress", times)
        with _timed(found, "report of units, s"):
            units = office.units()
        found.figures["units"] = len(units)
        reports = report(found, register, province.campaign)
        with register.unhurried() as connection:
            began = time.perf_counter()
            is_right = kept(connection) == count_all(connection)
            counting = time.perf_counter() - began
        found.figures["counting, s"] = counting
        moved = len({answer.meter_number for answer in issued})
        if not is_right:
            found.guilty.append("a tally is not what counting gives")
        if after.upgraded != before.upgraded + moved or after.meters != meters:
            found.guilty.append(f"{moved} meters were upgraded, and the progress moved by another number")
        if (reports.all.meters, reports.all.upgraded) != (after.meters, after.upgraded):
            found.guilty.append("the report of the campaign says another number than the progress")
        if meters >= MANY and found.figures["report of the campaign, after that: median, ms"] > 1000:
            found.guilty.append("a report of the campaign that is asked for again and again takes more than a second")
        if meters >= MANY and counting < CHEAPER * min(times):
            found.guilty.append("a progress report costs no less than counting")
        for answer in issued[:: max(1, len(issued) // 200)]:
            if office.issue(answer.meter_number, answer.request_id).rows != answer.rows:
                found.guilty.append("rows differ when they are asked for again")
    return found


def report(found: Found, register: Register, campaign: Campaign) -> CampaignReport:
    """The report of the campaign: the first one, and what it costs to be asked again and again."""
    reporter = Reporter(register, campaign)
    with _timed(found, "report of the campaign, the first, s"):
        reporter.report()
    times = []
    for _ in range(REPORTS):
        began = time.perf_counter()
        told = reporter.report()
        times.append(time.perf_counter() - began)
    found.time("report of the campaign, after that", times)
    found.figures["days"] = len(told.days)
    return told


class _timed:  # noqa: N801  used as a function is
    def __init__(self, found: Found, name: str) -> None:
        self._found, self._name = found, name

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._found.figures[self._name] = time.perf_counter() - self._began


def told(found: Found) -> Iterator[str]:
    """Lines for people."""
    for name, figure in found.figures.items():
        yield f"{name:40} {figure:12.2f}"
    yield from found.guilty


def main() -> int:
    """Run it, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=METERS)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--kiosks", type=int, default=KIOSKS)
    parser.add_argument("--days", type=int, default=0)
    asked = parser.parse_args()
    server = Server(in_memory=False, **DURABLE, **ROOMY)
    try:
        found = run(server.url(server.database()), asked.meters, asked.sessions, asked.kiosks, asked.days)
    finally:
        server.remove()
    print(f"{asked.meters} meters, {asked.sessions} sessions, {asked.kiosks} kiosks at once")
    print("\n".join(told(found)))
    return 1 if found.guilty else 0


if __name__ == "__main__":
    sys.exit(main())
