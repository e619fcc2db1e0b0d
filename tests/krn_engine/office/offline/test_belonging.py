"""A kiosk that is led to another office: what waits is for the one before, and goes to no other."""

from pathlib import Path

import pytest

from krn_engine.office.lease import Signer
from krn_engine.office.net_errors import CallerRevoked, OfficeUnreachable
from krn_engine.office.offline.errors import OfficeOther
from krn_engine.office.offline.tables import Kept
from tests.support.far_office import FarOffice, Kiosk, checkpoint, outcome

AWAY = OfficeUnreachable("the cable was pulled")


def another() -> FarOffice:
    made = FarOffice(copy="b" * 16, key=b"l" * 32)
    made.signer = Signer(b"t" * 32)
    return made


def waits(kiosk: Kiosk) -> None:
    kiosk.far.audit = checkpoint(5)
    kiosk.office.bear_witness()
    kiosk.far.away = AWAY
    kiosk.office.record(outcome("x" * 32, 1, "a"))


def led_to(kiosk: Kiosk, far: FarOffice) -> FarOffice:
    kiosk.far = far
    kiosk.restart()
    return far


def test_no_other_office_gets_a_fact_and_the_own_one_gets_it_afterwards(kiosk: Kiosk) -> None:
    waits(kiosk)
    own, other = kiosk.far, led_to(kiosk, another())
    for _ in range(2):
        with pytest.raises(OfficeOther):
            kiosk.office.deliver()
        with pytest.raises(OfficeOther):
            kiosk.sync()
    assert other.facts == []
    assert other.asked.count("copy_key") == 1
    assert (kiosk.office.status.waiting, kiosk.office.status.other) == (1, True)
    own.away = None
    led_to(kiosk, own)
    kiosk.office.deliver()
    assert len(own.facts) == 1
    assert not kiosk.office.status.other


def test_a_revoked_kiosk_keeps_what_waits_for_its_own_office(kiosk: Kiosk) -> None:
    waits(kiosk)
    kiosk.far.away = CallerRevoked("revoked")
    with pytest.raises(CallerRevoked):
        kiosk.office.deliver()
    assert kiosk.copy.opener is None
    own, other = kiosk.far, led_to(kiosk, another())
    with pytest.raises(OfficeOther):
        kiosk.office.deliver()
    assert other.facts == []
    own.away, own.copy = None, "c" * 16
    led_to(kiosk, own)
    kiosk.office.deliver()
    assert len(own.facts) == 1


def test_an_office_that_lost_its_list_of_callers_is_known_by_its_audit(kiosk: Kiosk) -> None:
    waits(kiosk)
    far = another()
    far.audit = checkpoint(9)
    led_to(kiosk, far)
    kiosk.office.deliver()
    assert len(far.facts) == 1


def test_with_nothing_to_deliver_the_next_office_is_taken_and_the_audit_of_the_one_before_forgotten(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    kiosk.far.audit = checkpoint(5)
    kiosk.office.bear_witness()
    other = led_to(kiosk, another())
    kiosk.sync()
    assert kiosk.copy.kept(Kept.WITNESS) is None
    assert kiosk.copy.office == other.signer.public
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    kiosk.office.deliver()
    assert len(other.facts) == 1
    assert (tmp_path / "copy.key").exists()
