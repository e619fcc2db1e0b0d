"""How many meters were proved, and how many claimed, on each day of the campaign.

A meter is proved on the day on which the last row of its last key change was, for the first time; it is claimed on the
day on which the last of them is in by a customer's word, unless it was proved before. So what was recorded of a
time that is over never changes again, whatever is recorded later, and it need be counted once only.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Interval, Select, and_, case, cast, exists, func, or_, select, true
from sqlalchemy import Date as SqlDate

from krn_engine.register.audit.entries import AuditEvent
from krn_engine.register.concurrency import is_served_by_many
from krn_engine.register.known import A_WORD, TAKEN, krn_in
from krn_engine.register.tables import audit, customers, key_changes, outcomes
from krn_engine.register.watch import sound

SETTLES = timedelta(minutes=30)
"""What is younger is counted each time: by then a transaction has ended, however late its clock."""
RESTS = 20
"""After a list, all days are counted anew once so many times as long as that took have gone by."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How many meters a day brought."""

    proved: int = 0
    claimed: int = 0
    settled: int = 0
    """How many of the meters that were proved had been claimed before."""

    def __add__(self, other: "Flow") -> "Flow":
        return Flow(self.proved + other.proved, self.claimed + other.claimed, self.settled + other.settled)


_LAST_LIST = select(func.coalesce(func.max(audit.c.id), 0)).where(
    audit.c.meter_id.is_(None), audit.c.event == AuditEvent.LIST_LINES.value
)
Flows = Mapping[tuple[str, date], Flow]
"""By unit and day; days on which nothing came are left out."""


@dataclass(frozen=True, slots=True)
class _Over:
    """What is kept of the time that is over."""

    flows: Flows
    until: datetime
    """Everything before this moment is in it."""
    list: int
    """The last entry in the audit of a list that went in: it may have moved customers to other units."""
    took: float
    """Seconds to count all of it."""
    counted_at: float
    """When, by the monotonic clock."""


