"""A service on loopback, and kiosks that ask it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import Demo
from tests.support.service import Served, served


@pytest.fixture
def office(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    """On a demo province of 32 customers."""
    with served(demo, tmp_path) as running:
        yield running
