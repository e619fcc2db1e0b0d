"""A demo office with virtual meters that answer at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.virtual.adapter import Pace
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace, demo_workplace


@pytest.fixture
def here(tmp_path: Path) -> Iterator[DemoWorkplace]:
    with demo_workplace(Wire(pace=Pace(0, 0)), folder=tmp_path) as workplace:
        yield workplace
