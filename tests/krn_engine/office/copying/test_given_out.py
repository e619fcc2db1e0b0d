"""What a kiosk gave out of its copy goes on record as the very change that the office would have made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from krn_engine.demo import DEMO_DAY, UNIT, DemoCase
from krn_engine.issuing.errors import (
    NoSource,
    SourceAnswerWrong,
    SourceDown,
    SourceError,
    SourceKeyMissing,
    SourceLocked,
    SourceRefused,
)
from krn_engine.issuing.sources.router import Sources
from krn_engine.office.contract import Found, Grade, NothingToDo, RowOutcome, RowRecord
from krn_engine.office.errors import MeterUnknown, NotOffered, NoUpgradeNeeded, RequestReused
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.delivered import GivenChange, GivenOut
from krn_engine.register.tables import key_changes, meters, ready_rows
from krn_engine.sts.identity import Ken
from tests.support.audit import bodies
from tests.support.copies import Copied, copied
from tests.support.office import Demo
from tests.support.scripted_source import ScriptedSource

THEN = DEMO_DAY - timedelta(hours=5)
"""When the kiosk gave the rows out, by its own clock."""
CASES = [DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.READY_MADE, DemoCase.HALF_DONE]


def copy_of(demo: Demo) -> Copied:
    copy = copied(demo.office, demo.register, UNIT)
    copy.follow()
    return copy


def given(copy: Copied, number: str) -> GivenOut:
    """What a kiosk tells that gave out all of a meter's rows."""
    changes = copy.meters[number].changes
    return GivenOut(number, tuple(GivenChange(c.id, c.from_state, c.to_state) for c in changes))


def keep(demo: Demo, told: GivenOut, request: str = "offline", office: LocalOffice | None = None) -> None:
    (office or demo.office).given_outs.keep(told, request, "kiosk-1", THEN)


def took(demo: Demo, change_id: str, rows: int = 2, attempt: str = "a") -> None:
    """A meter took all rows of a change, and a sensor saw it."""
    for section in range(1, rows + 1):
        demo.office.record(
            RowRecord(
                change_id, section, RowOutcome.ACCEPTED, "BENAR", "display", "k", f"{attempt}{section}", Grade.SENSOR
            )
        )


@pytest.mark.parametrize("case", CASES)
def test_it_is_on_record_as_if_the_office_had_given_it_out(demo: Demo, case: DemoCase) -> None:
    number = demo.first(case).meter_number
    copy = copy_of(demo)
    ahead, told = copy.rows(number), given(copy, number)
    before = demo.count("key_changes")
    keep(demo, told)
    keep(demo, told)
    assert demo.count("key_changes") == before + len(told.changes)
    for request in ("offline", "online"):
        issued = demo.office.issue(number, request)
        assert {change.id: " ".join(map(str, change.rows)) for change in issued.changes} == ahead
    assert demo.count("key_changes") == before + len(told.changes)
    (entry,) = [body for body in bodies(demo.register) if body.get("request") == "offline"]
    assert (entry["event"], entry["actor"], entry["kiosk_time"]) == ("issued", "kiosk-1", "2026-01-14T21:00:00.000000Z")
    assert [change[0] for change in entry["new"]] == list(ahead)


@pytest.mark.parametrize("case", CASES)
def test_what_another_kiosk_gave_out_meanwhile_is_the_same(demo: Demo, case: DemoCase) -> None:
    number = demo.first(case).meter_number
    told = given(copy_of(demo), number)
    issued = demo.office.issue(number, "of another kiosk")
    before = demo.count("key_changes")
    keep(demo, told)
    assert demo.count("key_changes") == before
    assert [change.id for change in demo.office.issue(number, "offline").changes] == [c.id for c in issued.changes]


