"""The report of a campaign, on an office of 40,000 meters with the records of many days."""

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from kiosk.bench.figure import ROUNDS, Figure, figure
from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.contract import Grade, RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.office.report import page
from krn_engine.office.report.workbook import workbook
from krn_engine.office.words.texts import Texts
from krn_engine.register.database import Register, sqlite_url

METERS, DONE, DAYS = 40_000, 400, 200
AGAIN = 20
"""How many reports after the first one."""


def figures(rounds: int = ROUNDS, meters: int = METERS, done: int = DONE) -> Iterator[Figure]:
    """The first report of a process, the next ones, and its files."""
    province = DemoProvince(meters)
    with tempfile.TemporaryDirectory(prefix="krn-bench-") as folder:
        url = sqlite_url(Path(folder) / "register.db")
        with Register.create(url) as register:
            province.load(register)
            _go_by(register, province, done)
            firsts, agains, pages, books = [], [], [], []
            for _ in range(rounds):
                reporter = LocalOffice(register, province.campaign).reporter
                firsts.append(_seconds(reporter.report))
                agains.append(1000 * min(_seconds(reporter.report) for _ in range(AGAIN)))
                report, say = reporter.report(), Texts()
                pages.append(1000 * _seconds(lambda: page.file(report, say)))  # noqa: B023  called at once
                books.append(1000 * _seconds(lambda: workbook(report, say)))  # noqa: B023
        yield figure("report_first", "s", firsts)
        yield figure("report_again", "ms", agains)
        yield figure("report_page", "ms", pages)
        yield figure("report_workbook", "ms", books)


def _go_by(register: Register, province: DemoProvince, done: int) -> None:
    """So many meters are proved or claimed in their turn, over `DAYS` days."""
    at: list[datetime] = [DEMO_DAY]
    office = LocalOffice(register, province.campaign, province.vault, clock=lambda: at[0])
    due = (customer.meter_number for customer in province if customer.case is DemoCase.FOUR_ROWS)
    for number, meter in enumerate(islice(due, done)):
        at[0] = DEMO_DAY + timedelta(days=number * DAYS // done)
        grade = Grade.CUSTOMER if number % 5 == 0 else Grade.SENSOR
        for change in office.issue(meter, f"bench-{number}").changes:
            for section in range(1, len(change.rows) + 1):
                attempt = f"bench-{change.id}-{section}"
                row = RowRecord(change.id, section, RowOutcome.ACCEPTED, "seen", "bench", "bench", attempt, grade)
                office.record(row)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
