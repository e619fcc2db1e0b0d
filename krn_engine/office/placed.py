"""An office as one caller writes to it: whatever is put on record says which caller it came from."""

from dataclasses import replace

from krn_engine.office.contract import (
    FindResult,
    HistoryEntry,
    Issued,
    Office,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)
from krn_engine.office.wire.values import PLACE

SEPARATOR = ": "
"""No name of a caller has it: what stands before the first one is the office's own word."""


class PlacedOffice:
    """Passes everything on. The place of a record is the caller's name, and what the caller calls it behind that.

    So no kiosk can write as another one, whatever its settings call it.
    """

    def __init__(self, office: Office, caller: str) -> None:
        self._office = office
        self._caller = caller

    def find(self, text: str) -> FindResult:
        """See `Office.find`."""
        return self._office.find(text)

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """See `Office.issue`."""
        return self._office.issue(meter_number, request_id)

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """See `Office.home_page`."""
        return self._office.home_page(meter_number, request_id, digest)

    def record(self, row: RowRecord) -> None:
        """See `Office.record`."""
        self._office.record(replace(row, place=placed(self._caller, row.place)))

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """See `Office.end`."""
        self._office.end(meter_number, replace(session, place=placed(self._caller, session.place)), delivery)

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """See `Office.state`."""
        self._office.state(meter_number, replace(statement, place=placed(self._caller, statement.place)), delivery)

    def progress(self) -> Progress:
        """See `Office.progress`."""
        return self._office.progress()

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """See `Office.history`."""
        return self._office.history(meter_number)

    def ping(self) -> None:
        """See `Office.ping`."""
        self._office.ping()


def placed(caller: str, said: str) -> str:
    """The place that goes on record; of what is said only what has room."""
    return caller if said in ("", caller) else f"{caller}{SEPARATOR}{said}"[:PLACE]
