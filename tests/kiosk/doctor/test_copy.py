"""The doctor's lines of a kiosk that can go on without its office."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kiosk.demo.workplace import demo_workplace
from kiosk.doctor.check import Check
from kiosk.doctor.copy import check_copy
from kiosk.flow.staff import network
from kiosk.view.parts import Mood
from kiosk.workplace import Workplace
from krn_engine.office.offline.delivery import Entry
from krn_engine.office.offline.status import OfflineStatus
from krn_engine.register.errors import RegisterFull
from tests.support.offline_status import NOW, WELL


class Told:
    def __init__(self, status: OfflineStatus | None) -> None:
        self._status = status

    @property
    def refused(self) -> tuple[Entry, ...]:
        return ()

    @property
    def status(self) -> OfflineStatus:
        if self._status is None:
            raise RegisterFull("the disk is full")
        return self._status


@pytest.fixture(scope="module")
def here() -> Iterator[Workplace]:
    with demo_workplace() as made:
        yield made


def lines(here: Workplace, status: OfflineStatus | None) -> dict[str, Check]:
    checked = check_copy(replace(here, offline=Told(status)))  # type: ignore[arg-type]
    return {check.part: check for check in checked}


def test_a_kiosk_with_its_own_register_has_no_such_line(here: Workplace) -> None:
    assert list(check_copy(here)) == []


def test_all_is_well(here: Workplace) -> None:
    found = lines(here, WELL)
    assert list(found) == ["copy", "lease", "outbox"]
    assert {check.mood for check in found.values()} == {Mood.GOOD}


@pytest.mark.parametrize(
    ("changed", "part", "mood"),
    [
        ({"as_of": None}, "copy", Mood.CAREFUL),
        ({"as_of": NOW - timedelta(hours=25)}, "copy", Mood.CAREFUL),
        ({"lease_good": False, "lease_code": "OFF-13"}, "lease", Mood.CAREFUL),
        ({"lease_until": None, "lease_good": False, "lease_code": "OFF-12"}, "lease", Mood.CAREFUL),
        ({"waiting": 3}, "outbox", Mood.CAREFUL),
        ({"refused": 1}, "outbox-refused", Mood.BAD),
        ({"lost": 1}, "outbox-lost", Mood.BAD),
        ({"lost": 1, "uncounted": True}, "outbox-lost", Mood.BAD),
        ({"waiting": 1, "other": True}, "outbox-other", Mood.BAD),
        ({"audit_differs": NOW}, "audit", Mood.BAD),
    ],
)
def test_what_somebody_should_look_at_has_an_advice(
    here: Workplace, changed: dict[str, object], part: str, mood: Mood
) -> None:
    found = lines(here, replace(WELL, **changed))  # type: ignore[arg-type]
    assert found[part].mood is mood
    assert found[part].advice


def test_a_revoked_kiosk_fetches_no_copy_and_what_waits_is_told(here: Workplace) -> None:
    found = lines(here, replace(WELL, as_of=None, lease_good=False, revoked=True, waiting=2))
    assert list(found) == ["copy", "outbox"]
    assert (found["copy"].mood, found["copy"].says.values["code"]) == (Mood.BAD, "NET-30")
    assert "krn setup" in found["copy"].advice


def test_why_no_rows_are_given_out_without_the_office_is_told_by_its_code(here: Workplace) -> None:
    found = lines(here, replace(WELL, lease_good=False, lease_code="OFF-13"))
    assert found["lease"].says.values["code"] == "OFF-13"


def test_a_file_that_cannot_be_read_is_told_by_its_code(here: Workplace) -> None:
    assert lines(here, None)["copy"].says.values["code"] == "REG-05"


@pytest.mark.parametrize("changed", [{"refused": 10}, {"lost": 10}])
def test_nothing_is_called_delivered_beside_what_the_office_never_took(
    here: Workplace, changed: dict[str, Any]
) -> None:
    assert Mood.GOOD not in {
        check.mood for part, check in lines(here, replace(WELL, **changed)).items() if "out" in part
    }
    told = network.lines(Told(replace(WELL, **changed)))  # type: ignore[arg-type]
    assert "Semua catatan sudah di kantor" not in str(told)
    assert "Semua catatan sudah di kantor" in str(network.lines(Told(WELL)))  # type: ignore[arg-type]


def test_where_nobody_can_tell_how_many_records_are_lost_that_is_said(here: Workplace) -> None:
    found = lines(here, replace(WELL, lost=1, uncounted=True))["outbox-lost"]
    assert "atau lebih" in found.says.text
