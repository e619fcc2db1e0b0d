"""The meter process's memory: an attempt is on disk before its first key, and its outcome before the kiosk hears it.

One line an event (`hardware.journal_lines`); no digit of any row is in it. An attempt that was begun and never ended,
because the process died or the power went, answers UNKNOWN for ever. So does one whose line was damaged: that line is
set aside in a file beside, and the process works on.

What damage can still take away: of a line that no longer names its attempt, nothing is known. Nobody is told a wrong
outcome, since an attempt that was never heard of is UNKNOWN too; but a caller that submitted that very attempt once
more would have it typed. A kiosk never does: each time that it types a row it makes a new name, and has it on record
first.
"""

import contextlib
import errno
import fcntl
import hashlib
import hmac
import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from hardware.adapter import UNKNOWN, Outcome, Submission
from hardware.errors import AttemptReused, JournalBroken
from hardware.journal_lines import Entry, LineDamaged, attempts_named, read, written
from krn_engine.durable import replace_file

KEPT_OUTCOMES = 10_000
"""How many of the last attempts with an outcome are kept: counted, because a clock may be wrong."""
KEPT_DOUBTS = 100_000
"""How many of the last attempts without an outcome: more than a meter can be typed at in a week."""
WRITTEN_ANEW_AFTER = 2 * KEPT_OUTCOMES
"""Lines after which a journal in use is written anew, with what is kept."""
_DOUBTFUL = (Outcome.UNKNOWN, Outcome.FAULT)
_KEY_BYTES = 32
_CHECK_BYTES = 8
_DIGEST_DIGITS = 32
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Files:
    """Where a journal keeps what belongs to it, each beside it and for its owner alone."""

    journal: Path

    @property
    def lock(self) -> Path:
        """Held by the one process that writes."""
        return self.journal.with_name(f"{self.journal.name}.lock")

    @property
    def key(self) -> Path:
        """The key of the rows' digests."""
        return self.journal.with_name(f"{self.journal.name}.key")

    @property
    def damaged(self) -> Path:
        """Lines that could not be read."""
        return self.journal.with_name(f"{self.journal.name}.damaged")


