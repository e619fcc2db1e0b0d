"""A report that shows everything that one can: what pages, plots and workbooks are tried with."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from krn_engine.office.report.gather import CampaignReport, OfDay, pace
from krn_engine.office.report.numbers import Numbers

FIRST, TODAY, DEADLINE = date(2026, 8, 3), date(2026, 11, 29), date(2026, 12, 31)
PARTS = ("upgraded", "claimed", "half_done", "refused", "visit_asked", "not_started", "blocked", "unclear")
UNITS = {
    "": (3, 0, 1, 0, 0, 8, 0, 0),
    "13101": (24_871, 1204, 310, 212, 41, 9120, 77, 19),
    "13102 Padang": (9021, 2310, 77, 54, 12, 21_004, 31, 2),
    "=1+1": (12, 1, 1, 1, 1, 1, 1, 1),
    "<b>Bukit & Co": (40_100, 0, 0, 0, 0, 0, 0, 0),
}
"""The parts of each, in order; the last names are such as only somebody with ill will gives."""
REASONS = {"UPG-01": 120, "SALAH": 88, "periksa": 33, "UPG-99": 1}


def numbers(*parts: int) -> Numbers:
    """Those of a unit."""
    named = dict(zip(PARTS, parts, strict=True))
    return Numbers(
        meters=sum(parts),
        half_claimed=named["half_done"] // 3,
        reasons={"UPG-01": named["refused"]} if named["refused"] else {},
        half_done_reasons={},
        visit_reasons={},
        **named,
    )


def sample_report(*, days: int = 119, deadline: date | None = DEADLINE) -> CampaignReport:
    """One of so many days until `TODAY`."""
    units = {unit: numbers(*parts) for unit, parts in UNITS.items()}
    summed = [sum(of) for of in zip(*UNITS.values(), strict=True)]
    made = numbers(*summed)
    everything = Numbers(
        **{field.name: getattr(made, field.name) for field in fields(Numbers) if "reasons" not in field.name},
        reasons=REASONS,
        half_done_reasons={"UPG-01": 12},
        visit_reasons={"periksa": 54},
    )
    brought = [(400 + 37 * day % 411 if day % 7 < 6 else 0, 31 * day % 97) for day in range(days)]
    by_then = list(accumulate(brought, lambda so_far, day: (so_far[0] + day[0], so_far[1] + day[1] // 2)))
    told = tuple(
        OfDay(TODAY - timedelta(days=days - 1 - number), *brought[number], *by_then[number]) for number in range(days)
    )
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 14, 30, tzinfo=UTC)
    return CampaignReport("KRN 3", at, everything, units, told, pace(deadline, TODAY, everything.left, told))
