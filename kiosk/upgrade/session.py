"""The upgrade of one connected meter: triage, row by row, proof. Each row is on record before its first key.

It knows no screen: what happens is told to `watch`, what only a person can see is asked of `person`, and the report
says how it ended. What stands of it on record is `on_record`'s.
A refused row is tried once more; the session stops at two refusals. After UNKNOWN nothing is typed
again without a person's word, in this session or a later one.
"""

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from hardware.adapter import MeterAdapter, Outcome, Submission
from hardware.errors import NOTHING_SENT, HardwareError
from hardware.person import Person, asked, nobody
from kiosk.upgrade.events import TAKEN, Checking, Ending, Report, RowAnswer, RowStarted, SessionEvent, Waiting
from kiosk.upgrade.meter_facts import MeterFacts, ShownKrn
from kiosk.upgrade.on_record import OnRecord, krn_of, recorded
from kiosk.upgrade.proof import NOT_COUNTED, Proof, is_before, seen_otherwise
from kiosk.upgrade.triage import triage
from krn_engine.errors import Refusal
from krn_engine.office.contract import Grade, Issued, IssuedChange, Office, RowOutcome
from krn_engine.register.errors import RegisterBusy

LONGEST_WAIT = 120.0
"""A lock-out longer than this ends the session."""
MOST_WAITS = 2
LONGEST_BUSY = 60.0
"""How long a row that is not bound to one before it waits for the register, in seconds."""
FAILURES_BEFORE_STOP = 2
"""Refused rows and typing faults together: a fault may have cost a step of the meter's lock-out too."""
STARTS_OF_A_CHANGE = 2
"""How often a key change is begun: the meter may have forgotten its first row (time-out, power cut)."""


