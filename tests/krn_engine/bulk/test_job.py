"""A whole worklist becomes one file: the rows that the office would issue, closed, whole, or not there."""

import csv
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
import pytest

from krn_engine.bulk.batch import Position
from krn_engine.bulk.chains import Chain, Link
from krn_engine.bulk.derive import derive_each
from krn_engine.bulk.des import DesPlanes
from krn_engine.bulk.digits import Digits
from krn_engine.bulk.errors import (
    ArraysWrong,
    JobRuns,
    MetersChanged,
    OutputExists,
    OutputFailed,
    RecipientInvalid,
    WorkerLost,
)
from krn_engine.bulk.job import Job, run
from krn_engine.bulk.journal import Counts, Journal, Part
from krn_engine.bulk.making import Together, at_once
from krn_engine.bulk.pans import pans_of
from krn_engine.bulk.planes import Words
from krn_engine.bulk.reading import WorklistSource
from krn_engine.bulk.recipients import recipients_of
from krn_engine.bulk.worker import read_rows, serve, write_task
from krn_engine.bulk.workers import Workers
from krn_engine.demo import DEMO_DAY, UNIT, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.vault import Vault
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.importer import import_worklist
from krn_engine.sts.ea07 import SAMPLE_TABLES, Ea07Tables
from krn_engine.sts.identity import Ken, Ti
from krn_engine.sts.keys import Dkga, Ea
from tests.support.bulk import RECIPIENT, job, opened, refusals, rows_in, worklist, write

