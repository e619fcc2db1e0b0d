"""Which key changes a meter still needs, and how those already issued went."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step, plan, require_in_reach, rows_of
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import IssuedChange, RowOutcome
from krn_engine.office.errors import NoVendingKeys, RowsGone
from krn_engine.office.known import KnownRow, krn_of
from krn_engine.office.queries import CHANGES_OF_METER, KNOWN_ROWS
from krn_engine.office.statements import Record
from krn_engine.register.ready import PAIR, ready_place, ready_states
from krn_engine.register.seal import Keeper
from krn_engine.register.tables import KeyStateBy, RowSource
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, MeterPan

_GONE = "the rows of this meter went with a key that was lost: import the list with its ready-made rows again"


@dataclass(frozen=True, slots=True)
class Given:
    """What an office computes and opens rows with."""

    vault: Vault | None
    at: datetime
    keeper: Keeper


@dataclass(frozen=True, slots=True)
class RemainingChange:
    """One key change that a meter needs, before it is known whether it was issued already."""

    from_state: str
    to_state: str
    source: RowSource
    count: int
    """How many rows it has."""
    rows: Callable[[Given], str]
    """Computes (or opens) the rows of the change, as one text; called only when they are issued."""


def remaining_changes(connection: Connection, meter: Record, campaign: Campaign) -> list[RemainingChange]:
    """The key changes that the meter of a found record still needs, in order. It looks at no row.

    Raises KeyStateUnknown, KeyStateOdd, BeyondTarget.
    """
    if meter.set_id is not None:
        return _ready(connection, meter, campaign)
    if meter.krn is not None:
        # Told before what else the record does not say: of a KRN that no hop leads to, that is most of it.
        require_in_reach(meter.krn, campaign)
    state = KeyState.of_record(meter._asdict())
    return [_computed(step, meter.number) for step in plan(state, campaign).steps]


def _computed(step: Step, meter_number: str) -> RemainingChange:
    def rows(given: Given) -> str:
        if given.vault is None:
            raise NoVendingKeys(
                "this office holds no vending keys: import ready-made rows for this meter, or ask the region for them"
            )
        return " ".join(rows_of(step, MeterPan.of(Drn(meter_number)), given.vault, given.at))

    return RemainingChange(str(step.old), str(step.new), RowSource.ENGINE, step.rows, rows)


def computed_again(change: Record, meter_number: str, campaign: Campaign, given: Given) -> str | None:
    """The rows of an issued key change as they are computed now, as the record has them.

    None where they cannot be: they came ready-made, or their keys have left the vault or expired since.
    """
    if given.vault is None or change.source != RowSource.ENGINE.value:
        return None
    old, new = KeyState.parse(change.from_state), KeyState.parse(change.to_state)
    ken = next((hop.ken for hop in campaign.hops if hop.krn == new.krn), None)
    try:
        return " ".join(rows_of(Step(old, new, ken), MeterPan.of(Drn(meter_number)), given.vault, given.at))
    except KrnError:
        return None


def given_again(change: Record, meter: Record | None, campaign: Campaign, given: Given) -> str:
    """The rows of an issued key change whose own went with a lost key: computed, or those of the same set.

    Raises RowsGone.
    """
    if meter is not None:
        if meter.set_id is not None and change.from_state in (states := ready_states(meter.set_id, meter.sections)):
            return _pair_of(meter, states.index(change.from_state), given)
        again = computed_again(change, meter.number, campaign, given)
        if again is not None:
            return again
    raise RowsGone(_GONE)


def _ready(connection: Connection, meter: Record, campaign: Campaign) -> list[RemainingChange]:
    """Ready-made rows in the same shape. Their states are named after the set: other rows are another change.

    A pair is encrypted under the key that the pair before it made: if it is in, so is that one. The KRN of a list tells
    nothing of them; one that staff saw does. Raises BeyondTarget.
    """
    stated = meter.key_state_by == KeyStateBy.STATEMENT.value
    if stated:
        require_in_reach(meter.krn, campaign)
    known = connection.execute(CHANGES_OF_METER, {"meter_id": meter.id}).all()
    done_states = {
        record.from_state for record, change in zip(known, as_issued(connection, known), strict=True) if change.done
    }
    states = ready_states(meter.set_id, meter.sections)
    pairs = len(states) - 1
    first = max((number + 1 for number, state in enumerate(states) if state in done_states), default=0)
    if stated:
        # The last pair leads to the target, the one before it to the hop before.
        first = max(first, pairs - sum(int(hop.krn) > meter.krn for hop in campaign.hops))
    return [
        RemainingChange(states[number], states[number + 1], RowSource.READY, PAIR, partial(_pair_of, meter, number))
        for number in range(first, pairs)
    ]


def _pair_of(meter: Record, number: int, given: Given) -> str:
    """One pair of the meter's ready-made rows. Raises RowsGone."""
    if meter.rows is None:
        raise RowsGone(_GONE)
    rows = given.keeper.open(meter.rows, *ready_place(meter.number, meter.set_id)).split()
    return " ".join(rows[PAIR * number : PAIR * (number + 1)])


def _no_rows(_record: Record) -> tuple[Row, ...]:
    return ()


def as_issued(
    connection: Connection, records: Sequence[Record], rows_of_record: Callable[[Record], tuple[Row, ...]] = _no_rows
) -> tuple[IssuedChange, ...]:
    """Records of key changes of one meter as values, with what is known of each row.

    Without `rows_of_record` their rows stay closed, and the values have none.
    """
    if not records:
        return ()
    asked = {"ids": [record.id for record in records], "meter_id": records[0].meter_id}
    known = {(row.key_change_id, row.section): row for row in connection.execute(KNOWN_ROWS, asked)}
    return tuple(_issued(record, known, rows_of_record(record)) for record in records)


def _issued(record: Record, known: Mapping[tuple[str, int], KnownRow], rows: tuple[Row, ...]) -> IssuedChange:
    of_sections = [known.get((record.id, section)) for section in range(1, record.sections + 1)]
    return IssuedChange(
        id=record.id,
        old_krn=krn_of(record.from_state),
        new_krn=krn_of(record.to_state),
        rows=rows,
        outcomes=tuple(None if row is None else _outcome(row.outcome) for row in of_sections),
        attempts=tuple(None if row is None else row.attempt_id for row in of_sections),
        claims=tuple(row is not None and bool(row.claimed) for row in of_sections),
    )


def _outcome(value: str | None) -> RowOutcome | None:
    """A row that was begun and never answered is unknown, for ever: the power went, or the kiosk did."""
    outcome = None if value is None else RowOutcome(value)
    return RowOutcome.UNKNOWN if outcome is RowOutcome.STARTED else outcome
