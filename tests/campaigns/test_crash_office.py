"""The crash campaign with the office across a network, in short, and a kiosk that it must find guilty."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.office.contract import Issued, IssuedChange, Office
from krn_engine.row import Row
from tests.campaigns import crash, crash_offices
from tests.campaigns.crash_audit import SINS
from tests.campaigns.crash_office import OfficeCampaign, run_office

KILLS = 5


@pytest.mark.slow
@pytest.mark.parametrize("holds", ["remote", "offline"])
def test_when_server_and_network_are_killed_nothing_is_lost_or_said_that_is_not_so(holds: str) -> None:
    count = run_office(KILLS, 1, holds)
    assert count.guilty == []
    assert set(count.sins) == set(SINS)
    assert sum(count.sins.values()) == 0
    assert count.kills == KILLS
    assert {victim for _, victims in count.killed for victim in victims.split(" and ")} & {"server", "network"}
    assert sum(count.endings.values()) > 0


class _Inventive:
    """Shows rows that the office never gave."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __getattr__(self, name: str) -> object:
        return getattr(self._office, name)

    def issue(self, meter_number: str, request_id: str) -> Issued:
        issued = self._office.issue(meter_number, request_id)
        return replace(issued, changes=tuple(_turned(change) for change in issued.changes))


def _turned(change: IssuedChange) -> IssuedChange:
    return replace(change, rows=tuple(Row(row[::-1]) for row in change.rows))


@contextmanager
def inventive(folder: Path) -> Iterator[Office]:
    """See `_Inventive`."""
    with crash_offices.remote(folder) as office:
        yield _Inventive(office)  # type: ignore[misc]


@pytest.mark.slow
def test_a_kiosk_that_shows_what_no_office_gave_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "STUCK_SECONDS", 5.0)
    monkeypatch.setattr(crash.Campaign, "run", lambda self, _kills: self._life(next(self._customers), 0))
    count = crash.run(1, 1, f"{__name__}:inventive", OfficeCampaign)
    assert count.sins["shown row lost"] > 0
