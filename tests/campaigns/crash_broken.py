"""Offices that are broken on purpose: the crash campaign must find out what is wrong with each."""

import os
import threading
import time
from dataclasses import replace

from krn_engine.office.contract import FindResult, Issued, IssuedChange, RowOutcome, RowRecord
from krn_engine.office.local import LocalOffice
from krn_engine.row import Row

LATE_SECONDS = 0.03


class Forgetful(LocalOffice):
    """Keeps no record of a row that begins."""

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        if row.outcome is not RowOutcome.STARTED:
            super().record(row)


class Late(LocalOffice):
    """Says that an answer is on disk, and puts it there a little later."""

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        if row.outcome is not RowOutcome.ACCEPTED:
            super().record(row)
            return
        threading.Thread(target=self._later, args=(row,), daemon=True).start()

    def _later(self, row: RowRecord) -> None:
        time.sleep(LATE_SECONDS)
        super().record(row)


class Inventive(LocalOffice):
    """Shows rows that are not those on its disk."""

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`."""
        issued = super().issue(meter_number, request_id)
        return replace(issued, changes=tuple(_turned(change) for change in issued.changes))


def _turned(change: IssuedChange) -> IssuedChange:
    rows = tuple(Row(row[::-1]) for row in change.rows)
    return IssuedChange(change.id, change.old_krn, change.new_krn, rows, change.outcomes, change.attempts)


class Fatal(LocalOffice):
    """Ends its process when rows are asked for."""

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`."""
        os._exit(3)


class Endless(LocalOffice):
    """Never answers."""

    def find(self, text: str) -> FindResult:
        """See `Office.find`."""
        threading.Event().wait()
        return super().find(text)
