"""Who said it: of what a person tells who signed in, the office knows by whom, whatever the request says."""

from dataclasses import replace

from krn_engine.office.access.callers import Known
from krn_engine.office.contract import RowRecord, Statement


def stated(known: Known | None, statement: Statement) -> Statement:
    """What staff say of a meter, by whoever is signed in."""
    return replace(statement, by=known.name) if known is not None and known.is_person else statement


def recorded(known: Known | None, row: RowRecord) -> RowRecord:
    """What became of a row, by whoever is signed in."""
    return replace(row, by=known.name) if known is not None and known.is_person else row
