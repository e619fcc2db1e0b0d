"""What a kiosk kept while its office was away: delivered once, in its order, each fact answered by itself."""

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import update

from krn_engine.demo import DEMO_DAY, UNIT, DemoCase
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import SourceLocked
from krn_engine.office.audit.verify import verify
from krn_engine.office.book import Book
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.contract import Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.errors import CopyKeyMissing, MeterUnknown
from krn_engine.office.lease import read_lease
from krn_engine.office.net_errors import AnswerBroken, CallerRevoked, NetError
from krn_engine.office.wire.asked import End, Scope, State, outcome_name
from krn_engine.office.wire.delivered import Answers, Fact, Fate, GivenChange, GivenOut, Kind, Told, fact_of
from krn_engine.register.audit.sealer import seal_now
from krn_engine.register.errors import RecordDamaged, RegisterBusy
from krn_engine.register.tables import customers
from tests.support.audit import bodies
from tests.support.copies import Copied
from tests.support.service import Served
from tests.support.strange_servers import strange

THEN = DEMO_DAY - timedelta(hours=5)
TABLES = ("key_changes", "requests", "outcomes", "endings", "statements", "audit")
_NAMES = UUID(int=7)


def remote_of(office: Served, *units: str, name: str = "kiosk-1") -> RemoteOffice:
    token = office.token(Scope.KIOSK, name, *units)
    return RemoteOffice(Way(office.url), lambda: token)


def copy_of(office: Served, remote: RemoteOffice) -> Copied:
    copy = Copied(remote, remote.copy_key())
    copy.follow()
    return copy


def session(copy: Copied, number: str, n: int = 1) -> list[Fact]:
    """All facts of a customer who was served without a network: their first change, row by row, and how it ended."""
    changes = copy.meters[number].changes
    told = GivenOut(number, tuple(GivenChange(c.id, c.from_state, c.to_state) for c in changes))
    facts = [fact_of(n, str(uuid5(_NAMES, f"{number} issue")), THEN, told)]
    for section in (1, 2):
        for outcome in (RowOutcome.STARTED, RowOutcome.ACCEPTED):
            grade = None if outcome is RowOutcome.STARTED else Grade.SENSOR
            row = RowRecord(
                changes[0].id, section, outcome, "BENAR", "display", "kiosk-1", f"{number}-{section}", grade
            )
            facts.append(fact_of(n + len(facts), str(outcome_name(row)), THEN, row))
    ending = End(number, SessionEnding("stopped", "UPG-05", 2, Grade.SENSOR, False, "kiosk-1"))
    said = State(number, Statement.said(2, "seen", "Contoh", "kiosk-1"))
    for body in (ending, said):
        facts.append(fact_of(n + len(facts), str(uuid5(_NAMES, f"{number} {type(body)}")), THEN, body))
    return facts


def fates(told: Sequence[Told]) -> list[str]:
    return [f"{one.fate.value} {one.code}".strip() for one in told]


def counts(office: Served) -> list[int]:
    return [office.demo.count(table) for table in TABLES]


def test_a_key_and_a_copy_come_over_http(office: Served) -> None:
    remote = remote_of(office, UNIT)
    with pytest.raises(CopyKeyMissing):
        remote.sync("")
    copy = copy_of(office, remote)
    assert len(copy.meters) == 32
    lease = read_lease(copy.pages[-1].lease, copy.key.office_key)
    assert (lease.caller, lease.copy, lease.units) == ("kiosk-1", copy.key.copy, (UNIT,))
    number = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = remote.issue(number, "r")
    assert copy.rows(number) == {change.id: " ".join(map(str, change.rows)) for change in issued.changes}
    # Another key: what comes now is sealed under that one.
    copy.key = remote.copy_key()
    assert copy.page().anew
    assert copy.rows(number)


def test_nobody_elses_meter_is_in_any_page(office: Served) -> None:
    remote = remote_of(office, "51101")
    copy = copy_of(office, remote)
    office.demo.office.state(office.demo.first(DemoCase.DONE).meter_number, Statement.said(3, "seen", "Contoh", "x"))
    copy.follow()
    assert [page.meters for page in copy.pages if page.meters] == []


def test_a_day_without_a_network_is_delivered_once(office: Served) -> None:
    remote = remote_of(office, UNIT)
    number = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    facts = session(copy_of(office, remote), number)
    before = counts(office)
    for _ in range(2):
        assert fates(remote.deliver(facts)) == ["done"] * 7
        after = counts(office)
        assert [b - a for a, b in zip(before, after, strict=True)] == [2, 2, 4, 1, 1, 7]
    told = [body for body in bodies(office.demo.register) if body.get("kiosk_time")]
    assert [body["event"] for body in told] == ["issued", *["recorded"] * 4, "ended", "stated"]
    assert {(body["actor"], body["kiosk_time"]) for body in told} == {("kiosk-1", "2026-01-14T21:00:00.000000Z")}
    assert [change.old_krn for change in remote.issue(number, "r").changes] == [2]
    seal_now(office.demo.register)
    with office.demo.register.read() as connection:
        assert verify(connection).faults == []


