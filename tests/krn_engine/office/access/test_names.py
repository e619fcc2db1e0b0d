"""A name is one caller's or one person's, whichever of them comes first, and in any case of letters."""

from datetime import timedelta

import pytest

from krn_engine.office.access import hashing
from krn_engine.office.access.callers import CODE_LASTS, Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.people import People
from krn_engine.office.net_errors import EnrolmentRefused, PersonThere
from krn_engine.office.wire.asked import Scope
from tests.support.clock import Clock

PIN = "271828"


@pytest.fixture(autouse=True)
def _at_little_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "MEMORY_KIB", 64)


@pytest.mark.parametrize("name", ["local", "Local", "LOCAL"])
def test_nobody_is_called_as_the_machine_is(database: Database, name: str) -> None:
    with pytest.raises(EnrolmentRefused, match="office's own machine"):
        Callers(database).make_code(name, Scope.KIOSK, ())
    with pytest.raises(PersonThere, match="office's own machine"):
        People(database).add(name, Scope.OFFICER, (), PIN)


@pytest.mark.parametrize("name", ["sari", "Sari", "SARI"])
def test_a_code_that_waits_keeps_its_name(database: Database, name: str) -> None:
    clock = Clock()
    callers, people = Callers(database, clock), People(database, clock)
    callers.make_code(name, Scope.KIOSK, ())
    with pytest.raises(PersonThere, match="a kiosk has this name"):
        people.add("sari", Scope.OFFICER, (), PIN)
    # A code that nobody brought in time keeps nothing.
    clock.now += CODE_LASTS + timedelta(seconds=1)
    people.add("sari", Scope.OFFICER, (), PIN)
    with pytest.raises(EnrolmentRefused, match="somebody signs in by this name"):
        callers.make_code(name, Scope.KIOSK, ())


def test_two_callers_do_not_differ_in_large_letters_alone(database: Database) -> None:
    clock = Clock()
    callers = Callers(database, clock)
    callers.make_code("kiosk-1", Scope.KIOSK, ())
    with pytest.raises(EnrolmentRefused, match="other small and large letters"):
        callers.make_code("KIOSK-1", Scope.KIOSK, ())
    clock.now += CODE_LASTS + timedelta(seconds=1)
    callers.enrol("Kiosk-1", str(callers.make_code("Kiosk-1", Scope.KIOSK, ()).code))
    with pytest.raises(EnrolmentRefused, match="other small and large letters"):
        callers.make_code("kiosk-1", Scope.KIOSK, ())
    assert callers.make_code("Kiosk-1", Scope.KIOSK, ())


def test_a_code_does_not_enrol_by_the_name_of_a_person(database: Database) -> None:
    """The code was made when this program did not look for it yet."""
    clock = Clock()
    callers = Callers(database, clock)
    code = str(callers.make_code("Sari", Scope.KIOSK, ()).code)
    before = Clock()
    before.now = clock.now + CODE_LASTS
    People(database, before).add("sari", Scope.OFFICER, (), PIN)
    with pytest.raises(EnrolmentRefused, match="this code is wrong"):
        callers.enrol("Sari", "AAAA-AAAA")
    with pytest.raises(EnrolmentRefused, match="somebody signs in by this name"):
        callers.enrol("Sari", code)
    assert callers.page("", 10).callers == ()
