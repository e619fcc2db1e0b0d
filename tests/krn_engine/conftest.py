"""An office on a demo province, on a register of its own: in a SQLite file, and in a PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register
from tests.support.office import Demo
from tests.support.places import ENGINES, Place, place_for


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Whatever asks for it runs on both engines."""
    made = place_for(request.param, tmp_path)
    yield made
    made.clear()


@pytest.fixture
def demo(place: Place) -> Iterator[Demo]:
    """A province of 32 customers."""
    province = DemoProvince(32)
    url = place.register(32)
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        yield Demo(province, register, office, url)
