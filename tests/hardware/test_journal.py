"""The meter process's memory, over deaths, torn lines and full disks."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.adapter import UNKNOWN, Evidence, Outcome, Source, Submission
from hardware.errors import AttemptReused, JournalBroken
from hardware.journal import Journal
from tests.support.tiny_disk import tiny_disk

BENAR = Submission(Outcome.ACCEPTED, Evidence(Source.DISPLAY, "BENAR", "camera"), "Accept")
REFUSED = Submission(Outcome.REJECTED, Evidence(Source.DISPLAY, "SALAH", "camera"))
ROW, OTHER = "73786976294838206463", "12345678901234567890"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A journal's place on no disk, for what is about its content and writes it thousands of times."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder) / "journal"


def reopened(path: Path, journal: Journal) -> Journal:
    journal.close()
    return Journal(path)


def test_an_answer_is_remembered_over_a_restart(path: Path) -> None:
    journal = Journal(path)
    assert journal.recall("a") is None
    journal.begin("a", ROW)
    journal.end("a", BENAR)
    assert journal.recall("a") == BENAR
    again = reopened(path, journal)
    assert again.recall("a") == BENAR
    again.close()
    again.close()


def test_that_a_row_was_handed_over_is_remembered_and_of_another_nothing_is_written(path: Path) -> None:
    journal = Journal(path)
    for name, answer in (("a", replace(BENAR, handed_over=True)), ("b", BENAR)):
        journal.begin(name, ROW)
        journal.end(name, answer)
    journal = reopened(path, journal)
    told = [journal.recall(name) for name in ("a", "b")]
    assert [answer is not None and answer.handed_over for answer in told] == [True, False]
    journal.close()
    assert path.read_text(encoding="utf-8").count("handed_over") == 1


def test_what_was_begun_and_not_ended_is_unknown_for_ever(path: Path) -> None:
    journal = Journal(path)
    journal.begin("a", ROW)
    assert journal.recall("a") == Submission(Outcome.UNKNOWN)
    for _ in range(3):
        journal = reopened(path, journal)
        assert journal.recall("a") == Submission(Outcome.UNKNOWN)
    journal.close()


def test_a_clock_that_runs_ahead_takes_nothing_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)
    journal.begin("a", ROW)
    journal.end("a", BENAR)
    ahead = time.time() + 91 * 86400.0
    monkeypatch.setattr(time, "time", lambda: ahead)
    journal.begin("b", ROW)
    journal = reopened(path, journal)
    assert (journal.recall("a"), journal.recall("b")) == (BENAR, UNKNOWN)
    journal.close()


@pytest.mark.parametrize("restart", [True, False])
def test_the_last_are_kept_by_their_number_and_doubts_apart(
    path: Path, monkeypatch: pytest.MonkeyPatch, restart: bool
) -> None:
    """Where nobody starts the process anew, the file is written anew while it is in use."""
    monkeypatch.setattr("hardware.journal.KEPT_OUTCOMES", 3)
    monkeypatch.setattr("hardware.journal.KEPT_DOUBTS", 2)
    monkeypatch.setattr("hardware.journal.WRITTEN_ANEW_AFTER", 1000 if restart else 16)
    journal = Journal(path)
    for number in range(4):
        for name, outcome in ((f"doubt-{number}", UNKNOWN), (f"told-{number}", BENAR)):
            journal.begin(name, ROW)
            journal.end(name, outcome)
    if restart:
        journal = reopened(path, journal)
    else:
        journal.begin("next", ROW)
    kept = [name for number in range(4) for name in (f"doubt-{number}", f"told-{number}") if journal.recall(name)]
    assert kept == ["told-1", "doubt-2", "told-2", "doubt-3", "told-3"]
    journal = reopened(path, journal)
    assert (journal.recall("told-3"), journal.recall("told-0")) == (BENAR, None)
    assert journal.doubtful is not restart
    journal.close()


def test_a_journal_that_cannot_be_written_anew_types_nothing_and_works_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.journal.WRITTEN_ANEW_AFTER", 1)
    journal = Journal(path)
    journal.begin("a", ROW)
    with monkeypatch.context() as patch:

        def full(_path: Path, _content: bytes) -> None:
            raise OSError("no room")

        patch.setattr("hardware.journal.replace_file", full)
        with pytest.raises(JournalBroken, match="no room"):
            journal.begin("b", ROW)
    journal.end("a", BENAR)
    journal.begin("b", ROW)
    journal = reopened(path, journal)
    assert (journal.recall("a"), journal.recall("b")) == (BENAR, UNKNOWN)
    journal.close()


def test_every_place_at_which_a_power_cut_may_tear_it_leaves_an_allowed_state(in_memory: Path) -> None:
    path = in_memory
    journal = Journal(path)
    journal.begin("a", ROW)
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
        torn.begin("b", ROW)
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
    journal.begin("a", ROW)
    assert journal.doubtful
    if outcome is not None:
        journal.end("a", Submission(outcome))
    assert journal.doubtful is doubtful
    journal = reopened(path, journal)
    assert journal.doubtful is doubtful
    journal.close()


def a_journal_of_three(path: Path) -> bytes:
    journal = Journal(path)
    for attempt, outcome in (("first", BENAR), ("second", REFUSED), ("third", None)):
        journal.begin(attempt, ROW)
        if outcome is not None:
            journal.end(attempt, outcome)
    journal.close()
    return path.read_bytes()


class TestDamage:
    @pytest.mark.parametrize(
        ("line", "of_a"),
        [
            (b"nonsense", None),
            (b"{}", None),
            (b'{"request":"a","at":0,"outcome":"MAYBE"}', UNKNOWN),
            (
                b'{"request":"a","at":0,"outcome":"REJECTED","evidence":null,"result":null,"locked_for":1e999}',
                UNKNOWN,
            ),
            (b'{"request":["a"],"at":0,"begun":true}', None),
            (b'{"request":"a","at":[],"begun":true}', UNKNOWN),
            (b'{"request":"a","request":"b","at":0,"begun":true}', UNKNOWN),
            (b"[]", None),
            (b"[" * 100_000, None),
            (b"\xff\x00\xfe", None),
            (b"", None),
            (b"\0" * 5000, None),
        ],
    )
    def test_a_line_that_cannot_be_is_set_aside_and_the_process_starts(
        self, path: Path, line: bytes, of_a: Submission | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        whole = a_journal_of_three(path)
        path.write_bytes(line + b"\n" + whole)
        journal = Journal(path)
        assert [journal.recall(attempt) for attempt in ("first", "second", "third")] == [BENAR, REFUSED, UNKNOWN]
        assert journal.recall("a") == of_a
        assert path.with_name("journal.damaged").read_bytes() == line + b"\n"
        assert path.with_name("journal.damaged").stat().st_mode & 0o777 == 0o600
        assert "1 lines of the journal could not be read" in caplog.text
        assert journal.set_aside == 1
        assert journal.doubtful
        journal = reopened(path, journal)
        assert journal.set_aside == 1, "what was set aside once is not found again"
        path.with_name("journal.damaged").unlink()
        assert journal.set_aside == 0
        journal.close()

    def test_what_a_damaged_line_names_is_unknown_until_a_later_line_tells(self, path: Path) -> None:
        lines = a_journal_of_three(path).splitlines(keepends=True)
        told = [line for line in lines if b'"first"' in line and b"ACCEPTED" in line]
        path.write_bytes(b"".join(lines).replace(told[0], told[0].replace(b"BENAR", b"BEMAR")))
        journal = Journal(path)
        assert [journal.recall(attempt) for attempt in ("first", "second", "third")] == [UNKNOWN, REFUSED, UNKNOWN]
        journal.close()
        begun = lines[0].replace(b"true", b"tsue")
        path.write_bytes(begun + b"".join(lines[1:]))
        journal = Journal(path)
        assert journal.recall("first") == BENAR
        journal.close()

    def test_a_start_that_was_cut_off_sets_a_line_aside_once(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = a_journal_of_three(path)
        for _ in range(2):
            path.write_bytes(b"nonsense\n" + whole)
            journal = Journal(path)
            journal.close()
        assert journal.set_aside == 1

    @pytest.mark.slow
    def test_no_flipped_bit_stops_it_or_tells_what_was_not(self, in_memory: Path) -> None:
        """Each bit of a journal in which three attempts stand; no answer changes into another but UNKNOWN."""
        path = in_memory
        whole = a_journal_of_three(path)
        right = {"first": BENAR, "second": REFUSED, "third": UNKNOWN}
        unheard = 0
        for place in range(len(whole)):
            for bit in range(8):
                flipped = bytearray(whole)
                flipped[place] ^= 1 << bit
                path.write_bytes(flipped)
                path.with_name("journal.damaged").unlink(missing_ok=True)
                journal = Journal(path)
                recalled = {attempt: journal.recall(attempt) for attempt in right}
                for attempt, answer in recalled.items():
                    assert answer in (right[attempt], UNKNOWN, None), (place, bit)
                wrong = [attempt for attempt, answer in recalled.items() if answer != right[attempt]]
                assert len(wrong) <= 2, (place, bit)
                # A loss is never silent.
                assert not wrong or journal.set_aside, (place, bit)
                unheard += any(answer is None for answer in recalled.values())
                journal.close()
        # Only where the name itself was hit of an attempt that no other line names: the last one's.
        assert unheard <= 8 * (len("third") + 2)


class TestRows:
    def test_the_same_attempt_with_another_row_is_refused(self, path: Path) -> None:
        journal = Journal(path)
        assert journal.answered("a", ROW) is None
        journal.begin("a", ROW)
        assert journal.answered("a", ROW) == UNKNOWN
        journal.end("a", BENAR)
        for _ in range(2):
            assert journal.answered("a", ROW) == BENAR
            with pytest.raises(AttemptReused, match="another row"):
                journal.answered("a", OTHER)
            journal = reopened(path, journal)
        journal.close()

    def test_nobody_can_try_out_which_row_it_was(self, path: Path) -> None:
        """The digest has a key for its owner alone, another beside each journal; equal rows do not show."""
        digests = set()
        for folder in ("one", "two"):
            here = path.with_name(folder) / "journal"
            journal = Journal(here)
            for attempt in ("a", "b"):
                journal.begin(attempt, ROW)
            journal.close()
            digests |= {json.loads(line)["row"] for line in here.read_text().splitlines()}
            assert here.with_name("journal.key").stat().st_mode & 0o777 == 0o600
        assert len(digests) == 4

    @pytest.mark.parametrize("harm", ["lost", "cut", "flipped"])
    def test_without_its_key_nobody_can_tell_which_row_it_was(self, path: Path, harm: str) -> None:
        journal = Journal(path)
        journal.begin("a", ROW)
        journal.end("a", BENAR)
        key = path.with_name("journal.key")
        content = key.read_bytes()
        match harm:
            case "lost":
                key.unlink()
            case "cut":
                key.write_bytes(content[:-1])
            case _:
                key.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        journal = reopened(path, journal)
        assert journal.recall("a") == BENAR
        assert journal.answered("a", ROW) == journal.answered("a", OTHER) == UNKNOWN
        journal.begin("b", ROW)
        journal = reopened(path, journal)
        with pytest.raises(AttemptReused):
            journal.answered("b", OTHER)
        journal.close()


def test_one_process_holds_it(path: Path) -> None:
    journal = Journal(path)
    with pytest.raises(JournalBroken, match="another meter process"):
        Journal(path)
    journal.close()
    Journal(path).close()


def test_no_digit_of_a_row_is_in_it_and_nobody_else_may_read_it(path: Path) -> None:
    journal = Journal(path)
    journal.begin("a", ROW)
    journal.end("a", BENAR)
    journal.close()
    for line in path.read_text().splitlines():
        keys = {"request", "at", "begun", "outcome", "evidence", "result", "locked_for", "tampered", "row", "sum"}
        assert set(json.loads(line)) <= keys
        assert ROW not in line
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_stops_the_typing_and_tears_nothing(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", 64) as disk:
        journal = Journal(disk / "journal")
        begun: list[str] = []

        def fill() -> None:
            while True:
                journal.begin(f"{len(begun):064}", ROW)
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
    journal.begin("a", ROW)
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
    # With which row nobody wrote down: whoever asks for this one is not told that it was refused.
    assert journal.answered("a", ROW) == UNKNOWN
    journal.begin("b", ROW)
    journal.close()
    assert not path.with_name("journal.damaged").exists()
    assert [json.loads(line)["request"] for line in path.read_text().splitlines()] == ["a", "b"]


@pytest.mark.parametrize(("first", "second", "doubtful"), [("FAULT", "REJECTED", False), ("REJECTED", "FAULT", True)])
def test_only_the_last_attempt_may_have_left_digits_in_the_entry(
    tmp_path: Path, first: str, second: str, doubtful: bool
) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    for attempt, outcome in (("a", first), ("b", second)):
        journal.begin(attempt, ROW)
        journal.end(attempt, Submission(Outcome(outcome)))
    journal.close()
    again = Journal(path)
    assert again.doubtful is doubtful
    again.close()
