"""Stands where a register could not be opened, so that everything else of the kiosk is looked at all the same."""

from typing import NoReturn

from krn_engine.errors import KrnError
from krn_engine.office.contract import (
    FindResult,
    HistoryEntry,
    Issued,
    Progress,
    RowRecord,
    SessionEnding,
    Statement,
)


class ClosedOffice:
    """An `Office` that raises, for whatever it is asked, the refusal that kept it closed."""

    def __init__(self, why: KrnError) -> None:
        self._why = why

    def find(self, text: str) -> FindResult:
        """Raises the refusal."""
        self._refuse()

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """Raises the refusal."""
        self._refuse()

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """Raises the refusal."""
        self._refuse()

    def record(self, row: RowRecord) -> None:
        """Raises the refusal."""
        self._refuse()

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """Raises the refusal."""
        self._refuse()

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """Raises the refusal."""
        self._refuse()

    def progress(self) -> Progress:
        """Raises the refusal."""
        self._refuse()

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """Raises the refusal."""
        self._refuse()

    def ping(self) -> None:
        """Raises the refusal."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise self._why
