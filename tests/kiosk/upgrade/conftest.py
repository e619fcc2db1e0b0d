"""A demo office with virtual meters that answer at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.virtual.adapter import Pace
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace
from tests.support.workplaces import demo_in


@pytest.fixture
def here(tmp_path: Path) -> Iterator[DemoWorkplace]:
    with demo_in(tmp_path, Wire(pace=Pace(0, 0))) as workplace:
        yield workplace
