"""Find, issue, record, progress, on a register."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import (
    Attempt,
    Blocked,
    Day,
    Due,
    FindWarning,
    Found,
    Grade,
    Issued,
    NotFound,
    NothingToDo,
    RowOutcome,
    RowRecord,
    SessionEnding,
    Statement,
    Unclear,
)
from krn_engine.office.errors import (
    MeterBlocked,
    MeterUnknown,
    NoUpgradeNeeded,
    NoVendingKeys,
    OutcomeRefused,
    RequestReused,
)
from krn_engine.office.identify import IdProblem, NotAnId
from krn_engine.office.local import LocalOffice
from krn_engine.office.net_errors import DeliveryReused
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import RegisterFull
from krn_engine.register.tables import customers, meters
from tests.support.ids import malformed_ids
from tests.support.office import Demo
from tests.support.tiny_disk import tiny_disk


def record_of(issued: Issued, change: int, section: int, outcome: RowOutcome, attempt: str) -> RowRecord:
    return RowRecord(issued.changes[change].id, section, outcome, "BENAR", "display", "kiosk 1", attempt, Grade.SENSOR)


def accept(demo: Demo, issued: Issued, change: int, sections: tuple[int, ...] = (1, 2)) -> None:
    for section in sections:
        demo.office.record(record_of(issued, change, section, RowOutcome.ACCEPTED, f"{change}-{section}"))


STANDINGS = {
    DemoCase.FOUR_ROWS: Due(4),
    DemoCase.TWO_ROWS: Due(2),
    DemoCase.EA11: Due(4),
    DemoCase.DONE: NothingToDo(3),
    DemoCase.PERIKSA: Due(4),
    DemoCase.HALF_DONE: Due(2),
    DemoCase.READY_MADE: Due(4),
    DemoCase.BLOCKED: Blocked("contoh: pelanggan diblokir"),
}


@pytest.mark.parametrize("case", STANDINGS)
def test_find_tells_how_a_meter_stands(demo: Demo, case: DemoCase) -> None:
    customer = demo.first(case)
    by_idpel, by_meter = demo.office.find(f"#{customer.idpel}"), demo.office.find(customer.meter_number)
    assert isinstance(by_idpel, Found)
    assert by_idpel == by_meter
    assert by_idpel.standing == STANDINGS[case]
    assert by_idpel.meter_number == customer.meter_number


def test_a_meter_of_unknown_key_state_is_found_unclear(demo: Demo) -> None:
    found = demo.office.find(demo.first(DemoCase.UNKNOWN_STATE).idpel)
    assert isinstance(found, Found)
    assert isinstance(found.standing, Unclear)
    assert found.standing.code == KeyStateUnknown.code
    assert "KRN" in found.standing.message


def test_not_found_is_its_own_answer(demo: Demo) -> None:
    assert demo.office.find("123456789012") == NotFound("123456789012")
    assert demo.office.find("11111111113") == NotFound("11111111113", (FindWarning.CHECK_DIGIT,))


def test_an_idpel_that_is_one_digit_short_is_told_so(demo: Demo) -> None:
    idpel = demo.first(DemoCase.FOUR_ROWS).idpel
    assert demo.office.find(idpel[:11]) == NotAnId(IdProblem.ONE_DIGIT_SHORT)


def test_a_meter_number_that_begins_an_idpel_is_found_with_a_warning(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    with demo.register.write() as connection:
        other = demo.first(DemoCase.DONE).idpel
        connection.execute(
            update(customers).where(customers.c.idpel == other).values(idpel=customer.meter_number + "7")
        )
    found = demo.office.find(customer.meter_number)
    assert isinstance(found, Found)
    assert found.warnings == (FindWarning.COULD_BE_IDPEL,)


def test_a_wrong_check_digit_is_a_warning(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    odd = number[:-1] + str((int(number[-1]) + 1) % 10)
    with demo.register.write() as connection:
        connection.execute(update(meters).where(meters.c.number == number).values(number=odd))
    found = demo.office.find(odd)
    assert isinstance(found, Found)
    assert found.warnings == (FindWarning.CHECK_DIGIT,)
    with pytest.raises(KrnError, match="check digit"):
        demo.office.issue(odd, "r1")


def test_malformed_ids_leave_the_register_as_it_was(demo: Demo) -> None:
    before = {table: demo.count(table) for table in ("meters", "customers", "key_changes", "requests", "outcomes")}
    for text in malformed_ids(200):
        assert isinstance(demo.office.find(text), NotAnId)
        with pytest.raises(MeterUnknown):
            demo.office.issue(text, "r1")
    assert before == {table: demo.count(table) for table in before}


def test_names_are_masked(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    found = demo.office.find(customer.idpel)
    assert isinstance(found, Found)
    for word in customer.name.split():
        assert word not in repr(found)


def test_same_request_same_rows_one_record(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    before = demo.count("key_changes")
    first = demo.office.issue(number, "r1")
    assert len(first.rows) == 4
    assert demo.office.issue(number, "r1") == first
    assert demo.office.issue(number, "r2").rows == first.rows
    assert demo.count("key_changes") == before + 2


def test_two_at_once_write_one(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    before = demo.count("key_changes")
    start = threading.Barrier(8)
    rows: list[tuple[str, ...]] = []

    def ask(request: str) -> None:
        start.wait()
        rows.append(demo.office.issue(number, request).rows)

    threads = [threading.Thread(target=ask, args=(f"r{n % 4}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows) == 8
    assert len(set(rows)) == 1
    assert demo.count("key_changes") == before + 2


def issue_often(office: LocalOffice, number: str) -> None:
    for request in range(500):
        office.issue(number, f"r{request}")


def test_a_full_disk_issues_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """Rows that are not on the disk are not given out; with room again, the same ones are."""
    province = DemoProvince(32)
    number = province.first(DemoCase.FOUR_ROWS).meter_number
    with tiny_disk(tmp_path / "disk", 512) as disk, Register.create(sqlite_url(disk / "register.db")) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault)
        with register.read() as connection:
            before = connection.exec_driver_sql("SELECT count(*) FROM key_changes").scalar_one()
        (disk / "filler").write_bytes(bytes(os.statvfs(disk).f_bavail * 4096))
        with pytest.raises(RegisterFull):
            issue_often(office, number)
        with register.read() as connection:
            stored = connection.exec_driver_sql("SELECT count(*) FROM key_changes").scalar_one()
        assert stored in (before, before + 2)
        (disk / "filler").unlink()
        rows = office.issue(number, "after").rows
        assert len(rows) == 4
        assert office.issue(number, "again").rows == rows


@pytest.mark.slow
def test_two_processes_at_once_write_one(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    before = demo.count("key_changes")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.programs.issue", demo.url, number, str(n)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(3)
    ]
    said = set()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        said |= set(out.splitlines())
    assert len(said) == 1
    assert demo.count("key_changes") == before + 2


def test_a_request_belongs_to_one_meter(demo: Demo) -> None:
    demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    with pytest.raises(RequestReused):
        demo.office.issue(demo.first(DemoCase.TWO_ROWS).meter_number, "r1")
    for request in ("", "x" * 65):
        with pytest.raises(ValueError, match="request id"):
            demo.office.issue(demo.first(DemoCase.TWO_ROWS).meter_number, request)


def test_three_refusals_to_issue(demo: Demo) -> None:
    with pytest.raises(NoUpgradeNeeded):
        demo.office.issue(demo.first(DemoCase.DONE).meter_number, "r1")
    with pytest.raises(MeterBlocked, match="diblokir"):
        demo.office.issue(demo.first(DemoCase.BLOCKED).meter_number, "r1")
    with pytest.raises(KeyStateUnknown):
        demo.office.issue(demo.first(DemoCase.UNKNOWN_STATE).meter_number, "r1")
    assert demo.count("requests") == 0


def test_an_office_without_keys_issues_ready_rows_only(demo: Demo) -> None:
    keyless = LocalOffice(demo.register, demo.province.campaign)
    with pytest.raises(NoVendingKeys):
        keyless.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    ready = keyless.issue(demo.first(DemoCase.READY_MADE).meter_number, "r2")
    assert [len(change.rows) for change in ready.changes] == [2, 2]


def test_a_finished_pair_moves_the_record_on(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r1")
    accept(demo, issued, 0, (1,))
    half = demo.office.find(number)
    assert isinstance(half, Found)
    assert half.standing == Due(4, handed_out=True)
    accept(demo, issued, 0, (2,))
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert (found.krn, found.standing) == (2, Due(2, handed_out=True))
    rest = demo.office.issue(number, "r2")
    assert rest.rows == issued.rows[2:]
    # The first request is still answered as it was, with what is known of it by now.
    again = demo.office.issue(number, "r1")
    assert again.rows == issued.rows
    assert again.changes[0].done
    accept(demo, issued, 1)
    done = demo.office.find(number)
    assert isinstance(done, Found)
    assert done.standing == NothingToDo(3)


def test_what_a_meter_said_is_kept_even_without_its_key(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r1")
    emptied = LocalOffice(demo.register, demo.province.campaign, Vault())
    for section in (1, 2):
        emptied.record(record_of(issued, 0, section, RowOutcome.ACCEPTED, f"a{section}"))
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert found.krn == 2


def test_ready_rows_go_pair_by_pair(demo: Demo) -> None:
    number = demo.first(DemoCase.READY_MADE).meter_number
    issued = demo.office.issue(number, "r1")
    accept(demo, issued, 0)
    assert demo.office.issue(number, "r2").rows == issued.rows[2:]
    accept(demo, issued, 1)
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)


def test_an_old_outcome_never_moves_the_record_back(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r1")
    accept(demo, issued, 1)
    accept(demo, issued, 0)
    found = demo.office.find(number)
    assert isinstance(found, Found)
    assert found.krn == 3


def test_a_row_that_was_begun_and_not_answered_is_unknown(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    issued = demo.office.issue(number, "r1")
    demo.office.record(record_of(issued, 0, 1, RowOutcome.STARTED, "a"))
    assert demo.office.issue(number, "r1").changes[0].outcomes == (RowOutcome.UNKNOWN, None)
    demo.office.record(record_of(issued, 0, 1, RowOutcome.REJECTED, "a"))
    assert demo.office.issue(number, "r1").changes[0].outcomes == (RowOutcome.REJECTED, None)


def test_the_same_outcome_twice_is_one(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    issued = demo.office.issue(number, "r1")
    before = demo.count("outcomes")
    for _ in range(2):
        demo.office.record(record_of(issued, 0, 1, RowOutcome.ACCEPTED, "a"))
    assert demo.count("outcomes") == before + 1


def test_an_outcome_of_nothing_is_refused(demo: Demo) -> None:
    issued = demo.office.issue(demo.first(DemoCase.TWO_ROWS).meter_number, "r1")
    good = record_of(issued, 0, 1, RowOutcome.ACCEPTED, "a")
    for wrong in (replace(good, key_change_id="nothing"), replace(good, section=0), replace(good, section=3)):
        with pytest.raises(OutcomeRefused):
            demo.office.record(wrong)


def test_the_progress_counts_every_meter_once(demo: Demo) -> None:
    before = demo.office.progress()
    assert before.meters == 32
    assert before.upgraded + before.claimed + before.due + before.blocked + before.unclear == 32
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    accept(demo, demo.office.issue(number, "r1"), 0)
    after = demo.office.progress()
    assert (after.upgraded, after.due) == (before.upgraded + 1, before.due - 1)
    assert after.rows_accepted_today == before.rows_accepted_today + 2
    assert after.last_outcome_at is not None
    assert 0 < after.percent < 100


def test_the_progress_is_counted_by_the_day(demo: Demo) -> None:
    number = demo.first(DemoCase.TWO_ROWS).meter_number
    earlier = demo.office.progress().days
    accept(demo, demo.office.issue(number, "r1"), 0)
    later = LocalOffice(demo.register, demo.province.campaign, clock=lambda: DEMO_DAY + timedelta(days=3))
    days = later.progress().days
    assert len(days) == 14
    assert [(day.day - before.day).days for before, day in pairwise(days)] == [1] * 13
    assert days[-4] == Day(earlier[-1].day, earlier[-1].rows_accepted + 2)
    assert sum(day.rows_accepted for day in days) == sum(day.rows_accepted for day in earlier) + 2
    assert later.progress().rows_accepted_today == 0


def attempts(demo: Demo, number: str) -> list[Attempt]:
    return [entry for entry in demo.office.history(number) if isinstance(entry, Attempt)]


def test_history(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    issued = demo.office.issue(number, "r1")
    assert demo.office.history(number) == ()
    demo.office.record(record_of(issued, 0, 1, RowOutcome.STARTED, "a"))
    assert [attempt.outcome for attempt in attempts(demo, number)] == [RowOutcome.STARTED]
    demo.office.record(record_of(issued, 0, 1, RowOutcome.UNKNOWN, "a"))
    demo.office.record(record_of(issued, 0, 1, RowOutcome.REJECTED, "a"))
    accept(demo, issued, 0)
    told = attempts(demo, number)
    assert [(attempt.section, attempt.outcome) for attempt in told] == [
        (2, RowOutcome.ACCEPTED),
        (1, RowOutcome.ACCEPTED),
        (1, RowOutcome.REJECTED),
    ]
    assert (told[0].old_krn, told[0].new_krn) == (issued.changes[0].old_krn, issued.changes[0].new_krn)
    assert not any(row in repr(told) for row in issued.rows)
    assert demo.office.history("99999999999") == ()


def test_a_ping_reads_no_record_of_the_campaign(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readiness is asked every few seconds, and `progress` counts all meters."""
    monkeypatch.setattr(LocalOffice, "progress", None)
    demo.office.ping()
    with pytest.raises(RegisterFull):
        ping_with_a_full_disk(demo, monkeypatch)


