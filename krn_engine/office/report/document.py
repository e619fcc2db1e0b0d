"""A report as plain values, for JSON and for a terminal. Names stay: others read them."""

from typing import Any

from krn_engine.office.report.gather import CampaignReport, Pace
from krn_engine.office.report.numbers import Numbers


def document(report: CampaignReport, *, units: bool = True) -> dict[str, Any]:
    """The report as values that JSON can hold. `units`: each unit by itself too."""
    told = {
        "campaign": report.campaign,
        "at": report.at.isoformat(timespec="seconds"),
        **numbers_document(report.all),
        "left": report.all.left,
        "proved_otherwise": report.proved_otherwise,
        "pace": _pace(report.pace),
        "over_time": [
            {
                "day": str(day.day),
                "proved": day.proved,
                "claimed": day.claimed,
                "proved_by_then": day.proved_by_then,
                "claimed_by_then": day.claimed_by_then,
            }
            for day in report.days
        ],
        "reference": {
            "meters": report.reference.meters,
            "done": report.reference.done,
            "left": report.reference.left,
            "percent": round(report.reference.percent, 2),
            "done_of_these": report.reference.done_of(report.all.meters),
        },
    }
    if units:
        told["units"] = {unit: numbers_document(of_unit) for unit, of_unit in report.units.items()}
    return told


def numbers_document(numbers: Numbers) -> dict[str, Any]:
    """Counts of meters by name."""
    return {
        "meters": numbers.meters,
        "upgraded": numbers.upgraded,
        "claimed": numbers.claimed,
        "due": numbers.due,
        "blocked": numbers.blocked,
        "unclear": numbers.unclear,
        "percent": round(numbers.percent, 2),
        "half_done": numbers.half_done,
        "half_claimed": numbers.half_claimed,
        "refused": numbers.refused,
        "visit_asked": numbers.visit_asked,
        "not_started": numbers.not_started,
        "reasons": dict(numbers.reasons),
        "half_done_reasons": dict(numbers.half_done_reasons),
        "visit_reasons": dict(numbers.visit_reasons),
    }


def _pace(pace: Pace) -> dict[str, Any]:
    return {
        "deadline": None if pace.deadline is None else str(pace.deadline),
        "days_left": pace.days_left,
        "needed": _rounded(pace.needed),
        "last_7_days": _rounded(pace.week),
        "last_14_days": _rounded(pace.fortnight),
        "done_on": None if pace.done_on is None else str(pace.done_on),
    }


def _rounded(a_day: float | None) -> float | None:
    return None if a_day is None else round(a_day, 2)
