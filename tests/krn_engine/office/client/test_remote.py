"""An office across the network is the office: the same values, the same refusals, and everything once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from krn_engine.demo import DemoCase
from krn_engine.errors import KrnError
from krn_engine.office.client.remote import RemoteOffice, enrol
from krn_engine.office.client.way import Way
from krn_engine.office.contract import (
    Due,
    Ended,
    Found,
    Grade,
    Office,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Stated,
    Statement,
)
from krn_engine.office.errors import MeterUnknown, OutcomeRefused, StatementRefused
from krn_engine.office.net_errors import (
    AnswerBroken,
    CallerUnknown,
    EnrolmentRefused,
    NotAllowed,
    TooManyRequests,
    WireBroken,
)
from krn_engine.office.wire.asked import Scope
from krn_engine.register.errors import RegisterBusy
from tests.support.ids import malformed_ids
from tests.support.office import Demo
from tests.support.service import Served, served

ENDING = SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk 1")


def answer(ask: Callable[[], Any]) -> Any:
    """What it gives, or the refusal as its kind and its words."""
    try:
        return ask()
    except (KrnError, ValueError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("case", DemoCase)
def test_it_answers_as_the_office_at_hand_does(remote: RemoteOffice, demo: Demo, case: DemoCase) -> None:
    customer, local = demo.first(case), demo.office
    for text in (f"# {customer.idpel}", customer.meter_number):
        assert remote.find(text) == local.find(text)
    for number, request in ((customer.meter_number, "r"), (customer.meter_number, "0" * 32), ("0" * 11, "r2")):
        here, there = (answer(lambda o=o: o.issue(number, request)) for o in offices(local, remote))  # type: ignore[misc]  # noqa: B023
        # The office knows a request by its UUID; who asked, by the name that it gave.
        assert here == there
    for number in (customer.meter_number, "0" * 11, "x"):
        assert remote.history(number) == local.history(number)
    assert remote.progress() == local.progress()
    remote.ping()


def offices(*both: Office) -> tuple[Office, ...]:
    return both


def test_ids_that_are_none_are_told_without_asking(demo: Demo) -> None:
    nobody = RemoteOffice(Way("http://127.0.0.1:9"), lambda: "")
    for text in malformed_ids(50):
        assert nobody.find(text) == demo.office.find(text)


REFUSED: dict[str, Callable[[Office, str, str], Any]] = {
    "a meter that is not there": lambda o, _meter, _change: o.end("00000000000", ENDING),
    "a meter number that is none": lambda o, _meter, _change: o.issue("1", "r"),
    "a statement without a reason": lambda o, meter, _change: o.state(meter, Statement(2, " ", "Contoh", "counter")),
    "a statement by nobody": lambda o, meter, _change: o.state(meter, Statement(2, "seen", "", "counter")),
    "a KRN that is none": lambda o, meter, _change: o.state(meter, Statement(10, "seen", "Contoh", "counter")),
    "a request id that is none": lambda o, meter, _change: o.issue(meter, ""),
    "a request id that is too long": lambda o, meter, _change: o.issue(meter, "x" * 65),
    "a row never issued": lambda o, _meter, _change: o.record(row("none")),
    "a section that is none": lambda o, _meter, change: o.record(row(change, section=5)),
    "a row of no name": lambda o, _meter, _change: o.record(row("")),
    "a row taken by no evidence": lambda o, _meter, change: o.record(row(change, grade=None)),
}


def row(change: str, **other: Any) -> RowRecord:
    made = RowRecord(change, 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk 1", "a1", Grade.SENSOR)
    return replace(made, **other)


@pytest.mark.parametrize("what", REFUSED)
def test_it_refuses_as_the_office_at_hand_does(remote: RemoteOffice, demo: Demo, what: str) -> None:
    meter = demo.first(DemoCase.FOUR_ROWS).meter_number
    change = demo.office.issue(meter, "first").changes[0].id
    here, there = (answer(lambda o=o: REFUSED[what](o, meter, change)) for o in offices(demo.office, remote))  # type: ignore[misc]
    assert here == there
    assert isinstance(here, tuple)


def test_a_whole_upgrade(remote: RemoteOffice, demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = remote.issue(customer.meter_number, "r")
    assert issued == demo.office.issue(customer.meter_number, "r")
    for number, change in enumerate(issued.changes):
        for section in (1, 2):
            started = row(
                change.id, section=section, attempt=f"{number}-{section}", outcome=RowOutcome.STARTED, grade=None
            )
            remote.record(started)
            remote.record(replace(started, outcome=RowOutcome.ACCEPTED, grade=Grade.SENSOR))
    remote.end(customer.meter_number, SessionEnding("upgraded", "", 3, Grade.REGISTER, True, "kiosk 1"))
    found = remote.find(customer.idpel)
    assert isinstance(found, Found)
    assert found.krn == 3
    assert found == demo.office.find(customer.idpel)
    assert len(remote.history(customer.meter_number)) == 5


def test_what_is_sent_again_is_kept_once(remote: RemoteOffice, demo: Demo) -> None:
    meter = demo.first(DemoCase.FOUR_ROWS).meter_number
    change = remote.issue(meter, "r").changes[0].id
    before = demo.count("outcomes")
    for _ in range(3):
        remote.record(row(change))
        remote.end(meter, ENDING, "00000000-0000-4000-8000-000000000001")
        remote.state(meter, Statement.said(2, "seen", "Contoh", "counter"), "00000000-0000-4000-8000-000000000002")
    counted = (demo.count("outcomes") - before, demo.count("endings"), demo.count("statements"))
    assert counted == (1, 1, 1)
    # Two facts that are alike are two.
    remote.end(meter, ENDING)
    remote.end(meter, ENDING)
    assert demo.count("endings") == 3


def test_what_is_too_long_or_on_two_lines_is_kept_as_it_fits(remote: RemoteOffice, demo: Demo) -> None:
    meter = demo.first(DemoCase.FOUR_ROWS).meter_number
    change = remote.issue(meter, "r").changes[0].id
    remote.record(row(change, evidence="BENAR\n\x00\ud800" + "x" * 300, by="y" * 100, place="\t"))
    remote.end(meter, replace(ENDING, place="z" * 100))
    remote.state(meter, Statement(2, "r" * 300, "b" * 100, "p" * 100))
    kept = remote.history(meter)
    assert {type(entry) for entry in kept} >= {Ended, Stated}
    for entry in kept:
        if isinstance(entry, Stated):
            assert entry.statement == Statement(2, "r" * 200, "b" * 64, "a-kiosk: " + "p" * 55)


def test_a_kiosk_of_other_units_sees_nothing(service: Served) -> None:
    customer = service.demo.first(DemoCase.FOUR_ROWS)
    token = service.token(Scope.KIOSK, "elsewhere", "51101")
    office = RemoteOffice(Way(service.url), lambda: token)
    with pytest.raises(MeterUnknown):
        office.issue(customer.meter_number, "r")


def test_a_refusal_comes_as_its_own_kind(service: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = service.token(Scope.REPORT)
    way = Way(service.url)
    with pytest.raises(NotAllowed):
        RemoteOffice(way, lambda: reports).find("990000000000")
    with pytest.raises(CallerUnknown):
        RemoteOffice(way, lambda: "krn_x_y").ping()

    def busy(_self: Any) -> None:
        raise RegisterBusy("another program holds the register")

    monkeypatch.setattr(type(service.demo.office), "ping", busy)
    with pytest.raises(RegisterBusy, match="another program holds the register"):
        RemoteOffice(way, lambda: reports).ping()


def test_who_asks_too_often_is_told(demo: Demo, tmp_path: Any) -> None:
    with served(demo, tmp_path, per_minute=dict.fromkeys(Scope, 1)) as service:
        token = service.token()
        office = RemoteOffice(Way(service.url), lambda: token)
        said = [answer(office.ping) for _ in range(4)]
        assert TooManyRequests in [kind for kind, _ in filter(None, said)]


def test_a_kiosk_is_enrolled_and_fetches_its_next_token(service: Served) -> None:
    way = Way(service.url)
    code = str(service.service.callers.make_code("kiosk-7", Scope.KIOSK, ("99001",)).code)
    with pytest.raises(EnrolmentRefused):
        enrol(way, "kiosk-7", "AAAA-AAAA")
    with pytest.raises(WireBroken):
        enrol(way, "kiosk-7", "no code")
    enrolled = enrol(way, "kiosk-7", f" {code.lower()} ")
    following = RemoteOffice(way, lambda: str(enrolled.token)).rotate()
    assert (following.name, following.units) == ("kiosk-7", ("99001",))
    RemoteOffice(way, lambda: str(following.token)).ping()


def test_rows_of_another_request_are_not_shown(service: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, other = service.demo.first(DemoCase.FOUR_ROWS), service.demo.first(DemoCase.EA11)
    token = service.token()
    office = RemoteOffice(Way(service.url), lambda: token)
    found = office.find(customer.idpel)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Due)
    wrong = service.demo.office.issue(other.meter_number, "x")
    monkeypatch.setattr(type(service.demo.office), "issue", lambda *_: wrong)
    with pytest.raises(AnswerBroken, match="another request"):
        office.issue(customer.meter_number, "r")


def test_the_clocks_are_compared(service: Served) -> None:
    token = service.token()
    way = Way(service.url)
    assert (way.skew, way.office_time) == (None, None)
    RemoteOffice(way, lambda: token).ping()
    assert way.skew is not None
    assert abs(way.skew) < 30
    assert way.office_time is not None
    assert abs(way.office_time - datetime.now(UTC)) < timedelta(seconds=30)


def test_the_types_of_refusals_are_those_of_the_contract() -> None:
    assert all(issubclass(leaf, KrnError) for leaf in (MeterUnknown, OutcomeRefused, StatementRefused))
