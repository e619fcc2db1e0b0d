"""A meter of the copy as it is read there: looked up by a keyed name, opened, and with what is known of its rows."""

from typing import Any

from sqlalchemy import Connection, select

from krn_engine.office.contract import IssuedChange
from krn_engine.office.identify import IDPEL_DIGITS
from krn_engine.office.offline.key import Opener
from krn_engine.office.offline.standing import Known
from krn_engine.office.offline.tables import names, records
from krn_engine.office.queries import CHANGES_OF_METER, METER
from krn_engine.office.remaining import as_issued
from krn_engine.office.wire.sync import COPIED_METER, CopiedMeter
from krn_engine.office.wire.text import from_bytes
from krn_engine.register.tables import KeyStateBy, meters, requests


def look(connection: Connection, opener: Opener | None, digits: str) -> Known | None:
    """By a customer's number, which is longer, or a meter's; None if the copy has none, or no key opens it.

    Raises RecordDamaged.
    """
    if opener is None:
        return None
    name = opener.name(digits)
    place = 0
    if len(digits) == IDPEL_DIGITS:
        where = select(names.c.meter_id, names.c.place).where(names.c.name == name, names.c.place >= 0)
        row = connection.execute(where.limit(1)).first()
        if row is None:
            return None
        meter_id, place = row
    else:
        meter_id = connection.execute(select(meters.c.id).where(meters.c.number == name)).scalar()
    if meter_id is None:
        return None
    kept = _record(connection, meter_id)
    if kept is None:
        return None
    meter = _meter(opener, kept)
    changes = {change.id: change for change in connection.execute(CHANGES_OF_METER, {"meter_id": meter_id})}
    in_order = [changes[change.id] for change in meter.changes]
    answered = select(requests.c.key_change_id).where(requests.c.key_change_id.in_(list(changes)))
    moved = connection.execute(METER, {"meter_id": meter_id}).one()
    return Known(
        meter_id,
        meter,
        place,
        tuple(
            IssuedChange(one.id, copied.old_krn, copied.new_krn, (), one.outcomes, one.attempts, one.claims)
            for one, copied in zip(as_issued(connection, in_order), meter.changes, strict=True)
        ),
        frozenset(connection.execute(answered).scalars()),
        moved.krn,
        moved.key_state_by == KeyStateBy.STATEMENT.value,
    )


def meter_number_of(connection: Connection, opener: Opener | None, meter_id: int | None) -> str:
    """The number of a meter by its id in the copy; empty: the copy does not tell it. Raises RecordDamaged."""
    kept = None if meter_id is None else _record(connection, meter_id)
    return "" if kept is None or opener is None else _meter(opener, kept).meter_number


def _record(connection: Connection, meter_id: int) -> Any:
    """What is kept of a meter, sealed, and the name under which it is; None: nothing."""
    both = select(records.c.body, meters.c.number).select_from(records.join(meters, meters.c.id == records.c.meter_id))
    return connection.execute(both.where(records.c.meter_id == meter_id)).first()


def _meter(opener: Opener, kept: Any) -> CopiedMeter:
    return COPIED_METER.read(from_bytes(opener.open(kept.body, kept.number).encode()))
