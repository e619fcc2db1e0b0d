"""What a progress report goes by, kept and not counted anew each time: how many meters of a unit are alike in it.

A tally says of no campaign: which of its meters are due follows from the campaign that is asked with. So the same
numbers stay right when a campaign changes, and a list can keep them without knowing one. Whoever changes a meter takes
it out of the tally that it was in and puts it into the one that it is in then, in the same transaction. Both are told
by the one query with which all are counted anew.

A tally that is damaged, or a meter that cannot be counted because it is, holds nobody up: it is noted, and who asks
next counts anew, and hears of the damage.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.exc import DBAPIError

from krn_engine.register.concurrency import Lock, hold, insert_into, is_served_by_many
from krn_engine.register.digest import tells_of_damage
from krn_engine.register.known import TAKEN, known_rows, krn_in
from krn_engine.register.tables import Counter as Counted
from krn_engine.register.tables import (
    KeyStateBy,
    counters,
    customers,
    endings,
    key_changes,
    meters,
    outcomes,
    ready_rows,
    statements,
    tallies,
)
from krn_engine.register.transactions import counted
from krn_engine.register.watch import sound

KEY_STATE = ("ea", "dkga", "sgc", "ti", "krn", "kt", "base_date")
"""The columns of a meter without which no rows can be computed for it."""
ALIKE = tuple(column.name for column in tallies.primary_key)
"""The columns of a tally that its meters share: the fields of `Kind`, in this order."""
Which = Callable[[ColumnElement[int]], ColumnElement[bool]]
"""Which meters, by a column that has their ids."""


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What meters of one tally share; see the columns of `tallies`."""

    unit: str
    blocked: bool
    stated: bool
    whole: bool
    krn: int
    sections: int
    proved: int
    claimed: int
    ending: str
    code: str


Counts = dict[Kind, int]
TallyMoves = Counter[Kind]
"""How many meters come into a tally, or go out of it."""


def _every(_meter_id: ColumnElement[int]) -> ColumnElement[bool]:
    return true()


def _these(meter_id: ColumnElement[int]) -> ColumnElement[bool]:
    return meter_id.in_(bindparam("ids", expanding=True))


