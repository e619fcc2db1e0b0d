"""The meter process's memory, over deaths, torn lines and full disks."""

import json
import os
import time
from pathlib import Path

import pytest

from hardware.adapter import Evidence, Outcome, Source, Submission
from hardware.errors import JournalBroken
from hardware.journal import KEPT_SECONDS, Journal
from tests.support.tiny_disk import tiny_disk

BENAR = Submission(Outcome.ACCEPTED, Evidence(Source.DISPLAY, "BENAR", "camera"), "Accept")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


def reopened(path: Path, journal: Journal, now: float = 0.0) -> Journal:
    journal.close()
    return Journal(path, lambda: now)


def test_an_answer_is_remembered_over_a_restart(path: Path) -> None:
    journal = Journal(path)
    assert journal.recall("a") is None
    journal.begin("a")
    journal.end("a", BENAR)
    assert journal.recall("a") == BENAR
    again = reopened(path, journal)
    assert again.recall("a") == BENAR
    again.close()
    again.close()


def test_what_was_begun_and_not_ended_is_unknown_for_ever(path: Path) -> None:
    journal = Journal(path)
    journal.begin("a")
    assert journal.recall("a") == Submission(Outcome.UNKNOWN)
    for now in (0.0, 1e9, 2e9):
        journal = reopened(path, journal, now)
        assert journal.recall("a") == Submission(Outcome.UNKNOWN)
    journal.close()


def test_old_answers_are_dropped_at_the_next_start_and_doubts_are_not(path: Path) -> None:
    journal = Journal(path, lambda: 0.0)
    for request, outcome in (("old", BENAR), ("doubt", Submission(Outcome.UNKNOWN))):
        journal.begin(request)
        journal.end(request, outcome)
    journal = reopened(path, journal, KEPT_SECONDS - 1)
    assert journal.recall("old") == BENAR
    journal = reopened(path, journal, KEPT_SECONDS + 1)
    assert journal.recall("old") is None
    assert journal.recall("doubt") == Submission(Outcome.UNKNOWN)
    journal.close()


def test_every_place_at_which_a_power_cut_may_tear_it_leaves_an_allowed_state(path: Path) -> None:
    journal = Journal(path)
    journal.begin("a")
    begun = path.stat().st_size
    journal.end("a", BENAR)
    journal.close()
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        torn = Journal(path)
        recalled = torn.recall("a")
        expected = None if length < begun else Submission(Outcome.UNKNOWN) if length < len(whole) else BENAR
        assert recalled == expected, length
        torn.begin("b")
        torn.close()
        after = Journal(path)
        assert after.recall("b") == Submission(Outcome.UNKNOWN)
        after.close()


@pytest.mark.parametrize(
    ("outcome", "doubtful"),
    [
        (None, True),
        (Outcome.UNKNOWN, True),
        (Outcome.FAULT, True),
        (Outcome.ACCEPTED, False),
        (Outcome.REJECTED, False),
    ],
)
def test_it_knows_whether_the_meters_entry_is_in_doubt(path: Path, outcome: Outcome | None, doubtful: bool) -> None:
    journal = Journal(path)
    assert not journal.doubtful
    journal.begin("a")
    assert journal.doubtful
    if outcome is not None:
        journal.end("a", Submission(outcome))
    assert journal.doubtful is doubtful
    journal = reopened(path, journal)
    assert journal.doubtful is doubtful
    journal.close()


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"request": "a", "at": 0, "outcome": "MAYBE"}', "[]"])
def test_a_line_that_cannot_be_is_not_passed_over(path: Path, line: str) -> None:
    path.parent.mkdir()
    path.write_text(f"{line}\n")
    with pytest.raises(JournalBroken, match="line 1"):
        Journal(path)
    path.unlink()
    Journal(path).close()


def test_one_process_holds_it(path: Path) -> None:
    journal = Journal(path)
    with pytest.raises(JournalBroken, match="another meter process"):
        Journal(path)
    journal.close()
    Journal(path).close()


def test_no_digit_of_a_row_is_in_it_and_nobody_else_may_read_it(path: Path) -> None:
    journal = Journal(path)
    journal.begin("a")
    journal.end("a", BENAR)
    journal.close()
    for line in path.read_text().splitlines():
        keys = {"request", "at", "begun", "outcome", "evidence", "result", "locked_for", "tampered"}
        assert set(json.loads(line)) <= keys
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_stops_the_typing_and_tears_nothing(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", 64) as disk:
        journal = Journal(disk / "journal")
        begun: list[str] = []

        def fill() -> None:
            while True:
                journal.begin(f"{len(begun):064}")
                begun.append(f"{len(begun):064}")

        with pytest.raises(JournalBroken, match="full"):
            fill()
        assert len(begun) > 100
        with pytest.raises(JournalBroken):
            journal.end(begun[0], BENAR)
        assert journal.recall(begun[0]) == Submission(Outcome.UNKNOWN)
        lines = (disk / "journal").read_bytes()
        assert lines.endswith(b"\n")
        assert [json.loads(line)["request"] for line in lines.splitlines()] == begun
        journal.close()


def test_it_is_synced_before_a_key_and_after_an_answer(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)
    synced: list[bytes] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.append(path.read_bytes())

    monkeypatch.setattr(os, "fsync", fsync)
    journal.begin("a")
    assert synced[-1].count(b"\n") == 1
    journal.end("a", BENAR)
    assert synced[-1].count(b"\n") == 2
    journal.close()


def test_a_journal_of_the_first_release_is_read(tmp_path: Path) -> None:
    """Its lines know no tamper state. It names an attempt as this release still does, so that it can be put back."""
    path = tmp_path / "journal"
    told = {"outcome": "REJECTED", "evidence": None, "result": None, "locked_for": 0.0}
    path.write_text(json.dumps({"request": "a", "at": time.time(), **told}) + "\n")
    journal = Journal(path)
    assert journal.recall("a") == Submission(Outcome.REJECTED)
    journal.begin("b")
    journal.close()
    assert [json.loads(line)["request"] for line in path.read_text().splitlines()] == ["a", "b"]


@pytest.mark.parametrize(("first", "second", "doubtful"), [("FAULT", "REJECTED", False), ("REJECTED", "FAULT", True)])
def test_only_the_last_attempt_may_have_left_digits_in_the_entry(
    tmp_path: Path, first: str, second: str, doubtful: bool
) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    for attempt, outcome in (("a", first), ("b", second)):
        journal.begin(attempt)
        journal.end(attempt, Submission(Outcome(outcome)))
    journal.close()
    again = Journal(path)
    assert again.doubtful is doubtful
    again.close()
