"""Numbers and times on paper and screen."""

from datetime import UTC, datetime, timedelta, timezone

from kiosk.view.formats import date_and_time, day_and_time, local, percentage, thousands

AT = datetime(2026, 3, 4, 9, 5, tzinfo=timezone(timedelta(hours=7)))


def test_thousands_have_dots() -> None:
    assert [thousands(number) for number in (0, 900, 1300, 662241, -1300)] == ["0", "900", "1.300", "662.241", "-1.300"]


def test_english_has_commas_and_a_point() -> None:
    assert [thousands(number, "en") for number in (0, 900, 1300, 662241)] == ["0", "900", "1,300", "662,241"]
    assert (percentage(59.614), percentage(59.614, "en")) == ("59,61", "59.61")


def test_times_in_the_zone_that_they_have() -> None:
    assert date_and_time(AT) == "04-03-2026 09.05"
    assert day_and_time(AT) == "04-03 09.05"


def test_a_count_of_seconds_in_this_machines_zone() -> None:
    assert local(AT.timestamp()) == AT
    assert local(AT.timestamp()).utcoffset() == datetime.fromtimestamp(AT.timestamp(), UTC).astimezone().utcoffset()
