"""What staff want to know: how far the campaign is, and what was done to one meter."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, String, and_, case, cast, func, literal, or_, select

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.issuing.key_state import KeyState
from krn_engine.office.contract import (
    Attempt,
    Day,
    Ended,
    Grade,
    HistoryEntry,
    Progress,
    RowOutcome,
    SessionEnding,
    Stated,
    Statement,
)
from krn_engine.register.ready import PAIR
from krn_engine.register.tables import endings, key_changes, meters, outcomes, ready_rows, statements
from krn_engine.register.watch import sound

DAYS = 14
"""How many days back the progress report counts day by day."""
LONGEST_HISTORY = 50


def read_progress(connection: Connection, campaign: Campaign, now: datetime) -> Progress:
    """Counts of meters, and of rows by day; days are those of the zone of `now`."""
    target = int(campaign.target.krn)
    m = meters.c
    counts = select(
        func.count(m.id),
        func.count().filter(m.krn == target),
        func.count().filter(m.blocked.is_(None), m.krn < target),
        func.count().filter(m.blocked.is_not(None)),
        func.count().filter(m.blocked.is_(None), or_(m.krn.is_(None), m.krn > target)),
    ).where(sound(meters))
    total, upgraded, due, blocked, unclear = connection.execute(counts).one()
    ended = dict.fromkeys(((known, claimed) for known in (True, False) for claimed in (True, False)), 0)
    for known, claimed, number in connection.execute(_ended(target)):
        ended[bool(known), bool(claimed)] = number
    last = connection.execute(select(func.max(outcomes.c.recorded_at))).scalar()
    return Progress(
        meters=total,
        upgraded=upgraded + ended[True, False] + ended[False, False],
        claimed=ended[True, True] + ended[False, True],
        due=due - ended[True, False] - ended[True, True],
        blocked=blocked,
        unclear=unclear - ended[False, False] - ended[False, True],
        days=_days(connection, now),
        last_outcome_at=last,
    )


def _ended(target: int) -> Select[bool, bool, int]:
    """Meters with another KRN on record, or none, of which every row of the last key change is in.

    By a customer's word in part: they are claimed. By better evidence: the rows came ready-made, and name no KRN.
    """
    o, k, m, r = outcomes.c, key_changes.c, meters.c, ready_rows.c
    said = (
        select(
            statements.c.meter_id,
            func.max(statements.c.after_outcome).label("claims"),
            func.max(statements.c.after_outcome).filter(statements.c.krn.is_not(None)).label("krn"),
        )
        .where(sound(statements))
        .group_by(statements.c.meter_id)
        .subquery()
    )
    end_of_set = literal("ready/") + r.set_id + "/" + cast(r.sections // PAIR, String)
    leads_to_target = and_(r.meter_id.is_(None), k.to_state.like(f"__/__/______/__/{target}/%"))
    ends_there = or_(leads_to_target, k.to_state == end_of_set)
    is_open = and_(m.blocked.is_(None), or_(m.krn.is_(None), m.krn < target))
    newest = o.id.in_(select(func.max(o.id)).group_by(o.key_change_id, o.section))
    claim = o.grade == Grade.CUSTOMER.value
    counts = o.id > func.coalesce(case((claim, said.c.claims), else_=said.c.krn), 0)
    taken = and_(newest, counts, o.outcome == RowOutcome.ACCEPTED.value)
    # Conditions stand behind aggregates, so that each record is checked before any of them leaves it out.
    ends = (
        select(
            func.max(case((and_(is_open, ends_there), k.sections), else_=0)).label("rows"),
            func.count(m.krn).label("known"),
            func.count().filter(taken).label("taken"),
            func.count().filter(taken, claim).label("claimed"),
        )
        .select_from(
            outcomes.join(key_changes)
            .join(meters)
            .outerjoin(ready_rows, r.meter_id == m.id)
            .outerjoin(said, said.c.meter_id == m.id)
        )
        .where(sound(outcomes, key_changes, ready_rows))
        .group_by(k.id)
        .subquery()
    )
    known, claimed = ends.c.known > 0, ends.c.claimed > 0
    whole = select(known, claimed, func.count()).where(ends.c.rows > 0, ends.c.rows == ends.c.taken)
    return whole.group_by(known, claimed)


def _days(connection: Connection, now: datetime) -> tuple[Day, ...]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    at = outcomes.c.recorded_at
    within = [and_(at >= start, at < start + timedelta(days=1)) for start in starts]
    taken = outcomes.c.outcome == RowOutcome.ACCEPTED.value
    accepted = (
        select(*(func.count().filter(day, taken, outcomes.c.grade != Grade.CUSTOMER.value) for day in within))
        .select_from(outcomes)
        .where(at >= starts[0], sound(outcomes))
    )
    counts = connection.execute(accepted).one()
    return tuple(Day(start.date(), count) for start, count in zip(starts, counts, strict=True))


def read_history(connection: Connection, meter_number: str) -> tuple[HistoryEntry, ...]:
    """What became of a meter, the newest first."""
    entries: list[HistoryEntry] = [
        *_attempts(connection, meter_number),
        *_ended_sessions(connection, meter_number),
        *_statements(connection, meter_number),
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)[:LONGEST_HISTORY])


def _attempts(connection: Connection, meter_number: str) -> list[Attempt]:
    """What came of each attempt at a row; STARTED is one that was never answered."""
    last = (
        select(func.max(outcomes.c.id))
        .select_from(outcomes.join(key_changes).join(meters))
        .where(meters.c.number == meter_number)
        .group_by(outcomes.c.key_change_id, outcomes.c.section, outcomes.c.attempt_id)
    )
    record = (
        select(
            outcomes.c.recorded_at,
            outcomes.c.section,
            outcomes.c.outcome,
            outcomes.c.by,
            outcomes.c.grade,
            outcomes.c.at_place,
            key_changes.c.from_state,
            key_changes.c.to_state,
        )
        .select_from(outcomes.join(key_changes))
        .where(outcomes.c.id.in_(last), sound(outcomes, key_changes))
        .order_by(outcomes.c.id.desc())
        .limit(LONGEST_HISTORY)
    )
    return [
        Attempt(
            at=row.recorded_at,
            old_krn=krn_of(row.from_state),
            new_krn=krn_of(row.to_state),
            section=row.section,
            outcome=RowOutcome(row.outcome),
            by=row.by,
            place=row.at_place,
            grade=_grade(row.grade),
        )
        for row in connection.execute(record)
    ]


def _ended_sessions(connection: Connection, meter_number: str) -> list[Ended]:
    e = endings.c
    found = (
        select(endings)
        .select_from(endings.join(meters))
        .where(meters.c.number == meter_number, sound(endings))
        .order_by(e.id.desc())
        .limit(LONGEST_HISTORY)
    )
    return [
        Ended(
            row.recorded_at,
            SessionEnding(row.ending, row.code, row.krn, _grade(row.grade), row.proved, row.at_place),
        )
        for row in connection.execute(found)
    ]


def _statements(connection: Connection, meter_number: str) -> list[Stated]:
    found = (
        select(statements)
        .select_from(statements.join(meters))
        .where(meters.c.number == meter_number, sound(statements))
        .order_by(statements.c.id.desc())
        .limit(LONGEST_HISTORY)
    )
    return [
        Stated(row.recorded_at, Statement(row.krn, row.reason, row.by, row.at_place))
        for row in connection.execute(found)
    ]


def _grade(value: str | None) -> Grade | None:
    return None if value is None else Grade(value)


def krn_of(state: str) -> int | None:
    """The KRN of a key state that was written out; None for ready-made rows, of which only the rows are known."""
    try:
        return int(KeyState.parse(state).krn)
    except KeyStateUnknown:
        return None
