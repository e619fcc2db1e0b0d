"""Which key changes a meter still needs, and how those already issued went."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Self

from sqlalchemy import Connection

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyStateUnknown, SourceError
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step, plan, require_in_reach
from krn_engine.issuing.sources.port import ReadySet
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import IssuedChange, RowOutcome
from krn_engine.office.errors import MeterBlocked, NoUpgradeNeeded, NoVendingKeys, RowsDiffer, RowsGone
from krn_engine.office.queries import CHANGES_OF_METER, CHANGES_OF_METERS, KNOWN_ROWS, KNOWN_ROWS_OF_MANY
from krn_engine.office.ready_source import GONE, ReadySource
from krn_engine.office.statements import Record
from krn_engine.register.known import KnownRow
from krn_engine.register.ready import PAIR, is_ready_state, ready_states
from krn_engine.register.seal import Keeper
from krn_engine.register.tables import KeyStateBy, RowOrigin
from krn_engine.row import Row
from krn_engine.sts.identity import Drn


@dataclass(frozen=True, slots=True)
class Given:
    """What an office computes and opens rows with."""

    sources: Sources
    at: datetime
    keeper: Keeper
    ahead: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Rows that were asked for before the transaction began, by the states that they lead from and to."""


@dataclass(frozen=True, slots=True)
class RemainingChange:
    """One key change that a meter needs, before it is known whether it was issued already."""

    from_state: str
    to_state: str
    source: RowOrigin
    count: int
    """How many rows it has."""
    rows: Callable[[Given], str]
    """Computes (or opens) the rows of the change, as one text; called only when they are issued."""


@dataclass(frozen=True, slots=True)
class Between:
    """A key change by its states alone, as somebody tells of it who was given its rows."""

    from_state: str
    to_state: str

    @property
    def source(self) -> str:
        """A value of RowOrigin."""
        origin = RowOrigin.READY if is_ready_state(self.from_state) else RowOrigin.ENGINE
        return str(origin.value)


@dataclass(frozen=True, slots=True)
class Issues:
    """What was issued to one meter before, asked only where it matters; no row of it is looked at."""

    changes: Callable[[], Sequence[Record]]
    """All its key changes."""
    known: Callable[[Sequence[Record]], tuple[IssuedChange, ...]]
    """Some of those, with what is known of them."""

    @classmethod
    def of(cls, connection: Connection, meter: Record) -> Self:
        """Those of a found record."""
        return cls(
            lambda: connection.execute(CHANGES_OF_METER, {"meter_id": meter.id}).all(),
            lambda records: as_issued(connection, records),
        )

    @classmethod
    def of_many(cls, connection: Connection, meter_ids: Collection[int]) -> "Callable[[int], Issues]":
        """Those of many meters, read at once: by the id of a meter."""
        records = connection.execute(CHANGES_OF_METERS, {"meters": list(meter_ids)}).all()
        asked = {"ids": [record.id for record in records], "meters": list(meter_ids)}
        known = {(row.key_change_id, row.section): row for row in connection.execute(KNOWN_ROWS_OF_MANY, asked)}
        by_meter: dict[int, list[Record]] = {}
        for record in records:
            by_meter.setdefault(record.meter_id, []).append(record)

        def of(meter_id: int) -> Issues:
            return cls(
                lambda: by_meter.get(meter_id, []),
                lambda records: tuple(_issued(record, known, ()) for record in records),
            )

        return of


def remaining_changes(connection: Connection, meter: Record, campaign: Campaign) -> list[RemainingChange]:
    """The key changes that the meter of a found record still needs, in order. It looks at no row.

    Raises KeyStateUnknown, KeyStateOdd, BeyondTarget.
    """
    return remaining_by(meter, campaign, Issues.of(connection, meter))


def remaining_by(meter: Record, campaign: Campaign, issues: Issues) -> list[RemainingChange]:
    """The same, by what was issued before."""
    if meter.set_id is not None:
        return _ready(meter, campaign, issues)
    return [_computed(step, meter.number) for step in steps_of(meter._asdict(), campaign)]


def steps_of(record: Mapping[str, Any], campaign: Campaign) -> tuple[Step, ...]:
    """The key changes that a meter needs by its key state on record; they are the same for all meters in that state.

    Raises KeyStateUnknown, KeyStateOdd, BeyondTarget.
    """
    if record["krn"] is not None:
        # Told before what else the record does not say: of a KRN that no hop leads to, that is most of it.
        require_in_reach(record["krn"], campaign)
    return plan(KeyState.of_record(record), campaign).steps


def require_unblocked(reason: str | None) -> None:
    """Raises MeterBlocked for a meter that is blocked, for a reason in words."""
    if reason:
        raise MeterBlocked(f"the office has blocked this meter: {reason}")


def require_any(changes: Sequence[object]) -> None:
    """Raises NoUpgradeNeeded for a meter that needs no key change."""
    if not changes:
        raise NoUpgradeNeeded("this meter is up to date: it needs no rows, and nothing is to be paid")


def no_vending_keys() -> NoVendingKeys:
    """What is said where rows would have to be made, and no source makes any."""
    return NoVendingKeys(
        "this office holds no vending keys: import ready-made rows for this meter, or ask the region for them"
    )


def rows_differ() -> RowsDiffer:
    """What is said where rows on record are not those that are computed now."""
    return RowsDiffer(
        "the rows on record are not those that the keys here give: the record, the vault or the campaign "
        "is not what it was when they were issued. Compare the check values, and restore what is wrong"
    )