class Days:
    """Keeps what is over, for one register and the KRN that its campaign leads to. Threads may share it."""

    def __init__(self, target: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._target = target
        self._monotonic = monotonic
        self._over: _Over | None = None

    def read(self, connection: Connection, now: datetime) -> Flows:
        """All flows until now. A day is one of the zone of `now`."""
        until, began, last_list = now - SETTLES, self._monotonic(), connection.execute(_LAST_LIST).scalar_one()
        known = self._over
        if known is not None and not self._holds(known, until, last_list):
            known = None
        over, young = _read(connection, self._target, None if known is None else known.until, until)
        if known is None:
            self._over = _Over(over, until, last_list, self._monotonic() - began, self._monotonic())
        else:
            over = _together(known.flows, over)
            self._over = replace(known, flows=over, until=until)
        return _together(over, young)

    def _holds(self, known: _Over, until: datetime, last_list: int) -> bool:
        if known.until > until or known.until.utcoffset() != until.utcoffset():
            # The clock was put back, or the zone is another: what was kept is of other days.
            return False
        # A long list goes in piece by piece: counting for each piece would be all that is done meanwhile.
        return known.list == last_list or self._monotonic() - known.counted_at < known.took * RESTS


def _together(some: Flows, others: Flows) -> Flows:
    return {**some, **{key: some.get(key, Flow()) + flow for key, flow in others.items()}}


def _read(connection: Connection, target: int, since: datetime | None, until: datetime) -> tuple[Flows, Flows]:
    """What came from `since` on, or all: before `until`, and after it. Days are those of the zone of `until`."""
    offset = until.utcoffset() or timedelta()
    day = _day_of_postgresql(offset) if is_served_by_many(connection) else _day_of_sqlite(offset)
    young: defaultdict[tuple[str, date], Flow] = defaultdict(Flow)
    over: defaultdict[tuple[str, date], Flow] = defaultdict(Flow)
    for unit, proved, claimed, settled, proved_over, claimed_over, meters in connection.execute(
        _question(target, since, until, day)
    ):
        if proved is not None:
            (over if proved_over else young)[unit, proved] += Flow(proved=meters, settled=meters if settled else 0)
        if claimed is not None:
            (over if claimed_over else young)[unit, claimed] += Flow(claimed=meters)
    return over, young


_DayOf = Callable[[ColumnElement[Any]], ColumnElement[date | None]]


def _day_of_postgresql(offset: timedelta) -> _DayOf:
    return lambda at: cast(func.timezone("UTC", at) + cast(offset, Interval), SqlDate)


def _day_of_sqlite(offset: timedelta) -> _DayOf:
    return lambda at: func.date(at, f"{offset.total_seconds():+.0f} seconds", type_=SqlDate)


def _question(target: int, since: datetime | None, until: datetime, day: _DayOf) -> Select[Any]:
    """How many meters of which unit were proved on which day, and claimed before that on which.

    Of either, nothing before `since`. Then whether those that were proved had been claimed at any time, and which of
    both was before `until`.
    """
    o, k, c = outcomes.c, key_changes.c, customers.c
    taken, by_word = o.outcome == TAKEN, o.grade.is_not_distinct_from(A_WORD)
    touched: ColumnElement[bool] = true()
    if since is not None:
        # What is on record of these meters from before tells whether they were done by then.
        of_meters = select(k.meter_id).select_from(outcomes.join(key_changes)).where(o.recorded_at >= since)
        touched = o.key_change_id.in_(select(k.id).where(k.meter_id.in_(of_meters)))
    # Conditions stand behind aggregates, so that each record is checked before any of them leaves it out.
    rows = (
        select(
            o.key_change_id,
            func.min(o.recorded_at).filter(taken, ~by_word).label("proved"),
            func.min(o.recorded_at).filter(taken).label("told"),
        )
        .where(touched, sound(outcomes))
        .group_by(o.key_change_id, o.section)
        .subquery("rows")
    )
    changes = (
        select(
            rows.c.key_change_id,
            func.count(rows.c.proved).label("rows_proved"),
            func.max(rows.c.proved).label("proved"),
            func.count(rows.c.told).label("rows_told"),
            func.max(rows.c.told).label("told"),
        )
        .group_by(rows.c.key_change_id)
        .subquery("changes")
    )
    goes_on = key_changes.alias("goes_on")
    # The last pair of a set: all pairs that a meter needs of it are issued at once.
    is_last = or_(
        krn_in(k.to_state) == target,
        and_(
            krn_in(k.to_state).is_(None),
            ~exists().where(goes_on.c.meter_id == k.meter_id, goes_on.c.from_state == k.to_state),
        ),
    )
    proved = func.min(changes.c.proved).filter(changes.c.rows_proved == k.sections, is_last)
    told = func.min(changes.c.told).filter(changes.c.rows_told == k.sections, is_last)
    done = (
        select(
            k.meter_id,
            proved.label("proved"),
            case((or_(proved.is_(None), told < proved), told)).label("claimed"),
        )
        .select_from(changes.join(key_changes, k.id == changes.c.key_change_id))
        .where(sound(key_changes))
        .group_by(k.meter_id)
        .subquery("done")
    )
    unit = (
        select(func.coalesce(func.min(c.unit).filter(c.unit != ""), ""))
        .where(c.meter_id == done.c.meter_id, sound(customers))
        .scalar_subquery()
    )
    times = done.c.proved, done.c.claimed
    new = [at.is_not(None) if since is None else at >= since for at in times]
    days = [case((is_new, day(at))) for at, is_new in zip(times, new, strict=True)]
    each = (
        select(
            unit.label("unit"),
            days[0].label("proved"),
            days[1].label("claimed"),
            done.c.claimed.is_not(None).label("settled"),
            (done.c.proved < until).label("proved_over"),
            (done.c.claimed < until).label("claimed_over"),
        )
        .where(or_(*new))
        .subquery("each")
    )
    return select(*each.c, func.count()).group_by(*each.c)
