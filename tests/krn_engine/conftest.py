"""An office on a demo province, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register
from tests.support.office import Demo
from tests.support.provinces import register_in


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A province of 32 customers."""
    province = DemoProvince(32)
    url = register_in(tmp_path, 32)
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        yield Demo(province, register, office, url)
