"""The facts that have entries, as both tell of them: whoever deletes or slips in a fact has to forge an entry too.

A fact is told by what of it an entry may hold: ids, codes, states and times, and neither rows nor what people wrote.
They are read meter by meter, a few hundred meters at a time, so that a register of any size needs the same memory.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from krn_engine.register.audit.chain import canonical, moment
from krn_engine.register.audit.entries import AuditEvent
from krn_engine.register.tables import audit, endings, key_changes, outcomes, statements

METERS = 500
"""So many ids of meters are looked at together."""


class Fact(NamedTuple):
    """What names a fact, and what else its entry tells of it."""

    meter_id: int
    kind: str
    name: str
    """Unique within its kind."""
    told: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def key_change(record: Mapping[str, Any]) -> list[Any]:
    """A new key change as the entry of its issue has it, by its record."""
    return [record[name] for name in ("id", "from_state", "to_state", "source", "sections")]


def outcome(record: Mapping[str, Any]) -> dict[str, Any]:
    """An outcome as its entry has it."""
    told = {name: record[name] for name in ("section", "outcome", "grade")}
    return told | {"key_change": record["key_change_id"], "attempt": record["attempt_id"]}


def ending(record: Mapping[str, Any]) -> dict[str, Any]:
    """An ending as its entry has it."""
    told = {name: record[name] for name in ("code", "krn", "grade")}
    return told | {"ending": record["id"], "as": record["ending"], "proved": bool(record["proved"])}


def statement(record: Mapping[str, Any]) -> dict[str, Any]:
    """A statement as its entry has it. `was_krn` is not there if it moved nothing."""
    told = {name: record[name] for name in ("krn", "after_outcome")}
    return told | {"statement": record["id"], "was_krn": record.get("was_krn")}


# --- facts by meter


_OF_METERS = (audit, key_changes, endings, statements)


def windows(connection: Connection) -> Iterator[tuple[int, int]]:
    """First and last id of meters of which anything is on record, `METERS` of them at a time, or fewer."""
    start, most = -(2**31), 2**31 - 1
    while start <= most:
        asked = (
            select(func.min(table.c.meter_id)).where(table.c.meter_id.between(start, most)) for table in _OF_METERS
        )
        firsts = [first for one in asked if (first := connection.execute(one).scalar()) is not None]
        if not firsts:
            return
        # A number with a fraction, which somebody may have put there, skips none of the others.
        first = int(min(firsts))
        last = min(first + METERS - 1, most)
        yield first, last
        start = last + 1


def facts_of(connection: Connection, first: int, last: int) -> Iterator[Fact]:
    """The facts on record of the meters with these ids, in no order."""
    meter_id = key_changes.c.meter_id
    for row in _all(connection, select(key_changes).where(meter_id.between(first, last))):
        yield _fact(row, "key change", row["id"], row["issued_at"], key_change(row))
    for row in _all(connection, select(outcomes, meter_id).join(key_changes).where(meter_id.between(first, last))):
        yield _fact(row, "outcome", _outcome_name(row["attempt_id"], row["outcome"]), row["recorded_at"], outcome(row))
    for row in _all(connection, select(endings).where(endings.c.meter_id.between(first, last))):
        yield _fact(row, "ending", str(row["id"]), row["recorded_at"], ending(row))
    for row in _all(connection, select(statements).where(statements.c.meter_id.between(first, last))):
        yield _fact(row, "statement", str(row["id"]), row["recorded_at"], statement(row))


def _all(connection: Connection, question: Select[Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execute(question):
        yield row._asdict()


def _fact(record: Mapping[str, Any], kind: str, name: str, at: datetime, told: Any) -> Fact:
    return Fact(record["meter_id"], kind, name, canonical({"at": moment(at), "is": told}))


def _outcome_name(attempt: Any, what: Any) -> str:
    """An outcome is one of its attempt, whatever id its record has."""
    return f"{what} of attempt {attempt}"


TELLS = [event.value for event in (AuditEvent.ISSUED, AuditEvent.RECORDED, AuditEvent.ENDED, AuditEvent.STATED)]
"""Events of facts."""


def told_of(connection: Connection, first: int, last: int) -> Iterator[Fact]:
    """The facts that entries tell of these meters, sealed or not."""
    wanted = select(audit.c.meter_id, audit.c.event, audit.c.body).where(
        audit.c.meter_id.between(first, last), audit.c.event.in_(TELLS)
    )
    for row in connection.execute(wanted):
        # A body that is none of ours is for the chain to tell of.
        with suppress(ValueError, TypeError, LookupError, AttributeError, RecursionError):
            yield from list(facts_in(row.meter_id, json.loads(row.body)))


_IN = {
    AuditEvent.RECORDED.value: ("outcome", ("key_change", "section", "outcome", "grade", "attempt")),
    AuditEvent.ENDED.value: ("ending", ("ending", "as", "code", "krn", "grade", "proved")),
    AuditEvent.STATED.value: ("statement", ("statement", "krn", "was_krn", "after_outcome")),
}


def facts_in(meter_id: int, told: Mapping[str, Any]) -> Iterator[Fact]:
    """The facts that the body of one entry tells of."""
    event, at = told.get("event"), told.get("at")
    if event == AuditEvent.ISSUED.value:
        for change in told.get("new", ()):
            yield Fact(meter_id, "key change", str(change[0]), canonical({"at": at, "is": change}))
    elif event in _IN:
        kind, names = _IN[event]
        it = {name: told.get(name) for name in names}
        name = _outcome_name(it["attempt"], it["outcome"]) if kind == "outcome" else str(it[kind])
        yield Fact(meter_id, kind, name, canonical({"at": at, "is": it}))


# --- facts that were there before their entries


class Older:
    """Counts facts that have no entry, and makes one digest of them all: the same facts give the same."""

    def __init__(self) -> None:
        self.number = 0
        self._digest = hashlib.sha256()

    def add(self, facts: Iterable[Fact]) -> None:
        """Facts of one window of meters; windows come in their order."""
        for fact in sorted(facts):
            self.number += 1
            self._digest.update(canonical({"fact": list(fact)}).encode("ascii"))

    @property
    def digest(self) -> str:
        """In hexadecimal digits."""
        return self._digest.hexdigest()


def older_facts(connection: Connection) -> Older:
    """All facts on record, where none has an entry yet."""
    older = Older()
    for first, last in windows(connection):
        older.add(facts_of(connection, first, last))
    return older
