"""The upgrade of one connected meter: triage, row by row, proof. Each row is on record before its first key.

It knows no screen: what happens is told to `watch`, what only a person can see is asked of `person`, and the report
says how it ended. A refused row is tried once more; the session stops at two refusals. After UNKNOWN nothing is typed
again without a person's word, in this session or a later one.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from hardware.adapter import Evidence, MeterAdapter, Outcome, Source, Submission
from hardware.errors import HardwareError
from hardware.person import Person, asked, nobody
from kiosk.upgrade.events import TAKEN, Checking, Ending, Report, RowAnswer, RowStarted, SessionEvent, Waiting
from kiosk.upgrade.meter_facts import LAST_THREE, MeterFacts
from kiosk.upgrade.records import Records
from kiosk.upgrade.triage import Start, triage
from krn_engine.office.contract import Issued, IssuedChange, Office, RowOutcome, RowRecord
from krn_engine.register.errors import RegisterBusy
from krn_engine.row import Row

LONGEST_WAIT = 120.0
"""A lock-out longer than this ends the session."""
MOST_WAITS = 2
LONGEST_BUSY = 60.0
"""How long a row that is not bound to one before it waits for the register, in seconds."""
FAILURES_BEFORE_STOP = 2
"""Refused rows and typing faults together: a fault may have cost a step of the meter's lock-out too."""
COUNTED, NOT_COUNTED = "64: one more", "64: no more"
"""What the meter's own count says of a row that nobody saw answered."""
STARTS_OF_A_CHANGE = 2
"""How often a key change is begun: the meter may have forgotten its first row (time-out, power cut)."""


