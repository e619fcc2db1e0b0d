"""What staff want to know: how far the campaign is, and what was done to one meter."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, not_, select

from krn_engine.issuing.campaign import Campaign
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
from krn_engine.office.remaining import krn_of
from krn_engine.office.standings import standings
from krn_engine.register.tables import endings, key_changes, meters, outcomes, statements
from krn_engine.register.tally import Counts
from krn_engine.register.watch import sound

DAYS = 14
"""How many days back the progress report counts day by day."""
LONGEST_HISTORY = 50
WORDS_SHOWN = 10
"""Entries by a customer's word alone that are told of a meter of which there is more than enough to tell."""


def read_progress(connection: Connection, counts: Counts, campaign: Campaign, now: datetime) -> Progress:
    """Counts of meters, each once, as `find` tells how it stands; and of rows by day, in the zone of `now`."""
    last = connection.execute(select(func.max(outcomes.c.recorded_at))).scalar()
    return Progress(**asdict(standings(counts, campaign)), days=_days(connection, now), last_outcome_at=last)


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
