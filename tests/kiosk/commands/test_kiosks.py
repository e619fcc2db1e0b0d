"""`krn office kiosks`: who is enrolled, and which kiosk is ill before a customer finds out."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.net_errors import EnrolmentRefused
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.heartbeat import Heartbeat, Line, LineState, Outbox
from tests.support.cli import Out, krn
from tests.support.provinces import register_in

WELL = Heartbeat("0.2.0", (Line("disk", LineState.OK, ""), Line("heat", LineState.WARN, "")), None, "", 60, None)
ILL = Heartbeat(
    "0.1.0", (Line("meter", LineState.FAIL, "HW-11"), Line("disk", LineState.FAIL, "")), None, "", 1, Outbox(4, 2)
)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def register(tmp_path: Path, now: datetime) -> str:
    """Four kiosks: one that is well, one that is ill, one that says nothing, one that was revoked; and a report."""
    url = register_in(tmp_path)
    moment = [now - timedelta(hours=1)]
    with Database.of_callers(url) as database:
        callers = Callers(database, lambda: moment[0])
        for name, scope in (("a-well", "kiosk"), ("b-ill", "kiosk"), ("c-silent", "kiosk"), ("d-gone", "kiosk")):
            code = callers.make_code(name, Scope(scope), ("51101",))
            known = callers.know(str(callers.enrol(name, str(code.code)).token))
            moment[0] = now - timedelta(hours=1) if name == "c-silent" else now
            callers.heartbeats.keep(known.id, ILL if name in ("b-ill", "d-gone") else WELL)
            moment[0] = now - timedelta(hours=1)
        callers.revoke("d-gone")
        callers.enrol("e-report", str(callers.make_code("e-report", Scope.REPORT, ()).code))
    return url


def test_each_is_told_with_what_is_wrong(register: str, capsys: Out) -> None:
    status, out, _ = krn(capsys, "office", "kiosks", "--register", register)
    told = {line.split()[0]: line for line in out.splitlines()}
    assert (status, list(told)) == (0, ["a-well", "b-ill", "c-silent", "d-gone", "e-report"])
    assert "51101: last seen" in told["a-well"]
    assert told["a-well"].endswith("version 0.2.0, look: heat")
    assert told["b-ill"].endswith("version 0.1.0, ILL: meter HW-11, disk, 2 refused facts to look at")
    assert told["c-silent"].endswith("ILL: says nothing")
    assert "revoked" in told["d-gone"]
    assert "ILL" not in told["d-gone"] + told["e-report"]


def test_only_the_ill_are_told(register: str, capsys: Out) -> None:
    _, out, _ = krn(capsys, "office", "kiosks", "--ill", "--register", register)
    assert [line.split()[0] for line in out.splitlines()] == ["b-ill", "c-silent"]


def test_a_program_reads_all_of_it(register: str, now: datetime, capsys: Out) -> None:
    _, out, _ = krn(capsys, "office", "kiosks", "--json", "--ill", "--register", register)
    ill, silent = json.loads(out)
    assert (ill["name"], ill["ill"], ill["silent"], ill["units"]) == ("b-ill", True, False, ["51101"])
    assert ill["heartbeat"]["lines"][0] == {"part": "meter", "state": "fail", "code": "HW-11"}
    assert datetime.fromisoformat(ill["heard_at"]) == now
    assert (silent["name"], silent["silent"]) == ("c-silent", True)
    _, out, _ = krn(capsys, "office", "kiosks", "--json", "--register", register)
    assert [one["ill"] for one in json.loads(out)] == [False, True, True, False, False]


def test_where_nobody_is_ill_that_is_said(tmp_path: Path, capsys: Out) -> None:
    register = register_in(tmp_path)
    assert krn(capsys, "office", "kiosks", "--ill", "--register", register)[1] == "no kiosk is ill\n"
    assert krn(capsys, "office", "kiosks", "--register", register)[1] == "nobody is enrolled\n"


def test_what_a_revocation_changed_is_told(tmp_path: Path, capsys: Out) -> None:
    register = register_in(tmp_path)
    with Database.of_callers(register) as database:
        callers = Callers(database)
        code = str(callers.make_code("ghost", Scope.KIOSK, ()).code)
        callers.enrol("k1", str(callers.make_code("k1", Scope.KIOSK, ()).code))
    revoke = ("office", "kiosks", "--register", register, "--revoke")
    status, _, said = krn(capsys, *revoke, "ghost")
    assert (status, "withdrawn" in said) == (0, True)
    with Database.of_callers(register) as database, pytest.raises(EnrolmentRefused):
        Callers(database).enrol("ghost", code)
    assert "NET-15" in krn(capsys, *revoke, "ghost")[2]
    status, first, said = krn(capsys, *revoke, "k1")
    assert (status, "let in no more" in said) == (0, True)
    status, second, said = krn(capsys, *revoke, "k1")
    assert (status, "nothing changed" in said, second) == (0, True, first)
    listed = krn(capsys, "office", "audit", "list", "--register", register)[1]
    assert (listed.count(" revoked"), listed.count(" code-withdrawn")) == (1, 1)
