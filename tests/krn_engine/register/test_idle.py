"""Connections that were idle are looked at before they are used."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from kiosk.bench.postgres import Server
from krn_engine.register.idle import ask_the_idle
from tests.support.postgres import installed, server

pytestmark = [pytest.mark.slow, installed]


@pytest.fixture
def pings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, list[int]]]:
    """An engine on a server, and a list that grows with each look."""
    engine = create_engine(server().url("postgres"))
    looks: list[int] = []
    asked = engine.dialect.do_ping

    def ping(driver: Any) -> bool:
        looks.append(1)
        return asked(driver)

    monkeypatch.setattr(engine.dialect, "do_ping", ping)
    ask_the_idle(engine, request.param)
    yield engine, looks
    engine.dispose()


def use(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@pytest.mark.parametrize(("pings", "looks"), [(0.0, 2), (60.0, 0)], indirect=["pings"])
def test_only_who_was_idle_is_looked_at(pings: tuple[Engine, list[int]], looks: int) -> None:
    engine, seen = pings
    for _ in range(3):
        use(engine)
    assert len(seen) == looks


def test_all_that_broke_while_they_were_idle_are_made_anew_and_nobody_is_told() -> None:
    own = Server()
    try:
        engine = ask_the_idle(create_engine(own.url("postgres"), pool_size=3), 0.0)
        failed: list[object] = []
        event.listen(engine, "handle_error", failed.append)
        connections = [engine.connect() for _ in range(3)]
        for connection in connections:
            connection.close()
        own.stop()
        own.start()
        for _ in range(3):
            use(engine)
        assert failed == []
        engine.dispose()
    finally:
        own.remove()
