"""What a staged worklist would take away from the register, or move: told before it is done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select

from krn_engine.register.staging import clearings, lines
from krn_engine.register.tables import KeyStateBy, customers, meters, ready_rows
from krn_engine.register.watch import sound
from krn_engine.register.worklist import ROWS, called

FIRST = 20
"""Lines of each kind that are told; beyond them they are only counted."""
OF_CUSTOMER = ("name", "tariff", "power_va", "unit")
OF_METER = ("version_label", "installed_on", "blocked")
NEWER_THAN_A_LIST = meters.c.key_state_by != KeyStateBy.IMPORT.value
"""The key state on record is newer than any list: a list only fills in what is not known of it."""
_IDENTITY = ("ea", "dkga", "sgc", "ti", "kt")
"""What names a meter's key beside its revision."""


class Taking(Enum):
    """A kind of what a list takes away or moves; the value is told to people."""

    BLOCKS_LIFTED = "blocks lifted"
    VALUES_CLEARED = "values cleared"
    ROWS_REMOVED = "ready-made rows removed"
    ROWS_REPLACED = "ready-made rows replaced"
    CUSTOMERS_MOVED = "customers moved to another meter"
    METERS_SHARED = "two customers on one meter"
    STATES_SET_BACK = "key states set back"
    KEYS_RENAMED = "meters told to hold another key"


@dataclass(frozen=True, slots=True)
class TakenLine:
    """One of them: the line of the list, and whose."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many of one kind, and the first of them."""

    kind: str
    """The value of a Taking."""
    count: int
    first: tuple[TakenLine, ...]


def masked(digits: str) -> str:
    """A number that its owner knows again, and nobody else learns."""
    return f"{digits[:2]}…{digits[-4:]}"


def takings(connection: Connection) -> tuple[Taken, ...]:
    """All that the staged lines would take away or move, in the register as this connection sees it now."""
    counts = dict.fromkeys(Taking, 0)
    first: dict[Taking, list[TakenLine]] = {kind: [] for kind in Taking}
    for kind, line in (*_moved(connection), *_cleared(connection)):
        counts[kind] += 1
        if len(first[kind]) < FIRST:
            first[kind].append(line)
    return tuple(Taken(kind.value, counts[kind], tuple(first[kind])) for kind in Taking if counts[kind])


def require_sound(connection: Connection) -> None:
    """Raises RecordDamaged if a record that the staged lines are about is damaged: nothing is written over it."""
    for asked in (
        select(func.count())
        .select_from(lines.join(customers, customers.c.idpel == lines.c.idpel))
        .where(sound(customers)),
        select(func.count())
        .select_from(lines.join(meters, meters.c.number == lines.c.number).outerjoin(ready_rows))
        .where(sound(meters, ready_rows)),
    ):
        connection.execute(asked)


def _changes(names: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(lines.c[name] != meters.c[name] for name in names))


def _moves() -> Select[Any]:
    """One look at each line, with the customer and the meter that it is about."""
    own, other = customers.alias("own"), customers.alias("other")
    moved = and_(own.c.id.is_not(None), or_(meters.c.id.is_(None), own.c.meter_id != meters.c.id))
    arrives = and_(meters.c.id.is_not(None), or_(own.c.id.is_(None), own.c.meter_id != meters.c.id))
    stays = exists().where(
        other.c.meter_id == meters.c.id,
        other.c.idpel != lines.c.idpel,
        other.c.idpel.not_in(select(lines.alias("listed").c.idpel)),
    )
    replaced = and_(
        lines.c.set_id.is_not(None), ready_rows.c.meter_id.is_not(None), lines.c.set_id != ready_rows.c.set_id
    )
    kinds = {
        Taking.CUSTOMERS_MOVED: moved,
        Taking.METERS_SHARED: and_(arrives, stays),
        Taking.STATES_SET_BACK: and_(
            ~NEWER_THAN_A_LIST, or_(lines.c.krn < meters.c.krn, lines.c.base_date < meters.c.base_date)
        ),
        Taking.KEYS_RENAMED: and_(~NEWER_THAN_A_LIST, _changes(_IDENTITY)),
        Taking.ROWS_REPLACED: replaced,
    }
    tables = (
        lines.outerjoin(own, own.c.idpel == lines.c.idpel)
        .outerjoin(meters, meters.c.number == lines.c.number)
        .outerjoin(ready_rows, ready_rows.c.meter_id == meters.c.id)
    )
    return (
        select(lines.c.line, lines.c.idpel, lines.c.number, *(test.label(kind.name) for kind, test in kinds.items()))
        .select_from(tables)
        .where(or_(false(), *kinds.values()))
        .order_by(lines.c.line)
    )


_MOVES = _moves()


def _moved(connection: Connection) -> Iterator[tuple[Taking, TakenLine]]:
    for line, idpel, number, *kinds in connection.execute(_MOVES):
        told = TakenLine(line, f"customer {masked(idpel)}, meter {masked(number)}")
        names = _MOVES.selected_columns.keys()[3:]
        yield from ((Taking[name], told) for name, is_so in zip(names, kinds, strict=True) if is_so)


# --- what a word in a cell takes away


def _cleared(connection: Connection) -> Iterator[tuple[Taking, TakenLine]]:
    for what in cleared_columns(connection):
        kind = {"blocked": Taking.BLOCKS_LIFTED, ROWS: Taking.ROWS_REMOVED}.get(what, Taking.VALUES_CLEARED)
        for line, idpel, number in connection.execute(_clears(what)):
            name = "the rows" if what == ROWS else called(what)
            yield kind, TakenLine(line, f"{name} of customer {masked(idpel)}, meter {masked(number)}")


def cleared_columns(connection: Connection) -> list[str]:
    """What the staged lines clear, by column."""
    return list(connection.execute(select(clearings.c.what).distinct().order_by(clearings.c.what)).scalars())


def clearing_lines(what: str) -> Select[tuple[int]]:
    """The numbers of the lines that clear this column."""
    return select(clearings.c.line).where(clearings.c.what == what)


def _clears(what: str) -> Select[Any]:
    """The lines that clear a value which the register has."""
    asked = select(lines.c.line, lines.c.idpel, lines.c.number).where(lines.c.line.in_(clearing_lines(what)))
    if what in OF_CUSTOMER:
        column = customers.c[what]
        asked = asked.join(customers, customers.c.idpel == lines.c.idpel)
        return asked.where(column.is_not(None) if what == "power_va" else column != "").order_by(lines.c.line)
    asked = asked.join(meters, meters.c.number == lines.c.number)
    if what == ROWS:
        return asked.join(ready_rows, ready_rows.c.meter_id == meters.c.id).order_by(lines.c.line)
    unproved = () if what in ("installed_on", "blocked") else (~NEWER_THAN_A_LIST,)
    return asked.where(meters.c[what].is_not(None), *unproved).order_by(lines.c.line)