class Journal:
    """One file, held by one process. Raises JournalBroken."""

    def __init__(self, path: Path) -> None:
        self._files = Files(path)
        self._known: dict[str, Entry] = {}
        self._appended = 0
        self.doubtful = False
        """The last attempt may have left digits in the meter's entry, and nobody has settled it since."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._files.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _broken(path, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise JournalBroken(f"another meter process holds {path}: stop it first") from error
        try:
            self._load()
        except OSError as error:
            os.close(self._lock)
            raise _broken(path, error) from error

    @property
    def set_aside(self) -> int:
        """How many damaged lines lie beside the journal, until somebody takes them away."""
        with contextlib.suppress(OSError):
            return self._files.damaged.read_bytes().count(b"\n")
        return 0

    def begin(self, attempt: str, row: str) -> None:
        """Before the first key. Raises JournalBroken; nothing may be typed then."""
        if self._appended >= WRITTEN_ANEW_AFTER:
            self._write_anew()
        self._append(Entry(attempt, time.time(), None, self._digest(attempt, row)))
        self.doubtful = True

    def end(self, attempt: str, submission: Submission) -> None:
        """After the answer, before anybody hears of it. Raises JournalBroken; the attempt then stays UNKNOWN."""
        self._append(Entry(attempt, time.time(), submission, self._known[attempt].row))
        self.doubtful = submission.outcome in _DOUBTFUL

    def recall(self, attempt: str) -> Submission | None:
        """What became of an attempt; None if it was never begun here."""
        if attempt not in self._known:
            return None
        return self._known[attempt].submission or UNKNOWN

    def answered(self, attempt: str, row: str) -> Submission | None:
        """What became of an attempt to enter this very row; None if it was never begun here.

        Raises AttemptReused if it was begun with another row. UNKNOWN where the journal cannot tell with which, because
        release 0.1 wrote it, or its key was lost.
        """
        known = self._known.get(attempt)
        if known is None:
            return None
        if known.row is None:
            return UNKNOWN
        if not hmac.compare_digest(known.row, self._digest(attempt, row)):
            raise AttemptReused(
                "an attempt of this name was made with another row: nothing was typed. Give it a new name"
            )
        return known.submission or UNKNOWN

    def close(self) -> None:
        """Give the file back. May be called twice."""
        if self._lock >= 0:
            os.close(self._file)
            os.close(self._lock)
            self._lock = -1

    def _digest(self, attempt: str, row: str) -> str:
        """20 digits can be tried out, so the digest has a key; the attempt is in it, so that equal rows do not show."""
        told = json.dumps([attempt, row]).encode()
        return hmac.digest(self._key, told, "sha256").hex()[:_DIGEST_DIGITS]

    # --- the files

    def _append(self, entry: Entry) -> None:
        line = written(entry)
        try:
            end = os.fstat(self._file).st_size
            if os.write(self._file, line) != len(line):
                # A full disk: take the torn line back, or the next one would hang on to it.
                os.ftruncate(self._file, end)
                raise OSError("no space left")
            os.fsync(self._file)
        except OSError as error:
            raise _broken(self._files.journal, error) from error
        self._known[entry.attempt] = entry
        self._appended += 1

    def _load(self) -> None:
        """Read everything, set aside what is damaged, end what was left open, and write it anew."""
        key = _key_of(self._files.key)
        content = self._files.journal.read_bytes() if self._files.journal.exists() else b""
        damaged = self._read(content, has_key=key is not None)
        _, last = next(reversed(self._known.items()), ("", None))
        self.doubtful = bool(damaged) or (last is not None and (last.submission or UNKNOWN).outcome in _DOUBTFUL)
        if damaged:
            self._set_aside(damaged)
        self._replace()
        if key is None:
            # After the journal: as long as there is no key, no digest is read that is not of this one.
            key = os.urandom(_KEY_BYTES)
            replace_file(self._files.key, key + _check(key))
        self._key = key
        self._file = os.open(self._files.journal, os.O_WRONLY | os.O_APPEND)

    def _read(self, content: bytes, *, has_key: bool) -> list[bytes]:
        """Take in the lines that can be read; returns the others. What a damaged one names is UNKNOWN from there on."""
        *lines, torn = content.split(b"\n")
        # What follows the last line's end was torn by a power cut before anybody relied on it; unless it is a whole
        # line, and only its end was damaged.
        with contextlib.suppress(LineDamaged):
            read(torn[:-1])
            lines.append(torn[:-1])
        damaged = []
        for line in lines:
            try:
                entries = [read(line)]
            except LineDamaged:
                damaged.append(line)
                entries = [Entry(attempt, 0.0, UNKNOWN, None) for attempt in attempts_named(line)]
            for entry in entries:
                row = entry.row if has_key else None
                self._known[entry.attempt] = Entry(entry.attempt, entry.at, entry.submission, row)
        return damaged

    def _set_aside(self, damaged: list[bytes]) -> None:
        path = self._files.damaged
        before = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        new = [line + b"\n" for line in damaged]
        # A start that was cut off before the journal was written anew has set them aside already.
        replace_file(path, b"".join([*before, *(line for line in new if line not in before)]))
        log.error("%d lines of the journal could not be read: they are in %s, their rows are UNKNOWN", len(new), path)

    def _write_anew(self) -> None:
        try:
            self._replace()
            new = os.open(self._files.journal, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            raise _broken(self._files.journal, error) from error
        os.close(self._file)
        self._file = new

    def _replace(self) -> None:
        """Write the file with what is kept. What was begun is over: whoever began it is gone, or could not end it."""
        for attempt, entry in self._known.items():
            if entry.submission is None:
                self._known[attempt] = Entry(attempt, entry.at, UNKNOWN, entry.row)
        doubts = [attempt for attempt, entry in self._known.items() if _is_unknown(entry)]
        outcomes = [attempt for attempt, entry in self._known.items() if not _is_unknown(entry)]
        for attempt in (*doubts[:-KEPT_DOUBTS], *outcomes[:-KEPT_OUTCOMES]):
            del self._known[attempt]
        replace_file(self._files.journal, b"".join(written(entry) for entry in self._known.values()))
        self._appended = 0


def _is_unknown(entry: Entry) -> bool:
    return (entry.submission or UNKNOWN).outcome is Outcome.UNKNOWN


def _key_of(path: Path) -> bytes | None:
    """The key that is kept there; None if it is not there or was damaged. Raises OSError."""
    content = path.read_bytes() if path.exists() else b""
    key, check = content[:_KEY_BYTES], content[_KEY_BYTES:]
    return key if len(key) == _KEY_BYTES and check == _check(key) else None


def _check(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_CHECK_BYTES]


def _broken(path: Path, error: OSError) -> JournalBroken:
    if error.errno == errno.ENOSPC:
        return JournalBroken(f"the disk of {path} is full: nothing is typed until there is room")
    return JournalBroken(f"the journal {path} cannot be kept ({error}): nothing is typed until it can")
