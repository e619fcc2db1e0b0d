"""What is done has an entry in the same transaction; what is refused, or was done before, has none."""

import csv
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.office.contract import Grade, RowOutcome, RowRecord, SessionEnding, Statement
from krn_engine.office.errors import MeterBlocked, OutcomeRefused
from krn_engine.office.local import LocalOffice
from krn_engine.register.audit.chain import NOTHING, hash_of
from krn_engine.register.audit.entries import AuditEvent, note
from krn_engine.register.audit.sealer import seal_if_free, seal_now
from krn_engine.register.database import Register
from krn_engine.register.importer import import_worklist
from krn_engine.register.seal import Seal
from krn_engine.register.tables import audit
from tests.support.audit import bodies, events
from tests.support.office import Demo
from tests.support.places import Place
from tests.support.postgres import installed

UUID = "00000000-0000-4000-8000-000000000001"
ENDING = SessionEnding("upgraded", "", 3, Grade.REGISTER, proved=True, place="kiosk")
STATEMENT = Statement(2, "looked", "Contoh", "counter")


def told(change: str, section: int = 1, attempt: str = "a1") -> RowRecord:
    return RowRecord(change, section, RowOutcome.ACCEPTED, "BENAR", "Contoh", "kiosk", attempt, Grade.SENSOR)


def new(demo: Demo) -> list[dict[str, object]]:
    """Without the first two: the audit began, and the province was loaded."""
    return bodies(demo.register)[2:]


def test_the_chain_is_as_it_is_written_down(demo: Demo) -> None:
    demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    seal_now(demo.register)
    with demo.register.read() as connection:
        entries = connection.execute(select(audit).order_by(audit.c.seq)).all()
    before = NOTHING
    for seq, entry in enumerate(entries, 1):
        assert entry.seq == seq
        before = hash_of(before, seq, entry.body)
        assert entry.hash == before
    assert len(entries) == 3


def test_a_new_register_begins_with_an_entry_of_its_own(place: Place) -> None:
    with Register.create(place.empty()) as register:
        (began,) = bodies(register)
    assert (began["event"], began["actor"], began["facts"]) == ("began", "local", 0)
    assert len(began["register"]) == 32


