"""What staff want to know: how far the campaign is, and what was done to one meter."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, case, cast, func, literal, not_, or_, select

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import STATE_COLUMNS
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
from krn_engine.office.known import known_rows, krn_in, krn_of
from krn_engine.register.ready import PAIR
from krn_engine.register.tables import KeyStateBy, endings, key_changes, meters, outcomes, ready_rows, statements
from krn_engine.register.watch import sound

DAYS = 14
"""How many days back the progress report counts day by day."""
LONGEST_HISTORY = 50
WORDS_SHOWN = 10
"""Entries by a customer's word alone that are told of a meter of which there is more than enough to tell."""


def read_progress(connection: Connection, campaign: Campaign, now: datetime) -> Progress:
    """Counts of meters, each once, as `find` tells how it stands; and of rows by day, in the zone of `now`."""
    stands = _Stands(campaign)
    open_ = meters.c.blocked.is_(None)
    counts = (
        select(
            func.count(),
            func.count().filter(open_, stands.at_target),
            func.count().filter(open_, stands.due),
            func.count().filter(not_(open_)),
            func.count().filter(open_, stands.unclear),
        )
        .select_from(meters.outerjoin(ready_rows))
        .where(sound(meters))
    )
    total, upgraded, due, blocked, unclear = connection.execute(counts).one()
    proved, claimed = connection.execute(_ended(stands)).one()
    last = connection.execute(select(func.max(outcomes.c.recorded_at))).scalar()
    return Progress(
        meters=total,
        upgraded=upgraded + proved,
        claimed=claimed,
        due=due - proved - claimed,
        blocked=blocked,
        unclear=unclear,
        days=_days(connection, now),
        last_outcome_at=last,
    )


class _Stands:
    """How a meter that nobody blocked stands by its record, beside its ready-made rows: one of three.

    Where rows came ready-made, the KRN of a list tells nothing of them; what staff said does. A record that says all of
    its key state is not looked at further here: `plan` may still find it odd.
    """

    def __init__(self, campaign: Campaign) -> None:
        m = meters.c
        krn, self.target = func.coalesce(m.krn, 0), int(campaign.target.krn)
        self.ready = ready_rows.c.meter_id.is_not(None)
        self.stated = m.key_state_by == KeyStateBy.STATEMENT.value
        by_krn = or_(not_(self.ready), self.stated)
        not_whole = and_(not_(self.ready), or_(*(m[name].is_(None) for name in STATE_COLUMNS)))
        self.unclear = or_(not_whole, and_(by_krn, krn > self.target))
        self.at_target = and_(not_(self.unclear), by_krn, krn == self.target)
        self.due = and_(not_(self.unclear), not_(and_(by_krn, krn == self.target)))
        pairs = ready_rows.c.sections // PAIR
        ahead = sum((case((krn < int(hop.krn), 1), else_=0) for hop in campaign.hops), start=literal(0))
        self.start = case((not_(self.ready), krn), (and_(self.stated, pairs > ahead), pairs - ahead), else_=0)
        """Where it is by its record: its KRN, or how many pairs of its ready-made rows are in."""
        self.goal = case((self.ready, pairs), else_=self.target)

    def place(self, state: ColumnElement[str]) -> ColumnElement[int | None]:
        """What `start` and `goal` are, of a key state; NULL: it is one of other ready-made rows, or of none."""
        of_set = literal("ready/") + ready_rows.c.set_id + "/"
        pair = func.substr(state, func.length(of_set) + 1)
        return case((not_(self.ready), krn_in(state)), (state.like(of_set + "%"), cast(pair, Integer)))


def _ended(stands: _Stands) -> Select[int, int]:
    """How many meters are due by their record, and proved or else claimed by what is known of their rows.

    Proved: the last pair of ready-made rows is in, which name no KRN. Claimed: each key change from where the meter
    stands to the goal.
    """
    k = key_changes.c
    # Conditions stand behind aggregates, so that each record is checked before any of them leaves it out.
    known = known_rows(of_changes=sound(key_changes)).subquery("known")
    taken = known.c.outcome.is_not_distinct_from(RowOutcome.ACCEPTED.value)
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
    begins, ends = stands.place(k.from_state), stands.place(k.to_state)
    done = and_(stands.ready, changes.c.proved == k.sections, ends > stands.start)
    first = func.max(case((done, ends), else_=stands.start)).over(partition_by=meters.c.id)
    steps = (
        select(
            meters.c.id.label("meter_id"),
            and_(meters.c.blocked.is_(None), stands.due).label("due"),
            stands.goal.label("goal"),
            first.label("first"),
            begins.label("begins"),
            case((and_(changes.c.claims > 0, changes.c.told == k.sections), ends - begins)).label("claimed"),
        )
        .select_from(
            changes.join(key_changes, k.id == changes.c.key_change_id)
            .join(meters)
            .outerjoin(ready_rows, ready_rows.c.meter_id == meters.c.id)
        )
        .where(sound(ready_rows))
        .subquery("steps")
    )
    t = steps.c
    of_meters = (
        select(
            func.max(case((t.due, t.goal - t.first))).label("left"),
            func.sum(t.claimed).filter(t.begins >= t.first).label("claimed"),
        )
        .group_by(t.meter_id)
        .subquery("of_meters")
    )
    left, claimed = of_meters.c.left, of_meters.c.claimed
    return select(func.count().filter(left <= 0), func.count().filter(left > 0, left == claimed)).select_from(of_meters)


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
    newest = sorted(entries, key=lambda entry: entry.at, reverse=True)
    words = [entry for entry in newest if _is_word(entry)]
    others = [entry for entry in newest if not _is_word(entry)][:LONGEST_HISTORY]
    # Anybody may claim, and often: what is proved and what staff said is not pushed out by it.
    kept = {id(entry) for entry in (*others, *words[: max(WORDS_SHOWN, LONGEST_HISTORY - len(others))])}
    return tuple(entry for entry in newest if id(entry) in kept)


def _is_word(entry: HistoryEntry) -> bool:
    """Whether a customer's word is all that there is of it."""
    if isinstance(entry, Attempt):
        return entry.claim
    return isinstance(entry, Ended) and entry.session.grade is Grade.CUSTOMER


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
    taken = func.coalesce(outcomes.c.outcome, "") == RowOutcome.ACCEPTED.value
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
        for kind in _by_word(outcomes.c.grade, taken)
        for row in connection.execute(record.where(kind))
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
        for kind in _by_word(e.grade)
        for row in connection.execute(found.where(kind))
    ]


def _by_word(grade: ColumnElement[str | None], *which: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """What a customer alone says, and all else: each has a limit of its own."""
    # An equation of a bare column is put in for it by SQLite, in `sound` too, and before the row is known to be one.
    word = and_(func.coalesce(grade, "") == Grade.CUSTOMER.value, *which)
    return word, not_(word)


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
