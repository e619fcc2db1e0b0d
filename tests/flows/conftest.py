"""The demo's office, with a meter that is typed into without waiting."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.virtual.adapter import Pace
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.background import WORK_THREAD
from kiosk.limits import look_ups
from tests.support.workplaces import demo_in


@pytest.fixture(autouse=True)
def _the_next_person_is_not_made_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take two real seconds: tests/kiosk/limits has that, on a clock moved by hand."""
    monkeypatch.setattr(look_ups, "SPACING", 0.0)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[DemoWorkplace]:
    before = set(threading.enumerate())
    with demo_in(tmp_path, Wire(pace=Pace(0, 0))) as workplace:
        yield workplace
        work = [thread for thread in threading.enumerate() if thread.name == WORK_THREAD and thread not in before]
        for thread in work:
            thread.join(10)
        assert not any(thread.is_alive() for thread in work), "the test left before what its kiosk began was done"
