"""Who must upgrade, and how urgently, with the reasons as values."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, IntEnum

from krn_engine.sts.identity import BaseDate, Ken

LIFE_YEARS = 5
"""A meter this many years old is called in (the utility's own rule for this campaign)."""
SOON = timedelta(days=183)


class Urgency(IntEnum):
    """How soon."""

    NONE = 0
    ROUTINE = 1
    SOON = 2
    NOW = 3
    """New tokens are refused already."""


class Reason(Enum):
    """Why a meter is due."""

    BEHIND_TARGET = "behind the campaign's target"
    OVER_FIVE_YEARS = "more than five years since installation"
    KEY_EXPIRING = "key expires soon"
    KEY_EXPIRED = "key expired"
    BASE_DATE_ENDING = "base date rolls over soon"
    BASE_DATE_OVER = "base date rolled over"


_WEIGHT = {
    Reason.BEHIND_TARGET: Urgency.ROUTINE,
    Reason.OVER_FIVE_YEARS: Urgency.ROUTINE,
    Reason.KEY_EXPIRING: Urgency.SOON,
    Reason.BASE_DATE_ENDING: Urgency.SOON,
    Reason.KEY_EXPIRED: Urgency.NOW,
    Reason.BASE_DATE_OVER: Urgency.NOW,
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The most urgent of the reasons, and all of them, most urgent first."""

    urgency: Urgency
    reasons: tuple[Reason, ...]


def assess(
    at: datetime,
    *,
    behind: bool,
    installed_on: date | None = None,
    base_date: BaseDate | None = None,
    ken: Ken | None = None,
) -> Assessment:
    """How urgently a meter must upgrade at moment `at` (aware). What is None is not known and gives no reason."""
    reasons = [
        *([Reason.BEHIND_TARGET] if behind else []),
        *_age(installed_on, at),
        *_expiry(ken, base_date, at),
        *_roll_over(base_date, at),
    ]
    reasons.sort(key=lambda reason: -_WEIGHT[reason])
    return _weighed(reasons)


OF_THE_KEY = (Reason.KEY_EXPIRING, Reason.KEY_EXPIRED, Reason.BASE_DATE_ENDING, Reason.BASE_DATE_OVER)
"""A key change takes them away, or brings others."""


def without(assessment: Assessment, *reasons: Reason) -> Assessment:
    """The same, but for some reasons."""
    return _weighed([reason for reason in assessment.reasons if reason not in reasons])


def _weighed(reasons: list[Reason]) -> Assessment:
    return Assessment(max((_WEIGHT[reason] for reason in reasons), default=Urgency.NONE), tuple(reasons))


def _age(installed_on: date | None, at: datetime) -> list[Reason]:
    if installed_on is None or installed_on.year + LIFE_YEARS > date.max.year:
        # A register may hold a day that no list would bring today.
        return []
    try:
        birthday = installed_on.replace(year=installed_on.year + LIFE_YEARS)
    except ValueError:  # 29 February
        birthday = date(installed_on.year + LIFE_YEARS, 3, 1)
    return [Reason.OVER_FIVE_YEARS] if at.date() > birthday else []


def _expiry(ken: Ken | None, base_date: BaseDate | None, at: datetime) -> list[Reason]:
    end = ken.expires(base_date) if ken is not None and base_date is not None else None
    if end is None:
        return []
    if at >= end:
        return [Reason.KEY_EXPIRED]
    return [Reason.KEY_EXPIRING] if end - at <= SOON else []


def _roll_over(base_date: BaseDate | None, at: datetime) -> list[Reason]:
    if base_date is None:
        return []
    if at > base_date.rolls_over:
        return [Reason.BASE_DATE_OVER]
    return [Reason.BASE_DATE_ENDING] if base_date.rolls_over - at <= SOON else []
