"""A campaign in which days go by, for tests of what is told of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from krn_engine.demo import DemoCase
from krn_engine.issuing.campaign import Campaign
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord, SessionEnding
from krn_engine.office.local import LocalOffice
from krn_engine.office.report.gather import CampaignReport, Reporter
from krn_engine.office.report.numbers import Numbers
from tests.support.office import Demo

ATTEMPTS = count()
DAY_1 = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Campaigning:
    """A province in which days go by."""

    demo: Demo
    office: LocalOffice
    at: datetime

    def day(self, number: int) -> None:
        """It is noon of this day, from 1."""
        self.at = DAY_1 + timedelta(days=number - 1)

    def meter(self, case: DemoCase, which: int = 0) -> str:
        """The number of one of the customers of a case."""
        return [customer.meter_number for customer in self.demo.province if customer.case is case][which]

    def issue(self, number: str) -> Issued:
        """The rows that a meter needs."""
        return self.office.issue(number, f"r{next(ATTEMPTS)}")

    def take(self, number: str, grade: Grade, changes: int | None = None) -> None:
        """The rows of the first key changes are in, or of all."""
        for change in self.issue(number).changes[:changes]:
            for section in range(1, len(change.rows) + 1):
                self.row(change.id, section, grade)

    def row(self, change: str, section: int, grade: Grade) -> None:
        """A row is in, by evidence of this grade."""
        attempt = f"a{next(ATTEMPTS)}"
        self.office.record(RowRecord(change, section, RowOutcome.ACCEPTED, "seen", "who", "kiosk", attempt, grade))

    def end(self, number: str, ending: str, code: str) -> None:
        """A session at a meter ends."""
        self.office.end(number, SessionEnding(ending, code, None, None, proved=False, place="kiosk"))

    def report(self, campaign: Campaign | None = None) -> CampaignReport:
        """What is told now, by a reporter that knows nothing from before."""
        return Reporter(self.demo.register, campaign or self.demo.province.campaign, lambda: self.at).report()


def campaigning(demo: Demo) -> Campaigning:
    """One on the register of a demo province, which begins at noon of `DAY_1`."""
    made = Campaigning(demo, demo.office, DAY_1)
    made.office = LocalOffice(demo.register, demo.province.campaign, demo.province.vault, clock=lambda: made.at)
    return made


def parts(numbers: Numbers) -> int:
    """How many meters the parts have that each meter is in one of."""
    return (
        numbers.upgraded
        + numbers.claimed
        + numbers.half_done
        + numbers.refused
        + numbers.visit_asked
        + numbers.not_started
        + numbers.blocked
        + numbers.unclear
    )
