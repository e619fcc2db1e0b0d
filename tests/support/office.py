"""An office on a demo province."""

from dataclasses import dataclass

from krn_engine.demo import DemoCase, DemoCustomer, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register


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
