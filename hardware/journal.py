"""The meter process's memory: an attempt is on disk before its first key, and its outcome before the kiosk hears it.

One JSON object a line; no digit of any row is in it. An attempt that was begun and never ended, because the process
died or the power went, answers UNKNOWN for ever.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.adapter import UNKNOWN, Outcome, Submission
from hardware.errors import JournalBroken, ProtocolBroken
from hardware.protocol import submission_from, submission_to
from krn_engine.durable import replace_file, sync_folder

KEPT_SECONDS = 90 * 86400.0
"""How long an attempt with an outcome is kept; one without is kept for ever."""
NAME = "request"
"""What a line calls its attempt: the word of the first release, which reads the file again if it is put back."""
_DOUBTFUL = (Outcome.UNKNOWN, Outcome.FAULT)


class Journal:
    """One file, held by one process. `clock` gives the seconds since 1970. Raises JournalBroken."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._known: dict[str, tuple[float, Submission | None]] = {}
        self.doubtful = False
        """The last attempt may have left digits in the meter's entry, and nobody has settled it since."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _broken(path, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise JournalBroken(f"another meter process holds {path}: stop it first") from error
        try:
            self._load()
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            sync_folder(path.parent)
        except OSError as error:
            os.close(self._lock)
            raise _broken(path, error) from error
        except JournalBroken:
            os.close(self._lock)
            raise

    def begin(self, attempt: str) -> None:
        """Before the first key. Raises JournalBroken; nothing may be typed then."""
        self._append({NAME: attempt, "at": self._clock(), "begun": True})
        self._known[attempt] = (self._clock(), None)
        self.doubtful = True

    def end(self, attempt: str, submission: Submission) -> None:
        """After the answer, before anybody hears of it. Raises JournalBroken; the attempt then stays UNKNOWN."""
        self._append({NAME: attempt, "at": self._clock(), **submission_to(submission, presses=False)})
        self._known[attempt] = (self._clock(), submission)
        self.doubtful = submission.outcome in _DOUBTFUL

    def recall(self, attempt: str) -> Submission | None:
        """What became of an attempt; None if it was never begun here."""
        if attempt not in self._known:
            return None
        return self._known[attempt][1] or UNKNOWN

    def close(self) -> None:
        """Give the file back. May be called twice."""
        if self._lock >= 0:
            os.close(self._file)
            os.close(self._lock)
            self._lock = -1

    def _append(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        try:
            end = os.fstat(self._file).st_size
            if os.write(self._file, line) != len(line):
                # A full disk: take the torn line back, or the next one would hang on to it.
                os.ftruncate(self._file, end)
                raise OSError("no space left")
            os.fsync(self._file)
        except OSError as error:
            raise _broken(self._path, error) from error

    def _load(self) -> None:
        """Read everything, end what was left open, and write it anew without what is too old."""
        lines = self._path.read_bytes().split(b"\n") if self._path.exists() else [b""]
        # What follows the last line's end was torn by a power cut before anybody relied on it.
        for number, line in enumerate(lines[:-1], 1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, ProtocolBroken) as error:
                raise JournalBroken(
                    f"line {number} of {self._path} cannot be read: move the file away and ask what became of its rows"
                ) from error
        oldest = self._clock() - KEPT_SECONDS
        kept = []
        for attempt, (at, ended) in list(self._known.items()):
            submission = ended or UNKNOWN
            if submission.outcome is not Outcome.UNKNOWN and at < oldest:
                del self._known[attempt]
                continue
            self._known[attempt] = (at, submission)
            entry = {NAME: attempt, "at": at, **submission_to(submission, presses=False)}
            kept.append(json.dumps(entry, separators=(",", ":")) + "\n")
        # Attempts stand in the order in which they were begun: what the meter's entry may hold is of the last.
        _, last = next(reversed(self._known.values()), (0.0, None))
        self.doubtful = last is not None and last.outcome in _DOUBTFUL
        replace_file(self._path, "".join(kept).encode())

    def _take(self, entry: dict[str, Any]) -> None:
        attempt, at = str(entry[NAME]), float(entry["at"])
        begun = self._known.get(attempt, (at, None))[1]
        if "begun" not in entry:
            begun = submission_from(entry)
        self._known[attempt] = (at, begun)


def _broken(path: Path, error: OSError) -> JournalBroken:
    with contextlib.suppress(OSError):
        free = os.statvfs(path.parent)
        if free.f_bavail == 0:
            return JournalBroken(f"the disk of {path} is full: nothing is typed until there is room")
    return JournalBroken(f"the journal {path} cannot be kept ({error}): nothing is typed until it can")
