"""A kiosk without its office puts outcomes on record, one after the other, and says the number of each that is kept.

python -m tests.programs.alone FOLDER FIRST LAST METER…
"""

import sys
from pathlib import Path

from krn_engine.office.client.remote import RemoteOffice
from krn_engine.office.client.way import Way
from krn_engine.office.contract import Grade, RowOutcome, RowRecord
from krn_engine.office.offline.opening import offline_office

NOBODY = "http://127.0.0.1:9"
OUTCOMES = (RowOutcome.STARTED, RowOutcome.REJECTED, RowOutcome.UNKNOWN)


def attempt(number: int) -> str:
    """The name of an attempt."""
    return f"attempt-{number}"


if __name__ == "__main__":
    folder, first, last, meters = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    with offline_office(RemoteOffice(Way(NOBODY), lambda: "none"), folder, keeps=False) as office:
        changes = [office.issue(meter, f"alone-{meter}").changes[0].id for meter in meters]
        print("ready", flush=True)
        for number in range(first, last):
            outcome = OUTCOMES[number % len(OUTCOMES)]
            change = changes[number % len(changes)]
            grade = None if outcome is RowOutcome.STARTED else Grade.SENSOR
            office.record(RowRecord(change, 1, outcome, "seen", "camera", "kiosk", attempt(number), grade))
            print(number, flush=True)
