"""`krn office serve` in several processes on PostgreSQL: many ask for the same at once, and the database goes away."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from kiosk.bench.postgres import Server
from kiosk.demo.office import make_demo_office
from kiosk.demo.service import OfficeProcess
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.contract import Grade, Issued, RowOutcome, RowRecord
from krn_engine.office.errors import RequestReused
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterUnreachable
from krn_engine.register.tables import key_changes, meters, outcomes, requests
from tests.support.office_process import remote, tokens_of
from tests.support.postgres import installed

pytestmark = [pytest.mark.slow, installed]
MANY, WORKERS = 50, 4
CUSTOMERS = 480
PERIOD = 60.0
"""Seconds in which everything here happens, also on a busy machine."""
Given = TypeVar("Given")


@dataclass
class Office:
    """A service on a database that may be stopped."""

    process: OfficeProcess
    database: Server
    register: Register
    tokens: list[str]
    due: Iterator[str]
    """Numbers of meters that need four rows, each given once."""

    def clients(self) -> list[RemoteOffice]:
        """One for each token; none has a connection yet."""
        return [remote(self.process.url, token) for token in self.tokens]

    def count(self, table: str) -> int:
        with self.register.read() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Four processes on a server whose commits outlive it."""
    folder = tmp_path_factory.mktemp("office")
    province = DemoProvince(CUSTOMERS)
    due = (customer.meter_number for customer in province if customer.case is DemoCase.FOUR_ROWS)
    database = Server(synchronous_commit="on")
    try:
        url = database.url(database.database())
        settings = make_demo_office(folder, province, url)
        with Register.open(url) as register:
            tokens = tokens_of(url, *(f"kiosk-{which}" for which in range(MANY)))
            with OfficeProcess(settings, folder / "log", workers=WORKERS) as process:
                yield Office(process, database, register, tokens, due)
    finally:
        database.remove()


