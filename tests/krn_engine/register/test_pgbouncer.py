"""Through PgBouncer in transaction mode, where the next transaction is in another session of the server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg import sql

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterUnreachable
from krn_engine.register.staging import alone
from krn_engine.register.transactions import explained
from tests.support import pgbouncer
from tests.support.postgres import installed, server, template

pytestmark = [pytest.mark.slow, installed, pgbouncer.installed]
CUSTOMERS, CLIENTS = 32, 8


@pytest.fixture
def url() -> Iterator[str]:
    database = server().database(template(CUSTOMERS))
    server().say(sql.SQL("ALTER DATABASE {} SET statement_timeout = '19s'").format(sql.Identifier(database)))
    with pgbouncer.pgbouncer(server(), database) as url:
        yield url
    server().drop(database)


def changes(register: Register) -> int:
    with register.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM key_changes").scalar_one())


def test_many_are_served_by_two_sessions_and_get_the_same(url: str) -> None:
    province = DemoProvince(CUSTOMERS)
    meter = province.first(DemoCase.FOUR_ROWS).meter_number
    with Register.open(f"{url}&pooled=yes") as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)

        def serve(client: int) -> set[tuple[str, ...]]:
            # More often than the driver asks before it prepares a statement.
            for _ in range(8):
                office.find(meter)
                office.progress()
            return {tuple(office.issue(meter, f"{client}-{number}").rows) for number in range(4)}

        before = changes(register)
        with ThreadPoolExecutor(CLIENTS) as clients:
            answers = set().union(*clients.map(serve, range(CLIENTS)))
        assert len(answers) == 1
        assert changes(register) == before + 2


def test_nothing_that_one_sets_for_itself_is_the_next_ones(url: str) -> None:
    with Register.open(f"{url}&pooled=yes") as register, register.unhurried():
        for _ in range(2 * pgbouncer.SESSIONS):
            with register.read() as connection:
                assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "19s"


def test_what_needs_a_session_is_refused_there(url: str) -> None:
    with (
        Register.open(f"{url}&pooled=yes") as register,
        register.unhurried() as connection,
        pytest.raises(RegisterUnreachable, match="name the database itself"),
        explained(),
        alone(connection),
    ):
        pytest.fail("somebody was alone")


def test_another_word_is_refused(url: str) -> None:
    with pytest.raises(RegisterUnreachable, match="pooled=yes"):
        Register.open(f"{url}&pooled=no")


def test_without_that_word_the_pool_refuses_what_a_session_begins_with(url: str) -> None:
    with pytest.raises(RegisterUnreachable):
        Register.open(url)