def ping_with_a_full_disk(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_register: Register) -> None:
        raise RegisterFull("the disk is full")

    monkeypatch.setattr(Register, "read", full)
    demo.office.ping()


def test_the_same_delivery_twice_is_one_fact(demo: Demo) -> None:
    meter = demo.first(DemoCase.FOUR_ROWS).meter_number
    ending = SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk 1")
    said = Statement.said(2, "looked", "Contoh", "counter")
    for _ in range(3):
        demo.office.end(meter, ending, "e")
        demo.office.state(meter, said, "s")
    assert (demo.count("endings"), demo.count("statements"), demo.count("deliveries")) == (1, 1, 2)
    demo.office.end(meter, ending)
    demo.office.end(meter, ending)
    assert demo.count("endings") == 3


def test_another_fact_under_the_name_of_a_delivery_is_refused(demo: Demo) -> None:
    meter = demo.first(DemoCase.FOUR_ROWS).meter_number
    ending = SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk 1")
    demo.office.end(meter, ending, "d")
    others: tuple[Callable[[], None], ...] = (
        lambda: demo.office.end(meter, replace(ending, krn=2), "d"),
        lambda: demo.office.end(demo.first(DemoCase.EA11).meter_number, ending, "d"),
        lambda: demo.office.state(meter, Statement.said(2, "looked", "Contoh", "counter"), "d"),
    )
    for other in others:
        with pytest.raises(DeliveryReused):
            other()
    assert (demo.count("endings"), demo.count("statements")) == (1, 0)


def test_a_delivery_that_was_refused_can_come_again(demo: Demo) -> None:
    ending = SessionEnding("not-proved", "UPG-09", None, None, False, "kiosk 1")
    with pytest.raises(MeterUnknown):
        demo.office.end("00000000000", ending, "d")
    demo.office.end(demo.first(DemoCase.FOUR_ROWS).meter_number, ending, "d")
    assert demo.count("endings") == 1