def at_once(clients: list[RemoteOffice], ask: Callable[[RemoteOffice, int], Given]) -> list[Given | KrnError]:
    """What each client gets, which all ask at one moment."""
    start = threading.Barrier(len(clients))
    got: list[Given | KrnError] = []

    def run(client: RemoteOffice, which: int) -> None:
        client.ping()
        start.wait()
        try:
            got.append(ask(client, which))
        except KrnError as error:
            got.append(error)

    threads = [threading.Thread(target=run, args=(client, which)) for which, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(clients)
    return got


def took(issued: Issued, section: int, attempt: str, grade: Grade | None = Grade.SENSOR) -> RowRecord:
    return RowRecord(issued.changes[0].id, section, RowOutcome.ACCEPTED, "BENAR", "who", "kiosk", attempt, grade)


@pytest.mark.parametrize("one_request", [True, False], ids=["one request", "requests of their own"])
def test_fifty_who_ask_for_one_meter_at_one_moment_get_the_same_rows(office: Office, one_request: bool) -> None:
    number, before = next(office.due), [office.count(table) for table in ("key_changes", "requests")]
    shared = uuid.uuid4().hex
    got = at_once(office.clients(), lambda client, _: client.issue(number, shared if one_request else uuid.uuid4().hex))
    assert not [each for each in got if isinstance(each, KrnError)]
    assert {len(each.rows) for each in got if isinstance(each, Issued)} == {4}
    assert len({each.changes for each in got if isinstance(each, Issued)}) == 1
    after = [office.count(table) for table in ("key_changes", "requests")]
    assert after == [before[0] + 2, before[1] + 2 * (1 if one_request else MANY)]


def test_one_request_for_several_meters_is_answered_for_one(office: Office) -> None:
    numbers, shared, before = [next(office.due) for _ in range(5)], uuid.uuid4().hex, office.count("key_changes")
    got = at_once(office.clients(), lambda client, which: client.issue(numbers[which % 5], shared))
    assert len({each.meter_number for each in got if isinstance(each, Issued)}) == 1
    assert {type(each) for each in got} == {Issued, RequestReused}
    assert office.count("key_changes") == before + 2


def test_an_outcome_that_fifty_report_at_one_moment_is_one(office: Office) -> None:
    clients = office.clients()
    issued = clients[0].issue(next(office.due), uuid.uuid4().hex)
    before, attempts = office.count("outcomes"), [uuid.uuid4().hex for _ in range(2)]
    got = at_once(clients, lambda client, which: client.record(took(issued, 1 + which % 2, attempts[which % 2])))
    assert got == [None] * MANY
    assert office.count("outcomes") == before + 2
    with office.register.read() as connection:
        krn = select(meters.c.krn).where(meters.c.number == issued.meter_number)
        assert connection.execute(krn).scalar_one() == 2


def test_no_answer_waits_for_the_acknowledgement_of_its_head(office: Office) -> None:
    """Which comes after 40 ms, for whoever keeps a connection."""
    waits = []
    with http_client(office.process.port) as connection:
        for _ in range(20):
            began = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            waits.append(time.perf_counter() - began)
    assert sorted(waits)[len(waits) // 2] < 0.03


@contextmanager
def http_client(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PERIOD)
    try:
        yield connection
    finally:
        connection.close()


@dataclass
class Told:
    """What kiosks were told while the database came and went."""

    issued: list[Issued] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    """Attempts."""
    refused: list[KrnError] = field(default_factory=list)


def test_a_database_that_is_killed_and_comes_back_is_told_and_found_again(office: Office) -> None:
    told, over, pid = Told(), threading.Event(), office.process.pid
    numbers = list(office.due)

    def kiosk(client: RemoteOffice, which: int) -> None:
        for number in numbers[which :: len(clients)]:
            if over.is_set():
                return
            try:
                issued = client.issue(number, uuid.uuid4().hex)
                told.issued.append(issued)
                row = took(issued, 1, uuid.uuid4().hex)
                client.record(row)
                told.recorded.append(row.attempt)
            except KrnError as error:
                told.refused.append(error)
                over.wait(0.2)

    clients = office.clients()[:8]
    kiosks = [threading.Thread(target=kiosk, args=(client, which)) for which, client in enumerate(clients)]
    for thread in kiosks:
        thread.start()
    try:
        for end in (office.database.stop, office.database.kill):
            were = len(told.recorded)
            until(lambda: len(told.recorded) > were + 4)  # noqa: B023  asked at once
            end()
            were = len(told.refused)
            until(lambda: len(told.refused) > were + 4)  # noqa: B023
            office.database.start()
        were = len(told.recorded)
        until(lambda: len(told.recorded) > were + 8)
    finally:
        over.set()
        for thread in kiosks:
            thread.join()
    # What is told is that the database is away; the service never was.
    assert {type(error) for error in told.refused} == {RegisterUnreachable}
    assert not [error for error in told.refused if str(office.database.folder) in str(error)]
    assert (office.process.is_up, office.process.pid) == (True, pid)
    require_whole(office.register, told, numbers)


def require_whole(register: Register, told: Told, numbers: list[str]) -> None:
    """All that was answered is on record, and nothing is there by half."""
    of_meters = select(func.count()).select_from(key_changes.join(meters)).where(meters.c.number.in_(numbers))
    with register.read() as connection:
        of_requests = select(func.count()).select_from(requests).group_by(requests.c.request_id)
        assert set(connection.execute(of_meters.group_by(meters.c.id)).scalars()) == {2}
        assert set(connection.execute(of_requests).scalars()) == {2}
        kept = {change.id: change.rows for change in connection.execute(select(key_changes.c.id, key_changes.c.rows))}
        attempts = Counter(connection.execute(select(outcomes.c.attempt_id)).scalars())
    assert set(attempts.values()) <= {1, 2}  # a customer of the province has outcomes of one attempt
    assert {attempts[attempt] for attempt in told.recorded} == {1}
    assert told.issued
    for issued in told.issued:
        for change in issued.changes:
            assert kept[change.id].split() == list(change.rows)


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PERIOD
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)
