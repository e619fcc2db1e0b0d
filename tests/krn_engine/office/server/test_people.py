"""People sign in at the service, and what they say is on record as theirs."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from krn_engine.demo import DemoCase
from krn_engine.office.contract import (
    Attempt,
    Ended,
    Grade,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Stated,
    Statement,
)
from krn_engine.office.wire import asked, values
from krn_engine.office.wire.asked import PROBLEM, Scope, outcome_name
from krn_engine.office.wire.people import SIGNED_IN
from tests.support.office import Demo
from tests.support.service import Served, served

pytestmark = pytest.mark.slow
PIN, PASSWORD = "271828", "correct horse battery"


def signed_in(office: Served, name: str = "sari", scope: Scope = Scope.OFFICER, *units: str) -> str:
    secret = PIN if scope is Scope.OFFICER else PASSWORD
    with office.people() as people:
        people.add(name, scope, units, secret)
    return str(SIGNED_IN.read(sign_in(office, name, secret).json()).token)


def sign_in(office: Served, name: str, secret: str) -> Any:
    return office.ask("POST", "/v1/sessions", {"name": name, "secret": secret})


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, PROBLEM.read(answer.json()).code


def test_a_person_signs_in_asks_and_signs_out(office: Served) -> None:
    token = signed_in(office)
    number = office.demo.first(DemoCase.FOUR_ROWS).idpel
    assert office.ask("POST", "/v1/find", {"text": number}, token).json()["kind"] == "found"
    assert code(office.ask("GET", "/v1/callers", token=token)) == (403, "NET-06")
    assert office.ask("DELETE", "/v1/sessions", token=token).status_code == 204
    answer = office.ask("POST", "/v1/find", {"text": number}, token)
    assert code(answer) == (401, "NET-22")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_person_sees_their_units_and_reaches_as_far_as_their_scope(office: Served) -> None:
    number = office.demo.first(DemoCase.FOUR_ROWS).idpel
    elsewhere = signed_in(office, "budi", Scope.OFFICER, "51101")
    assert office.ask("POST", "/v1/find", {"text": number}, elsewhere).json()["kind"] == "not-found"
    admin = signed_in(office, "rini", Scope.ADMIN)
    assert office.ask("GET", "/v1/callers", token=admin).status_code == 200


def test_wrong_secrets_and_unknown_names_are_told_alike_and_locked(office: Served) -> None:
    signed_in(office)
    office.ask("POST", "/v1/sessions", {"name": "sari", "secret": PIN})
    told = {sign_in(office, name, "000111").text for name in ("sari", "nobody")}
    assert len(told) == 1
    for _ in range(3):
        assert code(sign_in(office, "sari", "000111")) == (403, "NET-20")
    locked = sign_in(office, "sari", PIN)
    assert code(locked) == (429, "NET-21")
    # The lock began with the last wrong try.
    assert 880 <= int(locked.headers["Retry-After"]) <= 900


def test_a_person_has_no_next_token_and_a_kiosk_does_not_sign_out(office: Served) -> None:
    """Numbers of people and of kiosks are the same ones: neither may have the other's token exchanged."""
    kiosk, person = office.token(), signed_in(office)
    assert code(office.ask("POST", "/v1/token", token=person)) == (403, "NET-06")
    assert code(office.ask("DELETE", "/v1/sessions", token=kiosk)) == (403, "NET-06")
    for token in (kiosk, person):
        assert office.ask("GET", "/v1/ping", token=token).status_code == 204


def test_what_a_person_says_is_theirs_whatever_the_request_says(office: Served) -> None:
    meter = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = office.demo.office.issue(meter, "r")
    seen = SessionEnding("not-proved", "UPG-09", None, None, False, "counter 3")
    row = RowRecord(
        issued.changes[0].id, 1, RowOutcome.ACCEPTED, "BENAR", "somebody", "counter 3", "a1", Grade.TECHNICIAN
    )
    said = Statement.said(2, "seen", "somebody else", "counter 3")

    def tells(token: str) -> None:
        for path, body in (
            (f"/v1/outcomes/{outcome_name(row)}", values.ROW_RECORD.write(row)),
            (f"/v1/endings/{uuid.uuid4()}", asked.END.write(asked.End(meter, seen))),
            (f"/v1/statements/{uuid.uuid4()}", asked.STATE.write(asked.State(meter, said))),
        ):
            assert office.ask("PUT", path, body, token).status_code == 204

    tells(signed_in(office))
    kept = {type(entry): entry for entry in office.demo.office.history(meter)}
    attempt, ended, stated = kept[Attempt], kept[Ended], kept[Stated]
    assert isinstance(attempt, Attempt)
    assert isinstance(ended, Ended)
    assert isinstance(stated, Stated)
    assert (attempt.by, ended.session.place, stated.statement.by) == ("sari", "sari: counter 3", "sari")
    assert {attempt.place, stated.statement.place} == {"sari: counter 3"}
    # A kiosk says who it was itself.
    said = Statement.said(3, "seen", "somebody else", "counter 3")
    tells(office.token())
    history = office.demo.office.history(meter)
    assert {entry.statement.by for entry in history if isinstance(entry, Stated)} == {"sari", "somebody else"}
    assert {entry.session.place for entry in history if isinstance(entry, Ended)} == {
        "sari: counter 3",
        "a-kiosk: counter 3",
    }


def test_the_log_names_no_person_and_no_secret(office: Served) -> None:
    token = signed_in(office)
    sign_in(office, "sari", "000111")
    sign_in(office, "some-body", "rahasia besar")
    office.ask("GET", "/v1/ping", token=token)
    office.ask("DELETE", "/v1/sessions", token=token)
    text = office.logged()
    for secret in ("sari", "some-body", PIN, "000111", "rahasia", token, token.split("_", 2)[2]):
        assert secret not in text
    events = [(line["event"], line.get("caller")) for line in office.events if line["event"] != "asked"]
    who = office.service.log.person("sari")
    assert [event for event in events if event[1] == who] == [
        ("signed-in", who),
        ("sign-in-refused", who),
        ("signed-out", who),
    ]
    assert {line.get("caller") for line in office.events if line.get("operation") == "ping"} == {who}


def test_a_person_who_is_removed_is_out_at_the_next_request(office: Served) -> None:
    token = signed_in(office)
    with office.people() as people:
        people.remove("sari")
    assert code(office.ask("GET", "/v1/ping", token=token)) == (401, "NET-22")
    assert code(sign_in(office, "sari", PIN)) == (403, "NET-20")


def test_who_tries_tokens_of_sessions_is_counted_as_a_stranger(demo: Demo, tmp_path: Path) -> None:
    with served(demo, tmp_path, strangers=3) as office:
        codes = [office.ask("GET", "/v1/ping", token=f"krs_{0:012}_{'A' * 43}").json()["code"] for _ in range(8)]
    assert set(codes) == {"NET-22", "NET-07"}