def test_the_log_names_no_meter_no_row_and_no_key(office: Served) -> None:
    remote = remote_of(office, UNIT)
    copy = copy_of(office, remote)
    number = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    facts = session(copy, number)
    facts.append(replace(facts[0], uuid=str(uuid4()), body=facts[0].body | {"meter_number": "9" * 11}))
    remote.deliver(facts)
    # A line comes when its answer has gone, and so perhaps a moment after it is here.
    end = time.monotonic() + 10
    while not {"copy-key", "sync", "deliver"} <= {event.get("operation") for event in office.events}:
        assert time.monotonic() < end, office.events
        time.sleep(0.01)
    said = office.said.getvalue()
    rows = " ".join(copy.rows(number).values()).split()
    told = copy.meters[number].found[0].customer
    for secret in (number, "9" * 11, str(copy.key.key), told.idpel, told.masked_name, *rows):
        assert secret not in said


def cutting(office: Served, times: int, after: int) -> Callable[[socket.socket], None]:
    """A way to the office on which the first answers are cut off after so many bytes; the office has done its work."""
    left = [times]

    def handle(line: socket.socket) -> None:
        host, port = office.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as up:
            up.sendall(handle.came[-1])  # type: ignore[attr-defined]
            line.settimeout(0.3)
            with suppress(TimeoutError):
                while part := line.recv(65536):
                    up.sendall(part)
            answer = up.recv(65536)
            left[0] -= 1
            line.sendall(answer if left[0] < 0 else answer[:after])

    return handle


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 20, 200])
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_an_answer_that_is_lost_doubles_nothing(office: Served, after: int) -> None:
    token = office.token(Scope.KIOSK, "kiosk-1", UNIT)
    remote = RemoteOffice(Way(office.url), lambda: token)
    facts = session(copy_of(office, remote), office.demo.first(DemoCase.FOUR_ROWS).meter_number)
    before = counts(office)
    handle = cutting(office, 5, after)
    with strange(handle) as (url, came):
        handle.came = came  # type: ignore[attr-defined]
        cut = RemoteOffice(Way(url), lambda: token)
        with pytest.raises(NetError):
            cut.deliver(facts)
        assert [b - a for a, b in zip(before, counts(office), strict=True)] == [2, 2, 4, 1, 1, 7]
    assert fates(remote.deliver(facts)) == ["done"] * 7
    assert [b - a for a, b in zip(before, counts(office), strict=True)] == [2, 2, 4, 1, 1, 7]


def test_a_bad_fact_stops_none_but_those_that_depend_on_it(office: Served) -> None:
    remote = remote_of(office, UNIT)
    copy = copy_of(office, remote)
    bad, good = (office.demo.first(case).meter_number for case in (DemoCase.FOUR_ROWS, DemoCase.READY_MADE))
    facts = session(copy, bad)
    facts[0].body["changes"][0]["id"] = "0" * 32
    facts[5] = replace(facts[5], body={"meter_number": bad})
    facts += session(copy, good, 8)
    told = remote.deliver(facts)
    assert fates(told) == [
        "refused OFF-23",
        *["refused OFF-05"] * 4,
        "refused NET-08",
        "done",
        *["done"] * 7,
    ]
    assert all(one.message for one in told[:6])
    assert bad not in "".join(one.message for one in told)
    # The same again has the same answer.
    assert remote.deliver(facts) == told


@pytest.mark.parametrize("leaf", [RegisterBusy, RecordDamaged, SourceLocked])
def test_what_the_office_cannot_do_now_comes_later_and_so_does_all_behind_it(
    office: Served, monkeypatch: pytest.MonkeyPatch, leaf: type[KrnError]
) -> None:
    remote = remote_of(office, UNIT)
    facts = session(copy_of(office, remote), office.demo.first(DemoCase.FOUR_ROWS).meter_number)
    record = Book.record
    asked: list[RowRecord] = []

    def busy(book: Book, row: RowRecord) -> None:
        asked.append(row)
        if len(asked) == 2:
            raise leaf("not now")
        record(book, row)

    monkeypatch.setattr(Book, "record", busy)
    told = remote.deliver(facts)
    assert fates(told) == ["done", "done", *[f"later {leaf.code}"] * 5]
    assert [one.n for one in told] == [fact.n for fact in facts]
    assert len(asked) == 2
    assert office.demo.count("endings") == 0
    assert fates(remote.deliver(facts)) == ["done"] * 7


