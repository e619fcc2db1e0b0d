"""How a meter stands by the copy: what the office told, and what this kiosk put on record since. Pure.

Key changes are needed from the KRN on that the meter's record was moved to, and of ready-made rows from behind the last
pair that is proved, as in a register. What the register's definition says of their rows is given to this.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from krn_engine.issuing.urgency import OF_THE_KEY, Reason, without
from krn_engine.office.contract import Due, Found, IssuedChange, NothingToDo, Standing, Unclear
from krn_engine.office.due import due_of
from krn_engine.office.offline.errors import RowsNotInCopy
from krn_engine.office.wire.sync import CopiedMeter

_STATED = (
    "staff said which KRN this meter holds while the office could not be reached: only the office can tell what it "
    "needs now. Ask again when the kiosk is connected"
)


@dataclass(frozen=True, slots=True)
class Known:
    """A meter of the copy."""

    id: int
    meter: CopiedMeter
    place: int
    """Which of its customers was asked for."""
    told: tuple[IssuedChange, ...]
    """What is known of each of its key changes, in order; their rows stay closed."""
    given_out: Collection[str]
    """Ids of those that were given out from here."""
    krn: int | None
    """The KRN that a proof or staff moved it to here; None: nothing did."""
    stated: bool
    """It was staff, last."""

    @property
    def first(self) -> int | None:
        """How many of its key changes are in; None where only the office can tell."""
        if not self.told:
            return 0 if self.krn in (None, self.meter.found[self.place].krn) else None
        if any(change.new_krn is None for change in self.told):
            # Ready-made rows tell no KRN: they are in by their proofs alone.
            done = (number + 1 for number, change in enumerate(self.told) if change.done)
            return None if self.stated else max(done, default=0)
        if self.krn is None:
            return 0
        shown = [self.told[0].old_krn, *(change.new_krn for change in self.told)]
        return shown.index(self.krn) if self.krn in shown else None

    @property
    def needed(self) -> tuple[IssuedChange, ...]:
        """The meter's key changes that are not in; none where only the office can tell."""
        return () if self.first is None else self.told[self.first :]

    def on_record(self, change: IssuedChange) -> bool:
        """Whether it was given out before, by the office or from here."""
        copied = next(one for one in self.meter.changes if one.id == change.id)
        return copied.on_record or change.id in self.given_out

    @property
    def found(self) -> Found:
        """What `find` gives."""
        told = self.meter.found[self.place]
        standing = self._standing(told.standing)
        assessment = told.assessment
        if not isinstance(standing, Due):
            assessment = without(assessment, Reason.BEHIND_TARGET)
        if self.krn is not None:
            # What was to be said of its key was said of another key.
            assessment = without(assessment, *OF_THE_KEY)
        return replace(told, krn=self._krn(told.krn), standing=standing, assessment=assessment)

    def _standing(self, told: Standing) -> Standing:
        if not isinstance(told, Due | NothingToDo):
            return told
        if self.first is None:
            return Unclear(RowsNotInCopy.code, _STATED)
        if not self.told:
            return told
        if not self.needed:
            return NothingToDo(self._krn(self.meter.found[self.place].krn))
        return due_of(
            [len(change.outcomes) for change in self.needed],
            [change if self.on_record(change) else None for change in self.needed],
        )

    def _krn(self, told: int | None) -> int | None:
        return told if self.krn is None else self.krn

    def number_of_first(self, changes: Sequence[IssuedChange]) -> int:
        """Which number the first row of these has on the list that it was first given out with."""
        before = self.told[: self.told.index(changes[0])]
        if not all(self.on_record(change) for change in before):
            return 1
        return self.meter.first + sum(len(change.outcomes) for change in before)

    def krn_before(self, changes: Sequence[IssuedChange]) -> int | None:
        """The KRN that the meter shows by its record while none of these is in."""
        if changes[0].old_krn is not None:
            return changes[0].old_krn
        return self.meter.krn_before if changes[0] is self.told[0] else None
