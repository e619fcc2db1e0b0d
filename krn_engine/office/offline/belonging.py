"""Whose copy and outbox these are: facts go to the office that the kiosk belonged to when they were put on record.

A kiosk that is moved has another token, and its facts would go to an office that knows nothing of their meters. The key
by which leases are believed tells offices apart; where an office lost that, with its list of callers, its audit does.
"""

from krn_engine.office.audit.errors import CheckpointMissing
from krn_engine.office.errors import CopyKeyMissing
from krn_engine.office.lease import read_lease
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.errors import OfficeOther
from krn_engine.office.offline.line import Line, Remote
from krn_engine.office.offline.tables import Kept
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.office.wire.sync import CopyKey
from krn_engine.office.wire.text import from_bytes

_OTHER = (
    "the office that answers is not the one that this kiosk's facts are for: nothing is delivered to it. Lead the "
    "kiosk back to its office, or leave them aside (krn setup --leave-facts)"
)


class Belonging:
    """Asks once in the life of a process, before the first fact is delivered."""

    def __init__(self, remote: Remote, copy: Copy, line: Line) -> None:
        self._remote = remote
        self._copy = copy
        self._line = line
        self.proved = False
        """The office that answers is the one that the outbox is for."""
        self.other = False
        """It is another one, and there are facts for the one before."""

    def require(self) -> None:
        """See that the office that answers is the one that the outbox is for; once in the life of a process.

        Raises OfficeOther, LeaseBroken, and what the office answers.
        """
        opener, bound = self._copy.opener, self._copy.office
        if self.proved or bound is None:
            return
        if opener is None:
            self.use_key()
            return
        after = self._copy.kept(Kept.CURSOR) or ""
        try:
            page = self._line.ask(lambda: self._remote.sync(after, 1))
        except CopyKeyMissing:
            self.use_key()
            return
        if page.copy == opener.copy:
            read_lease(page.lease, bound)
            self.proved = True
            return
        again = self._copy.reread_key()
        if again is None or again.copy != page.copy:
            self.use_key()

    def use_key(self) -> None:
        """Another key for the copy, of the same office. Raises OfficeOther, RegisterFull, and what it answers."""
        if self.other:
            raise OfficeOther(_OTHER)
        given = self._line.ask(self._remote.copy_key)
        if not self._is_same(given):
            if self._copy.count() != (0, 0):
                self.other = True
                raise OfficeOther(_OTHER)
            # What was seen of the audit of the one before says nothing of this one.
            self._copy.keep(Kept.WITNESS, None)
            self._copy.keep(Kept.DIFFERS, None)
        self._copy.use_key(given)
        self.proved = True

    def _is_same(self, given: CopyKey) -> bool:
        if self._copy.office in (None, given.office_key):
            return True
        kept = self._copy.kept(Kept.WITNESS)
        if kept is None:
            return False
        try:
            newest = self._line.ask(self._remote.checkpoint)
        except CheckpointMissing:
            return False
        return newest.origin == CHECKPOINT.read(from_bytes(kept.encode())).origin
