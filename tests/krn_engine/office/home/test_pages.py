"""What a telephone is told, what it may tell, and what becomes of it: claims, once each; and hostile ones."""

import json
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from krn_engine.demo import DemoCase
from krn_engine.office import guide
from krn_engine.office.access.capabilities import new_secret
from krn_engine.office.contract import Attempt, Due, Ended, Found, Grade, RowOutcome
from krn_engine.office.guide import AT_HOME, VISIT_ASKED
from krn_engine.office.home.pages import MOST_TOLD, PLACE
from krn_engine.office.home.site import PER_MINUTE
from krn_engine.office.home.told import ROWS, SAID, VISIT
from krn_engine.office.net_errors import WireBroken
from krn_engine.office.server.service import STRANGERS
from krn_engine.office.wire.shapes import Shape
from krn_engine.office.wire.text import from_bytes, to_bytes
from krn_engine.register.audit.entries import AuditEvent
from tests.krn_engine.office.home.conftest import Clock
from tests.support.audit import bodies
from tests.support.home import Home, home_on, prove
from tests.support.office import Demo

MET = "mengintip"
TRIES = 300
"""All 10,000 that somebody may try take a minute and find as little."""


def said(*things: dict[str, Any]) -> dict[str, Any]:
    return {"said": list(things)}


def went_in(row: int, name: str | None = None) -> dict[str, Any]:
    return {"kind": "in", "id": name or str(uuid.uuid4()), "row": row}


def not_in(row: int, shown: str = "salah") -> dict[str, Any]:
    return {"kind": "not-in", "id": str(uuid.uuid4()), "row": row, "shown": shown}


def krn(shown: int) -> dict[str, Any]:
    return {"kind": "krn", "id": str(uuid.uuid4()), "krn": shown}


def ok(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def claims(home: Home, meter: str) -> list[tuple[int, str]]:
    """Of which rows somebody says that they are in: KRN and section, oldest first."""
    found = [entry for entry in home.office.history(meter) if isinstance(entry, Attempt)]
    assert {(entry.grade, entry.outcome, entry.place) for entry in found} <= {
        (Grade.CUSTOMER, RowOutcome.ACCEPTED, PLACE)
    }
    return [(entry.section, f"{entry.old_krn}-{entry.new_krn}") for entry in reversed(found)]


def endings(home: Home, meter: str) -> list[tuple[str, str, int | None]]:
    found = [entry.session for entry in home.office.history(meter) if isinstance(entry, Ended)]
    assert {(ending.grade, ending.proved, ending.place) for ending in found} <= {(Grade.CUSTOMER, False, PLACE)}
    return [(ending.ending, ending.code, ending.krn) for ending in reversed(found)]


@pytest.mark.parametrize("case", [DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.READY_MADE])
def test_the_telephone_gets_the_rows_of_the_slip_and_the_tables_of_guidance(home: Home, case: DemoCase) -> None:
    issued, secret = home.give(case)
    document = ok(home.tell("rows", secret))
    rows = ROWS.read(document)
    assert (rows.rows, rows.first, rows.pairs) == (issued.rows, issued.first, issued.pairs)
    assert rows.minutes == issued.minutes_for_a_change
    for done in range(issued.first - 1, issued.pairs[-1][1] + 1):
        assert rows.begins[done - issued.first + 1] == guide.begins_after(issued, done)
    for means in rows.krns:
        read = guide.read_krn(issued, means.krn)
        assert (means.meaning, means.done) == (read.meaning, read.done)
    # Neither whose it is, nor where.
    found = home.office.find(issued.meter_number)
    assert isinstance(found, Found)
    for private in (found.customer.masked_name, found.customer.idpel, home.demo.first(case).idpel):
        assert private not in json.dumps(document)


def test_what_went_in_is_a_claim_and_leads_on(home: Home) -> None:
    issued, secret = home.give()
    assert ok(home.tell("said", secret, said(went_in(1))))["known"] == 0
    assert ok(home.tell("said", secret, said(went_in(2))))["known"] == 2
    assert claims(home, issued.meter_number) == [(1, "1-2"), (2, "1-2")]
    # It closes nothing.
    found = home.office.find(issued.meter_number)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)
    assert (found.standing.rows, found.standing.partly_claimed) == (4, True)


