"""A service with home pages, on a clock that the test turns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY
from tests.support.home import Home, home_on
from tests.support.office import Demo


@dataclass
class Clock:
    """Stands still until it is turned."""

    now: datetime = DEMO_DAY

    def __call__(self) -> datetime:
        return self.now

    def turn(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(demo: Demo, tmp_path: Path, clock: Clock) -> Iterator[Home]:
    """On a demo province of 32 customers."""
    with home_on(demo, tmp_path, clock) as home:
        yield home
