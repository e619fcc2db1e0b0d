"""Which key changes a meter still needs, and how those already issued went."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step, plan, rows_of
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import Grade, IssuedChange, RowOutcome
from krn_engine.office.errors import NoVendingKeys
from krn_engine.office.queries import CHANGES_OF_METER, OUTCOMES
from krn_engine.office.reports import krn_of
from krn_engine.office.statements import Record, Said, said_of
from krn_engine.register.tables import KeyStateBy, RowSource
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, MeterPan


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
        return _ready(connection, meter, campaign)
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


def _ready(connection: Connection, meter: Record, campaign: Campaign) -> list[RemainingChange]:
    """Ready-made rows in the same shape. Their states are named after the rows: other rows are another change.

    A pair is encrypted under the key that the pair before it made: if it is in, so is that one.
    """
    columns = [(meter.kct1a, meter.kct1b), (meter.kct2a, meter.kct2b)]
    pairs = [(Row(first), Row(second)) for first, second in columns if first is not None]
    digest = hashlib.sha256(" ".join(row for pair in pairs for row in pair).encode()).hexdigest()[:16]
    known = connection.execute(CHANGES_OF_METER, {"meter_id": meter.id}).all()
    done_states = {
        record.from_state for record, change in zip(known, as_issued(connection, known), strict=True) if change.done
    }
    states = [f"ready/{digest}/{number}" for number in range(len(pairs) + 1)]
    first = max((number + 1 for number, state in enumerate(states) if state in done_states), default=0)
    if meter.key_state_by == KeyStateBy.STATEMENT.value:
        # The last pair leads to the target, the one before it to the hop before.
        first = max(first, len(pairs) - sum(int(hop.krn) > meter.krn for hop in campaign.hops))
    return [
        RemainingChange(
            states[number], states[number + 1], RowSource.READY, len(pairs[number]), _as_given(pairs[number])
        )
        for number in range(first, len(pairs))
    ]


def _as_given(rows: tuple[Row, ...]) -> Callable[[Vault | None, datetime], tuple[Row, ...]]:
    return lambda _vault, _at: rows


def as_issued(connection: Connection, records: Sequence[Record]) -> tuple[IssuedChange, ...]:
    """Records of key changes of one meter as values, with what is known of each row."""
    if not records:
        return ()
    said = said_of(connection, records[0].meter_id)
    known = {record.id: _Known(record, said) for record in records}
    for row in connection.execute(OUTCOMES, {"ids": list(known)}):
        known[row.key_change_id].hear(row)
    return tuple(change.issued() for change in known.values())


class _Known:
    """What is known of the rows of one key change, outcome by outcome, the oldest first."""

    def __init__(self, record: Record, said: Said) -> None:
        self._record = record
        self._said = said
        self._new_krn = krn_of(record.to_state)
        self._last: dict[int, tuple[RowOutcome, str]] = {}
        self._claims: dict[int, bool] = {}

    def hear(self, row: Any) -> None:
        """The next outcome."""
        outcome = RowOutcome(row.outcome)
        taken = outcome is RowOutcome.ACCEPTED
        if taken and row.grade == Grade.CUSTOMER.value:
            self._claims[row.section] = row.id > self._said.claims_after
            return
        self._claims[row.section] = False
        if taken and self._said.sets_aside(row.id, self._new_krn):
            self._last.pop(row.section, None)
        else:
            self._last[row.section] = outcome, row.attempt_id

    def issued(self) -> IssuedChange:
        """All of it."""
        rows = tuple(Row(digits) for digits in self._record.rows.split())
        sections = range(1, len(rows) + 1)
        last = [self._last.get(section, (None, None)) for section in sections]
        return IssuedChange(
            id=self._record.id,
            old_krn=krn_of(self._record.from_state),
            new_krn=self._new_krn,
            rows=rows,
            # A row that was begun and never answered is unknown, for ever: the power went, or the kiosk did.
            outcomes=tuple(RowOutcome.UNKNOWN if outcome is RowOutcome.STARTED else outcome for outcome, _ in last),
            attempts=tuple(attempt for _, attempt in last),
            claims=tuple(self._claims.get(section, False) for section in sections),
        )