def test_the_same_told_twice_is_told_once(home: Home) -> None:
    issued, secret = home.give()
    told = said(went_in(2), not_in(3), krn(1))
    visit = {"id": str(uuid.uuid4()), "reason": "periksa"}
    entries = 0
    for again in range(3):
        ok(home.tell("said", secret, told))
        ok(home.tell("visit", secret, visit))
        entries = entries or len(bodies(home.demo.register))
        assert len(bodies(home.demo.register)) == entries, again
    assert claims(home, issued.meter_number) == [(1, "1-2"), (2, "1-2")]
    assert endings(home, issued.meter_number) == [
        (AT_HOME, "SALAH 3", None),
        (AT_HOME, "04 not yet", 1),
        (VISIT_ASKED, "UPG-06", None),
    ]
    told_of = [body for body in bodies(home.demo.register) if body["actor"] == PLACE]
    assert [body["event"] for body in told_of] == ["recorded"] * 2 + ["ended"] * 3


@pytest.mark.parametrize(
    ("shown", "known", "ending"),
    [
        (0, 0, (AT_HOME, "04 other", None)),
        (1, 0, (AT_HOME, "04 not yet", 1)),
        (2, 2, None),
        (3, 4, None),
        (4, 0, (AT_HOME, "04 other", 4)),
    ],
)
def test_the_krn_on_the_display_says_what_is_in(
    home: Home, shown: int, known: int, ending: tuple[str, str, int | None] | None
) -> None:
    issued, secret = home.give()
    assert ok(home.tell("said", secret, said(krn(shown))))["known"] == known
    assert endings(home, issued.meter_number) == ([] if ending is None else [ending])


def test_a_number_with_nothing_to_compare_it_with_says_of_no_row_that_it_is_in(home: Home) -> None:
    """The meter may have refused them all."""
    number = home.demo.first(DemoCase.READY_MADE).meter_number
    with home.demo.register.write() as connection:
        connection.exec_driver_sql(f"UPDATE meters SET krn = NULL WHERE number = '{number}'")
    issued, secret = home.give_to(number)
    assert guide.read_krn(issued, 2).meaning is guide.Meaning.NOTHING_TO_COMPARE
    assert ok(home.tell("said", secret, said(krn(2))))["known"] == issued.first - 1
    assert endings(home, number) == [(AT_HOME, "04 read", 2)]


def test_a_telephone_cannot_prove_a_meter(home: Home) -> None:
    """Whatever it says, the meter stays due, and the page stays open."""
    issued, secret = home.give()
    ok(home.tell("said", secret, said(went_in(4), krn(3))))
    found = home.office.find(issued.meter_number)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)
    assert found.standing.claimed
    assert ok(home.tell("rows", secret))["known"] == 4


def test_what_a_technician_proved_is_not_asked_for_again(home: Home) -> None:
    issued, secret = home.give()
    half = issued.changes[0]
    prove(home, type(issued)(issued.request_id, issued.meter_number, (half,), 10))
    document = ok(home.tell("rows", secret))
    assert (document["rows"], document["known"]) == ([str(row) for row in issued.rows], 2)
    assert ok(home.tell("said", secret, said(went_in(4))))["known"] == 4
    # Of what is proved nobody's word is kept.
    after = [entry for entry in home.office.history(issued.meter_number) if isinstance(entry, Attempt)]
    assert [entry.section for entry in after if entry.grade is Grade.CUSTOMER] == [2, 1]


def test_a_blocked_meter_says_so_and_not_why(home: Home) -> None:
    issued, secret = home.give()
    with home.demo.register.write() as connection:
        connection.exec_driver_sql(f"UPDATE meters SET blocked = '{MET}' WHERE number = '{issued.meter_number}'")
    answer = home.tell("rows", secret)
    assert (answer.status_code, answer.json()["code"]) == (409, "OFF-03")
    assert MET not in answer.text


