"""A meter process to talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.meter_process import Process


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    running = Process(tmp_path)
    yield running
    running.stop()
