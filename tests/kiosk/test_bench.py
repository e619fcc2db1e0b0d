"""The bench: a group that fails is named and the others are measured; and a measured session comes to its rows."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from hardware.virtual.clock import HandClock
from kiosk.bench import groups
from kiosk.bench.child import printed, program, running
from kiosk.bench.figure import Figure, figure
from kiosk.bench.groups import GROUPS, Group
from kiosk.bench.programs.sessions import Kiosk
from kiosk.cli import main
from kiosk.demo.workplace import DEMO_CUSTOMERS, demo_workplace
from kiosk.limits.look_ups import LookUps
from krn_engine.demo import DemoCase
from tests.support.cli import krn

BEFORE, AFTER = figure("before", "s", [1.0]), figure("after", "s", [2.0])


def _works() -> Iterator[Figure]:
    yield AFTER


def _fails() -> Iterator[Figure]:
    yield BEFORE
    raise AttributeError("'Moving' object has no attribute 'hearing'")


@pytest.fixture
def _one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = Group(_fails, _fails), Group(_works, _works)
    for name in list(groups.GROUPS):
        monkeypatch.delitem(groups.GROUPS, name)
    monkeypatch.setitem(groups.GROUPS, "broken", broken)
    monkeypatch.setitem(groups.GROUPS, "sound", sound)


REASON = "AttributeError: 'Moving' object has no attribute 'hearing'"


@pytest.mark.usefixtures("_one_fails")
def test_a_group_that_fails_is_named_and_the_others_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json"]) == 1
    said = capsys.readouterr()
    document = json.loads(said.out)
    as_json = json.loads(json.dumps([asdict(BEFORE), asdict(AFTER)]))
    assert document["figures"] == as_json
    assert document["failed"] == [{"group": "broken", "reason": REASON}]
    assert said.err == f"krn: error: the group broken failed: {REASON}\n"

    assert main(["bench"]) == 1
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == ["before", "after"]
    assert said.err == f"krn: error: the group broken failed: {REASON}\n"


def test_a_group_that_there_is_not_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = krn(capsys, "bench", "nope")
    assert (status, out) == (2, "")
    assert f"no such group: nope; there are {', '.join(GROUPS)}" in err


@pytest.mark.usefixtures("_one_fails")
def test_where_none_fails_the_status_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "sound", "--json"]) == 0
    said = capsys.readouterr()
    assert (json.loads(said.out)["failed"], said.err) == ([], "")


def test_a_session_that_comes_to_no_rows_is_not_measured() -> None:
    clock = HandClock()
    with demo_workplace(customers=DEMO_CUSTOMERS) as here:
        kiosk = Kiosk(replace(here, look_ups=LookUps(clock=clock)), clock)
        for _ in range(2):
            kiosk.session(here.province.first(DemoCase.TWO_ROWS).idpel)
        with pytest.raises(RuntimeError, match="ResultView"):
            kiosk.session(here.province.first(DemoCase.DONE).idpel)


@pytest.mark.slow
def test_a_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)the measured process failed: .*IndexError"):
        printed(program("sessions"))
    with pytest.raises(RuntimeError, match="did not start"), running(program("nothing")):
        pass


@pytest.mark.slow
def test_a_process_that_ends_too_soon_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="ended too soon"), running(program("first_frame")) as process:
        process.wait(20)
