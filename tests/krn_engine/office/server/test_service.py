"""The service: each operation does what the office does, and once."""

import json
import re
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import AnswerLost, SourceDown, SourceRefused
from krn_engine.office.access.database import Database
from krn_engine.office.access.differing import accept_all, all_differing
from krn_engine.office.access.witnesses import all_witnesses
from krn_engine.office.audit.checkpoints import Checkpoint
from krn_engine.office.audit.keeper import Keeper
from krn_engine.office.audit.key import SigningKey
from krn_engine.office.contract import Due, Found, Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.local import LocalOffice
from krn_engine.office.server.operations import OPERATIONS
from krn_engine.office.server.operations.operation import EVERYBODY
from krn_engine.office.server.service import ROOM
from krn_engine.office.wire import asked, values
from krn_engine.office.wire.asked import PROBLEM, PROBLEM_TYPE, Scope, outcome_name
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.office.wire.heartbeat import HEARTBEAT, Heartbeat
from krn_engine.register.errors import RegisterBusy, RegisterDamaged, RegisterUnreachable
from tests.support.audit import bodies
from tests.support.office import Demo
from tests.support.service import UUID, Served, served

pytestmark = pytest.mark.slow
METER = "99100000001"


def due(office: Served) -> str:
    return office.demo.first(DemoCase.FOUR_ROWS).meter_number


