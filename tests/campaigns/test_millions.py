"""The campaign of millions in short, and that it would see what it is there for."""

import pytest
from sqlalchemy import Connection, delete

from krn_engine.register import tally
from krn_engine.register.tables import tallies
from tests.campaigns.millions import run
from tests.support.postgres import installed, server

pytestmark = [pytest.mark.slow, installed]
METERS, SESSIONS, KIOSKS = 6000, 16, 4


def test_kiosks_are_served_and_what_is_kept_is_right() -> None:
    name = server().database()
    found = run(server().url(name), METERS, SESSIONS, KIOSKS)
    server().drop(name)
    assert found.guilty == []
    assert found.figures["units"] == METERS / 2000
    assert found.figures["sessions a second, with their outcomes"] > 0


def test_a_tally_that_nobody_keeps_is_found_guilty(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets(connection: Connection, *_: object) -> None:
        connection.execute(delete(tallies).where(tallies.c.krn == 1))

    monkeypatch.setattr(tally, "move", forgets)
    name = server().database()
    found = run(server().url(name), METERS, SESSIONS, KIOSKS)
    server().drop(name)
    assert "a tally is not what counting gives" in found.guilty
