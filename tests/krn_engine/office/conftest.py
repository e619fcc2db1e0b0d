"""An office on a demo province, in a folder of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from krn_engine.demo import DEMO_DAY, DemoCase, DemoCustomer, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url


@dataclass
class Demo:
    """What a test of the office works with."""

    province: DemoProvince
    register: Register
    office: LocalOffice
    url: str

    def first(self, case: DemoCase) -> DemoCustomer:
        """The first customer of a case."""
        return self.province.first(case)

    def count(self, table: str) -> int:
        """How many records a table holds."""
        with self.register.read() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A province of 32 customers."""
    province = DemoProvince(32)
    url = sqlite_url(tmp_path / "register.db")
    with Register.create(url) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        yield Demo(province, register, office, url)
