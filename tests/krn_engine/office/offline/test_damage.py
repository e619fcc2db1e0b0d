"""A card that loses bits, a disk that is full, a power cut: what waits for the office is kept, the rest is fetched."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from krn_engine import durable
from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.office.offline import file
from krn_engine.office.offline.errors import CopyDamaged
from krn_engine.office.offline.mark import Mark
from krn_engine.register.digest import digest_of
from krn_engine.register.errors import RegisterError, RegisterFull
from tests.support.far_office import FarOffice, Kiosk, idpel, number, outcome
from tests.support.tiny_disk import tiny_disk

AWAY = OfficeUnreachable("the cable was pulled")
FACTS = 40


def filled(folder: Path) -> Kiosk:
    """A kiosk with facts that wait."""
    folder.mkdir(exist_ok=True)
    kiosk = Kiosk(FarOffice(meters=20), folder)
    kiosk.sync()
    kiosk.far.away = AWAY
    changes = kiosk.office.issue(number(0), "a" * 32).changes
    for attempt in range(FACTS - 1):
        kiosk.office.record(outcome(changes[0].id, 1, f"a{attempt}"))
    return kiosk


def told_of(kiosk: Kiosk) -> list[str]:
    return [entry.fact.uuid for entry in kiosk.copy.entries()]


def fill(filler: Path) -> None:
    """Until there is no room."""
    with suppress(OSError), filler.open("wb", buffering=0) as out:
        while out.write(b"\0" * 4096):
            pass


def record_many(kiosk: Kiosk) -> None:
    for attempt in range(2000):
        kiosk.office.record(outcome("x" * 32, 1, f"a{attempt}"))


def test_a_damaged_record_is_told_and_fetched_again_and_the_outbox_is_kept(tmp_path: Path) -> None:
    kiosk = filled(tmp_path)
    before = told_of(kiosk)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as other:
        other.execute("UPDATE copied_records SET body = replace(body, substr(body, 40, 1), '!') WHERE meter_id = 1")
        other.commit()
    with pytest.raises(CopyDamaged):
        kiosk.office.find(idpel(0))
    assert kiosk.damages == 1
    assert told_of(kiosk) == before
    assert len(list(tmp_path.glob("copy-damaged-*.db"))) == 1
    kiosk.far.away = None
    kiosk.office.meet()
    kiosk.sync()
    # What waits was put on what was fetched.
    kiosk.far.away = AWAY
    assert kiosk.office.find(idpel(0)) != kiosk.far.found(0)
    kiosk.far.away = None
    kiosk.office.meet()
    kiosk.office.deliver()
    assert [fact.uuid for fact in kiosk.far.facts] == before


@pytest.mark.parametrize("seed", range(5))
def test_flipped_bits_are_met_or_told_and_take_no_whole_entry(tmp_path: Path, seed: int) -> None:
    """Each entry is there with its own body, or told to be lost; nothing else comes out as if it were right."""
    made = tmp_path / "made"
    made.mkdir()
    kiosk = filled(made)
    before = {entry.fact.uuid: entry.fact for entry in kiosk.copy.entries()}
    kiosk.copy.close()
    chance = random.Random(seed)
    path = made / "copy.db"
    raw = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 8, 200))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)
    kiosk.open()
    for place in range(20):
        try:
            found = kiosk.copy.look(idpel(place))
        except CopyDamaged:
            found = None
        if found is not None:
            assert found.meter == kiosk.far.copied(place)
    after = kiosk.copy.entries()
    for entry in after:
        assert entry.fact == before[entry.fact.uuid]
    if len(after) < FACTS:
        assert kiosk.damages
        assert kiosk.office.status.lost
    kiosk.office.record(outcome("x" * 32, 1, "b"))
    kiosk.copy.close()


def test_a_file_that_is_no_database_any_more_is_given_up_and_told(tmp_path: Path) -> None:
    kiosk = filled(tmp_path)
    kiosk.copy.close()
    (tmp_path / "copy.db").write_bytes(b"\0" * 4096)
    for left in tmp_path.glob("copy.db-*"):
        left.unlink()
    kiosk.open()
    assert kiosk.damages == 1
    assert told_of(kiosk) == []


def test_a_file_of_another_release_is_fetched_anew_around_its_outbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = filled(tmp_path)
    before = told_of(kiosk)
    kiosk.copy.close()
    monkeypatch.setattr(file, "SCHEMA", "of tomorrow")
    kiosk.open()
    assert told_of(kiosk) == before
    assert kiosk.damages == 0
    assert kiosk.copy.look(idpel(1)) is None


def test_a_key_that_is_gone_or_of_another_machine_means_that_all_is_fetched_anew(tmp_path: Path) -> None:
    kiosk = Kiosk(FarOffice(), tmp_path, secret=b"m" * 32)
    kiosk.sync()
    kiosk.office.record(outcome("x" * 32, 1, "a"))
    for secret in (b"n" * 32, None):
        kiosk.copy.close()
        kiosk.secret = secret
        kiosk.open()
        assert kiosk.copy.look(idpel(1)) is None
        assert len(told_of(kiosk)) == 1
    kiosk.sync()
    assert kiosk.copy.look(idpel(1)) is not None


def test_a_full_disk_is_told_before_anything_is_shown(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", 1500) as disk:
        kiosk = Kiosk(FarOffice(), disk)
        kiosk.sync()
        filler = disk / "filler"
        fill(filler)
        kiosk.far.away = AWAY
        with pytest.raises(RegisterFull):
            record_many(kiosk)
        kept = len(told_of(kiosk))
        with pytest.raises(RegisterFull):
            kiosk.office.issue(number(1), "a" * 32)
        assert len(told_of(kiosk)) == kept
        assert kiosk.office.find(idpel(1)) == kiosk.far.found(1)
        filler.unlink()
        kiosk.office.issue(number(1), "a" * 32)
        assert len(told_of(kiosk)) == kept + 1
        kiosk.copy.close()


def test_a_folder_that_cannot_be_written_is_told_in_the_projects_words(tmp_path: Path) -> None:
    with pytest.raises(RegisterError):
        Kiosk(FarOffice(), tmp_path / "missing")


@pytest.mark.parametrize("step", range(6))
def test_a_renewal_that_is_killed_at_any_step_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    kiosk = filled(tmp_path)
    before = told_of(kiosk)
    kiosk.copy.close()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as other:
        other.execute("UPDATE copied_facts SET value = 'x' WHERE name = 'schema'")
        other.commit()
    left = step

    def until_killed(work: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any) -> Any:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            return work(*arguments)

        return done

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", until_killed(Path.replace))
        patch.setattr(os, "link", until_killed(os.link))
        patch.setattr(file, "sync_folder", until_killed(durable.sync_folder))
        with suppress(KeyboardInterrupt):
            kiosk.open()
            kiosk.copy.close()
    kiosk.open()
    assert told_of(kiosk) == before
    kiosk.copy.close()


def test_another_process_goes_on_in_the_new_file(tmp_path: Path) -> None:
    kiosk = filled(tmp_path)
    other = Kiosk(FarOffice(away=AWAY), tmp_path)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as file_itself:
        file_itself.execute("UPDATE copied_records SET body = 'x' WHERE meter_id = 1")
        file_itself.commit()
    with pytest.raises(CopyDamaged):
        kiosk.office.find(idpel(0))
    other.office.record(outcome("x" * 32, 1, "of-the-other"))
    assert len(told_of(kiosk)) == FACTS + 1
    assert len(told_of(other)) == FACTS + 1
    assert other.damages == 0


# --- an outbox that looks whole, and is not


def killed(kiosk: Kiosk, folder: Path) -> Path:
    """The files as they lie there when the power goes: the log is not in the file yet."""
    shutil.copytree(kiosk.folder, folder)
    kiosk.copy.close()
    return folder


def test_a_kiosk_that_is_killed_has_lost_nothing_and_tells_of_nothing(tmp_path: Path) -> None:
    kiosk = filled(tmp_path / "made")
    before = told_of(kiosk)
    again = Kiosk(kiosk.far, killed(kiosk, tmp_path / "killed"))
    assert told_of(again) == before
    assert (again.office.status.lost, again.office.status.uncounted, again.damages) == (0, False, 0)
    again.copy.close()


@pytest.mark.parametrize("step", range(3))
def test_killed_between_the_outbox_and_its_mark_is_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Each write of the mark may be the last thing that happens, or may not happen any more."""
    kiosk = filled(tmp_path / "made")
    kiosk.far.away = None
    kiosk.office.meet()
    with monkeypatch.context() as patch:
        whole = Mark.write

        def stops(self: Mark, numbers: Collection[int]) -> None:
            if step != 1:
                whole(self, numbers)
            raise KeyboardInterrupt

        patch.setattr(Mark, "write", stops)
        act = kiosk.office.deliver if step == 2 else lambda: kiosk.office.record(outcome("x" * 32, 1, "b"))
        with pytest.raises(KeyboardInterrupt):
            act()
    again = Kiosk(kiosk.far, killed(kiosk, tmp_path / "killed"))
    assert (again.office.status.lost, again.damages) == (0, 0)
    assert again.office.status.waiting == (FACTS if step == 2 else FACTS + 1)
    again.office.deliver()
    assert again.office.status.lost == 0
    again.copy.close()