class UpgradeSession:
    """Types the rows that `issued` still needs into one meter."""

    def __init__(
        self,
        office: Office,
        issued: Issued,
        adapter: MeterAdapter,
        *,
        place: str,
        person: Person = nobody,
        watch: Callable[[SessionEvent], None] = lambda event: None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._issued = issued
        self._adapter = adapter
        self._place = place
        self._person = person
        self._watch = watch
        self._clock = clock
        self._cancel = threading.Event()
        self._wait = self._cancel.wait if wait is None else wait
        self._records = Records(office, time.sleep if wait is None else wait)
        self._facts = MeterFacts(adapter, person)
        self._answers: list[RowAnswer] = []
        self._failures = self._waits = 0
        self._krn: int | None = None
        """What the meter showed as its KRN when it was last looked at."""
        self._taken: int | None = None
        self._typed: list[Row] = []
        """Rows that the meter took in this session."""

    def cancel(self) -> None:
        """Stop before the next Enter. From any thread."""
        self._cancel.set()

    def run(self) -> Report:
        """Triage, type, record, prove, and stop where the rules say so. Raises what office and adapter raise.

        Whatever the meter answered is on record when this ends; as long as the register is busy it does not end.
        """
        try:
            return self._run()
        finally:
            self._settle()

    def _run(self) -> Report:
        self._watch(Checking())
        self._issued = replace(self._issued, changes=tuple(self._recalled(change) for change in self._issued.changes))
        start = triage(self._issued, self._facts, self._person)
        if isinstance(start, Ending):
            return Report(start, (), MeterFacts(self._adapter, nobody).krn())
        self._record_proved(start)
        self._krn, self._taken = start.krn, start.taken
        ending = self._type_from(start.first)
        self._settle()
        return self._report(ending)

    def _settle(self) -> None:
        if not self._records.all_written:
            self._watch(Checking())
            self._records.settle()

    # --- before and after the rows

    def _recalled(self, change: IssuedChange) -> IssuedChange:
        """What the adapter remembers of attempts whose answer never came to the record."""
        outcomes = list(change.outcomes)
        for index, (outcome, attempt) in enumerate(zip(change.outcomes, change.attempts, strict=False)):
            if outcome is RowOutcome.UNKNOWN and attempt is not None:
                remembered = self._adapter.recall(attempt)
                if remembered.outcome is not Outcome.UNKNOWN:
                    self._record(change, index + 1, attempt, remembered)
                    outcomes[index] = recorded(remembered.outcome, last=index + 1 == len(change.rows))
        return replace(change, outcomes=tuple(outcomes))

    def _record_proved(self, start: Start) -> None:
        """The meter's KRN shows that key changes are in which the record does not have: now it has them."""
        for change in self._issued.changes[: start.first]:
            if not change.done:
                proof = Submission(Outcome.ACCEPTED, Evidence(Source.DISPLAY, f"04: {start.krn}", self._adapter.model))
                for section in range(1, len(change.rows) + 1):
                    self._record(change, section, uuid.uuid4().hex, proof)

    def _report(self, ending: Ending) -> Report:
        answers = tuple(self._answers)
        try:
            if ending is not Ending.UPGRADED:
                # Where the entry may hold something, nothing more is typed, not even a short code.
                may_type = ending in (Ending.REFUSED, Ending.PERIKSA, Ending.TOO_SLOW)
                return Report(ending, answers, MeterFacts(self._adapter, nobody).krn() if may_type else None)
            self._watch(Checking())
            krn = self._facts.krn() if self._krn is None else self._krn
            target = self._issued.changes[-1].new_krn
            if krn is None or target is None:
                return Report(ending, answers, krn)
            proved = krn == target and self._registers_agree()
            return Report(ending if proved else Ending.NOT_PROVED, answers, krn, proved)
        except HardwareError:
            # The rows stand on record as they were answered; only the proof is missing.
            return Report(ending, answers, None)

    def _registers_agree(self) -> bool:
        """Short codes 64 to 67: the count of tokens taken, and the last three of them. What cannot be read agrees."""
        if self._taken is None:
            return True
        count = self._facts.tokens_taken()
        if count is not None and count != self._taken + len(self._typed):
            return False
        expected = self._typed[::-1][: len(LAST_THREE)]
        shown = self._facts.last_tokens(len(expected))
        return all(seen in (None, row) for seen, row in zip(shown, expected, strict=True))

    # --- the rows

    def _type_from(self, first: int) -> Ending:
        row = 1
        for index, change in enumerate(self._issued.changes):
            if index >= first:
                ending = self._type_change(change, row)
                if ending is not None:
                    return ending
            row += len(change.rows)
        return Ending.UPGRADED

    def _type_change(self, change: IssuedChange, first_row: int) -> Ending | None:
        """All rows of one key change, from its first: the meter may have forgotten those of an earlier session.

        If the next row cannot be ended before the meter forgets the last, the change starts again once.
        """
        for _ in range(STARTS_OF_A_CHANGE):
            ending = self._rows_of(change, first_row)
            forgotten = ending in (Ending.TOO_SLOW, Ending.NOT_PROVED)
            # What broke a row off may have taken the meter's supply, and the rows before it with it.
            broken_off = ending is Ending.FAULT and self._failures < FAILURES_BEFORE_STOP and not self._waits
            if not (forgotten or broken_off):
                break
        return ending

    def _rows_of(self, change: IssuedChange, first_row: int) -> Ending | None:
        follow_by: float | None = None
        for section in range(1, len(change.rows) + 1):
            ending = self._row(change, section, first_row + section - 1, follow_by)
            if ending is not None:
                return ending
            follow_by = self._clock() + self._adapter.section_timeout - self._adapter.row_seconds
        return None

    def _row(self, change: IssuedChange, section: int, row: int, follow_by: float | None) -> Ending | None:
        """None when the meter took it. It is not begun after `follow_by`: it could not end in time."""
        while True:
            if self._cancel.is_set():
                return Ending.CANCELLED
            if follow_by is not None and self._clock() > follow_by:
                return Ending.TOO_SLOW
            attempt = uuid.uuid4().hex
            if not self._begin(change, section, attempt, follow_by):
                return Ending.CANCELLED if self._cancel.is_set() else Ending.TOO_SLOW
            submission = self._submit(change, section, row, attempt)
            if submission.outcome in TAKEN:
                self._typed.append(change.rows[section - 1])
                incomplete = submission.outcome is Outcome.PARTIAL and section == len(change.rows)
                return Ending.NOT_PROVED if incomplete else None
            ending = self._stops(submission)
            if ending is not None:
                return ending

    def _stops(self, submission: Submission) -> Ending | None:
        """How a row that was not taken ends the session; None if it is to be typed once more."""
        match submission.outcome:
            case Outcome.UNKNOWN:
                return Ending.UNKNOWN
            case Outcome.FAULT:
                self._failures += 1
                return Ending.CANCELLED if self._cancel.is_set() else Ending.FAULT
            case Outcome.REJECTED:
                self._failures += 1
                if submission.tampered:
                    return Ending.PERIKSA
                # A meter that was locked once locks again, for longer, with the next wrong entry.
                if self._failures >= FAILURES_BEFORE_STOP or self._waits:
                    return Ending.REFUSED if _refusal_was_seen(submission) else Ending.FAULT
            case _:
                self._waits += 1
                if self._waits > MOST_WAITS:
                    return Ending.LOCKED_OUT
        return None if self._wait_out(submission.locked_for) else Ending.LOCKED_OUT

    def _begin(self, change: IssuedChange, section: int, attempt: str, follow_by: float | None) -> bool:
        """The row is on record before its first key. False if it may not be typed: stopped, or too late by now."""
        latest = self._clock() + LONGEST_BUSY if follow_by is None else follow_by

        def patient() -> bool:
            return not self._cancel.is_set() and self._clock() <= latest

        started = RowRecord(change.id, section, RowOutcome.STARTED, "", "", self._place, attempt)
        try:
            self._records.begin(started, patient)
        except RegisterBusy:
            if follow_by is None and not self._cancel.is_set():
                raise
            return False
        if follow_by is not None and self._clock() > follow_by:
            # No key was pressed, and that is known.
            self._record(change, section, attempt, Submission(Outcome.FAULT, None))
            return False
        return True

    def _submit(self, change: IssuedChange, section: int, row: int, attempt: str) -> Submission:
        digits = change.rows[section - 1]
        self._watch(RowStarted(row))
        submission = self._adapter.submit(
            digits,
            deadline=self._adapter.row_seconds,
            cancel=self._cancel,
            watch=self._watch,
            attempt=attempt,
        )
        if submission.outcome is Outcome.UNKNOWN:
            self._record(change, section, attempt, submission)
            # A meter process that is gone raises here: the row stands on record, and the kiosk says what is missing.
            remembered = self._adapter.recall(attempt)
            submission = submission if remembered.outcome is Outcome.UNKNOWN else remembered
        if submission.outcome is Outcome.UNKNOWN:
            submission = asked(self._person, self._by_registers(submission, digits))
            if submission.outcome is not Outcome.UNKNOWN:
                self._saw_the_answer()
        if submission.outcome in TAKEN and section == len(change.rows):
            submission = self._completed(change, submission)
        answer = RowAnswer(row, submission)
        self._answers.append(answer)
        self._record(change, section, attempt, submission, lambda: self._watch(answer))
        return submission

    def _saw_the_answer(self) -> None:
        """A keypad need not wait for the meter to forget an entry that somebody saw it answer."""
        if self._adapter.tools is not None:
            self._adapter.tools.settled()

    def _by_registers(self, submission: Submission, digits: Row) -> Submission:
        """The meter counts what it takes: its registers can tell what nobody saw."""
        if self._taken is None:
            return submission
        try:
            count = self._facts.tokens_taken()
            newest = self._facts.last_tokens(1)[0]
        except HardwareError:
            return submission
        more = None if count is None else count - self._taken - len(self._typed)
        if more == 1 and newest in (None, digits):
            return replace(submission, outcome=Outcome.ACCEPTED, evidence=self._register_evidence(COUNTED))
        if more == 0:
            return replace(submission, outcome=Outcome.REJECTED, evidence=self._register_evidence(NOT_COUNTED))
        return submission

    def _completed(self, change: IssuedChange, submission: Submission) -> Submission:
        """The last row was taken; whether the key has changed, only the KRN tells.

        A meter whose supply went for a moment has forgotten the rows before, and still says BENAR to this one.
        """
        if self._krn is None:
            return submission
        try:
            self._krn = MeterFacts(self._adapter, nobody).krn()
        except HardwareError:
            self._krn = None
        if self._krn is None or self._krn != change.old_krn:
            return submission
        seen = "" if submission.evidence is None else submission.evidence.seen
        proof = Evidence(Source.DISPLAY, f"{seen}; 04: {self._krn}", self._adapter.model)
        return replace(submission, outcome=Outcome.PARTIAL, evidence=proof)

    def _register_evidence(self, seen: str) -> Evidence:
        return Evidence(Source.STATUS_CODE, seen, self._adapter.model)

    def _record(
        self,
        change: IssuedChange,
        section: int,
        attempt: str,
        submission: Submission,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Now, or as soon as the register can be written; nobody is shown the answer before: `then` shows it."""
        evidence = submission.evidence
        seen, by = ("", "") if evidence is None else (evidence.seen, evidence.by)
        outcome = recorded(submission.outcome, last=section == len(change.rows))
        self._records.keep(RowRecord(change.id, section, outcome, seen, by, self._place, attempt), then)

    def _wait_out(self, seconds: float) -> bool:
        """Count a lock-out down; False if it is too long to wait for."""
        if seconds > LONGEST_WAIT:
            return False
        left = seconds
        while left > 0 and not self._cancel.is_set():
            self._watch(Waiting(int(left) + 1))
            self._wait(min(1.0, left))
            left -= 1.0
        return True


def recorded(outcome: Outcome, *, last: bool) -> RowOutcome:
    """The record's word for an outcome, which is the same word.

    One differs: that a meter waits for another section is what every row but the last of its key change should do.
    """
    if outcome is Outcome.PARTIAL and not last:
        return RowOutcome.ACCEPTED
    return RowOutcome[outcome.name]


def _refusal_was_seen(submission: Submission) -> bool:
    """False where the registers only tell that the row is not in: it may have been refused, or never read."""
    return submission.evidence is not None and submission.evidence.seen != NOT_COUNTED
