"""What an outcome must have before it is kept, by a register or by a kiosk without its office."""

from krn_engine.office.contract import RowOutcome, RowRecord
from krn_engine.office.errors import OutcomeRefused


def require_seen(row: RowRecord, sections: int | None) -> None:
    """Its row is one of a key change of so many (None: who asks does not know it), and who took it was seen.

    Raises OutcomeRefused.
    """
    if sections is not None and not 1 <= row.section <= sections:
        raise OutcomeRefused("an outcome was reported for a row that this office never issued")
    if row.outcome in (RowOutcome.ACCEPTED, RowOutcome.PARTIAL) and row.grade is None:
        raise OutcomeRefused("a row was reported as taken, and nobody and nothing saw it")
