"""What staff want to know: how far the campaign is, and what was done to one meter."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.issuing.key_state import KeyState
from krn_engine.office.contract import Attempt, Day, Progress, RowOutcome
from krn_engine.register.tables import key_changes, meters, outcomes
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
    last = connection.execute(select(func.max(outcomes.c.recorded_at))).scalar()
    return Progress(total, upgraded, due, blocked, unclear, _days(connection, now), last)


def _days(connection: Connection, now: datetime) -> tuple[Day, ...]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [midnight - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    at = outcomes.c.recorded_at
    within = [and_(at >= start, at < start + timedelta(days=1)) for start in starts]
    accepted = (
        select(*(func.count().filter(day, outcomes.c.outcome == RowOutcome.ACCEPTED.value) for day in within))
        .select_from(outcomes)
        .where(at >= starts[0], sound(outcomes))
    )
    counts = connection.execute(accepted).one()
    return tuple(Day(start.date(), count) for start, count in zip(starts, counts, strict=True))


def read_history(connection: Connection, meter_number: str) -> tuple[Attempt, ...]:
    """What came of each attempt at a row of a meter, the newest first; STARTED is one that was never answered."""
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
            outcomes.c.at_place,
            key_changes.c.from_state,
            key_changes.c.to_state,
        )
        .select_from(outcomes.join(key_changes))
        .where(outcomes.c.id.in_(last), sound(outcomes, key_changes))
        .order_by(outcomes.c.id.desc())
        .limit(LONGEST_HISTORY)
    )
    return tuple(
        Attempt(
            at=row.recorded_at,
            old_krn=krn_of(row.from_state),
            new_krn=krn_of(row.to_state),
            section=row.section,
            outcome=RowOutcome(row.outcome),
            by=row.by,
            place=row.at_place,
        )
        for row in connection.execute(record)
    )


def krn_of(state: str) -> int | None:
    """The KRN of a key state that was written out; None for ready-made rows, of which only the rows are known."""
    try:
        return int(KeyState.parse(state).krn)
    except KeyStateUnknown:
        return None
