"""A copy is what the office has: listed whole, then followed, and nothing is missed or told to a stranger."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from krn_engine.demo import DEMO_DAY, UNIT, DemoCase
from krn_engine.issuing.campaign import Hop
from krn_engine.issuing.errors import SourceDown
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import Blocked, Due, Found, Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.copying import feed
from krn_engine.office.copying.cursor import LISTED_FOR, Place, basis_of
from krn_engine.office.copying.entries import most_bytes
from krn_engine.office.errors import NotMadeAhead
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.sync import COPIED_METER, CopiedMeter
from krn_engine.office.wire.text import to_bytes
from krn_engine.register.audit.entries import LOCAL, AuditEvent, note
from krn_engine.register.database import Register
from krn_engine.register.errors import SealedElsewhere
from krn_engine.register.importer import import_worklist
from krn_engine.register.seal import Seal
from krn_engine.register.tables import key_changes, meters
from tests.support.copies import Copied, copied, told
from tests.support.office import Demo
from tests.support.places import POSTGRESQL
from tests.support.scripted_source import ScriptedSource

SAID = Statement.said(2, "seen", "Contoh", "counter")
TABLES = ("key_changes", "requests", "outcomes", "audit", "meters", "customers")
HEADER = "IDPEL,NOMOR_METER,NAMA,TARIF,DAYA,UNIT"


def copy_of(demo: Demo, *units: str, limit: int = 500) -> Copied:
    return copied(demo.office, demo.register, *units, limit=limit)


def load(demo: Demo, folder: Path, *lines: str) -> None:
    path = folder / "list.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n")
    report = import_worklist(demo.register, path, accept=True)
    assert report.stored, report


def require_same(demo: Demo, copy: Copied, *units: str) -> None:
    """A copy that followed is one that begins now."""
    fresh = copy_of(demo, *units)
    fresh.follow()
    assert told(copy) == told(fresh)


@pytest.mark.parametrize("limit", [500, 5])
def test_a_list_has_every_meter_as_find_and_issue_give_it(demo: Demo, limit: int) -> None:
    # Rows that are issued at one moment are one list: a minute later they are not those of the province's making.
    office = LocalOffice(
        demo.register, demo.province.campaign, demo.province.vault, clock=lambda: DEMO_DAY + timedelta(minutes=1)
    )
    copy = copied(office, demo.register, UNIT, limit=limit)
    before = [demo.count(table) for table in TABLES]
    pages = copy.follow()
    assert [demo.count(table) for table in TABLES] == before
    assert [page.anew for page in pages] == [True] + [False] * (len(pages) - 1)
    assert sum(page.listed for page in pages) == 1
    assert len(copy.meters) == 32
    rows = 0
    for number, meter in copy.meters.items():
        for found in meter.found:
            assert office.find(found.customer.idpel) == found
        standing = meter.found[0].standing
        if not isinstance(standing, Due):
            assert (meter.changes, meter.code) == ((), "")
            continue
        if not meter.changes:
            assert meter.code == "ISS-02"
            continue
        ahead = copy.rows(number)
        issued = office.issue(number, f"r{number}")
        assert ahead == {change.id: " ".join(map(str, change.rows)) for change in issued.changes}
        assert (meter.first, meter.krn_before) == (issued.first, issued.krn_before)
        assert meter.minutes_for_a_change == issued.minutes_for_a_change
        for made, change in zip(meter.changes, issued.changes, strict=True):
            assert (made.old_krn, made.new_krn) == (change.old_krn, change.new_krn)
            assert (made.outcomes, made.attempts, made.claims) == (change.outcomes, change.attempts, change.claims)
        rows += len(issued.rows)
    assert rows > 40


def test_what_becomes_of_a_meter_is_told_and_nothing_else(demo: Demo) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r")
    change = issued.changes[0]
    row = RowRecord(change.id, 1, RowOutcome.REJECTED, "SALAH", "display", "kiosk", "a1", Grade.SENSOR)
    for becomes in (
        lambda: demo.office.issue(number, "r2"),
        lambda: demo.office.record(row),
        lambda: demo.office.end(number, SessionEnding("stopped", "UPG-05", None, None, False, "k")),
        lambda: demo.office.state(number, SAID),
    ):
        becomes()
        pages = copy.follow()
        assert [[meter.meter_number for meter in page.meters] for page in pages] == [[number]]
        assert not any(page.anew for page in pages)
        require_same(demo, copy, UNIT)
    assert [page.meters for page in copy.follow()] == [()]


def test_an_outcome_and_an_issue_are_in_the_entry(demo: Demo) -> None:
    copy = copy_of(demo, UNIT)
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    copy.follow()
    ahead = copy.meters[number]
    assert [change.on_record for change in ahead.changes] == [False, False]
    change = demo.office.issue(number, "r").changes[0]
    demo.office.record(RowRecord(change.id, 1, RowOutcome.ACCEPTED, "BENAR", "display", "kiosk", "a1", Grade.SENSOR))
    copy.follow()
    entry = copy.meters[number]
    assert [change.id for change in entry.changes] == [change.id for change in ahead.changes]
    assert [change.on_record for change in entry.changes] == [True, True]
    assert entry.changes[0].outcomes == (RowOutcome.ACCEPTED, None)
    assert entry.changes[0].attempts == ("a1", None)


@contextmanager
def slow_statement(demo: Demo, number: str) -> Iterator[None]:
    """A transaction that changes a meter, and is committed when the block ends."""
    written, go = threading.Event(), threading.Event()

    def slowly() -> None:
        with demo.register.write() as connection:
            meter = connection.execute(
                update(meters).where(meters.c.number == number).values(blocked="slow").returning(meters.c.id)
            )
            note(connection, AuditEvent.STATED, DEMO_DAY, LOCAL, meter.scalar_one())
            written.set()
            go.wait(20)

    thread = threading.Thread(target=slowly)
    thread.start()
    assert written.wait(20)
    try:
        yield
    finally:
        go.set()
        thread.join()


@pytest.mark.parametrize("place", [POSTGRESQL], indirect=True)
@pytest.mark.parametrize("begins_before_the_list", [True, False])
def test_what_is_committed_late_is_not_missed(demo: Demo, *, begins_before_the_list: bool) -> None:
    """Its entry has the lower number in the order of writing, and is sealed after one that was quicker."""
    slow, quick = (demo.first(case).meter_number for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS))
    copy = copy_of(demo, UNIT)
    if not begins_before_the_list:
        copy.follow()
    with slow_statement(demo, slow):
        demo.office.state(quick, SAID)
        copy.follow()
        assert isinstance(copy.meters[slow].found[0].standing, Due)
    pages = copy.follow()
    assert [meter.meter_number for page in pages for meter in page.meters] == [slow]
    assert copy.meters[slow].found[0].standing == Blocked("slow")
    require_same(demo, copy, UNIT)


def line(customer: object, number: str | None = None, *, unit: str = UNIT, name: str = "BUDI") -> str:
    idpel = getattr(customer, "idpel", customer)
    return f"{idpel},{number or getattr(customer, 'meter_number', '')},{name},R1,900,{unit}"


def test_a_list_that_goes_in_while_a_kiosk_lists_is_not_missed(demo: Demo, tmp_path: Path) -> None:
    """A meter that was told already changes, a new one comes, and a customer moves to it."""
    copy = copy_of(demo, UNIT, limit=10)
    copy.page()
    first, last = next(iter(demo.province)), list(demo.province)[-1]
    new = "99100099996"
    load(demo, tmp_path, line(first, name="SITI"), line(last, new), line("990000099996", "99100099988"))
    copy.follow()
    require_same(demo, copy, UNIT)
    assert copy.meters[new].found[0].customer.idpel == last.idpel
    assert last.meter_number not in copy.meters
    assert "99100099988" in copy.meters


def test_a_list_of_its_own_meters_is_told_meter_by_meter(demo: Demo, tmp_path: Path) -> None:
    copy = copy_of(demo, UNIT, limit=3)
    copy.follow()
    changed = list(demo.province)[:8]
    load(demo, tmp_path, *(line(customer, name="SITI") for customer in changed))
    pages = copy.follow()
    assert not any(page.anew for page in pages)
    assert sorted(m.meter_number for page in pages for m in page.meters) == sorted(c.meter_number for c in changed)
    require_same(demo, copy, UNIT)


def test_a_list_of_others_is_nobodys_business_here(demo: Demo, tmp_path: Path) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    load(demo, tmp_path, line("990000099996", "99100099988", unit="51101"))
    assert [(page.anew, page.meters) for page in copy.follow()] == [(False, ())]


def test_a_meter_that_left_its_unit_leaves_the_copy_and_comes_into_another(demo: Demo, tmp_path: Path) -> None:
    copy, other = copy_of(demo, UNIT), copy_of(demo, "51101")
    copy.follow()
    other.follow()
    assert other.meters == {}
    leaves = demo.first(DemoCase.FOUR_ROWS)
    load(demo, tmp_path, line(leaves, unit="51101"), line("990000099996", "99100099988", unit="51102"))
    for one in (copy, other):
        pages = one.follow()
        assert pages[0].anew
    assert leaves.meter_number not in copy.meters
    assert len(copy.meters) == 31
    assert set(other.meters) == {leaves.meter_number}
    named = {meter.meter_number for page in (*copy.pages, *other.pages) for meter in page.meters}
    assert "99100099988" not in named
    # And what becomes of it there is not told here.
    demo.office.state(leaves.meter_number, SAID)
    assert [page.meters for page in copy.follow()] == [()]
    assert [len(page.meters) for page in other.follow()] == [1]


def test_units_are_told_apart_as_the_office_does(demo: Demo, tmp_path: Path) -> None:
    """In any letters; and customers of no unit are everybody's."""
    load(
        demo, tmp_path, line("990000099996", "99100099988", unit="Ünit a"), line("990000099987", "99100099996", unit="")
    )
    copy = copy_of(demo, "üNIT A")
    copy.follow()
    assert set(copy.meters) == {"99100099988", "99100099996"}


