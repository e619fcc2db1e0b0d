"""The rows of a meter made ahead, for a copy: what `issue` would give, with nothing put on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import Step
from krn_engine.issuing.sources.port import RowSource
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import IssuedChange
from krn_engine.office.errors import MeterBlocked, NotMadeAhead, RowsDiffer
from krn_engine.office.new_changes import change_id
from krn_engine.office.queries import CHANGES_OF_METER
from krn_engine.office.remaining import (
    Given,
    as_issued,
    computed_again,
    first_number,
    given_again,
    krn_before,
    krn_of,
    remaining_changes,
)
from krn_engine.office.statements import Record
from krn_engine.row import Row
from krn_engine.sts.identity import Drn, Ken


class SourcesAhead(Sources):
    """The sources of an office, asked for rows that nobody asked for yet: one that counts what it makes is not."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources

    def __bool__(self) -> bool:
        return bool(self._sources)

    def rows(self, drn: Drn, step: Step, at: datetime) -> tuple[Row, ...]:
        """See `Sources.rows`. Raises NotMadeAhead too."""
        rows = self.rows_again(drn, step, at)
        if rows is None:
            raise NotMadeAhead(
                "a module makes the rows of this meter and counts them: they are not made ahead, but when they are "
                "issued (by a kiosk, or by krn bulk --issue)"
            )
        return rows

    def rows_again(self, drn: Drn, step: Step, at: datetime) -> tuple[Row, ...] | None:
        """See `Sources.rows_again`."""
        return self._sources.rows_again(drn, step, at)

    def source_of(self, step: Step) -> RowSource:
        """See `Sources.source_of`."""
        return self._sources.source_of(step)

    def ken_of(self, state: KeyState) -> Ken | None:
        """See `Sources.ken_of`."""
        return self._sources.ken_of(state)


@dataclass(frozen=True, slots=True)
class ChangeAhead:
    """A key change that a meter needs, and what is known of its rows."""

    from_state: str
    to_state: str
    rows: str = field(repr=False)
    """In the clear, separated by spaces."""
    known: IssuedChange
    """Its id, its KRNs and what became of each row; its own rows stay closed."""
    on_record: bool


@dataclass(frozen=True, slots=True)
class ListAhead:
    """All key changes that a meter needs, as `Issued` would have them."""

    changes: tuple[ChangeAhead, ...]
    first: int
    krn_before: int | None


def made_ahead(connection: Connection, meter: Record, campaign: Campaign, given: Given) -> ListAhead | None:
    """What `issue` would give; None where the meter needs nothing.

    Raises what `issue` raises, and NotMadeAhead. Rows on record are computed again first, as `issue` does it.
    """
    if meter.blocked:
        raise MeterBlocked(f"the office has blocked this meter: {meter.blocked}")
    changes = remaining_changes(connection, meter, campaign)
    if not changes:
        return None
    given = replace(given, sources=SourcesAhead(given.sources))
    known = {(r.from_state, r.to_state): r for r in connection.execute(CHANGES_OF_METER, {"meter_id": meter.id})}
    records = [known.get((change.from_state, change.to_state)) for change in changes]
    told = {change.id: change for change in as_issued(connection, [record for record in records if record is not None])}
    made = []
    for change, record in zip(changes, records, strict=True):
        if record is None:
            rows = change.rows(given)
            of_change = _not_issued(meter.number, change.from_state, change.to_state, rows, change.count)
        else:
            rows = _rows_of(record, meter, campaign, given)
            of_change = told[record.id]
        made.append(ChangeAhead(change.from_state, change.to_state, rows, of_change, record is not None))
    first, before = _before(connection, records, meter, campaign, changes[0].from_state)
    return ListAhead(tuple(made), first, before)


def _not_issued(meter_number: str, from_state: str, to_state: str, rows: str, count: int) -> IssuedChange:
    return IssuedChange(
        id=change_id(meter_number, from_state, to_state, rows),
        old_krn=krn_of(from_state),
        new_krn=krn_of(to_state),
        rows=(),
        outcomes=(None,) * count,
        attempts=(None,) * count,
        claims=(False,) * count,
    )


def _rows_of(record: Record, meter: Record, campaign: Campaign, given: Given) -> str:
    """The rows of a key change on record. Raises RowsDiffer, RowsGone, RecordDamaged."""
    if record.rows is None:
        return given_again(record, meter, campaign, given)
    rows = given.keeper.open(record.rows, meter.number, record.from_state, record.to_state)
    again = computed_again(record, meter.number, campaign, given)
    if again is not None and again != rows:
        raise RowsDiffer("the rows on record are not those that the keys here give")
    return rows


def _before(
    connection: Connection, records: Sequence[Record | None], meter: Record, campaign: Campaign, from_state: str
) -> tuple[int, int | None]:
    """Number of the first row on the list that it belongs to, and the KRN that the meter shows before it."""
    first = records[0]
    number = 1 if first is None else first_number(connection, first)
    return number, krn_before(from_state, meter, campaign)
