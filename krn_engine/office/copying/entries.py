"""Meters as a copy has them: found, with rows made ahead and sealed for one kiosk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TypeVar

from sqlalchemy import Connection, bindparam

from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import AnswerLost, SourceDown, SourceLocked
from krn_engine.office.contract import Blocked, Due, Unclear
from krn_engine.office.copying.ahead import ChangeAhead, made_ahead
from krn_engine.office.copying.units import Units
from krn_engine.office.finding import found_of, standing_of
from krn_engine.office.queries import FOUND
from krn_engine.office.remaining import Given
from krn_engine.office.statements import Record
from krn_engine.office.wire.sync import CopiedChange, CopiedMeter
from krn_engine.register.errors import RecordDamaged
from krn_engine.register.seal import Seal
from krn_engine.register.tables import customers, meters
from krn_engine.register.transactions import explained

T = TypeVar("T")

_OF_METERS = (
    FOUND.limit(None)
    .where(meters.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(meters.c.id, customers.c.id)
    .add_columns(customers.c.unit)
)


@dataclass(frozen=True, slots=True)
class Copy:
    """For whom entries are made."""

    name: str
    """That of its key."""
    seal: Seal
    units: Units


def entries_of(
    connection: Connection, ids: Sequence[int], copy: Copy, campaign: Campaign, given: Given
) -> Iterator[tuple[int, CopiedMeter | None]]:
    """These meters in the order of `ids`, each with its entry; None for one whose records are damaged.

    A meter without a customer of these units is left out. Raises SourceDown, SourceLocked, AnswerLost.
    """
    for meter_id, records in _records(connection, ids):
        if not records:
            yield meter_id, None
        elif copy.units.any_of(record.unit for record in records):
            yield meter_id, _sound(partial(_entry, connection, records, copy, campaign, given))


def _records(connection: Connection, ids: Sequence[int]) -> Iterator[tuple[int, list[Record]]]:
    """The records of each meter; none where one is damaged. A meter that has no customer is left out."""
    together = _sound(partial(_read, connection, ids))
    if together is not None:
        by_meter = {meter_id: list(records) for meter_id, records in groupby(together, lambda record: record.id)}
        yield from ((meter_id, by_meter[meter_id]) for meter_id in ids if meter_id in by_meter)
        return
    for meter_id in ids:
        records = _sound(partial(_read, connection, [meter_id]))
        if records is None or records:
            yield meter_id, list(records or ())


def _read(connection: Connection, ids: Sequence[int]) -> Sequence[Record]:
    return connection.execute(_OF_METERS, {"ids": list(ids)}).all()


def _sound(made: Callable[[], T]) -> T | None:
    """What it gives; None if it meets a damaged record."""
    try:
        with explained():
            return made()
    except RecordDamaged:
        return None


def _entry(
    connection: Connection, records: Sequence[Record], copy: Copy, campaign: Campaign, given: Given
) -> CopiedMeter:
    meter = records[0]
    standing = standing_of(connection, meter, campaign)
    found = tuple(found_of(connection, record, campaign, given.at, standing=standing) for record in records)
    made, code = None, ""
    if isinstance(standing, Due):
        try:
            made = made_ahead(connection, meter, campaign, given)
        except (SourceDown, SourceLocked, AnswerLost):
            # Rows can be had when the source is there again, and nobody would tell the kiosk of that.
            raise
        except KrnError as error:
            code = error.code
    return CopiedMeter(
        meter_number=meter.number,
        found=found,
        changes=() if made is None else tuple(_sealed(meter.number, change, copy) for change in made.changes),
        code=code,
        first=1 if made is None else made.first,
        krn_before=None if made is None else made.krn_before,
        minutes_for_a_change=campaign.minutes_for_a_change,
    )


def _sealed(meter_number: str, change: ChangeAhead, copy: Copy) -> CopiedChange:
    known = change.known
    return CopiedChange(
        id=known.id,
        from_state=change.from_state,
        to_state=change.to_state,
        old_krn=known.old_krn,
        new_krn=known.new_krn,
        rows=copy.seal.close(change.rows, meter_number, change.from_state, change.to_state, copy.name),
        outcomes=known.outcomes,
        attempts=known.attempts,
        claims=known.claims,
        on_record=change.on_record,
    )


_OF_METER, _OF_FOUND, _OF_CHANGE, _OF_ROW = 160, 500, 500, 90
"""Bytes of JSON that these have at most without the texts of people, attempts left out."""
_OF_SIGN = 6
"""And one sign of such a text."""


def most_bytes(entry: CopiedMeter) -> int:
    """As JSON it has no more bytes than this."""
    texts = sum(len(found.customer.masked_name) + len(found.customer.tariff) for found in entry.found)
    rows = sum(len(change.outcomes) for change in entry.changes)
    of_standing = 0
    match entry.found[0].standing:
        case Blocked(reason):
            of_standing = len(reason)
        case Unclear(_, message):
            of_standing = len(message)
    return (
        _OF_METER
        + (_OF_FOUND + _OF_SIGN * of_standing) * len(entry.found)
        + _OF_CHANGE * len(entry.changes)
        + _OF_ROW * rows
        + _OF_SIGN * texts
    )
