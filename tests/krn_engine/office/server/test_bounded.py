"""Who asks whether the office is ready has an answer in time, whatever the office waits for."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.office.net_errors import OfficeNotReady
from krn_engine.office.server.app import build_app
from krn_engine.office.server.bounded import Bounded
from krn_engine.register.errors import RegisterUnreachable
from tests.support.office import Demo
from tests.support.service import Served, running, service_on


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_database_that_does_not_answer_is_told_in_time(demo: Demo, tmp_path: Path) -> None:
    over = threading.Event()

    def silent() -> None:
        assert over.wait(20)
        raise RegisterUnreachable("gone")

    with service_on(demo, tmp_path, ready_seconds=0.1) as (service, said):
        stuck = replace(service, checks={"database": silent})
        with running(build_app(stuck, "0")) as url:
            answer = Served(url, stuck, demo, said).ask("GET", "/readyz")
            over.set()
    assert (answer.status_code, answer.json()["code"]) == (503, OfficeNotReady.code)
    assert "within 0.1 seconds" in answer.json()["detail"]


def test_many_who_ask_cost_one_thread_and_the_next_one_asks_anew() -> None:
    go_on, asked = threading.Event(), []

    def work() -> int:
        asked.append(1)
        assert go_on.wait(20)
        return len(asked)

    bounded = Bounded(work, 0.01)
    for _ in range(5):
        with pytest.raises(OfficeNotReady):
            bounded()
    assert len(asked) == 1
    go_on.set()
    patient = Bounded(work, 20)
    assert [patient(), patient()] == [2, 3]


def test_what_the_work_raises_comes_out() -> None:
    def work() -> None:
        raise RegisterUnreachable("gone")

    with pytest.raises(RegisterUnreachable, match="gone"):
        Bounded(work)()
