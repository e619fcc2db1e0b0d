"""What the officer's page asks of an office: who may, what is given out, and what is put on record once."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from krn_engine.demo import UNIT, DemoCase
from krn_engine.office.audit.verify import verify
from krn_engine.office.contract import Due, Ended, Found, NothingToDo, Statement
from krn_engine.office.door.site import MOST_BYTES
from krn_engine.office.orders.making import request_of
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.text import to_bytes
from krn_engine.register.audit.sealer import seal_now
from tests.support.door import OFFICER, PIN, Door, door_on
from tests.support.office import Demo
from tests.support.orders import open_now

AT = "2026-01-15T01:00:00Z"
Body = dict[str, Any]


@pytest.fixture
def door(demo: Demo, tmp_path: Path) -> Iterator[Door]:
    with door_on(demo, tmp_path) as made:
        yield made


def asked(**other: Any) -> Body:
    return {"id": str(uuid.uuid4()), "unit": "", "limit": 3} | other


def told(listed: Body, number: str, **other: Any) -> Body:
    marks = {line["meter_number"]: line["mark"] for line in listed.get("lines", ())}
    mark = marks.get(number, "A" * 15)
    nothing: Body = {"done": None, "refused": None, "seen": None, "reason": None, "krn": None, "photo": None}
    return (
        {"id": str(uuid.uuid4()), "list": listed["id"], "mark": mark, "meter_number": number, "at": AT}
        | nothing
        | other
    )


def standing(demo: Demo, number: str) -> object:
    found = demo.office.find(number)
    assert isinstance(found, Found)
    return found.standing


def test_an_officer_gets_orders_and_what_they_tell_is_on_record_once(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    ask = asked()
    listed = door.ask("orders", ask, token).json()
    assert (listed["officer"], listed["unit"], len(listed["lines"])) == (OFFICER, UNIT, 3)
    line = next(line for line in listed["lines"] if line["meter_number"] == number)
    assert line["rows"] == [str(row) for row in demo.office.issue(number, "r").rows]
    assert {(one["krn"], one["meaning"]) for one in line["krns"]} > {(3, "right"), (4, "other")}
    with demo.register.read() as connection:
        requests = connection.exec_driver_sql("SELECT request_id FROM requests").scalars().all()
    assert request_of(listed["id"], number) in requests
    # A lost answer is asked for again: the same list, and nothing is issued twice.
    before = demo.count("requests")
    assert door.ask("orders", ask, token).json()["id"] == listed["id"]
    assert demo.count("requests") == before
    all_told = {"told": [told(listed, number, done=99, krn=3, photo="ab" * 32)]}
    assert door.ask("results", all_told, token).json()["became"] == [
        {"id": all_told["told"][0]["id"], "fate": "taken", "code": ""}
    ]
    assert isinstance(standing(demo, number), NothingToDo)
    facts = demo.count("outcomes"), demo.count("endings")
    door.ask("results", all_told, token)
    assert (demo.count("outcomes"), demo.count("endings")) == facts
    with demo.register.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM audit").scalars().all()
    assert any('"actor":"sari"' in body and '"photos":["abab' in body for body in bodies)
    seal_now(demo.register)
    with demo.register.read() as connection:
        assert not verify(connection).faults


def test_a_result_of_a_meter_that_was_proved_meanwhile_changes_nothing(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    one, two = (door.ask("orders", asked(), token).json() for _ in range(2))
    door.ask("results", {"told": [told(one, number, done=99, krn=3)]}, token)
    answer = door.ask("results", {"told": [told(two, number, reason="nobody-home")]}, token).json()
    assert answer["became"][0]["fate"] == "known"
    assert isinstance(standing(demo, number), NothingToDo)


def test_a_correction_of_a_proved_meter_is_kept_with_what_04_showed(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    door.ask("results", {"told": [told(listed, number, done=99)]}, token)
    corrected = {"told": [told(listed, number, refused=1, seen="gagal", krn=1)]}
    for _ in range(2):
        assert door.ask("results", corrected, token).json()["became"][0]["fate"] == "conflict"
    kept = [entry.session for entry in demo.office.history(number) if isinstance(entry, Ended)]
    assert [(one.code, one.krn) for one in kept] == [("UPG-01", 1), ("", None)]
    assert isinstance(standing(demo, number), NothingToDo)
    with demo.register.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM audit").scalars().all()
    assert any('"as":"against-proof"' in body and '"krn":1' in body for body in bodies)


def test_a_repeat_after_the_office_has_reopened_a_meter_counts(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    one = {"told": [told(listed, number, done=99, krn=3)]}
    door.ask("results", one, token)
    demo.office.state(number, Statement(1, "it shows 1", "the office", "counter"))
    # A delivery that comes again is the old one; what is told again is new.
    door.ask("results", one, token)
    assert isinstance(standing(demo, number), Due)
    door.ask("results", {"told": [told(listed, number, done=99, krn=3)]}, token)
    assert isinstance(standing(demo, number), NothingToDo)


def test_a_reason_makes_an_order_that_says_so(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    door.ask("results", {"told": [told(listed, number, reason="nobody-home")]}, token)
    assert open_now(demo)[number].code == "UPG-11"
    assert isinstance(standing(demo, number), Due)


def test_what_cannot_be_is_refused_alone(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    answer = door.ask(
        "results",
        {
            "told": [
                told(listed, number, done=7),
                told(listed, "99999999999", reason="other"),
                told(listed | {"id": "L" + "A" * 16}, number, done=99),
                told(listed, number, done=2, krn=2),
            ]
        },
        token,
    ).json()["became"]
    assert [(one["fate"], one["code"]) for one in answer] == [
        ("refused", "ORD-06"),
        ("refused", "ORD-05"),
        ("refused", "ORD-05"),
        ("taken", ""),
    ]
    assert isinstance(now := standing(demo, number), Due)
    assert now.rows == 2


def test_another_officer_and_a_made_up_list_tell_nothing(door: Door, demo: Demo) -> None:
    """Also where the list has no codes: its mark is of this officer, this list and this meter."""
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    with door.office.people() as people:
        people.add("budi", Scope.OFFICER, [UNIT], PIN)
    other = next(line["mark"] for line in listed["lines"] if line["meter_number"] != number)
    one = told(listed, number, reason="declined", krn=3)
    before = demo.count("endings")
    for body, who in (
        (one, door.token("budi")),
        (one | {"list": "L" + "A" * 16}, token),
        (one | {"mark": other}, token),
    ):
        (became,) = door.ask("results", {"told": [body]}, who).json()["became"]
        assert (became["fate"], became["code"]) == ("refused", "ORD-05")
    assert demo.count("endings") == before


def test_a_telephone_whose_clock_is_ahead_says_nothing_in_the_future(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    one = told(listed, number, done=99) | {"at": "2031-01-01T00:00:00Z"}
    assert door.ask("results", {"told": [one]}, token).json()["became"][0]["fate"] == "taken"
    with demo.register.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM audit").scalars().all()
    assert not any("2031" in body for body in bodies)


def test_other_units_are_nobodys_here(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    assert door.ask("orders", asked(unit="13101"), token).json()["code"] == "NET-06"
    with demo.register.write() as connection:
        connection.exec_driver_sql("UPDATE customers SET unit = '13101'")
    assert door.ask("orders", asked(), token).json()["code"] == "ORD-08"
    with door.office.people() as people:
        people.add("budi", Scope.OFFICER, ["99002"], PIN)
    answer = door.ask("results", {"told": [told(listed, number, done=99)]}, door.token("budi")).json()
    assert answer["became"][0]["code"] == "ORD-05"
    assert isinstance(standing(demo, number), Due)


def test_only_officers_who_signed_in_are_let_in(door: Door) -> None:
    assert door.ask("orders", asked(), None).status_code == 401
    assert door.ask("orders", asked(), "krs_000000000000_" + "A" * 43).json()["code"] == "NET-22"
    for scope in Scope:
        assert door.ask("orders", asked(), door.office.token(scope)).json()["code"] == "NET-06"
    with door.office.people() as people:
        people.add("rini", Scope.REPORT, [], "a long password")
    assert door.ask("orders", asked(), door.token("rini", "a long password")).json()["code"] == "NET-06"


BROKEN: dict[str, object] = {
    "no body": None,
    "no JSON": b"{",
    "a list": [],
    "another field": asked(more=1),
    "no name": {"unit": "", "limit": 1},
    "no UUID": asked(id="x"),
    "too many": asked(limit=101),
    "none": asked(limit=0),
    "a unit beyond measure": asked(unit="x" * 17),
    "half a character": asked(unit="\ud800"),
    "NUL": asked(unit="\0"),
}


def test_what_is_no_question_is_refused_in_words(door: Door, demo: Demo) -> None:
    before, token = demo.count("audit"), door.token()
    answers = {name: door.ask("orders", body, token) for name, body in BROKEN.items()}
    assert {name: (answer.status_code, answer.json()["code"]) for name, answer in answers.items()} == dict.fromkeys(
        BROKEN, (422, "NET-08")
    )
    assert demo.count("audit") == before


RESULTS: dict[str, Body] = {
    "nothing": {"told": []},
    "more than fit": {"told": [{}] * 51},
    "a KRN that no meter has": {"krn": 10},
    "a reason that is none": {"reason": "menolak"},
    "a word that is none": {"seen": "benar"},
    "a list that is none": {"list": "L1"},
    "a number that is none": {"meter_number": "9910000000x"},
    "a day that is none": {"at": "kemarin"},
    "a photograph": {"photo": "data:image/jpeg;base64,AAAA"},
}


def test_what_is_no_result_is_refused_in_words(door: Door, demo: Demo) -> None:
    before, token = demo.count("audit"), door.token()
    whole = told({"id": "L" + "A" * 16}, "99100000001")
    for name, edit in RESULTS.items():
        body = edit if "told" in edit else {"told": [whole | edit]}
        answer = door.ask("results", body, token)
        assert (answer.status_code, answer.json()["code"]) == (422, "NET-08"), name
    assert demo.count("audit") == before


def test_a_body_that_is_not_called_json_or_beyond_measure_is_refused(door: Door) -> None:
    answer = door.office.ask("POST", "/door/results", b'"' + b"x" * MOST_BYTES + b'"', door.token())
    assert (answer.status_code, answer.json()["code"]) == (422, "NET-08")
    answer = door.office.ask("POST", "/door/orders", to_bytes(asked()), door.token(), {"Content-Type": "text/plain"})
    assert answer.json()["code"] == "NET-08"


def test_nothing_of_a_customer_is_in_the_log_or_in_an_address(door: Door, demo: Demo) -> None:
    number, token = demo.first(DemoCase.FOUR_ROWS).meter_number, door.token()
    listed = door.ask("orders", asked(), token).json()
    door.ask("results", {"told": [told(listed, number, done=99, krn=3), told(listed, number, done=7)]}, token)
    log = json.dumps(door.office.events)
    assert '"operation": "door-orders"' in log
    assert '"operation": "door-results"' in log
    line = next(line for line in listed["lines"] if line["meter_number"] == number)
    for secret in (number, line["masked_name"], OFFICER, token, listed["id"], *line["rows"]):
        assert secret not in log
    assert not [entry for entry in demo.office.history(number) if isinstance(entry, Ended) and "99100" in str(entry)]
