"""What has become of meters, by the audit's sealed entries: they have no gaps, and none comes in between later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from krn_engine.office.copying.cursor import short
from krn_engine.office.copying.units import Units
from krn_engine.register.audit.entries import AuditEvent, head_of
from krn_engine.register.tables import audit

_AFTER = (
    select(audit.c.seq, audit.c.hash, audit.c.event, audit.c.meter_id, audit.c.body)
    .where(audit.c.seq > bindparam("seq"))
    .order_by(audit.c.seq)
    .limit(bindparam("most"))
)
_HASH = select(audit.c.hash).where(audit.c.seq == bindparam("seq"))
ENTRIES = 2000
"""Most entries that are read for one page."""
METERS = 5000
"""And no more are read after so many meters. An entry of a list tells of a thousand."""
_NO_METER_CHANGED = frozenset(
    event.value
    for event in (
        AuditEvent.BEGAN,
        AuditEvent.LIST_BEGUN,
        AuditEvent.ROWS_SEALED,
        AuditEvent.CODE_MADE,
        AuditEvent.ENROLLED,
        AuditEvent.ROTATED,
        AuditEvent.COPY_KEY_MADE,
        AuditEvent.REVOKED,
        AuditEvent.CODE_WITHDRAWN,
        AuditEvent.PERSON_ADDED,
        AuditEvent.PERSON_CHANGED,
        AuditEvent.PERSON_REMOVED,
        AuditEvent.DIFFERENCE_ACCEPTED,
        AuditEvent.ORDERS_LISTED,
        AuditEvent.RESULTS_TAKEN,
        AuditEvent.ROWS_EXPORTED,
    )
)
"""After any other entry that names no meter everything may have changed."""


@dataclass(frozen=True, slots=True)
class News:
    """Meters that something became of, each with the place up to which all is told when it is."""

    meters: Mapping[int, tuple[int, str]]
    """By meter, in the order in which they are told: the entry before the one that tells of it, and its hash.

    Meters of one entry are told by their ids.
    """
    seq: int
    hash: str
    """The place up to which all is told when all of these meters are."""
    more: bool


def head(connection: Connection) -> tuple[int, str]:
    """The last sealed entry, and the beginning of its hash."""
    seq, hash_ = head_of(connection)
    return seq, short(hash_)


def is_there(connection: Connection, seq: int, hash_: str) -> bool:
    """Whether the entry with this number has this hash, in this register."""
    if seq == 0:
        return hash_ == short(bytes(32))
    found = connection.execute(_HASH, {"seq": seq}).scalar()
    return found is not None and short(found) == hash_


def news(connection: Connection, seq: int, hash_: str, after_meter: int, units: Units) -> News | None:
    """What became of meters of these units after an entry; None where that cannot be told one by one.

    Of the first entry after it the meters up to `after_meter` are told already.
    """
    told: dict[int, tuple[int, str]] = {}
    entries = connection.execute(_AFTER, {"seq": seq, "most": ENTRIES}).all()
    of_lists: set[int] = set()
    before = (seq, hash_)
    more = len(entries) == ENTRIES
    for entry in entries:
        if len(told) >= METERS:
            more = True
            break
        if entry.meter_id is not None:
            told.setdefault(entry.meter_id, before)
        elif entry.event == AuditEvent.LIST_LINES.value:
            of_list = _meters_of_list(entry.body, units)
            if of_list is None:
                return None
            of_lists.update(of_list)
            behind = after_meter if before == (seq, hash_) else 0
            told.update((meter, before) for meter in of_list if meter > behind and meter not in told)
        elif entry.event not in _NO_METER_CHANGED:
            return None
        before = (entry.seq, short(entry.hash))
    own = units.own(connection, {*told, *of_lists})
    if of_lists - own:
        # Some of these meters may have left these units. Which, is nobody's business who has not: a new list tells it.
        return None
    return News({meter: place for meter, place in told.items() if meter in own}, *before, more)


def _meters_of_list(body: str, units: Units) -> list[int] | None:
    """The meters that some lines of a list were about, if they were about these units; None if nobody can tell."""
    try:
        told = json.loads(body)
        return sorted(map(int, told["meters"])) if units.any_of(told["units"]) else []
    except (ValueError, KeyError, TypeError, AttributeError):
        # The entry is not as it was written, which the chain tells to who verifies it.
        return None
