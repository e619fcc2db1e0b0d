"""What goes on beside the sessions: in its rhythm, patient with an office that is away, and over when it is told."""

import threading
import time
from pathlib import Path

import pytest

from krn_engine.office.net_errors import OfficeUnreachable, TooManyRequests
from krn_engine.office.offline import keeper as module
from krn_engine.office.offline.keeper import Keeper, Rhythm
from krn_engine.office.offline.opening import offline_office
from krn_engine.office.wire.asked import outcome_name
from krn_engine.office.wire.delivered import Fate
from tests.support.far_office import FarOffice, Kiosk, checkpoint, idpel, outcome

AWAY = OfficeUnreachable("the cable was pulled")


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def at() -> Time:
    return Time()


def test_what_is_new_is_asked_for_in_its_rhythm(kiosk: Kiosk, at: Time) -> None:
    keeper = Keeper(kiosk.office, Rhythm(), at, lambda: 1.0)
    kiosk.far.asked.clear()
    assert keeper.round() == 180.0
    assert kiosk.far.asked == ["sync", "checkpoint"]
    at.now = 179.0
    assert keeper.round() == 1.0
    at.now = 180.0
    keeper.round()
    assert kiosk.far.asked == ["sync", "checkpoint"] * 2


@pytest.mark.parametrize("error", [AWAY, TooManyRequests("wait")])
def test_in_vain_it_waits_twice_as_long_each_time_up_to_five_minutes(
    kiosk: Kiosk, at: Time, error: OfficeUnreachable
) -> None:
    keeper = Keeper(kiosk.office, Rhythm(), at, lambda: 1.0)
    kiosk.far.away = error
    assert [keeper.round() for _ in range(10)] == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    kiosk.far.away = None
    assert keeper.round() == 180.0
    kiosk.far.away = error
    at.now = 180.0
    assert keeper.round() == 2.0


def test_a_fact_that_the_office_cannot_take_now_does_not_let_the_lease_run_out(kiosk: Kiosk, at: Time) -> None:
    keeper = Keeper(kiosk.office, Rhythm(), at, lambda: 1.0)
    fact = outcome("x" * 32, 1, "a")
    kiosk.far.refuses[str(outcome_name(fact))] = (Fate.LATER, "REG-12")
    kiosk.office.record(fact)
    kiosk.far.asked.clear()
    assert keeper.round() == 2.0
    assert "sync" in kiosk.far.asked
    assert kiosk.office.status.waiting == 1


def test_kiosks_do_not_come_back_at_one_moment(kiosk: Kiosk, at: Time) -> None:
    kiosk.far.away = AWAY
    assert Keeper(kiosk.office, Rhythm(), at, lambda: 0.0).round() == 1.0


def test_it_finds_that_the_office_is_back(kiosk: Kiosk, at: Time) -> None:
    keeper = Keeper(kiosk.office, Rhythm(), at, lambda: 1.0)
    keeper.round()
    kiosk.far.away = AWAY
    kiosk.office.find(idpel(1))
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    keeper.round()
    assert not kiosk.office.status.online
    kiosk.far.away = None
    keeper.round()
    assert kiosk.office.status.online
    assert len(kiosk.far.facts) == 1


def test_a_list_of_many_pages_comes_whole_and_deliveries_go_in_between(tmp_path: Path, at: Time) -> None:
    kiosk = Kiosk(FarOffice(meters=7, page=2), tmp_path)
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    Keeper(kiosk.office, Rhythm(), at, lambda: 1.0).round()
    assert kiosk.far.asked == ["deliver", "copy_key", *["sync"] * 4, "checkpoint"]
    assert kiosk.copy.look(idpel(6)) is not None


def test_it_is_a_witness_of_the_offices_audit(kiosk: Kiosk, at: Time) -> None:
    keeper = Keeper(kiosk.office, Rhythm(sync=0.0), at, lambda: 1.0)
    told: list[str] = []
    kiosk.office.on_refused(told.append)
    for seq in (5, 9):
        kiosk.far.audit = checkpoint(seq)
        keeper.round()
    kiosk.restart()
    kiosk.office.bear_witness()
    assert kiosk.far.witnessed == [5, 9]
    assert kiosk.office.status.audit_differs is None
    # One that the audit does not hold any more stays, and is told once.
    kiosk.far.audit = checkpoint(12, "b")
    kiosk.office.on_refused(told.append)
    for _ in range(3):
        kiosk.office.bear_witness()
    assert kiosk.far.witnessed == [5, 9, 9, 12, 12]
    assert told == ["AUD-05"]
    assert kiosk.office.status.audit_differs is not None


def wait_for(what: threading.Event | None = None, so: object = None, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not (so() if callable(so) else what and what.is_set()):
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_fact_is_delivered_at_once_and_the_thread_ends(tmp_path: Path) -> None:
    far = FarOffice()
    with offline_office(far, tmp_path) as office:
        wait_for(so=lambda: office.status.as_of is not None)
        office.record(outcome("x" * 32, 1, "a"))
        wait_for(so=lambda: far.facts)
    assert not any(thread.name == module.NAME for thread in threading.enumerate())


def test_what_nobody_foresaw_does_not_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = FarOffice()
    broken = threading.Event()

    def breaks(_after: str, _limit: int = 0) -> None:
        broken.set()
        raise ZeroDivisionError

    monkeypatch.setattr(far, "sync", breaks)
    with offline_office(far, tmp_path, rhythm=Rhythm(longest=0.01, impatient=0.0)):
        wait_for(broken)
        broken.clear()
        wait_for(broken)