def test_one_bit_of_the_log_that_takes_the_whole_outbox_is_told(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    kiosk = Kiosk(FarOffice(meters=20), tmp_path / "made")
    kiosk.sync()
    kiosk.restart()
    kiosk.far.away = AWAY
    for attempt in range(10):
        kiosk.office.record(outcome("x" * 32, 1, f"a{attempt}"))
    folder = killed(kiosk, tmp_path / "killed")
    log = folder / "copy.db-wal"
    raw = bytearray(log.read_bytes())
    raw[32 + 24 + 100] ^= 1
    log.write_bytes(raw)
    again = Kiosk(kiosk.far, folder)
    status = again.office.status
    assert (status.waiting, status.lost, status.uncounted, again.damages) == (0, 10, False, 1)
    (kept,) = folder.glob("copy-damaged-*-wal-damaged")
    assert kept.read_bytes() == raw
    # It is told once, and goes on.
    again.office.record(outcome("x" * 32, 1, "b"))
    again.restart()
    assert (again.office.status.waiting, again.office.status.lost) == (1, 10)
    again.copy.close()


@pytest.mark.parametrize("left", [0.0, 0.5])
def test_a_file_that_is_gone_or_cut_in_half_is_told_with_how_many_it_held(tmp_path: Path, left: float) -> None:
    kiosk = filled(tmp_path)
    kiosk.copy.close()
    path = tmp_path / "copy.db"
    os.truncate(path, int(path.stat().st_size * left))
    if not left:
        path.unlink()
    kiosk.open()
    status = kiosk.office.status
    assert status.waiting + status.lost == FACTS
    assert status.lost
    assert kiosk.damages == 1
    kiosk.copy.close()


def test_where_nobody_can_tell_how_many_are_lost_that_is_told(tmp_path: Path) -> None:
    kiosk = filled(tmp_path)
    kiosk.copy.close()
    (tmp_path / "copy.db").unlink()
    (tmp_path / "outbox.mark").unlink()
    kiosk.open()
    assert (kiosk.office.status.lost, kiosk.office.status.uncounted) == (1, True)
    kiosk.copy.close()


@pytest.mark.parametrize("content", [None, b"", b"1-3\nx\n", b"\xff"])
def test_a_mark_that_is_gone_or_damaged_takes_nothing_and_is_made_again(tmp_path: Path, content: bytes | None) -> None:
    kiosk = filled(tmp_path)
    kiosk.copy.close()
    mark = tmp_path / "outbox.mark"
    before = mark.read_bytes()
    if content is None:
        mark.unlink()
    else:
        mark.write_bytes(content)
    kiosk.open()
    assert (kiosk.office.status.waiting, kiosk.office.status.lost, kiosk.damages) == (FACTS, 0, 0)
    assert mark.read_bytes() == before
    kiosk.copy.close()


def test_a_meter_number_that_is_damaged_is_not_told_and_takes_no_fact(tmp_path: Path) -> None:
    kiosk = filled(tmp_path)
    assert {entry.meter_number for entry in kiosk.copy.entries()} == {number(0)}
    kiosk.copy.close()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as other:
        other.execute("UPDATE outbox SET meter_number = '1' || meter_number, meter_id = NULL WHERE n > 1")
        other.commit()
    kiosk.open()
    assert [entry.meter_number for entry in kiosk.copy.entries()] == [number(0)] + [""] * (FACTS - 1)
    kiosk.copy.close()


def test_an_outbox_of_a_program_that_kept_no_meter_numbers_is_taken_over_whole(tmp_path: Path) -> None:
    kiosk = filled(tmp_path)
    before = told_of(kiosk)
    kiosk.copy.close()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as other:
        for column in ("meter_number", "number_digest"):
            other.execute(f"ALTER TABLE outbox DROP COLUMN {column}")
        other.execute(
            "UPDATE copied_facts SET value = ?, digest = ? WHERE name = 'schema'", ("1", digest_of("schema", "1"))
        )
        other.commit()
    kiosk.open()
    assert told_of(kiosk) == before
    assert (kiosk.office.status.lost, kiosk.damages) == (0, 0)
    kiosk.copy.close()
