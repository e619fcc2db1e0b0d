"""An administrator of some units has to do with callers of these units alone."""

from typing import Any

import pytest

from krn_engine.office.access.callers import Callers, Revoked
from krn_engine.office.access.database import Database
from krn_engine.office.access.reach import reaches
from krn_engine.office.net_errors import CallerMissing, NotAllowed
from krn_engine.office.wire.asked import Scope
from krn_engine.register.audit.entries import AuditEvent
from tests.support.clock import Clock

OWN = ("51101", "Bandung")


class Told(list[tuple[AuditEvent, str]]):
    """What goes into the audit."""

    def __call__(self, event: AuditEvent, actor: str, /, **_told: Any) -> None:
        self.append((event, actor))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def who(database: Database, told: Told) -> Callers:
    return Callers(database, Clock(), tell=told)


def enrolled(who: Callers, name: str, *units: str, scope: Scope = Scope.KIOSK) -> str:
    return str(who.enrol(name, str(who.make_code(name, scope, units).code)).token)


@pytest.mark.parametrize(
    ("within", "units", "reached"),
    [
        ((), (), True),
        ((), ("51102",), True),
        (OWN, (), False),
        (OWN, ("51101",), True),
        (OWN, ("51101", "BANDUNG"), True),
        (OWN, ("51101", "51102"), False),
        (OWN, ("51102",), False),
        (OWN, ("",), False),
    ],
)
def test_only_what_sees_no_more_is_within(within: tuple[str, ...], units: tuple[str, ...], reached: bool) -> None:
    assert reaches(within, units) is reached


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("units", [(), ("51102",), ("51101", "51102")])
def test_nobody_makes_a_code_that_sees_more_than_they_do(
    who: Callers, told: Told, scope: Scope, units: tuple[str, ...]
) -> None:
    with pytest.raises(NotAllowed):
        who.make_code("evil", scope, units, "adm", OWN)
    assert told == []
    assert who.know(str(who.enrol("good", str(who.make_code("good", scope, ("bandung",), "adm", OWN).code)).token))


@pytest.mark.parametrize("units", [(), ("51102",)])
def test_the_name_of_a_caller_beyond_is_not_taken_over(who: Callers, units: tuple[str, ...]) -> None:
    token = enrolled(who, "k2", *units)
    waiting = str(who.make_code("k3", Scope.KIOSK, units).code)
    for name in ("k2", "k3"):
        with pytest.raises(NotAllowed):
            who.make_code(name, Scope.KIOSK, ("51101",), "adm", OWN)
    assert who.know(token).units == units
    assert who.enrol("k3", waiting).units == units


def test_nobody_revokes_or_sees_a_caller_beyond(who: Callers, told: Told) -> None:
    names = {"all": (), "other": ("51102",), "both": ("51101", "51102"), "own": ("BANDUNG",)}
    tokens = {name: enrolled(who, name, *units) for name, units in names.items()}
    waiting = str(who.make_code("waits", Scope.KIOSK, ("51102",)).code)
    told.clear()
    assert [caller.name for caller in who.page("", 10, OWN).callers] == ["own"]
    for name in ("all", "other", "both", "waits", "nobody"):
        with pytest.raises(CallerMissing) as missing:
            who.revoke(name, "adm", OWN)
        # As little is told of one that is there as of one that is not.
        assert missing.value.message.startswith("nobody of this name is enrolled")
    assert told == []
    assert all(who.know(token) for token in tokens.values())
    assert who.enrol("waits", waiting)
    assert who.revoke("own", "adm", OWN) is Revoked.CALLER
    assert told[-1] == (AuditEvent.REVOKED, "adm")


def test_a_code_beyond_outlives_that_its_caller_is_revoked_within(who: Callers) -> None:
    """The office moves a kiosk to another unit: that is not undone from the unit that it leaves."""
    enrolled(who, "own", "51101")
    moving = str(who.make_code("own", Scope.KIOSK, ("51102",)).code)
    assert who.revoke("own", "adm", OWN) is Revoked.CALLER
    assert who.enrol("own", moving).units == ("51102",)


def test_pages_of_some_units_are_whole(who: Callers) -> None:
    for number in range(9):
        enrolled(who, f"k{number}", "51101" if number % 3 else "51102")
    names, after = [], ""
    while True:
        page = who.page(after, 2, OWN)
        names += [caller.name for caller in page.callers]
        after = page.next
        if not after:
            break
    assert names == ["k1", "k2", "k4", "k5", "k7", "k8"]


# --- codes that are withdrawn, and revoking twice


def test_a_code_that_nobody_brought_is_withdrawn(who: Callers, told: Told) -> None:
    code = str(who.make_code("ghost", Scope.KIOSK, ()).code)
    assert who.revoke("ghost", "chief") is Revoked.CODE
    assert told[-1] == (AuditEvent.CODE_WITHDRAWN, "chief")
    with pytest.raises(Exception, match="this code is wrong"):
        who.enrol("ghost", code)
    with pytest.raises(CallerMissing):
        who.revoke("ghost")
    assert who.page("", 10).callers == ()


def test_who_was_revoked_before_is_not_revoked_again(database: Database, told: Told) -> None:
    clock = Clock()
    who = Callers(database, clock, tell=told)
    enrolled(who, "k1", "51101")
    assert who.revoke("k1") is Revoked.CALLER
    before = (who.page("", 10), len(told))
    clock.now = clock.now.replace(year=clock.now.year + 1)
    assert who.revoke("k1") is Revoked.NOTHING
    assert (who.page("", 10), len(told)) == before
    # A code for it is withdrawn all the same.
    who.make_code("k1", Scope.KIOSK, ("51101",))
    assert who.revoke("k1") is Revoked.CODE
    assert who.page("", 10) == before[0]
