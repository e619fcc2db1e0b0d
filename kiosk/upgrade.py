"""The upgrade of one connected meter: row by row, each on record before its first key and after its answer.

It knows no screen: what happens is told to `watch`, and the report says how it ended. One refused row is tried once
more; the session stops at two refusals. After UNKNOWN nothing is typed by itself, in this session or a later one.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from hardware.adapter import KeyDown, MeterAdapter, Outcome, Submission
from krn_engine.office.office import Issued, IssuedChange, Office, RowOutcome, RowRecord

ROW_SECONDS = 90.0
"""The longest that one row may take to type and to be answered."""
LONGEST_WAIT = 120.0
"""A lock-out longer than this ends the session."""
REFUSALS_BEFORE_STOP = 2

_RECORDED = {
    Outcome.ACCEPTED: RowOutcome.ACCEPTED,
    Outcome.PARTIAL: RowOutcome.ACCEPTED,
    Outcome.REJECTED: RowOutcome.REJECTED,
    Outcome.LOCKED_OUT: RowOutcome.LOCKED_OUT,
    Outcome.UNKNOWN: RowOutcome.UNKNOWN,
    Outcome.FAULT: RowOutcome.FAULT,
}
TAKEN = (Outcome.ACCEPTED, Outcome.PARTIAL)


class Ending(Enum):
    """How a session ended."""

    UPGRADED = "upgraded"
    REFUSED = "refused"
    LOCKED_OUT = "locked-out"
    UNKNOWN = "unknown"
    FAULT = "fault"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What the meter said to a row; rows count from 1 over the whole upgrade."""

    row: int
    submission: Submission


@dataclass(frozen=True, slots=True)
class RowStarted:
    """A row begins."""

    row: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The meter is locked for this many more seconds."""

    seconds: int


Event = RowStarted | RowAnswer | KeyDown | Waiting


@dataclass(frozen=True, slots=True)
class Report:
    """The end of a session, with every answer in order, and the KRN that the meter itself tells, if it does."""

    ending: Ending
    answers: tuple[RowAnswer, ...]
    krn: int | None


class UpgradeSession:
    """Types the rows that `issued` still needs into one meter."""

    def __init__(
        self,
        office: Office,
        issued: Issued,
        adapter: MeterAdapter,
        *,
        place: str,
        watch: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self._office = office
        self._issued = issued
        self._adapter = adapter
        self._place = place
        self._watch = watch
        self._cancel = threading.Event()
        self._answers: list[RowAnswer] = []
        self._refusals = 0

    def cancel(self) -> None:
        """Stop before the next Enter. From any thread."""
        self._cancel.set()

    def run(self) -> Report:
        """Type, record, and stop where the rules say so. Raises what the office and the adapter raise."""
        ending = self._run()
        return Report(ending, tuple(self._answers), self._adapter.probe().krn)

    def _run(self) -> Ending:
        if has_unknown(self._issued):
            return Ending.UNKNOWN
        row = 0
        for change in self._issued.changes:
            for section in range(1, len(change.rows) + 1):
                row += 1
                # A pair begun in an earlier session starts again from its first row: the meter may have forgotten it,
                # and a section that it still has is only written over.
                if not change.done:
                    ending = self._row(change, section, row)
                    if ending is not None:
                        return ending
        return Ending.UPGRADED

    def _row(self, change: IssuedChange, section: int, row: int) -> Ending | None:
        """None when the meter took it."""
        while True:
            if self._cancel.is_set():
                return Ending.CANCELLED
            submission = self._submit(change, section, row)
            if submission.outcome in TAKEN:
                return None
            ending = self._stops(submission)
            if ending is not None:
                return ending

    def _stops(self, submission: Submission) -> Ending | None:
        """How a row that was not taken ends the session; None if it is to be typed once more."""
        if submission.outcome is Outcome.UNKNOWN:
            return Ending.UNKNOWN
        if submission.outcome is Outcome.FAULT:
            return Ending.CANCELLED if self._cancel.is_set() else Ending.FAULT
        if submission.outcome is Outcome.REJECTED:
            self._refusals += 1
            if self._refusals >= REFUSALS_BEFORE_STOP:
                return Ending.REFUSED
        return None if self._wait_out(submission.locked_for) else Ending.LOCKED_OUT

    def _submit(self, change: IssuedChange, section: int, row: int) -> Submission:
        attempt = uuid.uuid4().hex
        self._watch(RowStarted(row))
        self._record(change, section, attempt, RowOutcome.STARTED, "", "")
        submission = self._adapter.submit(
            change.rows[section - 1], deadline=ROW_SECONDS, cancel=self._cancel, watch=self._watch
        )
        evidence = submission.evidence
        self._record(
            change,
            section,
            attempt,
            _RECORDED[submission.outcome],
            "" if evidence is None else evidence.seen,
            "" if evidence is None else evidence.by,
        )
        answer = RowAnswer(row, submission)
        self._answers.append(answer)
        self._watch(answer)
        return submission

    def _record(
        self, change: IssuedChange, section: int, attempt: str, outcome: RowOutcome, evidence: str, by: str
    ) -> None:
        self._office.record(RowRecord(change.id, section, outcome, evidence, by, self._place, attempt))

    def _wait_out(self, seconds: float) -> bool:
        """Count a lock-out down; False if it is too long to wait for."""
        if seconds > LONGEST_WAIT:
            return False
        left = seconds
        while left > 0 and not self._cancel.is_set():
            self._watch(Waiting(int(left) + 1))
            self._cancel.wait(min(1.0, left))
            left -= 1.0
        return True


def has_unknown(issued: Issued) -> bool:
    """True if an earlier attempt ended without an answer: a person must say what the meter showed."""
    return any(RowOutcome.UNKNOWN in change.outcomes for change in issued.changes if not change.done)