def test_a_copy_of_all_units_has_all(demo: Demo, tmp_path: Path) -> None:
    load(demo, tmp_path, line("990000099996", "99100099988", unit="51101"))
    copy = copy_of(demo)
    copy.follow()
    assert len(copy.meters) == 33


# --- beginning anew


def begins_anew(copy: Copied) -> bool:
    return copy.follow()[0].anew


def test_a_place_of_another_copy_begins_anew(demo: Demo) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    assert not begins_anew(copy)
    hops = (*demo.province.campaign.hops[:-1], replace(demo.province.campaign.hops[-1], ken=None))
    assert all(isinstance(hop, Hop) for hop in hops)
    campaign = replace(demo.province.campaign, minutes_for_a_change=3)
    other_campaign = LocalOffice(demo.register, campaign, demo.province.vault, clock=lambda: DEMO_DAY)
    later = LocalOffice(
        demo.register, demo.province.campaign, demo.province.vault, clock=lambda: DEMO_DAY + LISTED_FOR + timedelta(1)
    )
    for office, units, name in (
        (demo.office, (UNIT, "51101"), "0" * 16),
        (demo.office, (UNIT,), "1" * 16),
        (other_campaign, (UNIT,), "0" * 16),
        (later, (UNIT,), "0" * 16),
    ):
        other = copied(office, demo.register, *units, copy=name)
        other.place = copy.place
        assert begins_anew(other)
    same = copied(demo.office, demo.register, UNIT)
    same.place = copy.place
    assert not begins_anew(same)


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(7, "a" * 16, 1768442400, is_in_list=True, after_meter=3)
    for one in (place, replace(place, is_in_list=False), replace(place, after_meter=2**31 - 1)):
        assert Place.read(one.written("0" * 16), "0" * 16) == one
        assert Place.read(one.written("0" * 16), "1" * 16) is None
    for text in ("", "x", "0.0.0", "l." * 20, "9" * 128, replace(place, after_meter=2**31).written("0" * 16)):
        assert Place.read(text, "0" * 16) is None


