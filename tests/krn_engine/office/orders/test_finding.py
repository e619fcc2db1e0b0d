"""What an officer has to do follows from what is on record, by the same definitions as a customer is found."""

import random
from pathlib import Path

import pytest
from sqlalchemy import update

from krn_engine.demo import DEMO_DAY, UNIT, DemoCase, DemoProvince
from krn_engine.issuing.urgency import Urgency
from krn_engine.office.contract import (
    Due,
    Found,
    Grade,
    Issued,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.guide import claims, told
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.order import Why
from krn_engine.office.reasons import HandOff
from krn_engine.register.database import Register
from krn_engine.register.tables import customers, meters
from tests.support.office import Demo
from tests.support.orders import open_now, orders_of
from tests.support.provinces import register_in

VISIT = SessionEnding("visit-asked", HandOff.KEYPAD_BROKEN.value, None, Grade.CUSTOMER, proved=False, place="home")
REFUSED = SessionEnding("refused", HandOff.REFUSED.value, 1, Grade.SENSOR, proved=False, place="kiosk 1")
BACK = Statement(None, "not their meter", "Contoh", "counter")


@pytest.fixture
def number(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).meter_number


def see(demo: Demo, issued: Issued, change: int, grade: Grade = Grade.SENSOR) -> None:
    """All rows of a key change go in, by this evidence."""
    one = issued.changes[change]
    for section in range(1, len(one.rows) + 1):
        attempt = f"{grade}-{one.id}-{section}"
        demo.office.record(RowRecord(one.id, section, RowOutcome.ACCEPTED, "BENAR", "x", "k", attempt, grade))


def test_each_meter_that_is_due_has_one_order_and_no_other_meter_has_any(demo: Demo) -> None:
    chance = random.Random(1)
    for customer in demo.province:
        found = demo.office.find(customer.meter_number)
        if isinstance(found, Found) and isinstance(found.standing, Due) and chance.random() < 0.6:
            issued = demo.office.issue(customer.meter_number, customer.meter_number)
            grade = chance.choice((Grade.SENSOR, Grade.CUSTOMER, Grade.TECHNICIAN))
            for change in range(chance.randrange(len(issued.changes) + 1)):
                see(demo, issued, change, grade)
    found_open = open_now(demo)
    for customer in demo.province:
        found = demo.office.find(customer.meter_number)
        assert isinstance(found, Found)
        order = found_open.pop(customer.meter_number, None)
        assert (order is not None) is isinstance(found.standing, Due), customer
        if order is not None and isinstance(found.standing, Due):
            assert order.rows == found.standing.rows
            assert (Why.CLAIMED in order.whys) is (found.standing.claimed or found.standing.partly_claimed)
            assert (Why.OVERDUE in order.whys) is (found.assessment.urgency is Urgency.NOW)
            assert order.masked_name == found.customer.masked_name
    assert not found_open


def test_a_visit_is_open_until_somebody_of_the_staff_tells_of_the_meter(demo: Demo, number: str) -> None:
    demo.office.end(number, VISIT)
    order = open_now(demo)[number]
    assert (order.whys, order.code, order.told_at) == ((Why.VISIT, Why.OVERDUE), "UPG-13", DEMO_DAY)
    # What else a customer tells does not take it away.
    demo.office.end(number, told("UPG-05", "home"))
    assert open_now(demo)[number].whys[0] is Why.VISIT
    demo.office.end(number, REFUSED)
    assert (open_now(demo)[number].whys[0], open_now(demo)[number].code) == (Why.HANDED_OFF, "UPG-01")
    demo.office.end(number, VISIT)
    assert open_now(demo)[number].whys[0] is Why.VISIT


def test_a_meter_that_is_proved_has_no_order_whatever_was_asked_for(demo: Demo, number: str) -> None:
    demo.office.end(number, VISIT)
    issued = demo.office.issue(number, "r")
    for change in (0, 1):
        see(demo, issued, change)
    assert number not in open_now(demo)


def test_a_pair_that_is_in_makes_an_order_half_done_until_staff_say_otherwise(demo: Demo, number: str) -> None:
    see(demo, demo.office.issue(number, "r"), 0)
    assert open_now(demo)[number].whys == (Why.HALF_DONE, Why.OVERDUE)
    assert open_now(demo)[number].rows == 2
    demo.office.state(number, Statement(1, "04 shows 1", "Contoh", "counter"))
    assert open_now(demo)[number].whys == (Why.OVERDUE,)


def test_a_claim_makes_an_order_until_it_is_taken_back(demo: Demo, number: str) -> None:
    for row in claims(demo.office.issue(number, "r"), 2, "BENAR", "home"):
        demo.office.record(row)
    assert open_now(demo)[number].whys == (Why.CLAIMED, Why.OVERDUE)
    demo.office.state(number, BACK)
    assert open_now(demo)[number].whys == (Why.OVERDUE,)


@pytest.mark.parametrize("case", [DemoCase.BLOCKED, DemoCase.UNKNOWN_STATE])
def test_where_no_rows_can_be_had_only_a_visit_that_was_asked_for_is_an_order(demo: Demo, case: DemoCase) -> None:
    number = demo.first(case).meter_number
    demo.office.end(number, REFUSED)
    assert number not in open_now(demo)
    demo.office.end(number, VISIT)
    assert (open_now(demo)[number].whys, open_now(demo)[number].rows) == ((Why.VISIT,), 0)


def test_the_most_pressing_come_first_and_are_sorted_for_one_walk(demo: Demo) -> None:
    last, other = sorted(open_now(demo).values(), key=lambda order: order.idpel)[-2:]
    demo.office.end(last.meter_number, REFUSED)
    demo.office.end(other.meter_number, VISIT)
    found = orders_of(demo).of_unit(UNIT, 3)
    assert [order.idpel for order in found.orders] == sorted(order.idpel for order in found.orders)
    assert {last.meter_number, other.meter_number} < {order.meter_number for order in found.orders}
    assert found.more == len(open_now(demo)) - 3
    assert set(open_now(demo, Why.VISIT, Why.HANDED_OFF)) == {last.meter_number, other.meter_number}


def test_a_unit_is_the_same_in_other_letters_and_has_no_customers_of_others(demo: Demo, number: str) -> None:
    with demo.register.write() as connection:
        connection.execute(update(customers).values(unit="Ulp Satu"))
        of_number = update(customers).where(customers.c.idpel == demo.first(DemoCase.FOUR_ROWS).idpel)
        connection.execute(of_number.values(unit="ulp DUA"))
        of_two = update(customers).where(customers.c.idpel == demo.first(DemoCase.TWO_ROWS).idpel)
        connection.execute(of_two.values(unit=""))
    orders = orders_of(demo)
    assert [order.meter_number for order in orders.of_unit("ULP dua").orders] == [number]
    of_one = {order.meter_number for order in orders.of_unit("ulp satu").orders}
    assert of_one
    assert not of_one & {number, demo.first(DemoCase.TWO_ROWS).meter_number}
    assert not orders.of_unit("ulp tiga").orders


def test_a_meter_of_two_customers_is_one_order(demo: Demo, number: str) -> None:
    with demo.register.write() as connection:
        done = demo.first(DemoCase.DONE)
        moved = update(customers).where(customers.c.idpel == done.idpel)
        meter_id = connection.execute(meters.select().where(meters.c.number == number)).one().id
        connection.execute(moved.values(meter_id=meter_id))
    assert [order for order in open_now(demo).values() if order.meter_number == number]
    assert len(orders_of(demo).of_unit(UNIT).orders) == len(open_now(demo))


def test_a_damaged_record_is_told_and_hides_no_other(tmp_path: Path) -> None:
    """In a file: a PostgreSQL checks its pages itself."""
    province = DemoProvince(32)
    number = province.first(DemoCase.FOUR_ROWS).meter_number
    with Register.open(register_in(tmp_path, 32)) as register:
        demo = Demo(province, register, LocalOffice(register, province.campaign), "")
        before = open_now(demo)
        with register.write() as connection:
            for trigger in ("watch_meters_changed", "watch_meters_guard"):
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
            connection.exec_driver_sql(f"UPDATE meters SET version_label = 'x' WHERE number = '{number}'")
        found = orders_of(demo).of_unit(UNIT)
    assert (found.damaged, {order.meter_number for order in found.orders}) == (1, set(before) - {number})


def test_an_order_prints_no_number_and_no_name(demo: Demo) -> None:
    order = next(iter(open_now(demo).values()))
    for secret in (order.meter_number, order.idpel, order.masked_name):
        assert secret not in repr(order)