class UpgradeSession:
    """Types the rows that `issued` still needs into one meter.

    `word` is how good the word of `person` is: the office knows a technician by the PIN. `told` is how many key changes
    whoever stands here says are in; it counts where the meter's KRN cannot be read.
    """

    def __init__(
        self,
        office: Office,
        issued: Issued,
        adapter: MeterAdapter,
        *,
        place: str,
        person: Person = nobody,
        word: Grade = Grade.CUSTOMER,
        told: int = 0,
        watch: Callable[[SessionEvent], None] = lambda event: None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._issued = issued
        self._adapter = adapter
        self._person = person
        self._told = told
        self._watch = watch
        self._clock = clock
        self._cancel = threading.Event()
        self._wait = self._cancel.wait if wait is None else wait
        self._on_record = OnRecord(office, issued.meter_number, place, word, time.sleep if wait is None else wait)
        self._facts = MeterFacts(adapter, person)
        self._proof = Proof(self._facts)
        self._answers: list[RowAnswer] = []
        self._failures = self._waits = 0

    def cancel(self) -> None:
        """Stop before the next Enter. From any thread."""
        self._cancel.set()

    def run(self) -> Report:
        """Triage, type, record, prove, and stop where the rules say so. Raises what office and adapter raise.

        Whatever the meter answered is on record when this ends; as long as the register is busy it does not end.
        """
        try:
            try:
                report = self._run()
            finally:
                self._settle()
        except Refusal as error:
            # Nothing was proved. If not even this can be written, the first error is the one that counts.
            with suppress(Refusal):
                self._on_record.broke_off(error.code, self._proof.krn)
            raise
        self._on_record.ended(report, self._proof.krn)
        self._settle()
        return report

    def _run(self) -> Report:
        self._watch(Checking())
        number = self._issued.meter_number
        start = triage(number, self._facts, self._person, self._changes_with, told=self._told)
        if isinstance(start, Ending):
            self._proof.krn = MeterFacts(self._adapter, nobody).krn()
            return Report(start, (), krn_of(self._proof.krn))
        self._proof.begin(start.krn, start.taken)
        for change in self._issued.changes[: start.first]:
            self._on_record.proved(change, start.krn)
        ending = self._type_from(start.first)
        self._settle()
        return self._report(ending)

    def _settle(self) -> None:
        if not self._on_record.all_written:
            self._watch(Checking())
            self._on_record.settle()

    # --- before and after the rows

    def _changes_with(self, shown: ShownKrn | None) -> tuple[IssuedChange, ...]:
        """The key changes with what the adapter remembers of attempts whose answer never came to the record."""
        changes = tuple(self._recalled(change, shown) for change in self._issued.changes)
        self._issued = replace(self._issued, changes=changes)
        return changes

    def _recalled(self, change: IssuedChange, shown: ShownKrn | None) -> IssuedChange:
        outcomes = list(change.outcomes)
        for index, (outcome, attempt) in enumerate(zip(change.outcomes, change.attempts, strict=False)):
            if outcome is RowOutcome.UNKNOWN and attempt is not None:
                remembered = self._adapter.recall(attempt)
                last = index + 1 == len(change.rows)
                if last and remembered.outcome is Outcome.ACCEPTED and is_before(shown, change):
                    # As in `Proof.of_change`: the key has not changed, whatever the meter said to the row.
                    remembered = seen_otherwise(remembered, Outcome.PARTIAL, shown)
                if remembered.outcome is not Outcome.UNKNOWN:
                    self._on_record.answered(change, index + 1, attempt, remembered)
                    outcomes[index] = recorded(remembered.outcome, last=last)
        return replace(change, outcomes=tuple(outcomes))

    def _report(self, ending: Ending) -> Report:
        answers = tuple(self._answers)
        try:
            if ending in (Ending.REFUSED, Ending.PERIKSA, Ending.TOO_SLOW):
                self._proof.krn = MeterFacts(self._adapter, nobody).krn()
            elif ending not in (Ending.UPGRADED, Ending.NOT_PROVED):
                # Where the entry may hold something, nothing more is typed, not even a short code.
                self._proof.krn = None
            elif not self._answers:
                self._watch(Checking())
                self._proof.krn = self._proof.krn or self._facts.krn()
        except HardwareError:
            # The rows stand on record as they were answered; only the proof is missing.
            self._proof.krn = None
        krn, target = krn_of(self._proof.krn), self._issued.changes[-1].new_krn
        if ending is not Ending.UPGRADED or krn is None or target is None:
            return Report(ending, answers, krn)
        return Report(ending if krn == target else Ending.NOT_PROVED, answers, krn, proved=krn == target)

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
        for start in range(STARTS_OF_A_CHANGE):
            ending = self._rows_of(change, first_row, again=start > 0)
            forgotten = ending is Ending.TOO_SLOW or (ending is Ending.NOT_PROVED and self._proof.waits_for(change))
            # What broke a row off may have taken the meter's supply, and the rows before it with it.
            broken_off = ending is Ending.FAULT and self._failures < FAILURES_BEFORE_STOP and not self._waits
            if not (forgotten or broken_off):
                break
        return ending

    def _rows_of(self, change: IssuedChange, first_row: int, *, again: bool) -> Ending | None:
        follow_by: float | None = None
        for section in range(1, len(change.rows) + 1):
            ending = self._row(change, section, first_row + section - 1, follow_by)
            if ending is not None:
                return ending
            # A meter that forgot only the rows before its power cut has the later ones still, and needs no more.
            if again and section < len(change.rows) and self._proof.made(change):
                self._on_record.proved(change, self._proof.krn)
                return None
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
                self._proof.took(change.rows[section - 1])
                incomplete = submission.outcome is Outcome.PARTIAL and section == len(change.rows)
                return Ending.NOT_PROVED if incomplete else None
            ending = self._stops(submission)
            if ending is not None:
                return ending

    def _stops(self, submission: Submission) -> Ending | None:
        """How a row that was not taken ends the session; None if it is to be typed once more."""
        match submission.outcome:
            case Outcome.UNKNOWN:
                return Ending.NOT_PROVED if self._proof.contradicted else Ending.UNKNOWN
            case Outcome.FAULT:
                self._failures += 1
                return Ending.CANCELLED if self._cancel.is_set() else Ending.FAULT
            case Outcome.REJECTED:
                self._failures += 1
                if submission.tampered:
                    return Ending.PERIKSA
                if submission.handed_over:
                    # No key was mistaken: the meter would refuse it again, and count it.
                    return Ending.REFUSED
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

        try:
            self._on_record.begins(change, section, attempt, patient)
        except RegisterBusy:
            if follow_by is None and not self._cancel.is_set():
                raise
            return False
        if follow_by is not None and self._clock() > follow_by:
            # No key was pressed, and that is known.
            self._on_record.answered(change, section, attempt, Submission(Outcome.FAULT, None))
            return False
        return True

    def _submit(self, change: IssuedChange, section: int, row: int, attempt: str) -> Submission:
        digits = change.rows[section - 1]
        self._watch(RowStarted(row))
        try:
            submission = self._adapter.submit(
                digits,
                deadline=self._adapter.row_seconds,
                cancel=self._cancel,
                watch=self._watch,
                attempt=attempt,
            )
        except NOTHING_SENT:
            # The row is not in the meter, and that is known: it may be sent or typed another way at once.
            self._on_record.answered(change, section, attempt, Submission(Outcome.FAULT))
            raise
        if submission.outcome is Outcome.UNKNOWN:
            self._on_record.answered(change, section, attempt, submission)
            # A meter process that is gone raises here: the row stands on record, and the kiosk says what is missing.
            remembered = self._adapter.recall(attempt)
            submission = submission if remembered.outcome is Outcome.UNKNOWN else remembered
        if submission.outcome is Outcome.UNKNOWN:
            submission = asked(self._person, self._proof.of_row(submission, digits))
            if submission.outcome is not Outcome.UNKNOWN:
                self._saw_the_answer()
        if submission.outcome in TAKEN and section == len(change.rows):
            self._watch(Checking())
            submission = self._proof.of_change(change, submission, last=change is self._issued.changes[-1])
        answer = RowAnswer(row, submission)
        self._answers.append(answer)
        self._on_record.answered(change, section, attempt, submission, lambda: self._watch(answer))
        if submission.outcome is Outcome.ACCEPTED and section == len(change.rows):
            self._on_record.proves_claimed(change, self._proof.krn)
        return submission

    def _saw_the_answer(self) -> None:
        """A keypad need not wait for the meter to forget an entry that somebody saw it answer."""
        if self._adapter.tools is not None:
            self._adapter.tools.settled()

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


def _refusal_was_seen(submission: Submission) -> bool:
    """False where the registers only tell that the row is not in: it may have been refused, or never read."""
    return submission.evidence is not None and submission.evidence.seen != NOT_COUNTED