def _bits(place: ColumnElement[Any], which: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(literal(1, Integer).bitwise_lshift(place)).filter(which, place.is_not(None))


def _told(which: Which, of_outcomes: ColumnElement[bool]) -> Select[Any]:
    """Of meters of which anything was recorded: which key changes are in, and what is claimed."""
    k, m = key_changes.c, meters.c
    ready = ready_rows.c.meter_id.is_not(None)
    # Conditions stand behind aggregates, so that each record is checked before any of them leaves it out.
    known = known_rows(of_outcomes, sound(key_changes), which(statements.c.meter_id)).subquery("known")
    taken = known.c.outcome.is_not_distinct_from(TAKEN)
    changes = (
        select(
            known.c.key_change_id,
            func.count().filter(taken).label("proved"),
            func.count().filter(or_(taken, known.c.claimed)).label("told"),
            func.count().filter(known.c.claimed).label("claims"),
        )
        .group_by(known.c.key_change_id)
        .subquery("changes")
    )
    of_set = literal("ready/") + ready_rows.c.set_id + "/"
    pair = case((k.from_state.like(of_set + "%"), cast(func.substr(k.from_state, func.length(of_set) + 1), Integer)))
    begins, ends = krn_in(k.from_state), krn_in(k.to_state)
    claimed = and_(changes.c.claims > 0, changes.c.told == k.sections)
    steps = func.sum(ends - begins).filter(not_(ready), claimed, begins >= func.coalesce(m.krn, 0))
    proved = changes.c.proved == k.sections
    made = func.count().filter(not_(ready), proved, ends <= m.krn)
    return (
        select(
            m.id.label("meter_id"),
            func.coalesce(_bits(pair, and_(ready, proved)), made).label("proved"),
            func.coalesce(_bits(pair, and_(ready, claimed)), steps, 0).label("claimed"),
        )
        .select_from(
            changes.join(key_changes, k.id == changes.c.key_change_id)
            .join(meters)
            .outerjoin(ready_rows, ready_rows.c.meter_id == m.id)
        )
        .group_by(m.id)
    )


def _last(which: Which) -> Select[Any]:
    """How the last session at each of these meters ended."""
    e, last = endings.c, endings.alias("last")
    newest = (
        select(func.max(e.id).label("id"))
        .where(which(e.meter_id), sound(endings))
        .group_by(e.meter_id)
        .subquery("newest_ending")
    )
    return select(last.c.meter_id, last.c.ending, last.c.code).select_from(newest.join(last, last.c.id == newest.c.id))


def _counts(which: Which, of_outcomes: ColumnElement[bool]) -> Select[Any]:
    """The kinds of these meters, each with how many are of it: the one definition of a tally."""
    m, c = meters.c, customers.c
    told = _told(which, of_outcomes).subquery("told_of")
    last = _last(which).subquery("last_of")
    units = (
        # Many have one customer, and none is left out before it is checked.
        select(c.meter_id, func.min(c.unit).filter(c.unit != "").label("unit"))
        .where(which(c.meter_id), sound(customers))
        .group_by(c.meter_id)
        .subquery("units")
    )
    stated = m.key_state_by == KeyStateBy.STATEMENT.value
    numbers = (m.krn, ready_rows.c.sections, told.c.proved, told.c.claimed)
    each = (
        select(*_kind(m, units.c.unit, stated, numbers, last.c.ending, last.c.code))
        .select_from(
            meters.outerjoin(ready_rows, ready_rows.c.meter_id == m.id)
            .outerjoin(units, units.c.meter_id == m.id)
            .outerjoin(told, told.c.meter_id == m.id)
            .outerjoin(last, last.c.meter_id == m.id)
        )
        .where(which(m.id), sound(meters, ready_rows))
        .subquery("each")
    )
    return select(*each.c, func.count().label("meters")).group_by(*each.c)


def _kind(m: Any, unit: Any, stated: Any, numbers: Collection[Any], ending: Any, code: Any) -> list[ColumnElement[Any]]:
    """The columns of a kind, from those of a meter and what else is known of it; NULL: nothing is."""
    told = (
        func.coalesce(unit, ""),
        m.blocked.is_not(None),
        stated,
        and_(*(m[name].is_not(None) for name in KEY_STATE)),
        *(func.coalesce(number, 0) for number in numbers),
        case((code == "", ""), else_=func.coalesce(ending, "")),
        func.coalesce(code, ""),
    )
    return [column.label(name) for name, column in zip(ALIKE, told, strict=True)]


def kinds_of_new(listed: Any, which: ColumnElement[bool]) -> Select[Any]:
    """The same of meters that were just put on record as `listed` has them, each with one customer, and nothing else.

    `listed` has a record for each, with the columns of a meter, of a customer and of ready-made rows.
    """
    numbers = (listed.krn, listed.sections, literal(0), literal(0))
    kind = _kind(listed, listed.unit, literal(False), numbers, literal(""), literal(""))
    each = select(*kind).where(which).subquery()
    return select(*each.c, func.count().label("meters")).group_by(*each.c)


_ALL = _counts(_every, true())
_OF_THESE = _counts(
    _these, outcomes.c.key_change_id.in_(select(key_changes.c.id).where(_these(key_changes.c.meter_id)))
)
_KEPT = select(*(tallies.c[name] for name in ALIKE), tallies.c.meters).where(sound(tallies))
_NO_UNIT = [literal("").label("unit"), *(tallies.c[name] for name in ALIKE[1:])]
_TOGETHER = select(*_NO_UNIT, func.sum(tallies.c.meters)).where(sound(tallies)).group_by(*_NO_UNIT[1:])


# --- asking


def is_kept(connection: Connection) -> bool:
    """Whether the tallies are right."""
    return not counted(connection, Counted.UNCOUNTED)


def kept(connection: Connection) -> Counts:
    """The tallies."""
    return _asked(connection, _KEPT)


def kept_together(connection: Connection) -> Counts:
    """The tallies of all units together, under no unit."""
    return _asked(connection, _TOGETHER)


def count_all(connection: Connection) -> Counts:
    """What the tallies should be. Looks at every meter."""
    return _asked(connection, _ALL)


def count_these(connection: Connection, ids: Collection[int]) -> Counts:
    """The same for the meters of these ids."""
    return _asked(connection, _OF_THESE, {"ids": list(ids)})


def _asked(connection: Connection, question: Select[Any], parameters: Mapping[str, Any] | None = None) -> Counts:
    return {Kind(*kind): number for *kind, number in connection.execute(question, parameters) if number}


# --- keeping


def recount(connection: Connection) -> bool:
    """Make the tallies anew, in the transaction of the connection; whether they were right."""
    hold(connection, Lock.TALLY)
    before: Counts | None = None
    with _noting_damage(connection):
        before = kept(connection) if is_kept(connection) else None
    connection.execute(delete(tallies))
    connection.execute(insert(tallies).from_select([*ALIKE, "meters"], _ALL))
    connection.execute(delete(counters).where(counters.c.name == Counted.UNCOUNTED.value))
    return before == kept(connection)


def note_uncounted(connection: Connection) -> None:
    """Note in the transaction of the connection that the tallies are wrong from then on."""
    noted = insert_into(connection, counters).values(name=Counted.UNCOUNTED.value, value=1)
    connection.execute(noted.on_conflict_do_update(index_elements=["name"], set_={"value": 1}))


@contextmanager
def tallying(
    connection: Connection, find: Callable[[], Collection[int]], later: TallyMoves | None = None
) -> Iterator[None]:
    """What is done inside of this moves meters from tally to tally: those that `find` finds before it, or after.

    With `later` it is summed up there, for `move`, and no tally changes yet. The lock of the tallies is held, shared.
    """
    found: set[int] = set()
    before: Counts = {}
    with _noting_damage(connection):
        found.update(find())
        if is_served_by_many(connection):
            # A list takes no lock of each meter, nor does who records an outcome of that of the list.
            these = select(meters.c.id).where(_these(meters.c.id)).order_by(meters.c.id)
            connection.execute(these.with_for_update(key_share=True), {"ids": list(found)})
        before = count_these(connection, found)
    yield
    with _noting_damage(connection):
        found.update(find())
        moves = TallyMoves(count_these(connection, found))
        moves.subtract(before)
        if later is None:
            move(connection, moves)
        else:
            later.update(moves)


def tally_new(
    connection: Connection, kinds: Select[Any], parameters: Mapping[str, Any], later: TallyMoves | None
) -> None:
    """Put meters into tallies that this transaction has put on record, by `kinds_of_new`. `later`: as of `tallying`."""
    with _noting_damage(connection):
        moves = TallyMoves(_asked(connection, kinds, parameters))
        if later is None:
            move(connection, moves)
        else:
            later.update(moves)


@contextmanager
def _noting_damage(connection: Connection) -> Iterator[None]:
    """SQLite's only: there an error ends its statement, and not the transaction."""
    try:
        yield
    except DBAPIError as error:
        if not tells_of_damage(error.orig):
            raise
        note_uncounted(connection)


def move(connection: Connection, moves: Mapping[Kind, int]) -> None:
    """Put so many meters into tallies, or take them out: last in a transaction, for others wait until it ends."""
    # In one order for all: two who change the same tallies do not wait for each other.
    records = [asdict(kind) | {"meters": number} for kind, number in sorted(moves.items()) if number]
    if records:
        statement = insert_into(connection, tallies)
        more = {"meters": tallies.c.meters + statement.excluded.meters}
        connection.execute(statement.on_conflict_do_update(index_elements=list(ALIKE), set_=more), records)
