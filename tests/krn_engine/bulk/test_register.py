"""The meters of a register: a file of what the office would give, and all of it on record in one go."""

import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.bulk import records
from krn_engine.bulk.digits import Digits
from krn_engine.bulk.errors import MetersChanged
from krn_engine.bulk.issuing import Issuer
from krn_engine.bulk.job import Job, run
from krn_engine.bulk.making import Together, at_once
from krn_engine.bulk.records import RegisterSource
from krn_engine.demo import DEMO_DAY, UNIT, DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.vault import Vault
from krn_engine.office.audit.listing import entries_after
from krn_engine.office.contract import Found, Issued, RowOutcome, RowRecord
from krn_engine.office.copying.feed import head, news
from krn_engine.office.copying.units import Units
from krn_engine.office.errors import RowsDiffer
from krn_engine.office.local import LocalOffice
from krn_engine.register.audit.sealer import seal_now
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.digest import prepare
from krn_engine.register.errors import RecordDamaged, RegisterDamaged
from krn_engine.register.importer import import_worklist
from krn_engine.register.tables import customers
from krn_engine.sts.ea07 import SAMPLE_TABLES, Ea07Tables
from tests.support.bulk import RECIPIENT, changes, opened, refusals, require_whole_audit, write, written
from tests.support.office import Demo
from tests.support.places import Place


def issuer(demo: Demo, units: tuple[str, ...] = ()) -> Issuer:
    sources = Sources.of_vault(demo.province.vault)
    return Issuer(demo.register, demo.province.campaign, sources, units, clock=lambda: DEMO_DAY)


def job(demo: Demo, folder: Path, units: tuple[str, ...] = ()) -> Job:
    province = demo.province
    sources = Sources.of_vault(province.vault)
    meters = RegisterSource(demo.register, province.campaign, sources, DEMO_DAY, units)
    return Job(meters, province.campaign, sources, province.vault, folder / "rows.age", (RECIPIENT,), at=DEMO_DAY)


def told(office: LocalOffice, number: str) -> tuple[str, ...] | str:
    try:
        return tuple(map(str, office.issue(number, f"test-{number}").rows))
    except KrnError as error:
        return error.code


@pytest.fixture
def other(demo: Demo, place: Place, tmp_path: Path) -> Iterator[Demo]:
    """The same province in a register of its own, where each meter is asked for."""
    with Register.create(sqlite_url(tmp_path / "other.db")) as register:
        demo.province.load(register)
        office = LocalOffice(register, demo.province.campaign, demo.province.vault, clock=lambda: DEMO_DAY)
        yield Demo(demo.province, register, office, "")


def test_the_file_is_what_the_office_would_give_and_nothing_is_on_record(demo: Demo, tmp_path: Path) -> None:
    before = changes(demo)
    found = written(job(demo, tmp_path))
    assert changes(demo) == before
    assert found == {customer.meter_number: told(demo.office, customer.meter_number) for customer in demo.province}
    assert {len(rows) for rows in found.values() if isinstance(rows, tuple)} == {2, 4}


def test_that_rows_leave_is_on_record_and_no_kiosk_copies_anew_for_it(demo: Demo, tmp_path: Path) -> None:
    seal_now(demo.register)
    with demo.register.read() as connection:
        before = head(connection)
    asked = job(demo, tmp_path, (UNIT,))
    made = run(asked).counts.made
    seal_now(demo.register)
    with demo.register.read() as connection:
        [entry] = entries_after(connection, before[0])
        told = news(connection, *before, 0, Units(()))
    assert entry.told is not None
    said = {name: entry.told[name] for name in ("event", "actor", "meter", "units", "meters", "recipients")}
    assert said == {
        "event": "rows-exported",
        "actor": "local",
        "meter": None,
        "units": [UNIT],
        "meters": made,
        "recipients": 1,
    }
    assert entry.told.keys() - said.keys() == {"at", "job"}
    assert told is not None
    assert not told.meters
    require_whole_audit(demo)


class UnrecordedError(Exception):
    """The entry could not be written."""


