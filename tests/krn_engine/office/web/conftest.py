"""A service with pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import Demo
from tests.support.places import Files, Place
from tests.support.service import Served
from tests.support.web import web_on


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """In a file: what a page is does not depend on the engine. The journeys go over both."""
    return Files(tmp_path)


@pytest.fixture
def office(demo: Demo, tmp_path: Path) -> Iterator[Served]:
    """On a demo province of 32 customers."""
    with web_on(demo, tmp_path) as running:
        yield running