def test_a_place_far_behind_all_meters_ends_the_list(demo: Demo) -> None:
    copy = copy_of(demo, UNIT, limit=5)
    copy.page()
    basis = basis_of("0" * 16, (UNIT,), demo.province.campaign)
    place = Place.read(copy.place, basis)
    assert place is not None
    copy.place = replace(place, after_meter=2**31 - 1).written(basis)
    assert copy.page().listed


def test_a_register_that_was_put_back_begins_anew(demo: Demo) -> None:
    """Its entry of that number has another hash, or there is none."""
    copy = copy_of(demo, UNIT)
    demo.office.state(demo.first(DemoCase.FOUR_ROWS).meter_number, SAID)
    copy.follow()
    basis = basis_of("0" * 16, (UNIT,), demo.province.campaign)
    place = Place.read(copy.place, basis)
    assert place is not None
    for wrong in (replace(place, hash="0" * 16), replace(place, seq=place.seq + 1), replace(place, seq=0)):
        copy.place = wrong.written(basis)
        assert begins_anew(copy)
    require_same(demo, copy, UNIT)


def test_after_an_entry_that_tells_no_meter_everything_is_told_anew(demo: Demo) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    for event, anew in ((AuditEvent.ENROLLED, False), (AuditEvent.ROWS_SEALED, False), (AuditEvent.TAKEN_OVER, True)):
        with demo.register.write() as connection:
            note(connection, event, DEMO_DAY, LOCAL)
        assert begins_anew(copy) is anew


