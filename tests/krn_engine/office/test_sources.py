"""An office whose rows come from a source that can be down, or that counts how often it is asked."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.issuing.errors import KeyStateUnknown, SourceDown, SourceRefused
from krn_engine.issuing.plan import plan
from krn_engine.issuing.sources.port import KeyChangeAsked, ReadySet
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import Statement
from krn_engine.office.errors import MeterBlocked, MeterUnknown, NoUpgradeNeeded, RowsGone
from krn_engine.office.local import LocalOffice
from krn_engine.office.queries import BY_METER
from krn_engine.office.ready_source import ReadySource
from krn_engine.sts.identity import Drn
from tests.support.office import Demo
from tests.support.scripted_source import ScriptedSource

ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""Where rows are asked for before the transaction: PostgreSQL holds the one meter while its source is asked."""


def office_on(demo: Demo, source: ScriptedSource) -> LocalOffice:
    return LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY, sources=Sources([(source, ())]))


def test_a_source_that_is_down_gives_no_half_issue_and_is_asked_again_later(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault)
    office, number = office_on(demo, source), demo.first(DemoCase.FOUR_ROWS).meter_number
    before = demo.count("key_changes")
    with source.down(), pytest.raises(SourceDown):
        office.issue(number, "r1")
    assert (demo.count("key_changes"), demo.count("requests")) == (before, 0)
    assert office.issue(number, "r1").rows == demo.office.issue(number, "r2").rows


def test_rows_on_record_are_had_while_their_source_is_down(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    for repeats in (True, False):
        source = ScriptedSource(demo.province.vault, repeats=repeats)
        office = office_on(demo, source)
        issued = office.issue(number, f"r{repeats}")
        with source.down():
            assert office.issue(number, f"again{repeats}").rows == issued.rows


def test_a_source_that_counts_is_asked_once_for_a_key_change(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault, repeats=False)
    office, number = office_on(demo, source), demo.first(DemoCase.FOUR_ROWS).meter_number
    for request in ("r1", "r1", "r2"):
        assert len(office.issue(number, request).rows) == 4
    assert source.asked == 2, "one for each of its two key changes"


def test_rows_that_went_with_a_lost_key_wait_for_their_source(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault)
    office, number = office_on(demo, source), demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = office.issue(number, "r1")
    with demo.register.write() as connection:
        connection.exec_driver_sql("UPDATE key_changes SET rows = NULL")
    with source.down(), pytest.raises(SourceDown):
        office.issue(number, "r1")
    assert office.issue(number, "r1").rows == issued.rows


def test_ready_made_rows_are_a_source_like_the_others(demo: Demo) -> None:
    customer = demo.first(DemoCase.READY_MADE)
    with demo.register.read() as connection:
        meter = connection.execute(BY_METER, {"digits": customer.meter_number}).one()
    source = ReadySource(meter, demo.register.keeper)
    issued = demo.office.issue(customer.meter_number, "r1")
    assert source.rows(ReadySet(meter.set_id, 0)) + source.rows(ReadySet(meter.set_id, 1)) == issued.rows
    step = plan(customer.state, demo.province.campaign).steps[0]
    for other in (ReadySet("another", 0), KeyChangeAsked(Drn(customer.meter_number), step, DEMO_DAY)):
        with pytest.raises(SourceRefused):
            source.rows(other)
    with demo.register.write() as connection:
        connection.exec_driver_sql("UPDATE ready_rows SET rows = NULL")
    with demo.register.read() as connection:
        gone = connection.execute(BY_METER, {"digits": customer.meter_number}).one()
    with pytest.raises(RowsGone):
        ReadySource(gone, demo.register.keeper).rows(ReadySet(gone.set_id, 0))


@ON_SQLITE
def test_others_write_while_a_module_takes_its_time(demo: Demo) -> None:
    """SQLite has one writer at a time."""
    source = ScriptedSource(demo.province.vault)
    office, number = office_on(demo, source), demo.first(DemoCase.FOUR_ROWS).meter_number
    ended: list[Exception | None] = []

    def write() -> None:
        url = demo.url.replace("sqlite:///", "")
        with closing(sqlite3.connect(url, timeout=0.2, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                ended.append(None)
            except sqlite3.OperationalError as error:
                ended.append(error)

    source.meanwhile = write
    assert office.issue(number, "r1").rows == demo.office.issue(number, "r2").rows
    assert ended == [None, None]
    assert source.asked == 2


def test_a_meter_that_needs_nothing_new_is_not_asked_for(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault)
    office = office_on(demo, source)
    for case, refusal in (
        (DemoCase.DONE, NoUpgradeNeeded),
        (DemoCase.BLOCKED, MeterBlocked),
        (DemoCase.UNKNOWN_STATE, KeyStateUnknown),
    ):
        with pytest.raises(refusal):
            office.issue(demo.first(case).meter_number, f"r-{case.name}")
    with pytest.raises(MeterUnknown):
        office.issue("99999999996", "r0")
    assert len(office.issue(demo.first(DemoCase.READY_MADE).meter_number, "r1").rows) == 4
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r2")
    assert office.issue(number, "r2").rows == office.issue(number, "r3").rows == issued.rows
    two = demo.first(DemoCase.TWO_ROWS).meter_number
    answered = demo.office.issue(two, "r4")
    demo.office.state(two, Statement(1, "key 04 shows 1", "test", "test"))
    assert office.issue(two, "r4").rows == answered.rows, "a request that was answered is answered as it was"
    assert source.asked == 0


@ON_SQLITE
def test_a_meter_that_moves_while_its_rows_are_made_gets_those_that_it_needs_then(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault)
    office, number = office_on(demo, source), demo.first(DemoCase.FOUR_ROWS).meter_number

    def moved() -> None:
        source.meanwhile = lambda: None
        demo.office.state(number, Statement(2, "key 04 shows 2", "test", "test"))

    source.meanwhile = moved
    issued = office.issue(number, "r1")
    assert [(change.old_krn, change.new_krn) for change in issued.changes] == [(2, 3)]


def test_many_who_ask_for_one_meter_let_a_module_make_its_rows_once(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault)
    office, number = office_on(demo, source), demo.first(DemoCase.TWO_ROWS).meter_number
    busy: list[int] = []

    def count() -> None:
        busy.append(1)
        time.sleep(0.05)
        busy.pop()

    most = 0

    def watched() -> None:
        nonlocal most
        count_before = len(busy) + 1
        most = max(most, count_before)
        count()

    source.meanwhile = watched
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: office.issue(number, f"r{n}").rows, range(8)))
    assert len(set(answers)) == 1
    if demo.url.startswith("postgresql"):
        assert source.asked == 1
    assert most == 1, "a module is never asked for one meter by two at once: what the first got, it gives the second"