def _computed(step: Step, meter_number: str) -> RemainingChange:
    def rows(given: Given) -> str:
        made = given.ahead.get((str(step.old), str(step.new)))
        if made is not None:
            return made
        if not given.sources:
            raise no_vending_keys()
        return " ".join(given.sources.rows(Drn(meter_number), step, given.at))

    return RemainingChange(str(step.old), str(step.new), RowOrigin.ENGINE, step.rows, rows)


def computed_again(change: Record, meter_number: str, campaign: Campaign, given: Given) -> str | None:
    """The rows of an issued key change as they are computed now, as the record has them.

    None where they cannot be: they came ready-made, their keys have left their source or expired since, or the source
    is down, or is one that is not asked only to compare.
    """
    step = _step_again(change, campaign, given)
    try:
        rows = None if step is None else given.sources.rows_again(Drn(meter_number), step, given.at)
    except KrnError:
        return None
    return None if rows is None else " ".join(rows)


def _step_again(change: Record | Between, campaign: Campaign, given: Given) -> Step | None:
    """The step of an issued key change, if sources make its rows."""
    if not given.sources or change.source != RowOrigin.ENGINE.value:
        return None
    old, new = KeyState.parse(change.from_state), KeyState.parse(change.to_state)
    return Step(old, new, next((hop.ken for hop in campaign.hops if hop.krn == new.krn), None))


def given_again(change: Record | Between, meter: Record | None, campaign: Campaign, given: Given) -> str:
    """The rows of an issued key change that are not on record here: made again, or those of the same set.

    Raises RowsGone, and what a source is refused with (SourceError) where they can be had later.
    """
    if meter is not None:
        if meter.set_id is not None and change.from_state in (states := ready_states(meter.set_id, meter.sections)):
            return _pair_of(meter, states.index(change.from_state), given)
        step = _step_again(change, campaign, given)
        if step is not None:
            try:
                return " ".join(given.sources.rows(Drn(meter.number), step, given.at))
            except SourceError:
                # They are not gone: they can be had when the source is there again, or is mended.
                raise
            except KrnError as error:
                raise RowsGone(GONE) from error
    raise RowsGone(GONE)


def _ready(meter: Record, campaign: Campaign, issues: Issues) -> list[RemainingChange]:
    """Ready-made rows in the same shape. Their states are named after the set: other rows are another change.

    A pair is encrypted under the key that the pair before it made: if it is in, so is that one. The KRN of a list tells
    nothing of them; one that staff saw does. Raises BeyondTarget.
    """
    stated = meter.key_state_by == KeyStateBy.STATEMENT.value
    if stated:
        require_in_reach(meter.krn, campaign)
    before = issues.changes()
    done_states = {
        record.from_state for record, change in zip(before, issues.known(before), strict=True) if change.done
    }
    states = ready_states(meter.set_id, meter.sections)
    pairs = len(states) - 1
    first = max((number + 1 for number, state in enumerate(states) if state in done_states), default=0)
    if stated:
        first = max(first, _pairs_in(meter, pairs, campaign))
    return [
        RemainingChange(states[number], states[number + 1], RowOrigin.READY, PAIR, partial(_pair_of, meter, number))
        for number in range(first, pairs)
    ]


def _pairs_in(meter: Record, pairs: int, campaign: Campaign) -> int:
    """How many pairs are in by the KRN on record: the last leads to the target, the one before it to the hop before."""
    ahead: int = sum(int(hop.krn) > meter.krn for hop in campaign.hops)
    return max(0, pairs - ahead)


def first_number(connection: Connection, change: Record) -> int:
    """Which number the first row of a key change had on the list that it was first given out with.

    Changes of one list were issued at one moment, and each begins with the state that the one before it made.
    """
    return first_among(connection.execute(CHANGES_OF_METER, {"meter_id": change.meter_id}), change)


def first_among(changes: Iterable[Record], change: Record) -> int:
    """The same, by all key changes of the meter."""
    by_end = {other.to_state: other for other in changes if other.issued_at == change.issued_at}
    number = 1
    while (before := by_end.pop(change.from_state, None)) is not None:
        number += before.sections
        change = before
    return number


def krn_before(from_state: str, meter: Record | None, campaign: Campaign) -> int | None:
    """The KRN that the meter shows by its record before a key change from this state; None where that is not told.

    Ready-made rows name none. Before the first pair of a set it is that of the list; later, what staff saw, if the set
    is no further by its proofs.
    """
    named = krn_of(from_state)
    if named is not None or meter is None or meter.krn is None or meter.set_id is None:
        return named
    states = ready_states(meter.set_id, meter.sections)
    stated = meter.key_state_by == KeyStateBy.STATEMENT.value
    in_by_record = _pairs_in(meter, len(states) - 1, campaign) if stated else 0
    return int(meter.krn) if from_state == states[in_by_record] else None


def _pair_of(meter: Record, number: int, given: Given) -> str:
    """One pair of the meter's ready-made rows. Raises RowsGone."""
    return " ".join(ReadySource(meter, given.keeper).rows(ReadySet(meter.set_id, number)))


def krn_of(state: str) -> int | None:
    """The KRN of a key state that was written out; None for ready-made rows, of which only the rows are known."""
    try:
        return int(KeyState.parse(state).krn)
    except KeyStateUnknown:
        return None


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


def as_first_issued(
    records: Sequence[Record], rows_of_record: Callable[[Record], tuple[Row, ...]]
) -> tuple[IssuedChange, ...]:
    """Records that were made in this transaction: nobody has told anything of their rows."""
    return tuple(_issued(record, {}, rows_of_record(record)) for record in records)


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
