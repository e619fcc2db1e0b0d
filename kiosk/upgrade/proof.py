"""What a meter's own registers prove of what was typed into it: its KRN, its count of tokens, the last of them."""

from dataclasses import replace
from typing import TypeGuard

from hardware.adapter import Evidence, Outcome, Source, Submission
from hardware.errors import HardwareError
from hardware.person import nobody
from kiosk.upgrade.meter_facts import LAST_THREE, MeterFacts, ShownKrn
from krn_engine.office.contract import IssuedChange
from krn_engine.row import Row

COUNTED, NOT_COUNTED = "64: one more", "64: no more"
"""What the meter's own count says of a row that nobody saw answered."""


class Proof:
    """Keeps what one meter showed, and what it took, over one session."""

    def __init__(self, facts: MeterFacts) -> None:
        self._facts = facts
        self._taken: int | None = None
        self._typed: list[Row] = []
        self.krn: ShownKrn | None = None
        """What the meter showed as its KRN when it was last looked at."""
        self.contradicted = False
        """The meter's registers contradict each other about the last key change."""

    def begin(self, krn: ShownKrn | None, taken: int | None) -> None:
        """What it showed before the first row: its KRN, and its count of tokens taken."""
        self.krn, self._taken = krn, taken

    def took(self, row: Row) -> None:
        """The meter took a row in this session."""
        self._typed.append(row)

    def waits_for(self, change: IssuedChange) -> bool:
        """Whether the meter holds the key that a change starts from, as far as anybody can tell."""
        return self.krn is None or change.old_krn in (None, self.krn.krn)

    def of_row(self, submission: Submission, digits: Row) -> Submission:
        """The meter counts what it takes: its registers can tell what nobody saw.

        A count that has not grown proves nothing of a row that was handed over: the meter may still work on it.
        """
        if self._taken is None:
            return submission
        try:
            count = self._facts.tokens_taken()
            newest = self._facts.last_tokens(1)[0]
        except HardwareError:
            return submission
        more = None if count is None else count - self._taken - len(self._typed)
        if more == 1 and newest in (None, digits):
            return replace(submission, outcome=Outcome.ACCEPTED, evidence=self._evidence(COUNTED))
        if more == 0 and not submission.handed_over:
            return replace(submission, outcome=Outcome.REJECTED, evidence=self._evidence(NOT_COUNTED))
        return submission

    def of_change(self, change: IssuedChange, submission: Submission, *, last: bool) -> Submission:
        """The last row was taken; whether the key has changed, only the KRN tells: it must be the new one.

        A meter whose supply went for a moment has forgotten the rows before, and still says BENAR to this one. `last`:
        no key change follows.
        """
        if not last and (self.krn is None or change.new_krn is None):
            # Nobody could read it before the first row, or nobody knows what it should be: one look, at the end.
            return submission
        try:
            self.krn = self._facts.krn()
            if self.krn is None or change.new_krn is None:
                return submission
            if self.krn.krn != change.new_krn:
                return seen_otherwise(submission, Outcome.PARTIAL, self.krn)
            if last and not self._registers_agree(change.rows[-1]):
                self.contradicted = True
                return seen_otherwise(submission, Outcome.UNKNOWN, self.krn)
        except HardwareError:
            self.krn = None
            return submission
        if submission.outcome is Outcome.PARTIAL:
            return seen_otherwise(submission, Outcome.ACCEPTED, self.krn)
        return submission

    def made(self, change: IssuedChange) -> bool:
        """Whether the meter's own KRN register, and no person, shows that it has made this change."""
        try:
            krn = MeterFacts(self._facts.adapter, nobody).krn()
        except HardwareError:
            return False
        if krn is None or krn.krn != change.new_krn:
            return False
        self.krn = krn
        return True

    def _registers_agree(self, newest: Row) -> bool:
        """Short codes 64 to 67: the count of tokens taken, and the last three of them. What cannot be read agrees."""
        if self._taken is None:
            return True
        typed = [*self._typed, newest]
        count = self._facts.tokens_taken()
        if count is not None and count != self._taken + len(typed):
            return False
        expected = typed[::-1][: len(LAST_THREE)]
        shown = self._facts.last_tokens(len(expected))
        return all(seen in (None, row) for seen, row in zip(shown, expected, strict=True))

    def _evidence(self, seen: str) -> Evidence:
        return Evidence(Source.REGISTER, seen, self._facts.adapter.model)


def is_before(shown: ShownKrn | None, change: IssuedChange) -> TypeGuard[ShownKrn]:
    """Whether the KRN shows that a meter has not made a key change."""
    return shown is not None and change.new_krn is not None and shown.krn < change.new_krn


def seen_otherwise(submission: Submission, outcome: Outcome, shown: ShownKrn) -> Submission:
    """What was seen of a row, and what the KRN makes of it."""
    seen = "" if submission.evidence is None else submission.evidence.seen
    evidence = replace(shown.evidence, seen=f"{seen}; {shown.evidence.seen}")
    return replace(submission, outcome=outcome, evidence=evidence)