class Unrecorded(RegisterSource):
    """A register that takes no entry."""

    def note_export(self, job: str, meters: int, recipients: int) -> None:
        raise UnrecordedError


def test_no_rows_leave_without_an_entry(demo: Demo, tmp_path: Path) -> None:
    asked = job(demo, tmp_path)
    meters = asked.source
    assert isinstance(meters, RegisterSource)
    refusing = Unrecorded(meters.register, meters.campaign, meters.sources, meters.at)
    with pytest.raises(UnrecordedError):
        run(replace(asked, source=refusing))
    # The journal alone, which is closed: the same command goes on.
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".rows", "rows"))] == [asked.journal.name]
    assert run(asked).continued


def test_the_file_is_the_same_when_all_is_on_record(demo: Demo, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    before = written(job(demo, first))
    issuer(demo).run()
    assert written(job(demo, second)) == before


def test_who_has_other_rows_on_record_is_refused_and_has_no_line(demo: Demo, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    expected = {number for number, rows in written(job(demo, first)).items() if isinstance(rows, tuple)}
    issuer(demo).run()
    vault, tables = demo.province.vault, SAMPLE_TABLES
    other = Vault(vault.keys, Ea07Tables(tables.s1[::-1], tables.s2, tables.p), vault.generation)
    asked = replace(job(demo, second), vault=other, sources=Sources.of_vault(other))
    done = run(asked)
    refused, lines = refusals(asked), [line["NOMOR_METER"] for line in opened(asked.out)]
    assert list(refused.values()).count(RowsDiffer.code) > 10
    assert not set(lines) & set(refused)
    assert set(lines) | {number for number, code in refused.items() if code == RowsDiffer.code} == expected
    assert done.counts.made == len(lines)


@pytest.mark.parametrize("when", ["between two runs", "in one"])
def test_a_list_that_comes_in_begins_it_anew(demo: Demo, tmp_path: Path, when: str) -> None:
    whose = demo.first(DemoCase.TWO_ROWS)
    news = tmp_path / "news.csv"
    write(news, [("IDPEL", "NOMOR_METER", "BLOCKED"), (whose.idpel, whose.meter_number, "diblokir")])

    class StoppedError(Exception):
        pass

    def arrays(together: Sequence[Together]) -> list[Digits]:
        if when == "in one":
            import_worklist(demo.register, news, accept=True)
            return at_once(together)
        raise StoppedError

    with pytest.raises(MetersChanged if when == "in one" else StoppedError):
        run(replace(job(demo, tmp_path), arrays=arrays))
    if when != "in one":
        import_worklist(demo.register, news, accept=True)
    asked = job(demo, tmp_path)
    assert not run(asked).continued
    assert refusals(asked)[whose.meter_number] == "OFF-03"


def test_another_register_in_its_place_is_another_job(demo: Demo, other: Demo, tmp_path: Path) -> None:
    assert job(demo, tmp_path).name() == job(demo, tmp_path).name() != job(other, tmp_path).name()


def test_a_customer_whose_meter_is_not_found_is_told(tmp_path: Path) -> None:
    province = DemoProvince(32)
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        demo = Demo(province, register, office, "")
        whole = len(written(job(demo, tmp_path)))
        folder = tmp_path / "2"
        folder.mkdir()
        with closing(sqlite3.connect(tmp_path / "register.db")) as file:
            prepare(file)
            # As it looks where an index has lost the meter.
            file.execute("UPDATE customers SET meter_id = 4000 WHERE id = 3")
            file.commit()
        asked = job(demo, folder)
        done = run(asked)
        assert done.counts.refused[RecordDamaged.code] == 1
        assert done.counts.made + sum(done.counts.refused.values()) == whole


def test_a_table_that_has_lost_a_customer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    province = DemoProvince(32)
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        province.load(register)
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        asked = job(Demo(province, register, office, ""), tmp_path)
        # As a page whose header lost a bit gives its records, while the indexes have them all.
        monkeypatch.setattr(records, "_MARKS", records._MARKS.where(customers.c.id != 3))
        with pytest.raises(RegisterDamaged):
            run(asked)
        assert not asked.out.exists()


def test_what_is_issued_at_once_is_what_is_issued_one_by_one(demo: Demo, other: Demo) -> None:
    done = issuer(demo).run()
    expected = Counter[str]()
    for customer in other.province:
        answer = told(other.office, customer.meter_number)
        if isinstance(answer, str):
            expected[answer] += 1
    assert [[str(cell) for cell in row[:-1]] for row in changes(demo)] == [
        [str(cell) for cell in row[:-1]] for row in changes(other)
    ]
    assert done.refused == expected
    assert done.meters == len(other.province) - expected.total()
    assert demo.office.progress() == other.office.progress()
    require_whole_audit(demo)


def test_it_is_issued_once(demo: Demo) -> None:
    first = issuer(demo).run()
    known, entries = changes(demo), demo.count("audit")
    second = issuer(demo).run()
    assert (second.meters, second.changes, second.refused) == (0, 0, first.refused)
    assert (changes(demo), demo.count("audit")) == (known, entries)


def test_a_kiosk_finds_the_very_same_rows_and_records_what_becomes_of_them(demo: Demo) -> None:
    issuer(demo).run()
    customer = demo.first(DemoCase.FOUR_ROWS)
    found = demo.office.find(customer.idpel)
    assert isinstance(found, Found)
    issued = demo.office.issue(customer.meter_number, "kiosk")
    assert isinstance(issued, Issued)
    known = {row[3] for row in changes(demo)}
    assert {change.id for change in issued.changes} <= known
    row = RowRecord(issued.changes[0].id, 1, RowOutcome.STARTED, "", "kiosk", "kiosk", "attempt")
    demo.office.record(row)
    require_whole_audit(demo)


def test_what_a_kiosk_issued_before_stays_and_is_told(demo: Demo) -> None:
    customer = demo.first(DemoCase.FOUR_ROWS)
    demo.office.issue(customer.meter_number, "kiosk")
    before = changes(demo)
    done = issuer(demo).run()
    assert set(before) <= set(changes(demo))
    assert done.meters == len({row[0] for row in set(changes(demo)) - set(before)})
    require_whole_audit(demo)


def test_only_the_units_that_are_asked_for(demo: Demo, tmp_path: Path) -> None:
    with demo.register.write() as connection:
        connection.exec_driver_sql("UPDATE customers SET unit = '99002' WHERE id <= 3")
    assert len(written(job(demo, tmp_path, ("99002",)))) == 3
    assert issuer(demo, ("99002",)).run().meters == 3


def test_a_record_that_is_damaged_is_told_and_stops_nobody(tmp_path: Path) -> None:
    province = DemoProvince(32)
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        province.load(register)
        with register.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER watch_meters_changed")
            connection.exec_driver_sql("UPDATE meters SET ti = '07' WHERE id = 2")
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        demo = Demo(province, register, office, "")
        asked = job(demo, tmp_path)
        assert run(asked).counts.made > 10
        assert RecordDamaged.code in asked.report.read_text()
        assert len(asked.report.read_text().splitlines()) + len(opened(asked.out)) == len(province) + 1
        done = issuer(demo).run()
        assert done.refused[RecordDamaged.code] == 1
        assert done.refused.total() + done.meters == len(province)


@pytest.mark.slow
def test_killed_processes_leave_none_out_and_none_twice(place: Place) -> None:
    province = DemoProvince(160)
    url = place.register(160)
    command = [sys.executable, "-m", "tests.programs.issuing_in_bulk", url]
    with ExitStack() as running:
        workers = [
            running.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
            )
            for _ in range(3)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline()
        # All three have begun. The last goes on to the end; the others are killed in what they take next.
        *killed, last = workers
        assert last.stdin is not None
        last.stdin.close()
        for worker in killed:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.kill()
        assert [worker.wait(timeout=120) for worker in workers] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    with Register.open(url) as register:
        office = LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY)
        demo = Demo(province, register, office, url)
        require_whole_audit(demo)
        on_record = changes(demo)
        assert len({row[:3] for row in on_record}) == len(on_record) > 100
        assert issuer(demo).run().meters == 0
        assert changes(demo) == on_record