def test_an_entry_of_a_list_that_nobody_can_read_begins_anew_once(demo: Demo) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    with demo.register.write() as connection:
        note(connection, AuditEvent.LIST_LINES, DEMO_DAY, LOCAL, meters="all")
    assert begins_anew(copy)
    assert not begins_anew(copy)


def test_many_entries_are_read_in_their_turn(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    monkeypatch.setattr(feed, "ENTRIES", 2)
    for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.FOUR_ROWS, DemoCase.DONE):
        demo.office.state(demo.first(case).meter_number, SAID)
    pages = copy.follow()
    assert [len(page.meters) for page in pages] == [2, 2, 1]
    require_same(demo, copy, UNIT)


# --- what has no rows in a copy


def test_rows_that_a_module_counts_are_not_made_ahead(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault)
    office = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY, sources=Sources([(source, ())]))
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    copy = copied(office, demo.register, UNIT)
    copy.follow()
    assert source.asked == 0
    assert (copy.meters[number].changes, copy.meters[number].code) == ((), NotMadeAhead.code)
    # What the module gave for a customer is on record, and can be copied.
    issued = office.issue(number, "r")
    asked = source.asked
    copy.follow()
    assert copy.rows(number) == {change.id: " ".join(map(str, change.rows)) for change in issued.changes}
    assert source.asked == asked


def test_a_source_that_is_down_is_no_reason_to_have_no_rows_for_good(demo: Demo) -> None:
    source = ScriptedSource(demo.province.vault, repeats=True)
    office = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY, sources=Sources([(source, ())]))
    copy = copied(office, demo.register, UNIT)
    with source.down(), pytest.raises(SourceDown):
        copy.follow()
    copy.follow()
    require_same(demo, copy, UNIT)


def test_rows_of_an_office_without_keys_are_missing_and_why_is_told(demo: Demo) -> None:
    office = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY)
    copy = copied(office, demo.register, UNIT)
    copy.follow()
    entry = copy.meters[demo.first(DemoCase.FOUR_ROWS).meter_number]
    assert (entry.changes, entry.code) == ((), "OFF-06")
    assert copy.meters[demo.first(DemoCase.READY_MADE).meter_number].changes


