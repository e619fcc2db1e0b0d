"""Whatever is on record: a report's sums add up, it says what `progress` says, its days are those of the facts."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from krn_engine.office.local import LocalOffice
from krn_engine.office.report.days import Days, Flow
from krn_engine.office.report.gather import Reporter
from krn_engine.register.ready import is_ready_state
from krn_engine.register.tables import key_changes, outcomes
from tests.support.campaigning import parts
from tests.support.life import Life, histories
from tests.support.office import Demo

BEGIN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TARGET = 3


def by_hand(connection: Connection) -> dict[date, Flow]:
    """The flows of each day (UTC), fact by fact in the order in which they came."""
    changes = connection.execute(select(key_changes)).all()
    begins = {one.from_state for one in changes if is_ready_state(one.from_state)}
    leads = {
        one.id: (one.meter_id, one.sections)
        for one in changes
        if (one.to_state not in begins if is_ready_state(one.to_state) else f"/{TARGET}/2/" in one.to_state)
    }
    rows: dict[bool, defaultdict[str, set[int]]] = {True: defaultdict(set), False: defaultdict(set)}
    done: dict[bool, dict[int, date]] = {True: {}, False: {}}
    days: defaultdict[date, Flow] = defaultdict(Flow)
    for fact in connection.execute(select(outcomes).order_by(outcomes.c.id)):
        if fact.outcome != "accepted" or fact.key_change_id not in leads:
            continue
        meter, sections = leads[fact.key_change_id]
        for proves in (True, False):
            if proves and fact.grade == "customer":
                continue
            rows[proves][fact.key_change_id].add(fact.section)
            if len(rows[proves][fact.key_change_id]) == sections and meter not in done[proves]:
                day = fact.recorded_at.date()
                if proves:
                    days[day] += Flow(proved=1, settled=int(meter in done[False]))
                elif meter not in done[True]:
                    days[day] += Flow(claimed=1)
                done[proves][meter] = day
    return {day: flow for day, flow in days.items() if flow != Flow()}


@pytest.mark.slow
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, minutes=st.lists(st.integers(0, 60) | st.integers(0, 2400), min_size=12, max_size=12))
def test_a_report_is_what_is_on_record(
    demo: Demo, tmp_path: Path, history: list[tuple[Any, ...]], minutes: list[int]
) -> None:
    with demo.register.read() as connection:
        # What an earlier history left is older.
        at = [max(connection.execute(select(func.max(outcomes.c.recorded_at))).scalar_one(), BEGIN)]
    office = LocalOffice(demo.register, demo.province.campaign, demo.province.vault, clock=lambda: at[0])
    life = Life(Demo(demo.province, demo.register, office, demo.url), tmp_path)
    lasting = Reporter(demo.register, demo.province.campaign, lambda: at[0])
    days = Days(TARGET)
    for happening, passed in zip(history, minutes, strict=False):
        at[0] += timedelta(minutes=passed)
        life.lead(happening)
        report = lasting.report()
        assert parts(report.all) == report.all.meters == demo.count("meters")
        assert report.all.half_claimed <= report.all.half_done
        assert sum(report.all.reasons.values()) == report.all.refused
        assert sum(report.all.visit_reasons.values()) == report.all.visit_asked
        for name in ("meters", "upgraded", "claimed", "half_done", "refused", "visit_asked", "not_started", "unclear"):
            assert sum(getattr(unit, name) for unit in report.units.values()) == getattr(report.all, name), name
        with demo.register.read() as connection:
            read, known = days.read(connection, at[0]), by_hand(connection)
        summed: defaultdict[date, Flow] = defaultdict(Flow)
        for (_, day), flow in read.items():
            summed[day] += flow
        assert summed == known
        progress = office.progress()
        for name in ("meters", "upgraded", "claimed", "due", "blocked", "unclear", "percent"):
            assert getattr(progress, name) == getattr(report.all, name), name