PROVINCE = DemoProvince(200)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several of them for a list of a few hundred lines."""
    monkeypatch.setattr("krn_engine.bulk.reading.BLOCK_BYTES", 5000)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return worklist(tmp_path / "list.csv", PROVINCE)


def told_by_the_office(register: Register, numbers: Sequence[str]) -> dict[str, tuple[str, ...] | str]:
    """The rows of each meter, or the code of why it has none."""
    office = LocalOffice(register, PROVINCE.campaign, PROVINCE.vault, clock=lambda: DEMO_DAY)
    told: dict[str, tuple[str, ...] | str] = {}
    for number in numbers:
        try:
            told[number] = tuple(str(row) for row in office.issue(number, f"test-{number}").rows)
        except KrnError as error:
            told[number] = error.code
    return told


def test_rows_and_refusals_are_those_of_the_office(tmp_path: Path, listed: Path) -> None:
    asked = job(PROVINCE, listed, tmp_path / "rows.age")
    done = run(asked)
    lines = {line["NOMOR_METER"]: rows_in(line) for line in opened(asked.out)}
    refused = refusals(asked)
    numbers = [customer.meter_number for customer in PROVINCE]
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        import_worklist(register, listed)
        assert lines | refused == told_by_the_office(register, numbers)
    assert list(lines) == [number for number in numbers if number in lines]
    assert done.counts == Counts(len(lines), Counter(refused.values()))
    assert len(set(refused.values())) >= 3
    assert {len(rows) for rows in lines.values()} == {2, 4}
    assert asked.out.stat().st_mode & 0o777 == 0o600


def test_another_office_imports_the_file_and_gives_the_same_rows(tmp_path: Path, listed: Path) -> None:
    asked = job(PROVINCE, listed, tmp_path / "rows.csv", recipients=None)
    run(asked)
    encrypted = job(PROVINCE, listed, tmp_path / "rows.age")
    run(encrypted)
    lines = {line["NOMOR_METER"]: rows_in(line) for line in opened(encrypted.out)}
    with Register.create(sqlite_url(tmp_path / "other.db")) as register:
        report = import_worklist(register, asked.out)
        assert report.taken == len(lines)
        assert not report.ignored_columns
        assert told_by_the_office(register, list(lines)) == lines


class StoppedError(Exception):
    """Ends a job in the midst of it."""


def stopping_after(batches: int) -> tuple[list[int], object]:
    """Arrays that are asked for so many batches, and how many were."""
    asked: list[int] = []

    def arrays(together: Sequence[Together]) -> list[Digits]:
        if len(asked) == batches:
            raise StoppedError
        asked.append(len(together))
        return at_once(together)

    return asked, arrays


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_a_job_that_was_stopped_goes_on_behind_what_is_done(tmp_path: Path, listed: Path, batches: int) -> None:
    whole = job(PROVINCE, listed, tmp_path / "whole.age")
    all_asked, arrays = stopping_after(99)
    run(job(PROVINCE, listed, whole.out, arrays=arrays))
    out = tmp_path / "rows.age"
    with pytest.raises(StoppedError):
        run(job(PROVINCE, listed, out, arrays=stopping_after(batches)[1]))
    assert not out.exists()
    rest, arrays = stopping_after(99)
    asked = job(PROVINCE, listed, out, arrays=arrays)
    assert run(asked, begun_anew=lambda: pytest.fail("it is the same job")).continued == bool(batches)
    assert len(rest) == len(all_asked) - batches
    assert opened(out) == opened(whole.out)
    assert refusals(asked) == refusals(whole)
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_a_list_that_changed_is_begun_anew(tmp_path: Path, listed: Path) -> None:
    out = tmp_path / "rows.age"
    with pytest.raises(StoppedError):
        run(job(PROVINCE, listed, out, arrays=stopping_after(2)[1]))
    other = DemoProvince(64)
    told: list[str] = []
    assert not run(job(other, worklist(listed, other), out), begun_anew=lambda: told.append("anew")).continued
    assert told == ["anew"]
    assert len(opened(out)) == sum(1 for _ in opened(out))
    with Journal(tmp_path / "j", b"one", b"k") as journal:
        journal.add(Part(Position(1, 2), Counts(1), b"lines", b""))
    with Journal(tmp_path / "j", b"other", b"k") as journal:
        assert (journal.end, list(journal.parts())) == (Position(), [])


def of_other_tables(vault: Vault) -> Vault:
    """The same keys beside other EA07 tables."""
    tables = SAMPLE_TABLES
    return Vault(vault.keys, Ea07Tables(tables.s1[::-1], tables.s2, tables.p), vault.generation)


def test_a_job_with_other_tables_is_begun_anew(tmp_path: Path, listed: Path) -> None:
    whole, out = tmp_path / "whole.age", tmp_path / "rows.age"
    vault = of_other_tables(PROVINCE.vault)
    sources = Sources.of_vault(vault)
    run(replace(job(PROVINCE, listed, whole), vault=vault, sources=sources))
    with pytest.raises(StoppedError):
        run(job(PROVINCE, listed, out, arrays=stopping_after(2)[1]))
    assert not run(replace(job(PROVINCE, listed, out), vault=vault, sources=sources)).continued
    assert opened(out) == opened(whole)


def test_a_list_that_changes_while_it_is_read_is_told(tmp_path: Path, listed: Path) -> None:
    out = tmp_path / "rows.age"

    def arrays(together: Sequence[Together]) -> list[Digits]:
        with listed.open("a") as file:
            file.write("\n")
        return at_once(together)

    with pytest.raises(MetersChanged):
        run(job(PROVINCE, listed, out, arrays=arrays))
    assert not out.exists()
    assert not run(job(PROVINCE, listed, out)).continued


@pytest.mark.parametrize("cut", [1, 30, 60])
def test_what_a_kill_left_half_written_is_cut_off(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal"
    first, second = (Part(Position(n, n), Counts(n, {"OFF-06": n}), b"lines" * n, b"report") for n in (1, 2))
    with Journal(path, b"job", b"key") as journal:
        journal.add(first)
        journal.add(second)
    os.truncate(path, path.stat().st_size - cut)
    with Journal(path, b"job", b"key") as journal:
        assert list(journal.parts()) == [first]
        journal.add(second)
        assert list(journal.parts()) == [first, second]
        assert (journal.end, journal.counts) == (second.end, Counts(3, {"OFF-06": 3}))


def test_a_part_that_was_altered_or_moved_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    part = Part(Position(1, 1), Counts(1), b"lines", b"")
    with Journal(path, b"job", b"key") as journal:
        journal.add(part)
        one = path.stat().st_size
        journal.add(part)
    whole = path.read_bytes()
    head = len(whole) - 2 * (len(whole) - one)
    path.write_bytes(whole[:head] + whole[one:] + whole[one:])
    with Journal(path, b"job", b"key") as journal:
        assert list(journal.parts()) == []
    path.write_bytes(whole)
    with Journal(path, b"job", b"another key") as journal:
        assert list(journal.parts()) == []


def test_no_row_and_no_key_is_on_disk_in_the_clear(tmp_path: Path, listed: Path) -> None:
    seen: list[int] = []

    def look(_done: int, _size: int) -> None:
        for path in tmp_path.iterdir():
            content = path.read_bytes()
            assert not [row for row in rows if row in content], path.name
            assert not [key for key in keys if key in content or key.hex().encode() in content], path.name
            seen.append(len(content))

    plain = job(PROVINCE, listed, tmp_path / "plain.csv", recipients=None)
    run(plain)
    rows = [row.encode() for line in plain.out.read_text().splitlines()[1:] for row in line.split(",")[4:] if row]
    plain.out.unlink()
    plain.report.unlink()
    keys = [entry.key.value for entry in PROVINCE.vault.keys]
    run(job(PROVINCE, listed, tmp_path / "rows.age"), look)
    look(0, 0)
    assert len(seen) > 9
    assert len(rows) > 200


@pytest.mark.parametrize("many", [1, 10_000])
def test_arrays_of_keys_are_written_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listed: Path, many: int
) -> None:
    held: list[Words] = []

    def derive(*arguments: Any) -> Iterator[Words]:
        for words in derive_each(*arguments):
            held.append(words)
            assert words.any()
            yield words

    def planes(*arguments: Any) -> DesPlanes:
        cipher = DesPlanes(*arguments)
        assert cipher._keys.any()
        held.append(cipher._keys)
        return cipher

    monkeypatch.setattr("krn_engine.bulk.derive.MANY", many)
    monkeypatch.setattr("krn_engine.bulk.chains.derive_each", derive)
    monkeypatch.setattr("krn_engine.bulk.derive.DesPlanes", planes)
    run(job(PROVINCE, listed, tmp_path / "rows.age"))
    assert len(held) > 5
    assert not any(np.any(words.base if words.base is not None else words) for words in held)


def test_arrays_that_go_wrong_are_found_out_and_nothing_is_written(tmp_path: Path, listed: Path) -> None:
    def arrays(together: Sequence[Together]) -> list[Digits]:
        made = at_once(together)
        for digits in made:
            digits[...] = np.roll(digits, 1, axis=1)
        return made

    asked = job(PROVINCE, listed, tmp_path / "rows.age", arrays=arrays)
    with pytest.raises(ArraysWrong):
        run(asked)
    assert not asked.out.exists()


def test_meters_of_several_units_go_through_one_array(tmp_path: Path, listed: Path) -> None:
    with listed.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    unit = header.index("UNIT")
    for number, line in enumerate(lines):
        line[unit] = f"9900{number % 3}"
    write(tmp_path / "units.csv", [header, *lines])
    chains: list[Chain] = []

    def arrays(together: Sequence[Together]) -> list[Digits]:
        here = [chain for chain, _ in together]
        assert not any(chain is other for chain, other in combinations(here, 2))
        chains.extend(here)
        return at_once(together)

    run(one := job(PROVINCE, listed, tmp_path / "one.age"))
    run(several := job(PROVINCE, tmp_path / "units.csv", tmp_path / "several.age", arrays=arrays))
    assert len(chains) > 5
    given = opened(several.out)
    units = {line[header.index("NOMOR_METER")]: line[unit] for line in lines}
    assert [line["UNIT"] for line in given] == [units[line["NOMOR_METER"]] for line in given]
    assert [line | {"UNIT": UNIT} for line in given] == opened(one.out)


def test_nothing_is_written_over(tmp_path: Path, listed: Path) -> None:
    for name in ("rows.age", "rows.age.refused.csv"):
        (tmp_path / name).write_text("kept")
        with pytest.raises(OutputExists):
            run(job(PROVINCE, listed, tmp_path / "rows.age"))
        assert (tmp_path / name).read_text() == "kept"
        (tmp_path / name).unlink()


def no_links(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("name", ["rows.age", "rows.age.refused.csv"])
def test_a_file_that_came_while_the_job_ran_is_left_and_what_is_done_is_kept(
    tmp_path: Path, listed: Path, monkeypatch: pytest.MonkeyPatch, name: str, links: bool
) -> None:
    if not links:
        monkeypatch.setattr("os.link", no_links)

    def comes(_done: int, _size: int) -> None:
        (tmp_path / name).write_text("another's")

    with pytest.raises(OutputExists, match=f"{name} meanwhile"):
        run(job(PROVINCE, listed, tmp_path / "rows.age"), comes)
    assert (tmp_path / name).read_text() == "another's"
    assert {path.name for path in tmp_path.iterdir()} == {"list.csv", ".rows.age.job", name}
    (tmp_path / name).unlink()
    asked = job(PROVINCE, listed, tmp_path / "rows.age", arrays=stopping_after(0)[1])
    assert run(asked).counts.made == len(opened(asked.out))
    assert asked.out.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"list.csv", "rows.age", "rows.age.refused.csv"}


def test_rows_that_cannot_be_put_there_leave_no_report(
    tmp_path: Path, listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(source: Path, target: Path) -> None:
        if target.name == "rows.age":
            raise KeyboardInterrupt
        link(source, target)

    link = os.link
    monkeypatch.setattr("os.link", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(job(PROVINCE, listed, tmp_path / "rows.age"))
    assert {path.name for path in tmp_path.iterdir()} == {"list.csv", ".rows.age.job"}


def test_a_job_that_had_to_wait_for_another_does_not_take_its_place(tmp_path: Path, listed: Path) -> None:
    other = job(PROVINCE, listed, tmp_path / "rows.age", recipients=None)

    class Waits(WorklistSource):
        def name(self) -> str:
            run(other)
            return "after the other"

    with pytest.raises(OutputExists):
        run(job(PROVINCE, Waits(listed), other.out))
    assert other.out.read_text().startswith("IDPEL")
    assert not other.journal.exists()


def test_a_journal_that_was_taken_away_before_it_was_had_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fcntl.flock", lambda *_: (tmp_path / "j").unlink())
    with pytest.raises(JobRuns):
        Journal(tmp_path / "j", b"job", b"key")


@pytest.mark.parametrize("name", ["rows", "*", "[rv]ows", "pp[1].csv"])
def test_what_a_kill_left_half_written_is_taken_away_and_nothing_of_other_files(
    tmp_path: Path, listed: Path, name: str
) -> None:
    others = {".rows.age.12.new", ".rows.1.12.new", ".vows.12.new", ".pp1.csv.12.new", ".rows.x.new"}
    for left in (f".{name}.12.new", f".{name}.refused.csv.345.new", *others):
        (tmp_path / left).write_text("half")
    run(job(PROVINCE, listed, tmp_path / name))
    assert {path.name for path in tmp_path.iterdir()} == {"list.csv", name, f"{name}.refused.csv", *others}


@pytest.mark.parametrize("what", ["file", "link", "dangling", "folder", "pipe"])
def test_what_is_no_journal_is_left_as_it_is(tmp_path: Path, listed: Path, what: str) -> None:
    asked = job(PROVINCE, listed, tmp_path / "rows.age")
    if what == "file":
        asked.journal.write_bytes(b"krn-bulky")
    elif what == "folder":
        asked.journal.mkdir()
    elif what == "pipe":
        os.mkfifo(asked.journal)
    else:
        asked.journal.symlink_to("list.csv" if what == "link" else "none")
    before = listed.read_bytes(), asked.journal.lstat()
    with pytest.raises(OutputExists, match=r"\.rows\.age\.job"):
        run(asked)
    assert (listed.read_bytes(), asked.journal.lstat()) == before
    assert {path.name for path in tmp_path.iterdir()} == {"list.csv", ".rows.age.job"}


def test_a_part_that_cannot_be_written_is_told_with_its_own_reason(tmp_path: Path, listed: Path) -> None:
    asked = job(PROVINCE, listed, tmp_path / "rows.age")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, hard))
    try:
        with pytest.raises(OutputFailed, match="File too large"):
            run(asked)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert run(asked).continued


def test_two_do_not_work_on_one_file(tmp_path: Path, listed: Path) -> None:
    asked = job(PROVINCE, listed, tmp_path / "rows.age")
    with Journal(asked.journal, b"job", b"key"), pytest.raises(JobRuns):
        run(asked)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, listed: Path) -> None:
    with pytest.raises(OutputFailed):
        run(job(PROVINCE, listed, tmp_path / "nowhere" / "rows.age"))


def test_six_rows_have_no_place_in_a_worklist(tmp_path: Path, listed: Path) -> None:
    hops = "".join(f"[[hop]]\nkrn = {krn}\nbase_date = 1993\n" for krn in (2, 3, 4))
    asked = Job(
        WorklistSource(listed),
        Campaign.parse(f'name = "long"\n{hops}'),
        job(PROVINCE, listed, tmp_path / "x").sources,
        PROVINCE.vault,
        tmp_path / "rows.age",
        (RECIPIENT,),
    )
    run(asked)
    assert "BLK-05" in refusals(asked).values()


def test_without_vending_keys_each_meter_is_told_so(tmp_path: Path, listed: Path) -> None:
    source = job(PROVINCE, listed, tmp_path / "x")
    asked = Job(source.source, source.campaign, type(source.sources)(), None, tmp_path / "rows.age", (RECIPIENT,))
    run(asked)
    assert opened(asked.out) == []
    assert "OFF-06" in refusals(asked).values()


def test_recipients(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    other = str(pyrage.x25519.Identity.generate().to_public())
    file.write_text(f"\ufeff# the region\r\n{RECIPIENT} # its head\n\n  {other.upper()}\n", encoding="utf-8")
    assert recipients_of([str(file), f" {RECIPIENT.upper()}\n"]) == (RECIPIENT, other)
    secret = str(pyrage.x25519.Identity.generate())
    file.write_text(secret)
    for given in (
        secret,
        secret.lower(),
        f" {secret}",
        f"x{secret}",
        secret[:30] + "\0",
        str(file),
        "age1nobody",
        None,
    ):
        with pytest.raises(RecipientInvalid) as refused:
            recipients_of([] if given is None else [given])
        assert secret[20:25] not in str(refused.value).upper()
    for given in (secret, secret.lower(), f" {secret}"):
        with pytest.raises(RecipientInvalid, match="secret key"):
            recipients_of([given])
    file.write_bytes(f"{RECIPIENT}\n".encode("utf-16"))
    with pytest.raises(RecipientInvalid, match=r"number 2 .* not UTF-8"):
        recipients_of([RECIPIENT, str(file)])


@pytest.mark.slow
def test_a_killed_process_is_gone_on_with(tmp_path: Path) -> None:
    province = DemoProvince(3000)
    listed = worklist(tmp_path / "list.csv", province)
    out = tmp_path / "rows.age"
    command = [sys.executable, "-m", "tests.programs.killed_bulk", str(listed), str(out), RECIPIENT]
    runs = 0
    while not out.exists():
        runs += 1
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            # A part is on disk when it says so: it is killed after the third one of each run.
            for _ in range(3):
                if not process.stdout.readline():
                    break
            process.send_signal(signal.SIGKILL)
    run(whole := job(province, listed, tmp_path / "whole.age"))
    assert runs > 3
    assert opened(out) == opened(whole.out)
    assert out.with_name("rows.age.refused.csv").read_text() == whole.report.read_text()
    assert not list(tmp_path.glob(".*"))


def test_a_file_is_for_its_recipients_only(tmp_path: Path, listed: Path) -> None:
    asked = job(PROVINCE, listed, tmp_path / "rows.age")
    run(asked)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(asked.out.read_bytes(), [pyrage.x25519.Identity.generate()])


@pytest.mark.slow
def test_workers_make_the_same_file_and_a_lost_one_is_told(tmp_path: Path, listed: Path) -> None:
    run(alone := job(PROVINCE, listed, tmp_path / "alone.age"))
    with Workers(2) as workers:
        asked = job(PROVINCE, listed, tmp_path / "rows.age", workers=workers)
        run(asked)
        assert opened(asked.out) == opened(alone.out)
        for process in workers.processes:
            assert not [key for key in PROVINCE.vault.keys if key.key.value.hex() in str(process.args)]
            process.kill()
            process.wait()
        asked = job(PROVINCE, listed, tmp_path / "lost.age", workers=workers)
        with pytest.raises(WorkerLost):
            run(asked)
    run(replace(asked, workers=None))
    assert opened(asked.out) == opened(alone.out)


def test_no_file_of_the_folder_that_a_worker_begins_in_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("numpy", "struct", "krn_engine"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    chain = one_chain()
    with Workers(1) as workers:
        assert (workers.begin([chain])()[0] == at_once([chain])[0]).all()
    assert not (tmp_path / "ran").exists()


def test_a_worker_writes_over_what_it_was_told() -> None:
    chain = one_chain()
    task = BytesIO()
    write_task(task, [chain])
    told = task.getvalue()
    assert all(link.key.value in told for link in chain[0].links)
    seen: list[bytearray] = []

    class Source(BytesIO):
        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            seen.append(buffer)
            return super().readinto(buffer)

    made = BytesIO()
    serve(Source(told), made)
    made.seek(0)
    rows = read_rows(made, [chain])
    assert rows is not None
    assert (rows[0] == at_once([chain])[0]).all()
    assert [any(body) for body in seen] == [False]


def one_chain() -> Together:
    entries = [entry.key for entry in PROVINCE.vault.keys if entry.key.dkga is Dkga.DKGA04]
    chain = Chain(Ea.EA11, None, tuple(Link(key, Ti(1), Ken(255)) for key in (entries[0], entries[-1])))
    return chain, pans_of([customer.meter_number for customer in PROVINCE])[0]
