"""Keeps a kiosk's copy as its office tells it, page by page, and bears witness to the office's audit."""

from collections.abc import Callable
from contextlib import suppress

from krn_engine.office.audit.errors import CheckpointForeign, CheckpointMissing
from krn_engine.office.errors import CopyKeyMissing
from krn_engine.office.offline.belonging import Belonging
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.lease import Times, lease_of
from krn_engine.office.offline.line import Line, Remote
from krn_engine.office.offline.tables import Kept
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.office.wire.text import from_bytes, to_bytes

PAGE = 100
"""Meters of a page: while they are taken in nobody can look anything up."""


class Follower:
    """Whoever calls it is alone with the outbox (`Deliverer.alone`) for a page."""

    def __init__(self, remote: Remote, copy: Copy, line: Line, belonging: Belonging, times: Times) -> None:
        self._remote = remote
        self._copy = copy
        self._line = line
        self._belonging = belonging
        self._times = times

    def page(self, taken: Callable[[], None]) -> bool:
        """One page of what is new at the office; True if there is more now. `taken` is called when the copy has it.

        Raises what the office answers, what a disk refuses, and LeaseBroken.
        """
        opener = self._copy.opener
        if opener is None:
            self._belonging.use_key()
            return True
        after = self._copy.kept(Kept.CURSOR) or ""
        try:
            page = self._line.ask(lambda: self._remote.sync(after, PAGE))
        except CopyKeyMissing:
            # The office knows this kiosk anew.
            self._belonging.use_key()
            return True
        if page.copy != opener.copy:
            # Somebody asked for another key since: another process of this kiosk, or rows do not open here.
            opener = self._copy.reread_key()
            if opener is None or opener.copy != page.copy:
                self._belonging.use_key()
            return True
        lease = lease_of(page.lease, opener)
        if lease is not None:
            self._times.said(lease.begins)
            self._belonging.proved = True
        self._copy.apply(page, opener, self._times.now, self._times.newest)
        taken()
        return page.more

    def bear_witness(self, differs: Callable[[str], None]) -> None:
        """Send back the checkpoint of the office's audit that was seen last, and keep the newest.

        One that the office's audit does not hold any more is evidence: it stays, and `differs` is called once with the
        code. Raises what the office answers, and what a disk refuses.
        """
        kept = self._copy.kept(Kept.WITNESS)
        if kept is not None:
            try:
                self._line.ask(lambda: self._remote.witness(CHECKPOINT.read(from_bytes(kept.encode()))))
            except CheckpointForeign as error:
                if self._copy.kept(Kept.DIFFERS) is None:
                    self._copy.keep(Kept.DIFFERS, self._times.now.isoformat())
                    differs(error.code)
                return
            self._copy.keep(Kept.DIFFERS, None)
        with suppress(CheckpointMissing):
            newest = self._line.ask(self._remote.checkpoint)
            self._copy.keep(Kept.WITNESS, to_bytes(CHECKPOINT.write(newest)).decode())
