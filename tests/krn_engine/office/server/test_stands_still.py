"""A database that stands still under the service: who asks is told in time, and all goes on when it does."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.access import database as access
from krn_engine.office.server.app import THREADS
from krn_engine.register import database, postgres
from tests.support.frozen import frozen
from tests.support.places import POSTGRESQL
from tests.support.postgres import server
from tests.support.service import UUID, Served

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)]
LONGEST = 3.0
"""Seconds that the server gives a statement."""
SLACK = 8.0
"""Seconds that a busy machine may take beside."""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "CONNECT_SECONDS", 2)
    monkeypatch.setattr(postgres, "PING_SECONDS", 0.4)
    monkeypatch.setattr(postgres, "MARGIN_SECONDS", 0.5)
    monkeypatch.setattr(access, "STATEMENT_SECONDS", LONGEST)
    monkeypatch.setattr(database, "STATEMENT_SECONDS", LONGEST)


def test_everybody_is_answered_and_the_process_says_that_it_lives(office: Served) -> None:
    token, meter = office.token(), office.demo.first(DemoCase.FOUR_ROWS).meter_number

    def ask(number: int) -> tuple[int, str, float]:
        began = time.monotonic()
        answer = office.ask("PUT", f"/v1/issues/{UUID[:-4]}{number:04}", {"meter_number": meter}, token)
        return answer.status_code, answer.json().get("code", ""), time.monotonic() - began

    with ThreadPoolExecutor(3 * THREADS) as people:
        assert {status for status, _, _ in people.map(ask, range(THREADS))} == {200}
        with frozen(server()):
            # Three rounds of threads, each of which waits for an idle connection and for a new one.
            waiting = people.map(ask, range(THREADS, 4 * THREADS))
            began = time.monotonic()
            assert office.ask("GET", "/healthz").status_code == 200
            assert time.monotonic() - began < 2.0
            told = list(waiting)
            assert office.ask("GET", "/readyz").status_code == 503
        assert {(status, code) for status, code, _ in told} == {(503, "REG-09")}
        assert max(seconds for _, _, seconds in told) < 3 * (LONGEST + 0.5 + 2) + SLACK
        assert {status for status, _, _ in people.map(ask, range(THREADS))} == {200}
    assert office.ask("GET", "/readyz").status_code == 200
