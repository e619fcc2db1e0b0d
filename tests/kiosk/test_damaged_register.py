"""Damage that the check beside the work finds is an event, though nobody asks for anything just then."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.event_log import Event
from kiosk.serving import service_of
from kiosk.settings.config import Config
from kiosk.workplace import opened_workplace
from krn_engine.demo import DemoProvince
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterDamaged
from tests.support.damaged import damage_index

PERIOD = 20.0
"""Seconds that the check of a small file never takes."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Of a register with a damaged index, which was not closed well: it is read beside the work."""
    path = tmp_path / "register.db"
    province = DemoProvince(8)
    with Register.create(sqlite_url(path)) as register:
        province.load(register)
    damage_index(path, next(iter(province)).meter_number)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE counters SET value = 2 WHERE name = 'ended'")
    return Config(sqlite_url(path))


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PERIOD
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_kiosk_notes_it_among_its_last_errors(config: Config) -> None:
    with opened_workplace(config) as here:
        wait_until(lambda: here.events.last_errors)
        [noted] = here.events.last_errors
    assert (noted.event, noted.code) == (Event.REGISTER_DAMAGED, RegisterDamaged.code)


def test_the_service_logs_it_as_an_error(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []

    def read() -> bool:
        lines.extend(capsys.readouterr().err.splitlines())
        return bool(lines)

    with service_of(config):
        wait_until(read)
    [told] = map(json.loads, lines)
    assert (told["event"], told["code"], told["level"]) == ("register-damaged", RegisterDamaged.code, "error")
