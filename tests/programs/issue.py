"""Waits for a line, then asks an office for the rows of one meter 20 times and prints what it gets.

python -m tests.programs.issue REGISTER METER_NUMBER NAME_OF_THE_REQUESTS
"""

import sys

from krn_engine.demo import DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register


def main(url: str, number: str, name: str) -> None:
    """Ask, and print."""
    province = DemoProvince(32)
    with Register.open(url) as register:
        sys.stdin.readline()
        office = LocalOffice(register, province.campaign, province.vault)
        for request in range(20):
            print(*office.issue(number, f"{name}-{request}").rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