def test_an_issue_tells_its_key_changes_and_an_answer_that_is_repeated_tells_nothing(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    office = demo.office.acting_for("kiosk-7")
    issued = office.issue(number, "r1")
    assert office.issue(number, "r1") == issued
    (entry,) = new(demo)
    assert (entry["event"], entry["actor"], entry["request"]) == ("issued", "kiosk-7", "r1")
    assert [change[0] for change in entry["new"]] == [change.id for change in issued.changes]  # type: ignore[attr-defined]
    demo.office.issue(number, "r2")
    entry = new(demo)[1]
    assert (entry["actor"], entry["new"]) == ("local", [])
    assert entry["again"] == [change.id for change in issued.changes]


def test_outcomes_endings_and_statements(demo: Demo) -> None:
    number = demo.first(DemoCase.FOUR_ROWS).meter_number
    change = demo.office.issue(number, "r1").changes[0].id
    office = demo.office.acting_for("kiosk-7")
    for _ in range(2):
        office.record(told(change))
        office.end(number, ENDING, UUID)
        office.state(number, STATEMENT, UUID.replace("1", "2"))
    _, recorded, ended, stated = new(demo)
    assert [entry["event"] for entry in (recorded, ended, stated)] == ["recorded", "ended", "stated"]
    assert {entry["actor"] for entry in (recorded, ended, stated)} == {"kiosk-7"}
    assert (recorded["key_change"], recorded["section"], recorded["outcome"]) == (change, 1, "accepted")
    assert (ended["krn"], ended["proved"]) == (3, True)
    assert (stated["krn"], stated["was_krn"]) == (2, 1)


def test_no_entry_holds_a_row_a_name_a_number_or_what_people_wrote(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    issued = demo.office.issue(customer.meter_number, "r1")
    demo.office.record(told(issued.changes[0].id))
    demo.office.end(customer.meter_number, ENDING)
    demo.office.state(customer.meter_number, STATEMENT)
    with demo.register.read() as connection:
        said = " ".join(" ".join(map(str, row)) for row in connection.execute(select(audit)))
    for secret in (*issued.rows, customer.meter_number, customer.idpel, customer.name, "Contoh", "looked", "BENAR"):
        assert str(secret) not in said


def test_what_is_refused_has_no_entry(demo: Demo) -> None:
    with pytest.raises(MeterBlocked):
        demo.office.issue(demo.first(DemoCase.BLOCKED).meter_number, "r1")
    with pytest.raises(OutcomeRefused):
        demo.office.record(told("none"))
    assert new(demo) == []


def test_an_entry_goes_with_its_transaction(demo: Demo) -> None:
    def work(connection: Connection) -> None:
        note(connection, AuditEvent.ENDED, DEMO_DAY, "local", 1)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        demo.register.change(work)
    assert new(demo) == []


def listed(path: Path, province: DemoProvince, extra: int = 0) -> Path:
    """A list with each customer of a province, in another unit."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["IDPEL", "NOMOR METER", "UNIT"])
        writer.writerows([customer.idpel, customer.meter_number, "99002"] for customer in province)
        writer.writerows([f"98{index:010d}", f"98{index:09d}", "99003"] for index in range(extra))
    return path


def test_a_list_is_told_when_it_begins_with_each_part_and_when_it_is_in(
    demo: Demo, place: Place, tmp_path: Path
) -> None:
    report = import_worklist(demo.register, listed(tmp_path / "list.csv", demo.province, 1500))
    assert report.stored
    begun, *parts = new(demo)
    assert (begun["event"], begun["lines"], len(str(begun["list"]))) == ("list-begun", 1532, 64)
    assert [(part["event"], part["whole"]) for part in parts] == [("list-lines", False), ("list-lines", True)]
    # Those who had a unit before count too, and each meter is named once.
    assert parts[0]["units"] == ["99001", "99002", "99003"]
    named = [meter for part in parts for meter in part["meters"]]  # type: ignore[attr-defined]
    assert len(named) == len(set(named)) == 1532
    import_worklist(demo.register, tmp_path / "list.csv")
    assert [(entry["event"], entry.get("meters")) for entry in new(demo)[3:]] == [
        ("list-begun", None),
        ("list-lines", []),
    ]


def test_sealing_and_forgetting_rows(demo: Demo) -> None:
    demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    with Register.open(demo.url, Seal(bytes(range(32)))):
        pass
    Register.forget_rows(demo.url, accept=True)
    *_, sealed, forgotten = bodies(demo.register)
    assert (sealed["event"], forgotten["event"]) == ("rows-sealed", "rows-forgotten")
    assert sealed["issued"] == forgotten["issued"] > 0
    again = demo.office.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    assert len(again.rows) == 4
    assert events(demo.register)[-1] == "given-again"


def test_a_time_is_that_of_the_fact(demo: Demo) -> None:
    later = LocalOffice(
        demo.register, demo.province.campaign, demo.province.vault, clock=lambda: DEMO_DAY + timedelta(days=1)
    )
    later.issue(demo.first(DemoCase.FOUR_ROWS).meter_number, "r1")
    assert new(demo)[0]["at"] == "2026-01-16T02:00:00.000000Z"


@installed
@pytest.mark.slow
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_slow_transaction_is_sealed_later_and_not_left_out(demo: Demo) -> None:
    """What "more than my last id" would lose: the lower id is committed later."""
    seal_now(demo.register)
    with demo.register.write() as slow:
        note(slow, AuditEvent.ENDED, DEMO_DAY, "slow", 1)
        with demo.register.write() as quick:
            note(quick, AuditEvent.ENDED, DEMO_DAY, "quick", 2)
        assert seal_if_free(demo.register) == 1
    assert seal_if_free(demo.register) == 1
    assert [entry["actor"] for entry in new(demo)] == ["quick", "slow"]


@installed
@pytest.mark.slow
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_reader_that_follows_the_numbers_misses_nothing(demo: Demo) -> None:
    """Eight write, two seal, and a reader goes on from the last number that it saw."""
    writers, each = 8, 60
    seen: list[Any] = []
    over, last = threading.Event(), 0

    def write(name: str) -> None:
        for number in range(each):
            with demo.register.write() as connection:
                note(connection, AuditEvent.ENDED, DEMO_DAY, name, number)

    def seal() -> None:
        while not over.is_set():
            seal_if_free(demo.register)

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(writers)]
    sealers = [threading.Thread(target=seal) for _ in range(2)]
    for thread in (*threads, *sealers):
        thread.start()
    while len(seen) < writers * each + 2:
        with demo.register.read() as connection:
            wanted = select(audit.c.seq, audit.c.actor, audit.c.meter_id).where(audit.c.seq > last)
            found = connection.execute(wanted.order_by(audit.c.seq)).all()
        seen += found
        last = seen[-1].seq
        if not found and not any(thread.is_alive() for thread in threads):
            seal_now(demo.register)
    over.set()
    for thread in (*threads, *sealers):
        thread.join()
    assert [entry.seq for entry in seen] == list(range(1, writers * each + 3))
    assert len({(entry.actor, entry.meter_id) for entry in seen[2:]}) == writers * each
