"""What is told of a campaign, by registers whose every meter is known, on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count

import pytest
from sqlalchemy import Connection

from krn_engine.demo import UNIT, DemoCase
from krn_engine.issuing.campaign import Campaign
from krn_engine.office.contract import Grade, Statement
from krn_engine.office.guide import told
from krn_engine.office.report import days as days_module
from krn_engine.office.report.days import RESTS, SETTLES, Days, Flow, Flows
from krn_engine.office.report.gather import Reporter
from krn_engine.office.report.numbers import Numbers
from krn_engine.register.importer import import_worklist
from tests.support.campaigning import DAY_1, Campaigning, campaigning, parts
from tests.support.office import Demo


@pytest.fixture
def going(demo: Demo) -> Campaigning:
    return campaigning(demo)


def changed(before: Numbers, after: Numbers) -> dict[str, int]:
    names = ("meters", "upgraded", "claimed", "half_done", "half_claimed", "refused", "visit_asked", "not_started")
    moved = {name: getattr(after, name) - getattr(before, name) for name in names}
    return {name: by for name, by in moved.items() if by}


def test_each_meter_counts_once_where_it_stands(going: Campaigning) -> None:
    """Nine of the province's meters go nine ways."""
    before = going.report().all
    assert (before.meters, before.half_done, parts(before)) == (32, 2, 32)
    four = [going.meter(DemoCase.FOUR_ROWS, which) for which in range(6)]
    going.take(four[0], Grade.SENSOR)
    going.take(four[1], Grade.CUSTOMER)
    going.take(four[2], Grade.TECHNICIAN, changes=1)
    going.take(four[3], Grade.CUSTOMER, changes=1)
    going.end(four[3], "periksa", "UPG-06")
    going.end(four[4], "refused", "UPG-01")
    going.end(four[5], "visit-asked", "keypad")
    going.take(going.meter(DemoCase.READY_MADE), Grade.SENSOR, changes=1)
    going.take(going.meter(DemoCase.EA11), Grade.REGISTER)
    going.office.end(going.meter(DemoCase.TWO_ROWS), told("SALAH 3 same", "kiosk"))
    report = going.report()
    assert changed(before, report.all) == {
        "upgraded": 2,
        "claimed": 1,
        "half_done": 3,
        "half_claimed": 1,
        "refused": 2,
        "visit_asked": 1,
        "not_started": -9,
    }
    assert parts(report.all) == report.all.meters == 32
    assert (report.all.reasons, report.all.visit_reasons) == ({"SALAH": 1, "UPG-01": 1}, {"keypad": 1})
    assert report.all.half_done_reasons == {"UPG-06": 1}
    assert report.units == {UNIT: report.all}
    progress = going.office.progress()
    assert (report.all.upgraded, report.all.claimed, report.all.due) == (
        progress.upgraded,
        progress.claimed,
        progress.due,
    )


def test_what_was_said_later_counts(going: Campaigning) -> None:
    """An ending is the meter's newest one, and no word takes a proof away."""
    number, before = going.meter(DemoCase.FOUR_ROWS), going.report().all
    going.end(number, "refused", "UPG-01")
    going.end(number, "locked-out", "UPG-02")
    assert going.report().all.reasons == {"UPG-02": 1}
    going.end(number, "upgraded", "")
    assert changed(before, going.report().all) == {}
    going.take(number, Grade.SENSOR)
    going.end(number, "refused", "UPG-01")
    after = going.report().all
    assert (changed(before, after), after.reasons) == ({"upgraded": 1, "not_started": -1}, {})


def test_a_list_makes_no_meter_half_done(going: Campaigning) -> None:
    """What is half done is so by rows of this office: a meter that a list brought at KRN 2 has not begun."""
    two, half = going.meter(DemoCase.TWO_ROWS), going.meter(DemoCase.HALF_DONE)
    before = going.report().all
    going.office.state(two, Statement(1, "looked", "Contoh", "counter"))
    assert changed(before, going.report().all) == {}
    going.office.state(half, Statement(1, "looked", "Contoh", "counter"))
    assert changed(before, going.report().all) == {"half_done": -1, "not_started": 1}


