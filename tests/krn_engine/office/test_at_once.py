"""Many ask an office for the same at the same moment, and its database goes away under them."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import OperationalError

from kiosk.bench.postgres import Server
from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.office import book, local
from krn_engine.office.contract import (
    Found,
    Grade,
    Issued,
    NothingToDo,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.errors import RequestReused
from krn_engine.office.local import LocalOffice
from krn_engine.register import concurrency, database
from krn_engine.register.concurrency import TRIES, Overtaken, tried
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterBusy, RegisterReadOnly, RegisterUnreachable
from krn_engine.register.tables import key_changes, meters, requests
from krn_engine.register.transactions import explained
from tests.support.office import Demo
from tests.support.places import POSTGRESQL
from tests.support.postgres import installed

MANY = 50
Given = TypeVar("Given")


def at_once(ask: Callable[[int], Given], number: int = MANY) -> list[Given | KrnError]:
    """What each of so many threads gets, which all begin at one moment; its refusal, if it is one of ours."""
    start = threading.Barrier(number)
    got: list[Given | KrnError] = []

    def run(which: int) -> None:
        start.wait()
        try:
            got.append(ask(which))
        except KrnError as error:
            got.append(error)

    threads = [threading.Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == number
    return got


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty threads and a database share what a busy machine has left: nobody is to be refused for that here."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 120.0)


@pytest.fixture
def number(demo: Demo) -> str:
    return demo.first(DemoCase.FOUR_ROWS).meter_number


def told(issued: Issued, attempt: str, section: int = 1, grade: Grade = Grade.SENSOR) -> RowRecord:
    return RowRecord(issued.changes[0].id, section, RowOutcome.ACCEPTED, "BENAR", "who", "kiosk", attempt, grade)


def issue_at_once(demo: Demo, number: str, name: Callable[[int], str]) -> None:
    before = demo.count("key_changes")
    got = at_once(lambda which: demo.office.issue(number, name(which)))
    assert not [each for each in got if isinstance(each, KrnError)]
    assert len({each.rows for each in got if isinstance(each, Issued)}) == 1
    assert demo.count("key_changes") == before + 2
    assert demo.count("requests") == 2 * len({name(which) for which in range(MANY)})


NAMES: list[Callable[[int], str]] = [lambda _which: "the same", lambda which: f"own {which}"]


@pytest.mark.parametrize("name", NAMES, ids=["one request", "requests of their own"])
def test_many_who_ask_for_one_meter_get_the_same_rows(demo: Demo, number: str, name: Callable[[int], str]) -> None:
    issue_at_once(demo, number, name)


@pytest.mark.parametrize("name", NAMES, ids=["one request", "requests of their own"])
def test_without_the_lock_the_constraints_see_to_it(
    demo: Demo, number: str, name: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As beside a program that takes no lock. Each retry costs somebody a moment, so there are more of them here."""
    for module in (local, book):
        monkeypatch.setattr(module, "hold", lambda *_, **__: None)
    monkeypatch.setattr(concurrency, "TRIES", MANY)
    issue_at_once(demo, number, name)


def test_one_request_raced_for_several_meters_is_answered_for_one(demo: Demo) -> None:
    cases = (DemoCase.FOUR_ROWS, DemoCase.EA11, DemoCase.PERIKSA, DemoCase.READY_MADE, DemoCase.TWO_ROWS)
    numbers = [demo.first(case).meter_number for case in cases]
    before = demo.count("key_changes")
    got = at_once(lambda which: demo.office.issue(numbers[which % len(numbers)], "raced"), 20)
    answers = {each.meter_number for each in got if isinstance(each, Issued)}
    assert len(answers) == 1
    assert {type(each) for each in got} == {Issued, RequestReused}
    assert demo.count("key_changes") == before + len({each.changes for each in got if isinstance(each, Issued)}.pop())


