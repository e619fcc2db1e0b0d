"""What a caller puts on record says whose word it is: the office's name of the caller comes first."""

from dataclasses import replace

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.contract import Attempt, Ended, Grade, RowOutcome, RowRecord, SessionEnding, Stated, Statement
from krn_engine.office.net_errors import DeliveryReused
from krn_engine.office.placed import placed
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.values import PLACE
from tests.support.service import UUID, Served

ENDING = SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk-2")
STATEMENT = Statement(2, "seen", "Contoh", "kiosk-2")


def of(office: Served, name: str, scope: Scope = Scope.KIOSK, *units: str) -> RemoteOffice:
    token = office.token(scope, name, *units)
    return RemoteOffice(Way(office.url), lambda: token)


@pytest.mark.slow
@pytest.mark.parametrize("units", [(), ("99001",)])
@pytest.mark.parametrize("scope", [Scope.KIOSK, Scope.OFFICER])
def test_nobody_writes_as_another(office: Served, scope: Scope, units: tuple[str, ...]) -> None:
    meter = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    caller = of(office, "kiosk-1", scope, *units)
    change = caller.issue(meter, "r").changes[0].id
    caller.record(RowRecord(change, 1, RowOutcome.REJECTED, "SALAH", "display", "kiosk-2", "a", Grade.SENSOR))
    caller.end(meter, ENDING, UUID)
    caller.state(meter, STATEMENT)
    places = {}
    for entry in caller.history(meter):
        match entry:
            case (
                Attempt(place=place)
                | Ended(session=SessionEnding(place=place))
                | Stated(statement=Statement(place=place))
            ):
                places[type(entry)] = place
    assert places == dict.fromkeys((Attempt, Ended, Stated), "kiosk-1: kiosk-2")


@pytest.mark.slow
def test_the_same_delivery_is_the_same_for_its_own_caller_alone(office: Served) -> None:
    meter = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    one, other = of(office, "kiosk-1"), of(office, "kiosk-2")
    for _ in range(2):
        one.end(meter, ENDING, UUID)
    assert office.demo.count("endings") == 1
    with pytest.raises(DeliveryReused):
        other.end(meter, ENDING, UUID)
    with pytest.raises(DeliveryReused):
        one.end(meter, replace(ENDING, place="elsewhere"), UUID)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", "kiosk-1"),
        ("kiosk-1", "kiosk-1"),
        ("Loket 2", "kiosk-1: Loket 2"),
        ("kiosk-2: Loket 2", "kiosk-1: kiosk-2: Loket 2"),
        ("x" * PLACE, "kiosk-1: " + "x" * (PLACE - 9)),
    ],
)
def test_a_place_is_the_callers_name_and_what_it_says(said: str, kept: str) -> None:
    assert placed("kiosk-1", said) == kept
    assert len(kept) <= PLACE
