"""What stands on record of one session: its rows, each with the grade of its evidence, and how it ended."""

import uuid
from collections.abc import Callable
from functools import partial

from hardware.adapter import Evidence, Outcome, Source, Submission
from kiosk.upgrade.events import Report
from kiosk.upgrade.meter_facts import ShownKrn
from kiosk.upgrade.records import Records
from krn_engine.office.contract import Grade, IssuedChange, Office, RowOutcome, RowRecord, SessionEnding

BROKEN_OFF = "broken-off"
"""The ending on record of a session that an error ended."""


class OnRecord:
    """Writes it. `word`: how good the word of the person at the meter is; `pause` waits so many seconds between tries.

    Everything but `begins` and `broke_off` is kept while the register is busy, in its order, and written later.
    """

    def __init__(
        self, office: Office, meter_number: str, place: str, word: Grade, pause: Callable[[float], object]
    ) -> None:
        self._office = office
        self._meter_number = meter_number
        self._place = place
        self._word = word
        self._records = Records(pause)
        self._claimed = False
        """A row of the key change that is typed now is in by a customer's word alone."""

    @property
    def all_written(self) -> bool:
        """True if nothing waits for the register."""
        return self._records.all_written

    def settle(self) -> None:
        """Return when all is written, however long the register is busy."""
        self._records.settle()

    def begins(self, change: IssuedChange, section: int, attempt: str, patient: Callable[[], bool]) -> None:
        """A row is typed next; on disk when this returns. Raises RegisterBusy when nobody is `patient` any more."""
        started = RowRecord(change.id, section, RowOutcome.STARTED, "", "", self._place, attempt)
        self._records.begin(partial(self._office.record, started), patient)

    def answered(
        self,
        change: IssuedChange,
        section: int,
        attempt: str,
        submission: Submission,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """What became of a row. Nobody is shown the answer before it is written: `then` shows it."""
        evidence = submission.evidence
        seen, by = ("", "") if evidence is None else (evidence.seen, evidence.by)
        grade = None if evidence is None else self._grade(evidence)
        outcome = recorded(submission.outcome, last=section == len(change.rows))
        self._claimed |= outcome is RowOutcome.ACCEPTED and grade is Grade.CUSTOMER
        row = RowRecord(change.id, section, outcome, seen, by, self._place, attempt, grade)
        self._records.keep(partial(self._office.record, row), then)

    def proved(self, change: IssuedChange, shown: ShownKrn | None) -> None:
        """The meter's KRN shows that a key change is in of which the record has no proof: now it has."""
        if shown is None or change.new_krn is None or change.done:
            return
        proof = Submission(Outcome.ACCEPTED, shown.evidence)
        for section in range(1, len(change.rows) + 1):
            self.answered(change, section, uuid.uuid4().hex, proof)

    def proves_claimed(self, change: IssuedChange, shown: ShownKrn | None) -> None:
        """A row of the change may be in by a customer's word alone; the KRN that the meter shows proves all of them."""
        claimed, self._claimed = self._claimed, False
        if claimed and shown is not None and shown.krn == change.new_krn and self._grade(shown.evidence).proves:
            self.proved(change, shown)

    def ended(self, report: Report, shown: ShownKrn | None) -> None:
        """How the session ended, and the KRN that the meter showed last."""
        ended = self._ending(report.ending.value, report.ending.code, shown, proved=report.proved)
        self._records.keep(partial(self._office.end, self._meter_number, ended))

    def broke_off(self, code: str, shown: ShownKrn | None) -> None:
        """An error ended the session, and proved nothing. Raises the office's refusals."""
        self._office.end(self._meter_number, self._ending(BROKEN_OFF, code, shown, proved=False))

    def _ending(self, ending: str, code: str, shown: ShownKrn | None, *, proved: bool) -> SessionEnding:
        grade = None if shown is None else self._grade(shown.evidence)
        return SessionEnding(ending, code, krn_of(shown), grade, proved, self._place)

    def _grade(self, evidence: Evidence) -> Grade:
        if evidence.source is Source.PERSON:
            return self._word
        return Grade.REGISTER if evidence.source is Source.REGISTER else Grade.SENSOR


def recorded(outcome: Outcome, *, last: bool) -> RowOutcome:
    """The record's word for an outcome, which is the same word.

    One differs: that a meter waits for another section is what every row but the last of its key change should do.
    """
    if outcome is Outcome.PARTIAL and not last:
        return RowOutcome.ACCEPTED
    return RowOutcome[outcome.name]


def krn_of(shown: ShownKrn | None) -> int | None:
    """The KRN that a meter showed; None if it showed none."""
    return None if shown is None else shown.krn
