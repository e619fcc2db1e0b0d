"""Whether the facts on record are those that the audit tells of: a deleted fact, and one that was slipped in."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, not_, or_, select

from krn_engine.office.audit.odd import UNREADABLE, require_odd
from krn_engine.register.audit.facts import Fact, Older, facts_of, told_of, windows
from krn_engine.register.tables import endings, key_changes, statements

NAMED = 20
"""Facts without an entry that are named; beyond that they are counted."""
_Key = tuple[int, str, str]


def differences(connection: Connection, older: int, digest: str) -> Iterator[str]:
    """What does not fit, a sentence each. `older` facts had no entry when the audit began, with this digest."""
    without = _Without()
    yield from _of_no_meter(connection)
    for first, last in windows(connection):
        for meter_id, facts, entries in _read(connection, first, last):
            if facts is None:
                yield f"what is on record of the meter with id {meter_id} cannot be read"
                continue
            on_record = {_key(fact): fact for fact in facts}
            seen: set[_Key] = set()
            for told in entries:
                fact = on_record.pop(_key(told), None)
                if _key(told) in seen:
                    yield f"two entries tell of one fact: {_named(told)}"
                elif fact is None:
                    yield f"an entry tells of a fact that is not on record: {_named(told)}"
                elif fact.told != told.told:
                    yield f"a fact on record is not what its entry tells: {_named(told)}"
                seen.add(_key(told))
            without.add(on_record.values())
    yield from without.differences(older, digest)


def _of_no_meter(connection: Connection) -> Iterator[str]:
    """SQLite keeps in a column whatever somebody puts there; such facts are not among those of any meter."""
    if connection.dialect.name != "sqlite":
        return
    for table in (key_changes, endings, statements):
        meter_id = table.c.meter_id
        odd = or_(func.typeof(meter_id) != "integer", not_(meter_id.between(-(2**31), 2**31 - 1)))
        number = connection.execute(select(func.count()).select_from(table).where(odd)).scalar_one()
        if number:
            yield f"{number} records of {table.name} are of no meter: its id is none"


def _read(connection: Connection, first: int, last: int) -> Iterator[tuple[int, list[Fact] | None, list[Fact]]]:
    """The facts on record of these meters and those that are told; by halves until one meter cannot be read: None."""
    try:
        facts, told = list(facts_of(connection, first, last)), list(told_of(connection, first, last))
    except (*UNREADABLE, AttributeError) as error:
        require_odd(error)
        if first == last:
            yield first, None, []
            return
        middle = (first + last) // 2
        yield from _read(connection, first, middle)
        yield from _read(connection, middle + 1, last)
        return
    yield first, facts, told


class _Without:
    """Facts that have no entry."""

    def __init__(self) -> None:
        self._all = Older()
        self._first: list[Fact] = []

    def add(self, facts: Any) -> None:
        found = sorted(facts)
        self._all.add(found)
        self._first += found[: NAMED - len(self._first)]

    def differences(self, older: int, digest: str) -> Iterator[str]:
        if (self._all.number, self._all.digest) == (older, digest):
            return
        if older:
            yield (
                f"{self._all.number} facts have no entry, and {older} had none when the audit began: these are not "
                "the same ones"
            )
            return
        for fact in self._first:
            yield f"a fact on record has no entry: {_named(fact)}"
        if self._all.number > len(self._first):
            yield f"{self._all.number - len(self._first)} more facts on record have no entry"


def _key(fact: Fact) -> _Key:
    return fact.meter_id, fact.kind, fact.name


def _named(fact: Fact) -> str:
    """By ids alone: whoever needs the number finds it by that of the meter's record."""
    return f"{fact.kind} {fact.name}, of the meter with id {fact.meter_id}"