def test_rows_that_went_with_a_lost_key_are_made_again_for_the_copy(demo: Demo) -> None:
    """And the record stays without them, until somebody is given them."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r")
    with demo.register.write() as connection:
        connection.execute(update(key_changes).values(rows=None))
    copy = copy_of(demo, UNIT)
    copy.follow()
    assert copy.rows(number) == {change.id: " ".join(map(str, change.rows)) for change in issued.changes}
    with demo.register.read() as connection:
        assert connection.execute(select(key_changes.c.rows)).scalars().first() is None


def test_rows_on_record_that_are_not_those_of_the_keys_are_not_copied(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    change = demo.office.issue(number, "r").changes[0]
    with demo.register.write() as connection:
        wrong = demo.register.keeper.close(f"{'1' * 20} {'2' * 20}", number, *states(connection, change.id))
        connection.execute(update(key_changes).where(key_changes.c.id == change.id).values(rows=wrong))
    copy = copy_of(demo, UNIT)
    copy.follow()
    assert (copy.meters[number].changes, copy.meters[number].code) == ((), "OFF-08")


def states(connection: Connection, change: str) -> tuple[str, str]:
    wanted = select(key_changes.c.from_state, key_changes.c.to_state).where(key_changes.c.id == change)
    found = connection.execute(wanted).one()
    return found.from_state, found.to_state


def test_a_register_that_another_program_sealed_is_told_and_not_taken_for_damaged(demo: Demo) -> None:
    demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r")
    with Register.open(demo.url, Seal(b"s" * 32)):
        pass
    copy = copy_of(demo, UNIT)
    with pytest.raises(SealedElsewhere):
        copy.follow()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_one_damaged_record_holds_up_no_other(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    with demo.register.write() as connection:
        (trigger,) = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='meters' AND sql LIKE '%AFTER UPDATE%'"
        ).scalars()
        sql = connection.exec_driver_sql(f"SELECT sql FROM sqlite_master WHERE name='{trigger}'").scalar_one()
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        connection.execute(update(meters).where(meters.c.number == number).values(digest=1))
        connection.exec_driver_sql(sql)
    copy = copy_of(demo, UNIT)
    pages = copy.follow()
    assert sum(page.left_out for page in pages) == 1
    assert len(copy.meters) == 31
    assert number not in copy.meters


# --- the size of a page


def test_no_entry_is_longer_than_it_is_reckoned(demo: Demo) -> None:
    copy = copy_of(demo, UNIT)
    copy.follow()
    for meter in copy.meters.values():
        assert len(to_bytes(COPIED_METER.write(meter))) <= most_bytes(meter) < 3000
    assert len(to_bytes(COPIED_METER.write(longest(copy)))) <= most_bytes(longest(copy))


def longest(copy: Copied) -> CopiedMeter:
    """An entry as long as one can be."""
    meter = next(m for m in copy.meters.values() if len(m.changes) == 2)
    customer = replace(meter.found[0].customer, masked_name="\u20ac" * 100, tariff='"' * 8, power_va=2**53 - 1)
    found = replace(meter.found[0], customer=customer, standing=Blocked("\u20ac" * 200))
    assert isinstance(found, Found)
    change = replace(
        meter.changes[0],
        from_state="9" * 64,
        to_state="9" * 64,
        outcomes=(RowOutcome.LOCKED_OUT,) * 4,
        attempts=("\\" * 64,) * 4,
        claims=(False,) * 4,
        rows="sealed:" + "x" * 213,
    )
    return replace(meter, found=(found,) * 3, changes=(change,) * 4)


def test_pages_are_cut_before_they_are_too_long(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn_engine.office.copying.pages._ROOM", 6000)
    copy = copy_of(demo, UNIT)
    pages = copy.follow()
    assert len(copy.meters) == 32
    assert 5 < len(pages) < 30
    for customer in list(demo.province)[:10]:
        demo.office.state(customer.meter_number, SAID)
    monkeypatch.setattr("krn_engine.office.copying.pages._ROOM", 1)
    assert [len(page.meters) for page in copy.follow()] == [1] * 10
    monkeypatch.undo()
    require_same(demo, copy, UNIT)
