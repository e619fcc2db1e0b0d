"""A caller of some units sees nobody else's customers, and does not learn that there are any."""

import pytest
from sqlalchemy import update

from krn_engine.demo import UNIT, DemoCase
from krn_engine.office.contract import (
    Due,
    FindWarning,
    Found,
    Grade,
    NotFound,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.errors import MeterUnknown, OutcomeRefused
from krn_engine.office.identify import IdProblem, NotAnId
from krn_engine.office.units import OfficeOfUnits
from krn_engine.register.tables import customers
from krn_engine.sts.identity import luhn_digit
from tests.support.office import Demo

ENDING = SessionEnding("upgraded", "", 3, Grade.REGISTER, True, "kiosk")
SAID = Statement.said(2, "seen", "Contoh", "counter")


def of(demo: Demo, *units: str) -> OfficeOfUnits:
    return OfficeOfUnits(demo.office.acting_for("kiosk-1"), demo.register, units, "kiosk-1")


def test_its_own_customers_are_there(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    own = of(demo, "51101", UNIT)
    assert own.find(customer.idpel) == demo.office.find(customer.idpel)
    issued = own.issue(customer.meter_number, "r")
    own.record(RowRecord(issued.changes[0].id, 1, RowOutcome.STARTED, "", "", "kiosk", "a"))
    own.end(customer.meter_number, ENDING, "d")
    own.state(customer.meter_number, SAID, "e")
    own.ping()
    assert len(own.history(customer.meter_number)) == 3
    assert own.progress() == demo.office.progress()


def test_nobody_elses_are(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r")
    before = demo.count("outcomes")
    other = of(demo, "51101")
    assert other.find(f"#{customer.idpel}") == NotFound(customer.idpel)
    assert other.find(customer.meter_number) == NotFound(customer.meter_number)
    for refused in (
        lambda: other.issue(customer.meter_number, "r"),
        lambda: other.end(customer.meter_number, ENDING, None),
        lambda: other.state(customer.meter_number, SAID, None),
    ):
        with pytest.raises(MeterUnknown):
            refused()
    row = RowRecord(issued.changes[0].id, 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk", "a", Grade.SENSOR)
    with pytest.raises(OutcomeRefused):
        other.record(row)
    demo.office.record(row)
    assert other.history(customer.meter_number) == ()
    assert (demo.count("endings"), demo.count("statements"), demo.count("outcomes")) == (0, 0, before + 1)


@pytest.mark.parametrize("by", ["kiosk-1", "kiosk-2"])
def test_what_became_of_rows_is_taken_where_the_meter_has_moved_since(demo: Demo, by: str) -> None:
    """In the middle of a session a list moves the customer to another unit: only who was given rows goes on."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    own, tables = of(demo, UNIT), ("outcomes", "endings", "statements")
    before = [demo.count(table) for table in tables]
    (change, _) = demo.office.acting_for(by).issue(number, "r").changes
    with demo.register.write() as connection:
        connection.execute(update(customers).values(unit="51102"))
    row = RowRecord(change.id, 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk", "a", Grade.SENSOR)
    if by == "kiosk-1":
        own.record(row)
        own.end(number, ENDING, "d")
        own.state(number, SAID, "e")
    else:
        with pytest.raises(OutcomeRefused):
            own.record(row)
        with pytest.raises(MeterUnknown):
            own.end(number, ENDING, "d")
        with pytest.raises(MeterUnknown):
            own.state(number, SAID, "e")
    # It sees the meter no more, and gets no rows.
    assert own.find(number) == NotFound(number)
    assert own.history(number) == ()
    with pytest.raises(MeterUnknown):
        own.issue(number, "r2")
    # Nor does it write of another meter of that unit.
    with pytest.raises(MeterUnknown):
        own.end(demo.first(DemoCase.TWO_ROWS).meter_number, ENDING, "f")
    taken = 1 if by == "kiosk-1" else 0
    assert [demo.count(table) - n for table, n in zip(tables, before, strict=True)] == [taken] * 3


def moved(demo: Demo, idpel: str) -> None:
    """The customer of another unit gets this number."""
    with demo.register.write() as connection:
        customer = demo.first(DemoCase.EA11)
        connection.execute(update(customers).where(customers.c.idpel == customer.idpel).values(idpel=idpel, unit="X"))


@pytest.mark.parametrize("fits", [True, False])
def test_a_number_that_begins_like_one_of_another_unit_is_told_as_one_that_nobody_has(demo: Demo, fits: bool) -> None:
    meter = "9919999999" + luhn_digit("9919999999")
    asked = meter if fits else meter[:-1] + str((int(meter[-1]) + 1) % 10)
    moved(demo, asked + "5")
    assert demo.office.find(asked) == NotAnId(IdProblem.ONE_DIGIT_SHORT)
    assert of(demo, UNIT).find(asked) == NotFound(asked, () if fits else (FindWarning.CHECK_DIGIT,))
    assert of(demo, "x").find(asked) == NotAnId(IdProblem.ONE_DIGIT_SHORT)


def test_a_meter_is_not_taken_for_a_customers_number_of_another_unit(demo: Demo) -> None:
    meter = demo.first(DemoCase.FOUR_ROWS).meter_number
    moved(demo, meter + "5")
    everywhere, own = demo.office.find(meter), of(demo, UNIT).find(meter)
    assert isinstance(everywhere, Found)
    assert isinstance(own, Found)
    assert (everywhere.warnings, own.warnings) == ((FindWarning.COULD_BE_IDPEL,), ())
    assert of(demo, UNIT, "X").find(meter) == everywhere
    # It sees the customer, and not the meter.
    assert of(demo, "X").find(meter) == NotAnId(IdProblem.ONE_DIGIT_SHORT)


def test_a_customer_of_no_unit_is_everybodys(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    with demo.register.write() as connection:
        connection.execute(update(customers).where(customers.c.idpel == customer.idpel).values(unit=""))
    found = of(demo, "51101").find(customer.idpel)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)


def test_another_units_meter_is_refused_in_the_words_for_one_that_is_not_there(demo: Demo) -> None:
    with pytest.raises(MeterUnknown) as elsewhere:
        of(demo, "51101").issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r")
    with pytest.raises(MeterUnknown) as nowhere:
        demo.office.issue("00000000000", "r")
    assert elsewhere.value.message == nowhere.value.message