def test_a_meter_that_another_kiosk_upgraded_meanwhile_needs_nothing_and_loses_nothing(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    for change in demo.office.issue(number, "of another kiosk").changes:
        took(demo, change.id, attempt=change.id[:8])
    with pytest.raises(NoUpgradeNeeded):
        demo.office.issue(number, "r")
    keep(demo, told)
    took(demo, told.changes[0].id, attempt="offline")
    assert len(demo.office.history(number)) == 6


def test_many_that_deliver_and_ask_at_once_make_one_record(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    before = demo.count("key_changes")

    def one(n: int) -> tuple[str, ...]:
        if n % 2:
            keep(demo, told, f"offline {n // 4}")
        return tuple(change.id for change in demo.office.issue(number, f"r{n}").changes)

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(one, range(24)))
    assert answers == {tuple(change.id for change in told.changes)}
    assert demo.count("key_changes") == before + 2


def test_a_proof_after_it_moves_the_meter(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    keep(demo, told)
    for change in told.changes:
        took(demo, change.id, attempt=change.id[:8])
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert found.standing == NothingToDo(3)


def test_a_meter_that_was_blocked_meanwhile_has_its_record_all_the_same(demo: Demo) -> None:
    """The rows went out, and may be in."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    with demo.register.write() as connection:
        connection.execute(update(meters).where(meters.c.number == number).values(blocked="fraud"))
    keep(demo, told)
    took(demo, told.changes[0].id)


def test_another_campaign_meanwhile_takes_what_it_can_still_make(demo: Demo) -> None:
    """The first of its hops is the same, and the rows of it are; of the second other rows would follow."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    first, last = demo.province.campaign.hops
    campaign = replace(demo.province.campaign, hops=(first, replace(last, ken=Ken(200))))
    office = LocalOffice(demo.register, campaign, demo.province.vault, clock=lambda: DEMO_DAY)
    before = demo.count("key_changes")
    with pytest.raises(NotOffered):
        keep(demo, told, office=office)
    # All of it or nothing, in one transaction.
    assert demo.count("key_changes") == before
    keep(demo, replace(told, changes=told.changes[:1]), office=office)
    assert demo.count("key_changes") == before + 1


def test_an_office_that_lost_its_keys_refuses(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    with pytest.raises(NotOffered):
        keep(demo, told, office=LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY))


def test_other_ready_made_rows_meanwhile_are_refused(demo: Demo) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    told = given(copy_of(demo), number)
    with demo.register.write() as connection:
        connection.execute(update(ready_rows).values(set_id="0" * 16))
    with pytest.raises(NotOffered):
        keep(demo, told)


def test_an_older_record_of_the_same_change_keeps_its_id(demo: Demo) -> None:
    """From before ids followed from the rows: the copy has it, and anything else is another change."""
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    ahead = given(copy_of(demo), number)
    issued = demo.office.issue(number, "older")
    renamed = "e" * 32
    with demo.register.write() as connection:
        connection.exec_driver_sql("DELETE FROM requests WHERE request_id = 'older'")
        connection.execute(update(key_changes).where(key_changes.c.id == issued.changes[0].id).values(id=renamed))
    assert [change.id for change in copy_of(demo).meters[number].changes] == [renamed]
    keep(demo, given(copy_of(demo), number), "of the copy")
    with pytest.raises(NotOffered):
        keep(demo, ahead)


Change = Callable[[GivenChange], GivenChange]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, id="0" * 32),
        lambda c: replace(c, id=c.id.upper()),
        lambda c: replace(c, from_state="x"),
        lambda c: replace(c, from_state="ready/0000/0"),
        lambda c: replace(c, to_state=c.from_state),
        lambda c: replace(c, from_state=c.to_state, to_state=c.from_state),
        lambda c: replace(c, from_state="7/2/123456/01/1/2/1993"),
    ],
)
def test_what_no_office_offered_is_refused(demo: Demo, change: Change) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    told = given(copy_of(demo), number)
    tables = ("key_changes", "requests", "audit")
    before = [demo.count(table) for table in tables]
    with pytest.raises(NotOffered):
        keep(demo, replace(told, changes=tuple(map(change, told.changes))))
    assert [demo.count(table) for table in tables] == before


def test_rows_of_one_meter_are_none_of_another(demo: Demo) -> None:
    copy = copy_of(demo)
    told = given(copy, demo.first(DemoCase.FOUR_ROWS).meter_number)
    with pytest.raises(NotOffered):
        keep(demo, replace(told, meter_number=demo.first(DemoCase.TWO_ROWS).meter_number))
    for number in ("99100099996", "x"):
        with pytest.raises(MeterUnknown):
            keep(demo, replace(told, meter_number=number))


def test_a_request_is_about_one_meter(demo: Demo) -> None:
    copy = copy_of(demo)
    first, second = (given(copy, demo.first(case).meter_number) for case in (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS))
    keep(demo, first)
    with pytest.raises(RequestReused):
        keep(demo, second)


def test_an_answer_that_the_kiosk_never_got_stays_and_what_it_gave_out_is_on_record(demo: Demo) -> None:
    """Another kiosk upgraded the first half: the office answered with the second, and the kiosk out of its copy."""
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    told = given(copy_of(demo), number)
    with demo.register.write() as connection:
        krn = {"krn": 2, "base_date": demo.province.campaign.hops[0].base_date}
        connection.execute(update(meters).where(meters.c.number == number).values(krn))
    lost = demo.office.issue(number, "offline")
    assert [change.id for change in lost.changes] == [told.changes[1].id]
    for _ in range(2):
        keep(demo, told)
        assert demo.office.issue(number, "offline").changes == lost.changes
    took(demo, told.changes[0].id)
    entries = [body for body in bodies(demo.register) if body.get("request") == "offline"]
    assert [[change[0] for change in body["new"]] for body in entries] == [[told.changes[1].id], [told.changes[0].id]]


def test_a_module_that_is_down_or_counts_is_asked_for_nothing(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    told = given(copy_of(demo), number)

    def office_of(source: ScriptedSource) -> LocalOffice:
        sources = Sources([(source, ())])
        return LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY, sources=sources)

    repeating, counting = (ScriptedSource(demo.province.vault, repeats=repeats) for repeats in (True, False))
    with repeating.down(), pytest.raises(SourceDown):
        keep(demo, told, office=office_of(repeating))
    with pytest.raises(NotOffered):
        keep(demo, told, office=office_of(counting))
    assert counting.asked == 0
    keep(demo, told, office=office_of(repeating))


@pytest.mark.parametrize("leaf", [SourceLocked, SourceKeyMissing, SourceAnswerWrong, SourceRefused, NoSource])
def test_a_source_that_has_to_be_mended_loses_nothing(demo: Demo, leaf: type[SourceError]) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    told = given(copy_of(demo), number)
    source = ScriptedSource(demo.province.vault, repeats=True)
    office = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY, sources=Sources([(source, ())]))

    def refuse() -> None:
        raise leaf("not now")

    before = demo.count("key_changes")
    source.meanwhile = refuse
    with pytest.raises(leaf):
        keep(demo, told, office=office)
    assert demo.count("key_changes") == before
    source.meanwhile = lambda: None
    keep(demo, told, office=office)
    assert demo.count("key_changes") == before + 1


def test_it_does_not_print_the_number(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    assert number not in repr(given(copy_of(demo), number))
