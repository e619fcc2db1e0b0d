"""A source of rows that is down is told as such, and an office that can still serve somebody is ready."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.errors import KrnError
from krn_engine.issuing.sources.port import SourceKind
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.errors import NoVendingKeys
from krn_engine.office.net_errors import OfficeNotReady
from krn_engine.office.server.service import checks_of
from krn_engine.office.server.source_states import FRESH_SECONDS, SourceStates
from krn_engine.office.wire.asked import Scope
from krn_engine.sts.identity import Sgc
from tests.support.office import Demo
from tests.support.scripted_source import ScriptedSource
from tests.support.service import served, service_on

pytestmark = pytest.mark.slow
OTHERS = Sgc("999007")


def states_of(demo: Demo, *sources: ScriptedSource, fresh: float = 0.0) -> SourceStates:
    """The first source serves one supply group, the second all others."""
    for source in sources[:1]:
        source.sgcs = (OTHERS,)
    serving = [(source, (OTHERS,) if place == 0 else ()) for place, source in enumerate(sources)]
    return SourceStates(demo.register, Sources(serving), fresh=fresh)


def without_ready_rows(demo: Demo) -> None:
    with demo.register.write() as connection:
        connection.exec_driver_sql("DELETE FROM ready_rows")


def test_each_source_is_told_by_itself(demo: Demo) -> None:
    one, two = ScriptedSource(demo.province.vault), ScriptedSource(demo.province.vault)
    states = states_of(demo, one, two)
    with one.down():
        told = [(health.kind, health.sgcs, health.code) for health in states.told()]
    assert told == [
        (SourceKind.STS_MODULE, (OTHERS,), "SRC-01"),
        (SourceKind.STS_MODULE, (), ""),
        (SourceKind.READY, (), ""),
    ]


def test_one_source_that_works_is_enough(demo: Demo) -> None:
    one, two = ScriptedSource(demo.province.vault), ScriptedSource(demo.province.vault)
    states = states_of(demo, one, two)
    with one.down():
        states.require()
        with two.down():
            # Ready-made rows still can be had.
            states.require()
            without_ready_rows(demo)
            with pytest.raises(KrnError) as refusal:
                states.require()
            assert refusal.value.code == "SRC-01"
        states.require()


def test_an_office_without_any_source_has_no_rows(demo: Demo) -> None:
    states = states_of(demo)
    states.require()
    without_ready_rows(demo)
    with pytest.raises(NoVendingKeys):
        states.require()


def test_what_was_told_is_not_asked_again_at_once(demo: Demo) -> None:
    now = [0.0]
    source = ScriptedSource(demo.province.vault)
    states = SourceStates(demo.register, Sources([(source, ())]), lambda: now[0])
    assert states.told()[0].ready
    with source.down():
        now[0] = FRESH_SECONDS - 0.1
        assert states.told()[0].ready
        now[0] = FRESH_SECONDS
        assert not states.told()[0].ready
    now[0] += FRESH_SECONDS
    assert states.told()[0].ready


def test_nobody_waits_for_a_module_that_somebody_else_asks(demo: Demo) -> None:
    source = SlowSource(demo)
    states = states_of(demo, source)
    assert states.told()[0].ready
    with source.slow(), source.down():
        asks = threading.Thread(target=states.told)
        asks.start()
        assert source.asked_for.wait(10)
        assert states.told()[0].ready
        source.go_on.set()
        asks.join()
    assert [health.code for health in states_of(demo, source).told()] == ["", ""]


class SlowSource(ScriptedSource):
    """It takes its time to say how it is."""

    def __init__(self, demo: Demo) -> None:
        super().__init__(demo.province.vault)
        self.asked_for, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Until it is told to go on."""
        self.go_on.clear()
        self.asked_for.clear()
        yield

    def health(self, at: object) -> object:  # type: ignore[override]
        """When it may."""
        self.asked_for.set()
        self.go_on.wait(10)
        return super().health(at)  # type: ignore[arg-type]


def test_the_service_says_which_source_is_down_and_is_ready(demo: Demo, tmp_path: Path) -> None:
    one, two = ScriptedSource(demo.province.vault), ScriptedSource(demo.province.vault)
    states = states_of(demo, one, two)
    checks = checks_of(demo.office, demo.register, states, tmp_path)
    with served(demo, tmp_path, sources=states, checks=checks) as office, one.down():
        answer = office.ask("GET", "/readyz")
        assert answer.status_code == 200
        assert answer.json() == {
            "ready": ["database", "migration", "rows", "disk"],
            "sources": [
                {"source": "sts-module", "sgcs": ["999007"], "state": "SRC-01"},
                {"source": "sts-module", "sgcs": [], "state": "ready"},
                {"source": "ready-made", "sgcs": [], "state": "ready"},
            ],
        }
        text = office.ask("GET", "/metrics", token=office.token(Scope.REPORT)).text
        assert 'krn_source_ready{sgcs="999007",source="sts-module"} 0.0' in text
        assert 'krn_source_ready{sgcs="",source="sts-module"} 1.0' in text
        assert 'krn_source_ready{sgcs="",source="ready-made"} 1.0' in text
        without_ready_rows(demo)
        with two.down():
            answer = office.ask("GET", "/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "NET-11")
        detail = answer.json()["detail"]
        assert detail == (
            "the office cannot work now: rows (SRC-01); sources: sts-module 999007 SRC-01, sts-module SRC-01"
        )


def test_an_office_whose_disk_is_full_is_not_ready_whatever_its_sources_say(demo: Demo, tmp_path: Path) -> None:
    def full() -> None:
        raise NoVendingKeys("full")

    with (
        service_on(demo, tmp_path) as (service, _),
        pytest.raises(OfficeNotReady, match=r"disk \(OFF-06\); sources: vault ready"),
    ):
        replace(service, checks={"disk": full}).require_ready()
