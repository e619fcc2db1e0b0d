"""A PostgreSQL that stands still is given up, and found again when it goes on."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import select

from krn_engine.errors import KrnError
from krn_engine.register import database, postgres
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterUnreachable
from krn_engine.register.tables import counters
from krn_engine.register.transactions import explained
from tests.support.frozen import frozen
from tests.support.places import POSTGRESQL, Place
from tests.support.postgres import server

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)]
SLACK = 8.0
"""Seconds that a busy machine may take beside."""


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "CONNECT_SECONDS", 2)
    monkeypatch.setattr(postgres, "PING_SECONDS", 0.4)
    monkeypatch.setattr(postgres, "MARGIN_SECONDS", 0.2)
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 0.4)


@pytest.fixture
def register(place: Place) -> Iterator[Register]:
    with Register.open(place.register(1)) as register:
        yield register


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + SLACK


def works(register: Register) -> bool:
    with register.read() as connection:
        return bool(connection.exec_driver_sql("SELECT 1").scalar_one())


def test_a_connection_that_lay_idle_is_given_up_and_so_is_a_new_one(register: Register) -> None:
    assert works(register)
    with frozen(server()):
        for seconds in (2.4, 2.0):
            with within(seconds), pytest.raises(RegisterUnreachable, match="does not answer"):
                works(register)
    assert works(register)


def test_a_statement_without_an_answer_is_given_up_and_its_connection_with_it(register: Register) -> None:
    refused: list[KrnError] = []

    def ask() -> None:
        try:
            with register.read() as connection:
                asks.set()
                for _ in range(100_000):
                    connection.exec_driver_sql("SELECT 1")
        except KrnError as error:
            refused.append(error)

    asks = threading.Event()
    thread = threading.Thread(target=ask)
    thread.start()
    asks.wait()
    with frozen(server()), within(0.6):
        thread.join()
    assert [type(error) for error in refused] == [RegisterUnreachable]
    assert works(register)


def test_nobody_knows_of_a_commit_without_an_answer(register: Register) -> None:
    def store() -> None:
        with ExitStack() as still, register.write() as connection:
            connection.execute(select(counters))
            still.enter_context(frozen(server()))

    with within(0.6), pytest.raises(RegisterUnreachable, match="nobody knows"):
        store()
    assert works(register)


def test_what_may_take_long_is_waited_for(register: Register) -> None:
    with register.unhurried() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(1)")
    with register.read() as connection, pytest.raises(KrnError), explained():
        connection.exec_driver_sql("SELECT pg_sleep(1)")
