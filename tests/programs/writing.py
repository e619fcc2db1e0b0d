"""Records outcomes until it is killed, and names each that is on record.

python -m tests.programs.writing REGISTER
"""

import sys
from itertools import count

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.contract import Grade, RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register


def main(url: str) -> None:
    """One line for each."""
    province = DemoProvince(32)
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault)
        change = office.issue(province.first(DemoCase.FOUR_ROWS).meter_number, "r").changes[0].id
        for number in count():
            office.record(
                RowRecord(change, 1, RowOutcome.REJECTED, "SALAH", "x", "k", f"attempt-{number}", Grade.SENSOR)
            )
            print(f"attempt-{number}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
