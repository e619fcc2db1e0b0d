"""An entry of the outbox, as it is delivered and as staff see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from krn_engine.office.net_errors import WireBroken
from krn_engine.office.offline.file import digest_of_entry, number_of
from krn_engine.office.wire.delivered import Fact, Kind
from krn_engine.office.wire.text import from_bytes


class DamagedEntry(Exception):
    """The digest of an entry is wrong: it is not told as if it were right."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in the outbox. Its body is JSON of the wire; it holds no row and no customer's name."""

    fact: Fact = field(repr=False)
    refused_at: datetime | None
    """None: it waits to be delivered."""
    code: str
    """Why the office refused it."""
    message: str
    meter_number: str = field(default="", repr=False)
    """Whose it is, where the copy or the fact itself tells it."""


def fact_of_entry(row: Any) -> Fact:
    """The fact in a record of the outbox. Raises DamagedEntry."""
    if row.digest != digest_of_entry(row.n, row.kind, row.uuid, row.at, row.body):
        raise DamagedEntry
    try:
        return Fact(row.n, Kind(row.kind), row.uuid, row.at, from_bytes(row.body.encode()))
    except (WireBroken, ValueError):
        raise DamagedEntry from None


def entry_of(row: Any, number_in_copy: Callable[[int | None], str]) -> Entry:
    """A record of the outbox as staff see it. Raises DamagedEntry.

    `number_in_copy` gives a meter's number by its id in the copy, where the fact has none with it.
    """
    fact = fact_of_entry(row)
    number = fact.body.get("meter_number") or number_of(row.n, row.meter_number, row.number_digest)
    return Entry(fact, row.refused_at, row.code, row.message, number or number_in_copy(row.meter_id))
