"""Entries to be read by people, a page at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, null, select

from krn_engine.office.audit.odd import Unnumbered, raw, records_after
from krn_engine.office.errors import MeterUnknown
from krn_engine.office.queries import METER_ID
from krn_engine.register.tables import audit

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
    page = wanted.order_by(audit.c.seq)
    numbers = page.with_only_columns(audit.c.seq, null().label("body"))
    try:
        for row in records_after(connection, after, page, numbers):
            yield Entry(row.seq, _told(row.body))
    except Unnumbered as unnumbered:
        # Text, which comes behind all numbers.
        yield Entry(unnumbered.args[0] + 1, None)


def _told(body: object) -> dict[str, Any] | None:
    """None also for what lacks any of what every entry tells."""
    try:
        told = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and told.keys() >= EVERY else None