def guessed(facts: list[Fact]) -> list[Fact]:
    """The same by somebody who knows meter and states, and had no rows."""
    first, *rest = facts
    changes = [change | {"id": f"{n:032x}"} for n, change in enumerate(first.body["changes"])]
    return [replace(first, uuid=str(uuid4()), body=first.body | {"changes": changes}), *rest]


def test_facts_of_other_units_are_refused_as_those_of_nobody(office: Served) -> None:
    """The key changes of a copy, told by somebody who guesses them, and what became of rows that another one had."""
    number = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    facts = session(copy_of(office, remote_of(office, UNIT)), number)
    stranger = remote_of(office, "51101", name="stranger")
    before = counts(office)
    guess, *rest = guessed(facts)
    told = stranger.deliver([guess, *rest])
    assert fates(told) == ["refused OFF-01", *["refused OFF-05"] * 4, *["refused OFF-01"] * 2]
    nobodys = replace(guess, uuid=str(uuid4()), body=guess.body | {"meter_number": "99100099996"})
    assert stranger.deliver([nobodys]) == (told[0],)
    assert counts(office) == before


def test_a_meter_that_moved_meanwhile_loses_nothing(office: Served) -> None:
    """A list puts it into another unit after the kiosk gave out its rows, and before it tells of that."""
    remote = remote_of(office, UNIT)
    number = office.demo.first(DemoCase.FOUR_ROWS).meter_number
    facts = session(copy_of(office, remote), number)
    with office.demo.register.write() as connection:
        connection.execute(update(customers).values(unit="51102"))
    before = counts(office)
    guess, *_ = guessed(facts)
    assert fates(remote.deliver([guess])) == ["refused OFF-01"]
    for _ in range(2):
        assert fates(remote.deliver(facts)) == ["done"] * 7
        assert [b - a for a, b in zip(before, counts(office), strict=True)] == [2, 2, 4, 1, 1, 7]
    with pytest.raises(MeterUnknown):
        remote.issue(number, "r")
    assert remote.history(number) == ()


def test_names_are_not_used_twice(office: Served) -> None:
    remote = remote_of(office, UNIT)
    copy = copy_of(office, remote)
    facts = session(copy, office.demo.first(DemoCase.FOUR_ROWS).meter_number)
    remote.deliver(facts)
    other = session(copy, office.demo.first(DemoCase.TWO_ROWS).meter_number)
    mixed = [replace(new, uuid=old.uuid) for new, old in zip(other, facts, strict=True)]
    assert fates(remote.deliver(mixed)) == ["refused OFF-04", *["refused NET-12"] * 6]


def test_a_statement_that_only_looks_like_one_is_refused(office: Served) -> None:
    number = office.demo.first(DemoCase.DONE).meter_number
    said = State(number, Statement(3, "a\u202eb", "Contoh", "k"))
    (told,) = remote_of(office, UNIT).deliver([fact_of(1, str(uuid4()), THEN, said)])
    assert fates([told]) == ["refused OFF-07"]


def test_a_kiosk_that_was_revoked_is_told_so_by_every_question(office: Served) -> None:
    remote = remote_of(office, UNIT)
    facts = session(copy_of(office, remote), office.demo.first(DemoCase.FOUR_ROWS).meter_number)
    office.service.callers.revoke("kiosk-1")
    questions: tuple[Callable[[], Any], ...] = (
        lambda: remote.sync(""),
        lambda: remote.deliver(facts),
        remote.copy_key,
        remote.ping,
    )
    for ask in questions:
        with pytest.raises(CallerRevoked):
            ask()


def test_an_office_that_answers_other_facts_is_none(office: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = remote_of(office, UNIT)
    facts = session(copy_of(office, remote), office.demo.first(DemoCase.FOUR_ROWS).meter_number)
    monkeypatch.setattr(
        RemoteOffice, "_ask", lambda *_: Answers(tuple(Told(fact.n + 1, Fate.DONE, "", "") for fact in facts))
    )
    with pytest.raises(AnswerBroken):
        remote.deliver(facts)


def test_a_fact_knows_its_kind() -> None:
    body = GivenOut("99100000001", (GivenChange("a", "b", "c"),))
    fact = fact_of(3, str(uuid4()), THEN, body)
    assert (fact.n, fact.kind, fact.at) == (3, Kind.ISSUE, THEN)
    assert "99100000001" not in repr(fact)
