"""Who is let in to the page of one customer, how long, and what is on record of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from krn_engine.demo import DemoCase
from krn_engine.office.access.capabilities import LASTS, SECRET, EndedBy, capabilities, digest_of, new_secret
from krn_engine.office.access.capability_errors import (
    CapabilityEnded,
    CapabilityOver,
    CapabilityProved,
    CapabilityRefused,
    CapabilityUnknown,
)
from krn_engine.office.access.database import Database
from krn_engine.office.contract import Statement
from krn_engine.office.errors import MeterUnknown
from krn_engine.office.units import OfficeOfUnits
from tests.krn_engine.office.home.conftest import Clock
from tests.support.audit import bodies
from tests.support.home import Home, prove


def test_a_secret_has_128_bits_and_is_never_the_same() -> None:
    made = {str(new_secret()) for _ in range(100)}
    assert len(made) == 100
    assert all(SECRET.fullmatch(secret) for secret in made)
    assert all(secret not in repr(new_secret()) for secret in made)


def test_it_lets_in_to_the_rows_of_its_request_alone(home: Home) -> None:
    issued, secret = home.give()
    known = home.capabilities.know(secret)
    assert (known.meter_number, known.request_id) == (issued.meter_number, "r1")
    assert issued.meter_number not in repr(known)


def test_only_its_digest_is_kept(home: Home) -> None:
    _, secret = home.give()
    with Database.of_callers(home.demo.url) as kept, kept.read() as connection:
        [found] = connection.execute(select(capabilities)).all()
    assert secret not in str(found)
    assert found.digest == digest_of(secret)


def test_the_same_said_twice_is_one_page_and_one_entry(home: Home) -> None:
    issued, secret = home.give()
    before = len(bodies(home.demo.register))
    home.office.home_page(issued.meter_number, "r1", digest_of(secret))
    assert len(bodies(home.demo.register)) == before
    assert home.capabilities.live(issued.meter_number) == 1


def test_the_audit_says_who_gave_it_and_who_ended_it_and_never_what_it_is(home: Home) -> None:
    issued, secret = home.give()
    home.office.acting_for("chief").end_home_pages(issued.meter_number)
    made, ended = bodies(home.demo.register)[-2:]
    assert (made["event"], made["actor"], made["request"]) == ("home-page-made", "local", "r1")
    assert (ended["event"], ended["actor"], ended["by"], ended["pages"]) == ("home-pages-ended", "chief", "staff", 1)
    assert made["meter"] == ended["meter"] is not None
    for hidden in (secret, digest_of(secret), issued.meter_number):
        assert hidden not in str(bodies(home.demo.register))


def test_it_ends_after_30_days(home: Home, clock: Clock) -> None:
    _, secret = home.give()
    clock.turn(LASTS - timedelta(seconds=1))
    home.capabilities.know(secret)
    clock.turn(timedelta(seconds=1))
    with pytest.raises(CapabilityOver):
        home.capabilities.know(secret)
    # Whoever comes long after is told the same as a stranger, and nothing is kept.
    clock.turn(timedelta(days=61))
    home.give(DemoCase.TWO_ROWS, "r2")
    with pytest.raises(CapabilityUnknown):
        home.capabilities.know(secret)


def test_staff_end_it_and_a_new_one_is_given(home: Home) -> None:
    issued, secret = home.give()
    assert home.office.end_home_pages(issued.meter_number) == 1
    with pytest.raises(CapabilityEnded):
        home.capabilities.know(secret)
    assert home.office.end_home_pages(issued.meter_number) == 0
    assert home.office.end_home_pages("99999999999") == 0
    _, other = home.give(request="r2")
    home.capabilities.know(other)


def test_it_ends_with_the_proof_of_the_meter(home: Home, clock: Clock) -> None:
    issued, secret = home.give()
    _, other = home.give(DemoCase.TWO_ROWS, "r2")
    prove(home, issued)
    assert home.tell("rows", secret).json()["code"] == CapabilityProved.code
    before = len(bodies(home.demo.register))
    assert home.tell("rows", secret).json()["code"] == CapabilityProved.code
    assert len(bodies(home.demo.register)) == before
    assert home.tell("rows", other).status_code == 200
    assert bodies(home.demo.register)[-1]["by"] == EndedBy.PROOF.value
    clock.turn(LASTS)
    with pytest.raises(CapabilityProved):
        home.capabilities.know(secret)


def test_a_meter_that_is_due_again_has_its_page_again(home: Home) -> None:
    issued, secret = home.give()
    prove(home, issued)
    assert home.tell("rows", secret).json()["code"] == CapabilityProved.code
    assert home.capabilities.live(issued.meter_number) == 0
    home.office.state(issued.meter_number, Statement(1, "read it", "chief", "here"))
    assert home.tell("rows", secret).json()["known"] == 0
    assert home.capabilities.live(issued.meter_number) == 1


def test_staff_end_the_page_of_a_proved_meter_too(home: Home) -> None:
    issued, secret = home.give()
    prove(home, issued)
    assert home.tell("rows", secret).json()["code"] == CapabilityProved.code
    assert home.office.end_home_pages(issued.meter_number) == 1
    home.office.state(issued.meter_number, Statement(1, "read it", "chief", "here"))
    assert home.tell("rows", secret).json()["code"] == CapabilityEnded.code


def test_no_page_is_made_of_rows_that_its_request_did_not_give_out(home: Home) -> None:
    issued, secret = home.give()
    other = home.demo.first(DemoCase.TWO_ROWS).meter_number
    digest = digest_of(new_secret())
    for meter, request, said in (
        (issued.meter_number, "nobody's", digest),
        (other, "r1", digest),
        (other, "r1", digest_of(secret)),
        (issued.meter_number, "r2", digest_of(secret)),
        (issued.meter_number, "r1\0", digest),
    ):
        with pytest.raises(CapabilityRefused):
            home.office.home_page(meter, request, said)
    with pytest.raises(MeterUnknown):
        home.office.home_page("x", "r1", digest)


def test_a_caller_of_other_units_makes_none(home: Home) -> None:
    issued, _ = home.give()
    office = OfficeOfUnits(home.office, home.demo.register, ("99999",), "kiosk-9")
    with pytest.raises(MeterUnknown):
        office.home_page(issued.meter_number, "r1", digest_of(new_secret()))


def test_an_office_without_an_address_has_no_pages(home: Home) -> None:
    issued, _ = home.give()
    assert home.demo.office.home_page(issued.meter_number, "r1", digest_of(new_secret())) is None
    assert home.demo.office.end_home_pages(issued.meter_number) == 0