def test_whoever_has_a_slip_fills_no_history(home: Home, clock: Clock) -> None:
    issued, secret = home.give()
    for _ in range(3):
        ok(home.tell("said", secret, said(*(not_in(row) for row in (1, 2, 3, 4)), krn(1))))
        ok(home.tell("visit", secret, {"id": str(uuid.uuid4()), "reason": "other"}))
    ended = endings(home, issued.meter_number)
    assert len(ended) == 2 * 5 + 1
    ok(home.tell("visit", secret, {"id": str(uuid.uuid4()), "reason": "periksa"}))
    shown = ("gagal", "periksa", "other")
    ok(home.tell("said", secret, said(*(not_in(row, word) for row in (1, 2, 3, 4) for word in shown))))
    assert len(endings(home, issued.meter_number)) == MOST_TOLD
    # A claim is heard all the same, and so is another day.
    assert ok(home.tell("said", secret, said(went_in(2))))["known"] == 2
    clock.turn(timedelta(days=1))
    ok(home.tell("visit", secret, {"id": str(uuid.uuid4()), "reason": "other"}))
    assert endings(home, issued.meter_number)[-1][0] == VISIT_ASKED
    assert len(endings(home, issued.meter_number)) == MOST_TOLD + 1


SOMEBODY = str(uuid.uuid4())
HOSTILE: tuple[tuple[str, bytes | None], ...] = (
    ("rows", None),
    ("rows", b""),
    ("rows", b"[]"),
    ("rows", b'{"meter_number":"99100000001"}'),
    ("said", b"{}"),
    ("said", to_bytes(said())),
    ("said", to_bytes(said(*[went_in(1)] * 51))),
    ("said", to_bytes(said(went_in(0)))),
    ("said", to_bytes(said(went_in(5)))),
    ("said", to_bytes(said(went_in(-1)))),
    ("said", to_bytes(said(went_in(1, "x")))),
    ("said", to_bytes(said(went_in(1, SOMEBODY.upper())))),
    ("said", to_bytes(said(not_in(1, "BENAR")))),
    ("said", to_bytes(said(krn(10)))),
    ("said", to_bytes(said({**went_in(1), "meter_number": "99100000002"}))),
    ("said", to_bytes(said({"kind": "proved", "id": SOMEBODY, "row": 1}))),
    ("said", b'{"said":[{"kind":"in","id":"' + SOMEBODY.encode() + b'","row":1,"row":2}]}'),
    ("visit", to_bytes({"id": SOMEBODY, "reason": "UPG-01"})),
    ("visit", to_bytes({"id": SOMEBODY, "reason": "declined, and my name is"})),
    ("visit", b"\xff\xfe"),
    ("said", b"[" * 5000),
)


def test_what_is_no_word_of_a_customer_is_refused_and_leaves_nothing(home: Home) -> None:
    issued, secret = home.give()
    before = len(bodies(home.demo.register))
    for path, body in HOSTILE:
        answer = home.ask("POST", f"/r/{path}", body, token=secret, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, WireBroken.code), (path, body)
        assert secret not in answer.text
        assert issued.meter_number not in answer.text
    assert len(bodies(home.demo.register)) == before


def test_a_body_that_is_not_called_json_or_too_long_is_not_read(home: Home) -> None:
    _, secret = home.give()
    form = home.ask("POST", "/r/rows", b"{}", token=secret, headers={"Content-Type": "text/plain"})
    assert form.status_code == 422
    assert home.ask("POST", "/r/said", b" " * 9000 + b"{}", token=secret).status_code == 422


SECRETS = (None, "", "x", "a" * 21, "a" * 22, "a" * 23, "a" * 21 + "=", "krn_abc_" + "a" * 43, "\xe9" * 22)


def test_without_a_secret_nobody_is_let_in(home: Home) -> None:
    home.give()
    for path, secret in product(("rows", "said", "visit"), SECRETS):
        answer = home.tell(path, secret)
        assert (answer.status_code, answer.json()["code"]) == (401, "CAP-01"), (path, secret)