def test_a_day_has_what_became_proved_and_claimed_on_it(going: Campaigning) -> None:
    lasting = Reporter(going.demo.register, going.demo.province.campaign, lambda: going.at)
    assert lasting.report().days == ()
    four = [going.meter(DemoCase.FOUR_ROWS, which) for which in range(4)]
    going.take(four[0], Grade.SENSOR)
    going.take(going.meter(DemoCase.READY_MADE), Grade.CUSTOMER)
    issued = going.issue(four[1])
    for which, section in ((0, 1), (0, 2), (1, 1)):
        going.row(issued.changes[which].id, section, Grade.SENSOR)
    assert lasting.report() == going.report()
    going.day(2)
    going.row(issued.changes[1].id, 2, Grade.SENSOR)
    going.take(four[2], Grade.CUSTOMER)
    assert lasting.report() == going.report()
    going.day(4)
    # Told again, it is no other meter; a claim after the proof is none.
    going.row(issued.changes[1].id, 2, Grade.SENSOR)
    going.row(issued.changes[1].id, 2, Grade.CUSTOMER)
    change = going.issue(going.meter(DemoCase.READY_MADE)).changes[-1].id
    for section in (1, 2):
        going.row(change, section, Grade.TECHNICIAN)
    going.take(four[3], Grade.SENSOR, changes=1)
    report = lasting.report()
    assert report == going.report()
    first = DAY_1.astimezone().date()
    assert [(day.day, day.proved, day.claimed, day.proved_by_then, day.claimed_by_then) for day in report.days] == [
        (first, 1, 1, 1, 1),
        (first + timedelta(days=1), 1, 1, 2, 2),
        (first + timedelta(days=2), 0, 0, 2, 2),
        (first + timedelta(days=3), 1, 0, 3, 1),
    ]
    assert report.proved_otherwise == report.all.upgraded - 3
    going.day(9)
    assert lasting.report() == going.report()
    assert len(lasting.report().days) == 9


@pytest.mark.parametrize(
    ("hours", "days"), [(7, {date(2026, 3, 2): 2}), (9, {date(2026, 3, 2): 1, date(2026, 3, 3): 1})]
)
def test_a_day_is_one_of_the_zone_of_who_asks(going: Campaigning, hours: int, days: dict[date, int]) -> None:
    """Two meters, before and after three in the afternoon of UTC, which is midnight in Jayapura."""
    for which, minute in ((0, -1), (1, 1)):
        going.at = datetime(2026, 3, 2, 15, tzinfo=UTC) + timedelta(minutes=minute)
        going.take(going.meter(DemoCase.FOUR_ROWS, which), Grade.SENSOR)
    here = timezone(timedelta(hours=hours))
    asked = Days(3)
    for now in (going.at, going.at + timedelta(days=4), going.at + timedelta(days=4)):
        with going.demo.register.read() as connection:
            read = asked.read(connection, now.astimezone(here))
        assert read == {(UNIT, day): Flow(proved=meters) for day, meters in days.items()}


def test_a_clock_that_was_put_back_loses_no_day(going: Campaigning) -> None:
    lasting = Reporter(going.demo.register, going.demo.province.campaign, lambda: going.at)
    going.day(9)
    going.take(going.meter(DemoCase.FOUR_ROWS), Grade.SENSOR)
    going.day(12)
    assert sum(day.proved for day in lasting.report().days) == 1
    going.day(5)
    going.take(going.meter(DemoCase.TWO_ROWS), Grade.SENSOR)
    report = lasting.report()
    assert report == going.report()
    assert [day.proved for day in report.days] == [1, 0, 0, 0, 1]


def with_deadline(going: Campaigning, day: int) -> Campaign:
    deadline = (DAY_1 + timedelta(days=day - 1)).astimezone().date()
    return replace(going.demo.province.campaign, deadline=deadline)