def test_an_outcome_that_many_report_is_one(demo: Demo, number: str) -> None:
    issued, before = demo.office.issue(number, "r"), demo.count("outcomes")
    got = at_once(lambda which: demo.office.record(told(issued, f"attempt {which % 2}", 1 + which % 2)))
    assert got == [None] * MANY
    assert demo.count("outcomes") == before + 2
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert found.krn == 2


def test_all_that_can_be_done_to_a_meter_is_done_at_once(demo: Demo, number: str) -> None:
    issued = demo.office.issue(number, "r")
    ending = SessionEnding("not-proved", "UPG-09", 1, Grade.REGISTER, proved=False, place="kiosk 1")
    doing: list[Callable[[int], object]] = [
        lambda which: demo.office.issue(number, f"r{which}"),
        lambda which: demo.office.record(told(issued, f"a{which}", 1 + which % 2, list(Grade)[which % len(Grade)])),
        lambda _which: demo.office.end(number, ending),
        lambda which: demo.office.state(number, Statement((None, 1, 2)[which % 3], "looked", "Contoh", "kiosk")),
    ]
    before = {table: demo.count(table) for table in ("key_changes", "outcomes", "endings", "statements")}
    got = at_once(lambda which: doing[which % 4](which), 40)
    assert not [each for each in got if isinstance(each, KrnError)]
    after = {table: demo.count(table) - number for table, number in before.items()}
    assert after == {"key_changes": 0, "outcomes": 10, "endings": 10, "statements": 10}
    demo.office.state(number, Statement(3, "04 shows 3", "Contoh", "kiosk"))
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert found.standing == NothingToDo(3)


# --- begun anew


def gave_way(sqlstate: str) -> OperationalError:
    cause = Exception("deadlock detected")
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    return OperationalError("UPDATE", {}, cause)


@pytest.mark.parametrize(
    "error", [gave_way("40001"), gave_way("40P01"), Overtaken()], ids=["40001", "40P01", "overtaken"]
)
@pytest.mark.parametrize("times", range(TRIES + 1))
def test_what_had_to_give_way_is_begun_anew_a_few_times(error: Exception, times: int) -> None:
    tries = iter([error] * times + [None] * TRIES)
    done: list[int] = []

    def work() -> str:
        done.append(1)
        if (failed := next(tries)) is not None:
            raise failed
        return "done"

    if times < TRIES:
        assert tried(work) == "done"
        assert len(done) == times + 1
    else:
        with pytest.raises(RegisterBusy if isinstance(error, Overtaken) else OperationalError):
            tried(work)
        assert len(done) == TRIES


def test_what_nobody_gave_way_in_is_not_begun_anew() -> None:
    done: list[int] = []

    def work() -> None:
        done.append(1)
        raise gave_way("23505")

    with pytest.raises(OperationalError):
        tried(work)
    assert len(done) == 1


on_postgresql = pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
"""In SQLite nobody waits for a part of the register: there is one writer."""


@on_postgresql
def test_two_who_wait_for_each_other_both_get_through(demo: Demo) -> None:
    """A deadlock that the database ends: one of the two is begun anew."""
    numbers = [customer.meter_number for customer in demo.province][:2]
    both = threading.Barrier(2)
    begun: list[int] = []

    def change(which: int) -> None:
        def work(connection: Connection) -> None:
            begun.append(which)
            first, second = numbers[:: 1 - 2 * which]
            relabel(connection, first, f"{which}")
            if begun.count(which) == 1:
                both.wait(10)
            relabel(connection, second, f"{which}")

        demo.register.change(work)

    assert at_once(change, 2) == [None, None]
    assert len(begun) == 3


def relabel(connection: Connection, number: str, label: str) -> None:
    connection.execute(update(meters).where(meters.c.number == number).values(version_label=label))


# --- nobody waits for ever