def test_a_secret_in_an_address_or_a_cookie_opens_nothing(home: Home) -> None:
    _, secret = home.give()
    for address, other in ((f"/r/rows?secret={secret}", {}), ("/r/rows", {"Cookie": f"secret={secret}"})):
        assert home.ask("POST", address, {}, headers=other).status_code == 401
    assert home.ask("GET", "/r/rows", token=secret).status_code == 405


def test_tokens_of_kiosks_and_secrets_of_pages_are_two_things(home: Home) -> None:
    issued, secret = home.give()
    assert home.tell("rows", home.token()).status_code == 401
    assert home.ask("POST", "/v1/find", {"text": issued.meter_number}, token=secret).status_code == 401


def test_one_secret_tells_of_no_other_meter(home: Home) -> None:
    issued, secret = home.give()
    other, others = home.give(DemoCase.TWO_ROWS, "r2")
    ok(home.tell("said", secret, said(went_in(2))))
    assert claims(home, other.meter_number) == []
    assert ok(home.tell("rows", others))["meter_number"] == other.meter_number != issued.meter_number


NAMES = st.sampled_from(["said", "kind", "id", "row", "krn", "reason"])
JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
)


@settings(max_examples=200)
@given(st.binary(max_size=80) | JSON.map(lambda document: json.dumps(document).encode()))
def test_of_anything_else_only_the_projects_own_error_comes_out(content: bytes) -> None:
    shapes: tuple[Shape[Any], ...] = (SAID, VISIT)
    for shape in shapes:
        with suppress(WireBroken):
            document = from_bytes(content)
            assert shape.write(shape.read(document)) == document


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_of_many_tries_from_one_address_most_are_not_looked_at(home: Home, demo: Demo, tmp_path: Any) -> None:
    """By their count: the first of a minute are answered that nobody knows them, the others to come later."""
    with home_on(demo, tmp_path, strangers=STRANGERS) as limited, requests.Session() as line:
        issued, secret = limited.give()
        codes: dict[int, int] = {}
        began = time.monotonic()
        for _ in range(TRIES):
            answer = line.post(
                f"{limited.url}/r/rows",
                data=b"{}",
                headers={"Authorization": f"Bearer {new_secret()!s}", "Content-Type": "application/json"},
                timeout=30,
            )
            codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
            assert answer.status_code == 401 or int(answer.headers["Retry-After"]) <= 60
        assert codes.keys() == {401, 429}
        minutes = 1 + (time.monotonic() - began) // 60
        assert codes[401] <= (1 + minutes) * STRANGERS
        # Whoever has a secret is not kept out by that.
        assert ok(limited.tell("rows", secret))["meter_number"] == issued.meter_number


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_one_secret_is_asked_with_so_often_and_no_more(home: Home) -> None:
    _, secret = home.give()
    good = 0
    while (status := home.tell("rows", secret).status_code) == 200:
        good += 1
        assert good <= 2 * PER_MINUTE
    assert status == 429
    assert good >= PER_MINUTE


def test_no_secret_row_or_number_is_in_the_log_or_in_an_answer_to_others(home: Home) -> None:
    issued, secret = home.give()
    ok(home.tell("rows", secret))
    ok(home.tell("said", secret, said(went_in(2), not_in(3))))
    ok(home.tell("visit", secret, {"id": SOMEBODY, "reason": "other"}))
    home.tell("rows", str(new_secret()))
    home.tell("said", secret, said(went_in(9)))
    log = home.logged()
    for canary in (secret, issued.meter_number, *map(str, issued.rows)):
        assert canary not in log
    events = [event for event in home.events if event.get("operation", "").startswith("home-")]
    assert {event["operation"] for event in events} == {"home-rows", "home-said", "home-visit"}
    assert {event["caller"] for event in events} == {PLACE}
    assert {event["code"] for event in events if "code" in event} == {"CAP-01", "NET-08"}
    assert AuditEvent.HOME_PAGE_MADE.value in {body["event"] for body in bodies(home.demo.register)}