def test_the_pace_is_of_days_that_are_over_and_unknown_before(going: Campaigning) -> None:
    campaign = with_deadline(going, 20)
    pace = going.report(campaign).pace
    assert (pace.week, pace.fortnight, pace.done_on) == (None, None, None)
    going.take(going.meter(DemoCase.FOUR_ROWS), Grade.SENSOR)
    going.day(7)
    assert going.report(campaign).pace.week is None
    going.day(8)
    going.take(going.meter(DemoCase.TWO_ROWS), Grade.SENSOR)
    report = going.report(campaign)
    assert (report.pace.week, report.pace.fortnight) == (1 / 7, None)
    assert (report.pace.days_left, report.pace.needed) == (13, report.all.left / 13)
    assert report.pace.done_on == going.at.astimezone().date() + timedelta(days=7 * report.all.left)
    going.day(15)
    pace = going.report(campaign).pace
    assert (pace.week, pace.fortnight) == (1 / 7, 2 / 14)
    going.day(16)
    assert going.report(campaign).pace.week == 0.0
    going.day(40)
    pace = going.report(campaign).pace
    assert (pace.days_left, pace.needed, pace.fortnight, pace.done_on) == (0, None, 0.0, None)


def test_the_last_day_of_a_campaign_is_one_to_work_on(going: Campaigning) -> None:
    going.day(20)
    report = going.report(with_deadline(going, 20))
    assert (report.pace.days_left, report.pace.needed) == (1, report.all.left)
    assert going.report().pace.needed is None


def test_somebody_of_some_units_is_told_of_those(going: Campaigning, tmp_path_factory: pytest.TempPathFactory) -> None:
    listed = going.meter(DemoCase.FOUR_ROWS), going.meter(DemoCase.FOUR_ROWS, 1)
    owner = {customer.meter_number: customer.idpel for customer in going.demo.province}
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_text("IDPEL,NOMOR_METER,UNIT\n" + "".join(f"{owner[meter]},{meter},Timur\n" for meter in listed))
    import_worklist(going.demo.register, path)
    going.take(listed[0], Grade.SENSOR)
    going.take(going.meter(DemoCase.TWO_ROWS), Grade.SENSOR)
    reporter = Reporter(going.demo.register, going.demo.province.campaign, lambda: going.at)
    east, whole = reporter.report(["TIMUR"]), reporter.report()
    assert (east.all.meters, east.all.upgraded, list(east.units)) == (2, 1, ["Timur"])
    assert [day.proved for day in east.days] == [1]
    assert [day.proved for day in whole.days] == [2]
    assert list(whole.units) == sorted(("Timur", UNIT))


def test_the_campaign_that_this_began_with_is_compared_and_counted_nowhere(going: Campaigning) -> None:
    report = going.report()
    seed = report.reference
    assert (seed.meters, seed.done, seed.left, f"{seed.percent:.2f}") == (662_241, 394_762, 267_479, "59.61")
    assert seed.done_of(report.all.meters) == 19
    assert report.all.meters == 32


def flows(going: Campaigning, days: Days) -> dict[str, int]:
    """How many were proved, by unit."""
    with going.demo.register.read() as connection:
        return {unit: flow.proved for (unit, _), flow in days.read(connection, going.at).items()}


def test_a_list_that_moves_customers_moves_their_days(
    going: Campaigning, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """At once where counting is quick. Where it takes long, a list that goes in does not make it all that is done."""
    number = going.meter(DemoCase.FOUR_ROWS)
    idpel = next(customer.idpel for customer in going.demo.province if customer.meter_number == number)
    going.take(number, Grade.SENSOR)
    going.day(9)
    passing = count(0.0, 3.0)
    quick = Days(3, monotonic=lambda: 0.0)
    slow = Days(3, monotonic=lambda: next(passing))
    assert flows(going, quick) == flows(going, slow) == {UNIT: 1}
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_text(f"IDPEL,NOMOR_METER,UNIT\n{idpel},{number},Timur\n")
    import_worklist(going.demo.register, path)
    assert flows(going, quick) == {"Timur": 1}
    assert flows(going, slow) == {UNIT: 1}
    for _ in range(RESTS):
        next(passing)
    assert flows(going, slow) == {"Timur": 1}


def test_what_is_over_is_counted_once(going: Campaigning, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime | None] = []

    def counting(connection: Connection, target: int, since: datetime | None, until: datetime) -> tuple[Flows, Flows]:
        asked.append(since)
        return count_days(connection, target, since, until)

    count_days = days_module._read
    monkeypatch.setattr(days_module, "_read", counting)
    going.take(going.meter(DemoCase.FOUR_ROWS), Grade.SENSOR)
    going.day(9)
    kept = Days(3)
    for _ in range(3):
        assert flows(going, kept) == {UNIT: 1}
    assert asked == [None, going.at - SETTLES, going.at - SETTLES]