@on_postgresql
def test_a_meter_that_somebody_holds_for_too_long_is_busy(
    demo: Demo, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with Register.open(demo.url) as register, demo.register.write() as connection:
        concurrency.hold(connection, meter=number)
        office = LocalOffice(register, demo.province.campaign, demo.province.vault)
        with pytest.raises(RegisterBusy, match="another program holds the register"):
            office.issue(number, "r")
        assert len(office.issue(demo.first(DemoCase.EA11).meter_number, "s").rows) == 4


@on_postgresql
def test_a_question_that_takes_too_long_is_given_up(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 0.1)
    with Register.open(demo.url) as register:
        with pytest.raises(RegisterBusy, match="took too long"), register.read() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(60)")
        with register.unhurried() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.3)")
        with pytest.raises(RegisterBusy, match="took too long"), register.read() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(60)")


@on_postgresql
def test_a_process_whose_connections_are_all_in_use_is_busy(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    monkeypatch.setattr("krn_engine.register.postgres.POOL", 1)
    with Register.open(demo.url) as register:
        with register.read(), pytest.raises(RegisterBusy, match="no connection left"), register.read():
            pass
        with register.read() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@on_postgresql
def test_who_reads_sees_one_moment_and_cannot_write(demo: Demo, number: str) -> None:
    asked = select(meters.c.version_label).where(meters.c.number == number)
    with demo.register.read() as connection:
        before = connection.execute(asked).scalar()
        with demo.register.write() as other:
            relabel(other, number, "new")
        assert connection.execute(asked).scalar() == before != "new"
        with pytest.raises(RegisterReadOnly), explained():
            relabel(connection, number, "newer")
    with demo.register.read() as connection:
        assert connection.execute(asked).scalar() == "new"


# --- the database goes away


@pytest.fixture
def fragile() -> Iterator[Server]:
    """A server that may be stopped at any moment: what it answered is in its files."""
    made = Server(synchronous_commit="on")
    yield made
    made.remove()


def until(happened: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@installed
@pytest.mark.slow
def test_a_database_that_goes_and_comes_back_is_told_and_found_again(fragile: Server) -> None:
    province = DemoProvince(160)
    with Register.create(fragile.url(fragile.database())) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        numbers = [customer.meter_number for customer in province if customer.case is DemoCase.FOUR_ROWS]
        answered: dict[str, Issued] = {}
        refused: list[KrnError] = []
        over = threading.Event()

        def kiosk(which: int) -> None:
            asked = 0
            while not over.is_set():
                asked += 1
                try:
                    issued = office.issue(numbers[(which + asked) % len(numbers)], f"{which}-{asked}")
                    answered[issued.request_id] = issued
                    office.record(told(issued, f"{which}-{asked}", grade=Grade.CUSTOMER))
                except KrnError as error:
                    refused.append(error)
                    time.sleep(0.01)

        kiosks = [threading.Thread(target=kiosk, args=(which,)) for which in range(6)]
        for thread in kiosks:
            thread.start()
        try:
            for _ in range(3):
                were = len(answered)
                until(lambda: len(answered) > were + 10)  # noqa: B023  asked at once
                fragile.stop()
                were = len(refused)
                until(lambda: len(refused) > were + 10)  # noqa: B023
                fragile.start()
        finally:
            over.set()
            for thread in kiosks:
                thread.join()
        assert {type(error) for error in refused} == {RegisterUnreachable}
        assert not [error for error in refused if str(fragile.folder) in str(error) or "SELECT" in str(error)]
        # The register is still the one that was opened before.
        for request, issued in answered.items():
            assert office.issue(issued.meter_number, request).rows == issued.rows
        with register.read() as connection:
            of_meters = select(func.count()).select_from(key_changes.join(meters)).where(meters.c.number.in_(numbers))
            changes = connection.execute(of_meters.group_by(meters.c.id)).scalars().all()
            of_requests = select(func.count()).select_from(requests).group_by(requests.c.request_id)
            assert set(changes) == set(connection.execute(of_requests).scalars()) == {2}