def refused(answer: Any, status: int, code: str) -> str:
    """The detail of a problem, which is whole."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM_TYPE), answer.text
    problem = PROBLEM.read(answer.json())
    assert (problem.status, problem.code, problem.type) == (status, code, f"urn:krn:error:{code}")
    return problem.detail


def test_a_customer_is_found_by_what_was_typed(office: Served) -> None:
    customer = office.demo.first(DemoCase.FOUR_ROWS)
    answer = office.ask("POST", "/v1/find", {"text": f"#{customer.idpel}"}, office.token())
    found = values.FIND_RESULT.read(answer.json())
    assert found == office.demo.office.find(customer.idpel)
    assert isinstance(found, Found)
    assert found.standing == Due(4)
    assert customer.name.split()[0] not in answer.text


def test_the_same_request_has_the_same_rows_and_one_record(office: Served) -> None:
    token, before = office.token(), office.demo.count("key_changes")
    answers = {office.ask("PUT", f"/v1/issues/{UUID}", {"meter_number": due(office)}, token).text for _ in range(3)}
    assert len(answers) == 1
    issued = values.ISSUED.read(json.loads(answers.pop()))
    assert issued == office.demo.office.issue(due(office), uuid.UUID(UUID).hex)
    assert len(issued.rows) == 4
    assert office.demo.count("key_changes") == before + 2
    other = {"meter_number": office.demo.first(DemoCase.EA11).meter_number}
    refused(office.ask("PUT", f"/v1/issues/{UUID}", other, token), 409, "OFF-04")


def outcome(office: Served, **other: Any) -> RowRecord:
    issued = office.demo.office.issue(due(office), "r")
    row = RowRecord(issued.changes[0].id, 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk", "a1", Grade.SENSOR)
    return replace(row, **other)


def test_an_outcome_is_kept_once(office: Served) -> None:
    row, token = outcome(office), office.token()
    before = office.demo.count("outcomes")
    for _ in range(3):
        answer = office.ask("PUT", f"/v1/outcomes/{outcome_name(row)}", values.ROW_RECORD.write(row), token)
        assert (answer.status_code, answer.content) == (204, b"")
    assert office.demo.count("outcomes") == before + 1


def test_an_outcome_under_another_name_is_refused(office: Served) -> None:
    row = outcome(office)
    refused(office.ask("PUT", f"/v1/outcomes/{UUID}", values.ROW_RECORD.write(row), office.token()), 409, "NET-12")


def test_an_ending_and_a_statement_are_kept_once(office: Served) -> None:
    token, meter = office.token(Scope.OFFICER), due(office)
    ending = asked.END.write(asked.End(meter, SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk")))
    said = asked.STATE.write(asked.State(meter, Statement.said(2, "seen", "Contoh", "counter")))
    other = str(uuid.uuid4())
    for _ in range(3):
        assert office.ask("PUT", f"/v1/endings/{UUID}", ending, token).status_code == 204
        assert office.ask("PUT", f"/v1/statements/{other}", said, token).status_code == 204
    assert (office.demo.count("endings"), office.demo.count("statements")) == (1, 1)
    refused(office.ask("PUT", f"/v1/statements/{UUID}", said, token), 409, "NET-12")


def test_a_history_comes_in_pages_and_nothing_moves_under_the_reader(office: Served) -> None:
    token, meter = office.token(), due(office)
    keeps = LocalOffice(office.demo.register, office.demo.province.campaign)
    for number in range(7):
        keeps.state(meter, Statement.said(2, f"reason {number}", "Contoh", "counter"))
    whole = keeps.history(meter)
    read: list[Any] = []
    after, pages = "", 0
    while pages == 0 or after:
        body = {"meter_number": meter, "after": after, "limit": 3}
        page = asked.HISTORY_PAGE.read(office.ask("POST", "/v1/history", body, token).json())
        read += page.entries
        after, pages = page.next, pages + 1
        # What is new stands before what was read, and does not push the rest on.
        keeps.end(meter, SessionEnding("stopped", "UPG-05", None, None, False, "k"))
    assert read == list(whole)
    assert pages == 3


def test_progress_and_ping_answer_everybody(office: Served) -> None:
    for scope in Scope:
        token = office.token(scope)
        assert values.PROGRESS.read(office.ask("GET", "/v1/progress", token=token).json()).meters == 32
        assert office.ask("GET", "/v1/ping", token=token).status_code == 204


# --- who may ask

GOOD_CHECKPOINT = CHECKPOINT.write(Checkpoint("krn-audit/" + 32 * "0", 1, 64 * "0", DEMO_DAY, 128 * "0"))
GOOD_FACT: dict[str, Any] = {"n": 1, "kind": "ending", "uuid": UUID, "at": 1768444200000000, "body": {}}
BROKEN_FACTS: tuple[dict[str, Any], ...] = (
    {"n": -1},
    {"kind": "rumour"},
    {"uuid": UUID.upper().replace("0", "A")},
    {"uuid": ""},
    {"at": "2026-07-01T02:00:00Z"},
    {"body": None},
    {"body": []},
    {"more": 1},
)
EXAMPLES: dict[str, tuple[str, Any]] = {
    "find": ("/v1/find", {"text": "1"}),
    "issue": (f"/v1/issues/{UUID}", {"meter_number": METER}),
    "home-page": (f"/v1/home-pages/{UUID}", {"meter_number": METER, "digest": "0" * 64}),
    "record": (f"/v1/outcomes/{UUID}", None),
    "end": (f"/v1/endings/{UUID}", None),
    "state": (f"/v1/statements/{UUID}", None),
    "history": ("/v1/history", {"meter_number": METER, "after": "", "limit": 1}),
    "progress": ("/v1/progress", None),
    "ping": ("/v1/ping", None),
    "rotate": ("/v1/token", None),
    "make-code": ("/v1/codes", {"name": "x", "scope": "kiosk", "units": []}),
    "callers": ("/v1/callers", None),
    "revoke": ("/v1/callers/nobody", None),
    "checkpoint": ("/v1/checkpoint", None),
    "witness": ("/v1/witness", GOOD_CHECKPOINT),
    "enrol": ("/v1/enrolments", {"name": "x", "code": "AAAA-AAAA"}),
    "copy-key": ("/v1/copy-key", None),
    "sync": ("/v1/sync", {"after": "", "limit": 1}),
    "deliver": ("/v1/deliveries", {"facts": [GOOD_FACT]}),
    "units": ("/v1/units", None),
    "heartbeat": ("/v1/heartbeat", None),
    "sign-in": ("/v1/sessions", {"name": "x", "secret": "271828"}),
    "sign-out": ("/v1/sessions", None),
}


def test_every_operation_has_an_example() -> None:
    assert {operation.id for operation in OPERATIONS} == set(EXAMPLES)


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.scopes], ids=lambda operation: operation.id)
def test_nobody_asks_without_a_good_token_or_past_its_scope(office: Served, operation: Any) -> None:
    path, body = EXAMPLES[operation.id]
    for token in (None, "", "krn_x_y", office.token() + "x"):
        answer = office.ask(operation.method, path, body, token)
        refused(answer, 401, "NET-05")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    for scope in EVERYBODY - operation.scopes:
        refused(office.ask(operation.method, path, body, office.token(scope)), 403, "NET-06")
    for scope in operation.scopes:
        answer = office.ask(operation.method, path, body, office.token(scope))
        # Who is enrolled cannot sign out, and is told that.
        assert answer.status_code not in (401, 403) or operation.id == "sign-out"


def test_a_kiosk_is_enrolled_rotates_its_token_and_is_revoked(office: Served) -> None:
    admin = office.token(Scope.ADMIN)
    made = office.ask("POST", "/v1/codes", {"name": "kiosk-7", "scope": "kiosk", "units": ["99001"]}, admin).json()
    enrolled = asked.ENROLLED.read(
        office.ask("POST", "/v1/enrolments", {"name": "kiosk-7", "code": made["code"]}).json()
    )
    assert (enrolled.scope, enrolled.units) == (Scope.KIOSK, ("99001",))
    refused(office.ask("POST", "/v1/enrolments", {"name": "kiosk-7", "code": made["code"]}), 403, "NET-13")
    token = str(enrolled.token)
    following = str(asked.ENROLLED.read(office.ask("POST", "/v1/token", token=token).json()).token)
    assert office.ask("GET", "/v1/ping", token=following).status_code == 204
    page = asked.CALLERS_PAGE.read(office.ask("GET", "/v1/callers?limit=1&after=a-admin", token=admin).json())
    assert [caller.name for caller in page.callers] == ["kiosk-7"]
    assert office.ask("DELETE", "/v1/callers/kiosk-7", token=admin).status_code == 204
    for dead in (token, following):
        refused(office.ask("GET", "/v1/ping", token=dead), 401, "NET-30")
    refused(office.ask("DELETE", "/v1/callers/nobody", token=admin), 404, "NET-15")


def test_a_kiosk_sees_its_own_units_only(office: Served) -> None:
    customer = office.demo.first(DemoCase.FOUR_ROWS)
    for units, kind, status in ((("99001",), "found", 200), (("51101",), "not-found", 404)):
        token = office.token(Scope.KIOSK, f"of-{units[0]}", *units)
        assert office.ask("POST", "/v1/find", {"text": customer.idpel}, token).json()["kind"] == kind
        body = {"meter_number": customer.meter_number}
        assert office.ask("PUT", f"/v1/issues/{uuid.uuid4()}", body, token).status_code == status


def test_who_asks_too_often_waits(demo: Demo, tmp_path: Path) -> None:
    limited: dict[str, Any] = {"per_minute": dict.fromkeys(Scope, 3), "strangers": 2}
    with served(demo, tmp_path, **limited) as office:
        one, other = office.token(Scope.KIOSK, "one"), office.token(Scope.KIOSK, "other")
        statuses = [office.ask("GET", "/v1/ping", token=one).status_code for _ in range(8)]
        # A minute may have ended in between.
        assert 429 in statuses
        assert statuses[:3] == [204] * 3
        last = office.ask("GET", "/v1/ping", token=one)
        if last.status_code == 429:
            refused(last, 429, "NET-07")
            assert 1 <= int(last.headers["Retry-After"]) <= 60
        assert office.ask("GET", "/v1/ping", token=other).status_code == 204
        codes = [office.ask("GET", "/v1/ping", token="krn_x_y").json()["code"] for _ in range(6)]
        assert set(codes) == {"NET-05", "NET-07"}


# --- refused inputs

GOOD_ENDING = asked.END.write(asked.End(METER, SessionEnding("upgraded", "", 3, Grade.REGISTER, True, "kiosk")))
GOOD_STATEMENT = asked.STATE.write(asked.State(METER, Statement.said(2, "seen", "Contoh", "counter")))
GOOD_ROW = values.ROW_RECORD.write(
    RowRecord("c", 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk", "a", Grade.SENSOR)
)
GOOD_HEARTBEAT = HEARTBEAT.write(Heartbeat("0", (), None, "", 0, None))
WRONG: dict[str, list[Any]] = {
    "find": [{}, {"text": 1}, {"text": None}, {"text": "x" * 65}, {"text": "a\0"}, {"text": "1", "more": 1}],
    "issue": [
        {},
        {"meter_number": "1"},
        {"meter_number": 99100000001},
        {"meter_number": "9910000000x"},
        {"meter_number": "٩" * 11},
        {"meter_number": "9" * 12},
    ],
    "home-page": [
        {"meter_number": METER},
        {"meter_number": "1", "digest": "0" * 64},
        {"meter_number": METER, "digest": "0" * 63},
        {"meter_number": METER, "digest": "G" * 64},
    ],
    "record": [
        GOOD_ROW | change
        for change in (
            {"section": 0},
            {"section": 5},
            {"section": True},
            {"section": 1.5},
            {"outcome": "taken"},
            {"grade": "good"},
            {"grade": 1},
            {"evidence": "x" * 201},
            {"evidence": "\n"},
            {"attempt": ""},
            {"attempt": "a b"},
            {"key_change_id": "x" * 33},
            {"by": None},
        )
    ],
    "end": [
        GOOD_ENDING | {"meter_number": ""},
        GOOD_ENDING | {"session": None},
        GOOD_ENDING | {"session": GOOD_ENDING["session"] | {"krn": 0}},
        GOOD_ENDING | {"session": GOOD_ENDING["session"] | {"proved": "yes"}},
        GOOD_ENDING | {"session": GOOD_ENDING["session"] | {"code": "a_b"}},
        GOOD_ENDING | {"session": GOOD_ENDING["session"] | {"code": "x" * 17}},
    ],
    "state": [
        GOOD_STATEMENT | {"statement": GOOD_STATEMENT["statement"] | {"reason": ""}},
        GOOD_STATEMENT | {"statement": GOOD_STATEMENT["statement"] | {"by": ""}},
        GOOD_STATEMENT | {"statement": GOOD_STATEMENT["statement"] | {"krn": 10}},
    ],
    "history": [
        {"meter_number": METER, "after": "x", "limit": 1},
        {"meter_number": METER, "after": "", "limit": 0},
        {"meter_number": METER, "after": "", "limit": 1001},
        {"meter_number": METER, "after": "1-99999", "limit": 1},
        {"meter_number": METER, "limit": 1},
    ],
    "make-code": [
        {"name": "", "scope": "kiosk", "units": []},
        {"name": "a b", "scope": "kiosk", "units": []},
        {"name": "a", "scope": "king", "units": []},
        {"name": "a", "scope": "kiosk", "units": "99001"},
        {"name": "a", "scope": "kiosk", "units": [""]},
    ],
    "witness": [
        GOOD_CHECKPOINT | change
        for change in (
            {"origin": "krn-audit/"},
            {"seq": 0},
            {"hash": 64 * "G"},
            {"at": "now"},
            {"signature": ""},
            {"more": 1},
        )
    ],
    "heartbeat": [
        GOOD_HEARTBEAT | change
        for change in (
            {"version": ""},
            {"version": "a b"},
            {"lines": [{"part": "disk", "state": "ok"}]},
            {"lines": [{"part": "99100000001", "state": "ok", "code": ""}]},
            {"lines": [{"part": "disk", "state": "good", "code": ""}]},
            {"lines": [{"part": "disk", "state": "ok", "code": "S*** A***"}]},
            {"lines": [{"part": "disk", "state": "ok", "code": ""}] * 101},
            {"paper": "some"},
            {"last_error": "99100000001"},
            {"uptime": -1},
            {"outbox": {"waiting": 1}},
        )
    ],
    "sign-in": [
        {"name": "a"},
        {"name": "a b", "secret": "271828"},
        {"name": "a", "secret": ""},
        {"name": "a", "secret": "x" * 129},
        {"name": "a", "secret": 271828},
        {"name": "a", "secret": "a\0b"},
    ],
    "enrol": [{"name": "a", "code": "short"}, {"name": "a", "code": "aaaa-aaaa"}, {"name": "a\n", "code": "AAAA-AAAA"}],
    "sync": [
        {"after": "", "limit": 0},
        {"after": "", "limit": 501},
        {"after": "A", "limit": 1},
        {"after": "a" * 129, "limit": 1},
        {"limit": 1},
    ],
    "deliver": [
        {"facts": []},
        {"facts": [GOOD_FACT] * 201},
        *({"facts": [GOOD_FACT, GOOD_FACT | change]} for change in BROKEN_FACTS),
    ],
}
BROKEN_BODIES = (b"", b"{", b"null", b"[]", b"\xff", b'{"a":1,"a":2}', b"[" * 3_000, b'{"text":NaN}', b"<html>")


def test_every_operation_with_a_body_has_its_refused_inputs() -> None:
    assert {operation.id for operation in OPERATIONS if operation.body is not None} == set(WRONG)


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.body is not None], ids=lambda o: o.id)
def test_what_is_not_of_the_shape_is_refused_and_changes_nothing(office: Served, operation: Any) -> None:
    path, _ = EXAMPLES[operation.id]
    token = office.token(min(operation.scopes, key=lambda scope: scope.value)) if operation.scopes else None
    tables = ("key_changes", "outcomes", "endings", "statements", "requests")
    before = [office.demo.count(table) for table in tables]
    for body in (*WRONG[operation.id], *BROKEN_BODIES):
        refused(office.ask(operation.method, path, body, token), 422, "NET-08")
    refused(office.ask(operation.method, path, b"x" * (operation.most_bytes + 1), token), 413, "NET-08")
    refused(office.ask(operation.method, path, b"{}", token, {"Content-Type": "text/plain"}), 415, "NET-08")
    if "{uuid}" in operation.path:
        refused(office.ask(operation.method, path.replace(UUID, "1"), b"{}", token), 422, "NET-08")
    assert [office.demo.count(table) for table in tables] == before


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=1&limit=2", "after=a%20b", "more=1", f"limit={'9' * 50}"]
)
def test_parameters_that_are_none_are_refused(office: Served, query: str) -> None:
    refused(office.ask("GET", f"/v1/callers?{query}", token=office.token(Scope.ADMIN)), 422, "NET-08")


def test_a_statement_that_only_looks_like_one_is_refused_by_the_office(office: Served) -> None:
    said = GOOD_STATEMENT | {"meter_number": due(office)}
    for reason in (" ", "\u202e"):
        body = said | {"statement": said["statement"] | {"reason": reason}}
        refused(office.ask("PUT", f"/v1/statements/{UUID}", body, office.token()), 409, "OFF-07")


def test_the_frameworks_own_refusals_are_problems_too(office: Served) -> None:
    refused(office.ask("GET", "/nowhere"), 404, "NET-09")
    refused(office.ask("GET", "/v1/find/"), 404, "NET-09")
    answer = office.ask("GET", "/v1/find")
    refused(answer, 405, "NET-09")
    assert answer.headers["Allow"] == "POST"
    assert office.ask("PUT", "/v1/sessions").headers["Allow"] == "DELETE, POST"
    refused(office.ask("POST", "/openapi.json"), 405, "NET-09")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RegisterBusy("busy"), 503, "REG-06"),
        (RegisterUnreachable("gone"), 503, "REG-09"),
        (SourceDown("no answer"), 503, "SRC-01"),
        (AnswerLost("lost"), 503, "SRC-09"),
        (SourceRefused("not this meter"), 409, "SRC-05"),
        (RegisterDamaged("damaged"), 500, "REG-02"),
        (ZeroDivisionError(f"of meter {METER}"), 500, "NET-10"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_breaks_behind_it_is_a_problem_and_quotes_nothing(
    office: Served, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    def breaks(*_: Any) -> None:
        raise error

    monkeypatch.setattr(type(office.demo.office), "progress", breaks)
    answer = office.ask("GET", "/v1/progress", token=office.token(Scope.REPORT))
    refused(answer, status, code)
    assert METER not in answer.text + office.said.getvalue()
    assert ("Retry-After" in answer.headers) == (status == 503)
    if not isinstance(error, KrnError):
        failed = next(line for line in office.events if line["event"] == "failed")
        assert (failed["kind"], failed["operation"]) == ("ZeroDivisionError", "progress")


# --- health, metrics, log


def test_it_lives_and_is_ready(office: Served) -> None:
    assert office.ask("GET", "/healthz").json() == {"alive": True}
    answer = office.ask("GET", "/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] == ["database", "migration", "rows", "disk"]
    assert [source["state"] for source in answer.json()["sources"]] == ["ready", "ready"]


def test_what_is_missing_is_told(office: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "krn_engine.office.server.service"
    full = type("usage", (), {"free": ROOM - 1})
    monkeypatch.setattr(f"{module}.shutil.disk_usage", lambda _path: full)
    monkeypatch.setattr(f"{module}.SCHEMA", "9999")
    answer = office.ask("GET", "/readyz")
    assert refused(answer, 503, "NET-11").endswith(
        "migration (REG-03), disk (REG-05); sources: vault ready, ready-made ready"
    )
    assert office.ask("GET", "/healthz").status_code == 200


def test_metrics_are_for_reports_and_count_every_answer(office: Served) -> None:
    refused(office.ask("GET", "/metrics"), 401, "NET-05")
    refused(office.ask("GET", "/metrics", token=office.token()), 403, "NET-06")
    for _ in range(3):
        office.ask("GET", "/v1/ping", token=office.token())
    text = office.ask("GET", "/metrics", token=office.token(Scope.REPORT)).text
    assert 'krn_requests_total{operation="ping",status="204"} 3.0' in text
    assert 'krn_refusals_total{code="NET-06"} 1.0' in text
    assert 'krn_request_seconds_count{operation="ping"} 3.0' in text


def test_the_log_follows_a_meter_and_names_nobody(office: Served) -> None:
    token, customer = office.token(), office.demo.first(DemoCase.FOUR_ROWS)
    office.ask("POST", "/v1/find", {"text": customer.idpel}, token)
    issued = office.ask("PUT", f"/v1/issues/{UUID}", {"meter_number": customer.meter_number}, token).json()
    body = {"meter_number": customer.meter_number, "after": "", "limit": 1}
    office.ask("POST", "/v1/history", body, token)
    office.ask("POST", "/v1/enrolments", {"name": "kiosk-7", "code": "ABCD-2345"})
    metrics = office.ask("GET", "/metrics", token=office.token(Scope.REPORT)).text
    seen = [line for line in office.events if line["event"] == "asked"]
    assert [line["operation"] for line in seen] == ["find", "issue", "history", "enrol"]
    assert seen[1]["meter"] == seen[2]["meter"] == office.service.log.hashed(customer.meter_number)
    assert seen[0]["caller"] == "a-kiosk"
    rows = [row for change in issued["changes"] for row in change["rows"]]
    secrets = [customer.idpel, customer.meter_number, *customer.name.split(), *rows, token, "ABCD-2345", UUID]
    assert len(rows) == 4
    for secret in secrets:
        assert secret not in office.said.getvalue() + metrics, secret
    assert re.search(r"\d{11}", re.sub(r'"(at|ms|meter)": ?[^,}]+', "", office.said.getvalue())) is None


# --- the audit


def test_an_entry_names_the_caller_who_asked(office: Served) -> None:
    meter = due(office)
    issued = office.ask("PUT", f"/v1/issues/{UUID}", {"meter_number": meter}, office.token(Scope.KIOSK, "kiosk-7"))
    assert issued.status_code == 200
    ended = asked.END.write(asked.End(meter, SessionEnding("upgraded", "", 3, Grade.REGISTER, True, "kiosk")))
    with_units = office.token(Scope.OFFICER, "officer-1", "99001")
    assert office.ask("PUT", f"/v1/endings/{UUID}", ended, with_units).status_code == 204
    told = [(entry["event"], entry["actor"]) for entry in bodies(office.demo.register)]
    assert [one for one in told if one[0] in ("issued", "ended")] == [("issued", "kiosk-7"), ("ended", "officer-1")]


def test_a_caller_keeps_a_checkpoint_and_is_told_if_the_audit_is_another_one(office: Served) -> None:
    token = office.token(Scope.KIOSK, "kiosk-7")
    refused(office.ask("GET", "/v1/checkpoint", token=token), 404, "AUD-06")
    Keeper(office.demo.register, SigningKey("11" * 32), lambda: DEMO_DAY).sign_now()
    kept = office.ask("GET", "/v1/checkpoint", token=token).json()
    office.demo.office.issue(due(office), "r1")
    bodies(office.demo.register)
    assert office.ask("PUT", "/v1/witness", kept, token).status_code == 204
    with Database.of_callers(office.demo.url) as access, access.read() as connection:
        assert list(all_witnesses(connection)) == [("kiosk-7", kept["seq"], kept["hash"])]
    refused(office.ask("PUT", "/v1/witness", kept | {"hash": 64 * "0"}, token), 409, "AUD-05")
    refused(office.ask("PUT", "/v1/witness", kept | {"seq": 99}, token), 409, "AUD-05")
    assert [line["caller"] for line in office.events if line["event"] == "witness-differs"] == ["kiosk-7"] * 2
    with Database.of_callers(office.demo.url) as access, access.read() as connection:
        assert [seq for _, seq, _ in all_witnesses(connection)] == [kept["seq"]]
        assert [(found.name, found.seq) for found in all_differing(connection)] == [
            ("kiosk-7", kept["seq"]),
            ("kiosk-7", 99),
        ]
    with Database.of_callers(office.demo.url) as access, access.write() as connection:
        accept_all(connection, DEMO_DAY)
    # Somebody has answered for that one: the kiosk goes on from what is there now.
    assert office.ask("PUT", "/v1/witness", kept | {"seq": 99}, token).status_code == 204
    refused(office.ask("PUT", "/v1/witness", kept | {"seq": 98}, token), 409, "AUD-05")
    with Database.of_callers(office.demo.url) as access, access.read() as connection:
        assert [seq for _, seq, _ in all_witnesses(connection)] == [kept["seq"]]
