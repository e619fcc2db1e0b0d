"""Which key changes a meter still needs, and how those already issued went."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row as SqlRow

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step, plan, rows_of
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import IssuedChange, RowOutcome
from krn_engine.office.errors import NoVendingKeys
from krn_engine.office.queries import CHANGES_OF_METER, OUTCOMES
from krn_engine.office.reports import krn_of
from krn_engine.register.tables import RowSource
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, MeterPan

Record = SqlRow[Any]
"""A record of the register."""


@dataclass(frozen=True, slots=True)
class RemainingChange:
    """One key change that a meter needs, before it is known whether it was issued already."""

    from_state: str
    to_state: str
    source: RowSource
    count: int
    """How many rows it has."""
    rows: Callable[[Vault | None, datetime], tuple[Row, ...]]
    """Computes (or reads) the rows of the change; called only when they are issued."""


def remaining_changes(connection: Connection, meter: Record, campaign: Campaign) -> list[RemainingChange]:
    """The key changes that the meter of a found record still needs, in order.

    Raises KeyStateUnknown, KeyStateOdd, BeyondTarget.
    """
    if meter.kct1a is not None:
        return _ready(connection, meter)
    state = KeyState.of_record(meter._asdict())
    return [_computed(step, meter.number) for step in plan(state, campaign).steps]


def _computed(step: Step, meter_number: str) -> RemainingChange:
    def rows(vault: Vault | None, at: datetime) -> tuple[Row, ...]:
        if vault is None:
            raise NoVendingKeys(
                "this office holds no vending keys: import ready-made rows for this meter, or ask the region for them"
            )
        return rows_of(step, MeterPan.of(Drn(meter_number)), vault, at)

    return RemainingChange(str(step.old), str(step.new), RowSource.ENGINE, step.rows, rows)


def computed_again(
    change: Record, meter_number: str, campaign: Campaign, vault: Vault | None, at: datetime
) -> str | None:
    """The rows of an issued key change as they are computed now, as the record has them.

    None where they cannot be: they came ready-made, or their keys have left the vault or expired since.
    """
    if vault is None or change.source != RowSource.ENGINE.value:
        return None
    old, new = KeyState.parse(change.from_state), KeyState.parse(change.to_state)
    ken = next((hop.ken for hop in campaign.hops if hop.krn == new.krn), None)
    try:
        return " ".join(rows_of(Step(old, new, ken), MeterPan.of(Drn(meter_number)), vault, at))
    except KrnError:
        return None


def _ready(connection: Connection, meter: Record) -> list[RemainingChange]:
    """Ready-made rows in the same shape. Their states are named after the rows: other rows are another change."""
    columns = [(meter.kct1a, meter.kct1b), (meter.kct2a, meter.kct2b)]
    pairs = [(Row(first), Row(second)) for first, second in columns if first is not None]
    digest = hashlib.sha256(" ".join(row for pair in pairs for row in pair).encode()).hexdigest()[:16]
    known = connection.execute(CHANGES_OF_METER, {"meter_id": meter.id}).all()
    done = {change.id for change in as_issued(connection, known) if change.done}
    done_states = {record.from_state for record in known if record.id in done}
    changes = []
    for number, pair in enumerate(pairs):
        state = f"ready/{digest}/{number}"
        if state not in done_states:
            after = f"ready/{digest}/{number + 1}"
            changes.append(RemainingChange(state, after, RowSource.READY, len(pair), _as_given(pair)))
    return changes


def _as_given(rows: tuple[Row, ...]) -> Callable[[Vault | None, datetime], tuple[Row, ...]]:
    return lambda _vault, _at: rows


def as_issued(connection: Connection, records: Sequence[Record]) -> tuple[IssuedChange, ...]:
    """Records of key changes as values, with the last outcome of each row."""
    last: dict[tuple[str, int], tuple[RowOutcome, str]] = {}
    if records:
        for row in connection.execute(OUTCOMES, {"ids": [record.id for record in records]}):
            last[row.key_change_id, row.section] = RowOutcome(row.outcome), row.attempt_id
    return tuple(_issued_change(record, last) for record in records)


def _issued_change(record: Record, last: dict[tuple[str, int], tuple[RowOutcome, str]]) -> IssuedChange:
    rows = tuple(Row(digits) for digits in record.rows.split())
    known = [last.get((record.id, section), (None, None)) for section in range(1, len(rows) + 1)]
    return IssuedChange(
        id=record.id,
        old_krn=krn_of(record.from_state),
        new_krn=krn_of(record.to_state),
        rows=rows,
        # A row that was begun and never answered is unknown, for ever: the power went, or the kiosk did.
        outcomes=tuple(RowOutcome.UNKNOWN if outcome is RowOutcome.STARTED else outcome for outcome, _ in known),
        attempts=tuple(attempt for _, attempt in known),
    )
