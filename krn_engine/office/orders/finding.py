"""Which orders are open in a unit: found anew each time, by the same definitions as a kiosk finds a customer.

No order is on record, and so none can differ from what is. A meter that is proved, or of which a newer result is on
record, has none or another one the next time that somebody asks.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from itertools import islice

from sqlalchemy import Connection, bindparam, func, select

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.urgency import Urgency
from krn_engine.office.contract import Due, Found, NothingToDo, RowOutcome, Standing
from krn_engine.office.finding import found_of, standing_by
from krn_engine.office.guide import AGAINST_PROOF, AT_HOME, VISIT_ASKED
from krn_engine.office.orders.order import Order, Why
from krn_engine.office.queries import FOUND
from krn_engine.office.remaining import Issues
from krn_engine.office.statements import Record
from krn_engine.register.database import Register
from krn_engine.register.errors import RecordDamaged
from krn_engine.register.tables import customers, endings, meters, statements
from krn_engine.register.transactions import explained
from krn_engine.register.watch import sound

BATCH = 500
"""Meters that are read together."""
MOST = 10_000
"""Orders of one list."""

_UNITS = select(customers.c.unit).distinct()
"""Unchecked, as the next: they only say where to look, and what is read there is checked."""
_METERS = (
    select(customers.c.meter_id)
    .where(customers.c.unit.in_(bindparam("units", expanding=True)), customers.c.idpel > bindparam("after"))
    .group_by(customers.c.meter_id)
    .order_by(func.min(customers.c.idpel))
)
_RECORDS = (
    FOUND.limit(None)
    .where(meters.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(customers.c.idpel)
    .add_columns(customers.c.unit)
)
_ENDINGS = (
    select(endings)
    .where(endings.c.meter_id.in_(bindparam("ids", expanding=True)), sound(endings))
    .order_by(endings.c.id)
)
_STATED = select(func.max(statements.c.recorded_at)).where(
    statements.c.meter_id == bindparam("meter_id"), sound(statements)
)
"""When staff stated something of a meter last."""


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """What is open in a unit, in the order of the customers' numbers."""

    orders: tuple[Order, ...]
    more: int
    """How many there are beside these."""
    damaged: int
    """Meters whose records are damaged: nobody can tell whether there is an order."""


class Orders:
    """Finds orders in a register. `clock` gives aware times."""

    def __init__(self, register: Register, campaign: Campaign, clock: Callable[[], datetime]) -> None:
        self._register = register
        self.campaign = campaign
        self._clock = clock

    def of_unit(self, unit: str, limit: int = MOST, whys: Collection[Why] = ()) -> OpenOrders:
        """The most pressing orders of a unit, `limit` of them at most; with `whys`, those with one of these reasons.

        Customers whose unit nobody knows are in no list. A unit is the same in small and large letters. Raises what
        reading the register raises.
        """
        with self._register.read() as connection:
            work = _Work(connection, self.campaign, self._clock())
            found = [order for order in work.orders(unit) if not whys or any(why in whys for why in order.whys)]
        pressing = nsmallest(limit, found, key=lambda order: (order.whys[0].place, order.idpel))
        return OpenOrders(
            tuple(sorted(pressing, key=lambda order: order.idpel)), len(found) - len(pressing), work.damaged
        )


class _Work:
    """One look at a register, at one moment."""

    def __init__(self, connection: Connection, campaign: Campaign, at: datetime) -> None:
        self._connection = connection
        self._campaign = campaign
        self._at = at
        self.damaged = 0

    def orders(self, unit: str, after: str = "") -> Iterator[Order]:
        """All of them, in the order of the customers' numbers, those behind `after`."""
        names = [name for name in self._connection.execute(_UNITS).scalars() if name.casefold() == unit.casefold()]
        if not names:
            return
        ids = iter(self._connection.execute(_METERS, {"units": names, "after": after}).scalars().all())
        while batch := list(islice(ids, BATCH)):
            yield from self._together(batch, set(names))

    def _together(self, ids: Sequence[int], units: set[str]) -> Iterator[Order]:
        try:
            with explained():
                found = list(self._of_batch(ids, units))
        except RecordDamaged:
            if len(ids) == 1:
                self.damaged += 1
                return
            for one in ids:
                yield from self._together([one], units)
            return
        yield from found

    def _of_batch(self, ids: Sequence[int], units: set[str]) -> Iterator[Order]:
        asked = {"ids": list(ids)}
        records: dict[int, Record] = {}
        for record in self._connection.execute(_RECORDS, asked):
            if record.unit in units:
                # A meter of many customers is one order: that of the first of them.
                records.setdefault(record.id, record)
        told: dict[int, list[Record]] = {}
        for ending in self._connection.execute(_ENDINGS, asked):
            told.setdefault(ending.meter_id, []).append(ending)
        issues = Issues.of_many(self._connection, ids)
        for meter_id, record in records.items():
            order = self._order(record, issues(meter_id), told.get(meter_id, ()))
            if order is not None:
                yield order

    def _order(self, record: Record, issues: Issues, told: Sequence[Record]) -> Order | None:
        standing = standing_by(record, self._campaign, issues)
        newest = _newest(told)
        if isinstance(standing, NothingToDo) and not self._is_doubted(record.id, newest):
            return None
        found = found_of(self._connection, record, self._campaign, self._at, standing=standing)
        whys = tuple(_whys(found, standing, issues, newest))
        if not whys:
            return None
        tells = newest if whys[0] in (Why.VISIT, Why.HANDED_OFF, Why.AGAINST_PROOF) else None
        return Order(
            meter_number=record.number,
            idpel=record.idpel,
            masked_name=found.customer.masked_name,
            tariff=record.tariff,
            power_va=record.power_va,
            version_label=record.version_label or "",
            whys=whys,
            code="" if tells is None else tells.code,
            told_at=None if tells is None else tells.recorded_at,
            rows=standing.rows if isinstance(standing, Due) else 0,
        )

    def _is_doubted(self, meter_id: int, newest: Record | None) -> bool:
        """Whether an officer saw otherwise than the proof of a meter, and nobody of the staff has settled it."""
        if newest is None or newest.ending != AGAINST_PROOF:
            return False
        stated = self._connection.execute(_STATED, {"meter_id": meter_id}).scalar()
        return stated is None or stated < newest.recorded_at


def _newest(told: Sequence[Record]) -> Record | None:
    """The last that staff or a kiosk told, or a customer who asked for a visit; all else of customers says nothing."""
    return next((ending for ending in reversed(told) if ending.ending != AT_HOME), None)


def _whys(found: Found, standing: Standing, issues: Issues, newest: Record | None) -> Iterator[Why]:
    if isinstance(standing, NothingToDo):
        yield Why.AGAINST_PROOF
        return
    if newest is not None and newest.ending == VISIT_ASKED:
        yield Why.VISIT
    elif newest is not None and newest.code and isinstance(standing, Due):
        yield Why.HANDED_OFF
    if not isinstance(standing, Due):
        # Without rows nobody can do anything at the meter but look at it, where a customer asked for that.
        return
    if any(RowOutcome.ACCEPTED in change.outcomes for change in issues.known(issues.changes())):
        yield Why.HALF_DONE
    if standing.claimed or standing.partly_claimed:
        yield Why.CLAIMED
    yield Why.OVERDUE if found.assessment.urgency is Urgency.NOW else Why.DUE
