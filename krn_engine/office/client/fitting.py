"""What a kiosk puts on record, as an office keeps it: on one line, and not longer."""

import re
from dataclasses import replace

from krn_engine.office.contract import RowRecord, SessionEnding, Statement
from krn_engine.office.wire import values

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def fitting_row(row: RowRecord) -> RowRecord:
    """An outcome with its texts as an office keeps them."""
    return replace(
        row,
        evidence=_fit(row.evidence, values.EVIDENCE),
        by=_fit(row.by, values.PLACE),
        place=_fit(row.place, values.PLACE),
    )


def fitting_ending(session: SessionEnding) -> SessionEnding:
    """The ending of a session with its texts as an office keeps them."""
    return replace(session, place=_fit(session.place, values.PLACE))


def fitting_statement(statement: Statement) -> Statement:
    """A statement of staff with its texts as an office keeps them."""
    return replace(
        statement,
        reason=_fit(statement.reason, values.REASON),
        by=_fit(statement.by, values.PLACE),
        place=_fit(statement.place, values.PLACE),
    )


def _fit(text: str, longest: int) -> str:
    return _CONTROL.sub(" ", text)[:longest]
