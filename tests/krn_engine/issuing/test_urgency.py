"""Who must upgrade, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from krn_engine.issuing.urgency import SOON, Reason, Urgency, assess
from krn_engine.sts.identity import BaseDate, Ken

NOW = datetime(2023, 3, 1, 3, 0, tzinfo=UTC)


def reasons(at: datetime = NOW, **known: object) -> tuple[Reason, ...]:
    return assess(at, behind=False, **known).reasons  # type: ignore[arg-type]


def test_nothing_known_gives_no_reason() -> None:
    assert assess(NOW, behind=False).urgency is Urgency.NONE
    assert assess(NOW, behind=True).reasons == (Reason.BEHIND_TARGET,)


@pytest.mark.parametrize(
    ("installed", "due"),
    [(date(2018, 2, 28), True), (date(2018, 3, 1), False), (date(2016, 2, 29), True), (date(2023, 1, 1), False)],
)
def test_a_key_change_is_due_five_years_after_the_meter_was_installed(installed: date, due: bool) -> None:
    assert (Reason.OVER_FIVE_YEARS in reasons(installed_on=installed)) == due


@pytest.mark.parametrize("installed", [date(9994, 1, 1), date(9995, 1, 1), date(9999, 12, 31)])
def test_a_day_beyond_all_calendars_gives_no_reason(installed: date) -> None:
    """Lists of an earlier release brought such days, and the customer could not be found any more."""
    assert reasons(installed_on=installed) == ()


def test_installed_on_a_leap_day() -> None:
    leap = date(2016, 2, 29)
    assert not reasons(datetime(2021, 3, 1, tzinfo=UTC), installed_on=leap)
    assert reasons(datetime(2021, 3, 2, tzinfo=UTC), installed_on=leap)


def test_a_key_that_soon_expires_is_due() -> None:
    end = Ken(200).expires(BaseDate.Y1993)
    assert end is not None
    known = {"ken": Ken(200), "base_date": BaseDate.Y1993}
    assert reasons(end - SOON - timedelta(seconds=1), **known) == ()
    assert reasons(end - SOON, **known) == (Reason.KEY_EXPIRING,)
    assert reasons(end, **known) == (Reason.KEY_EXPIRED,)
    assert Reason.KEY_EXPIRED not in reasons(end, ken=Ken(255), base_date=BaseDate.Y1993)


def test_roll_over_of_1993() -> None:
    last = datetime(2024, 11, 24, 20, 15, tzinfo=UTC)
    assert reasons(last - SOON - timedelta(minutes=1), base_date=BaseDate.Y1993) == ()
    assert reasons(last, base_date=BaseDate.Y1993) == (Reason.BASE_DATE_ENDING,)
    over = assess(last + timedelta(minutes=1), behind=True, base_date=BaseDate.Y1993, installed_on=date(2010, 1, 1))
    assert over.urgency is Urgency.NOW
    assert over.reasons == (Reason.BASE_DATE_OVER, Reason.BEHIND_TARGET, Reason.OVER_FIVE_YEARS)
    assert reasons(last + timedelta(minutes=1), base_date=BaseDate.Y2014) == ()
