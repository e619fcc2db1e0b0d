"""Entries to be read by people, a page at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, null, select

from krn_engine.office.audit.odd import UNREADABLE, raw, require_odd
from krn_engine.office.errors import MeterUnknown
from krn_engine.office.queries import METER_ID
from krn_engine.register.tables import audit

PAGE = 1000
EVERY = {"event", "at", "actor", "meter"}
"""What every entry tells."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number, and what it tells; None: nobody can read it."""

    seq: int
    told: dict[str, Any] | None


def entries_after(
    connection: Connection, after: int = 0, meter_number: str | None = None, actor: str | None = None
) -> Iterator[Entry]:
    """The sealed entries with higher numbers than this one, of all or of one meter, of all actors or of one.

    Raises MeterUnknown.
    """
    wanted = select(audit.c.seq, raw(audit.c.body)).where(audit.c.seq > bindparam("after"))
    if meter_number is not None:
        meter_id = connection.execute(METER_ID, {"digits": meter_number}).scalar()
        if meter_id is None:
            raise MeterUnknown("this meter is not in the register: check its number")
        wanted = wanted.where(audit.c.meter_id == meter_id)
    if actor is not None:
        wanted = wanted.where(audit.c.actor == actor)
    page, most = wanted.order_by(audit.c.seq), PAGE
    numbers = page.with_only_columns(audit.c.seq, null().label("body"))
    while True:
        try:
            found: Sequence[Any] = connection.execute(page.limit(most), {"after": after}).all()
        except UNREADABLE as error:
            require_odd(error)
            if most == PAGE:
                most = 1
                continue
            try:
                found = connection.execute(numbers.limit(1), {"after": after}).all()
            except UNREADABLE as no_number:
                require_odd(no_number)
                # Text, which comes behind all numbers.
                yield Entry(after + 1, None)
                return
        if not found:
            return
        yield from (Entry(row.seq, _told(row.body)) for row in found)
        after = found[-1].seq


def _told(body: object) -> dict[str, Any] | None:
    """None also for what lacks any of what every entry tells."""
    try:
        told = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and told.keys() >= EVERY else None
