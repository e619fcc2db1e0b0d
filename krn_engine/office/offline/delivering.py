"""Delivers what waits in a kiosk's outbox to its office, in order."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from krn_engine.office.net_errors import OfficeNotReady, OfficeUnreachable, TooManyRequests, WireBroken
from krn_engine.office.offline.belonging import Belonging
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.lease import Times
from krn_engine.office.offline.line import AWAY, Line, Remote
from krn_engine.office.wire.delivered import BATCH, Fact, Fate, Told

FIRST_BATCH = 25
"""Facts that are delivered together at first; an office that takes them quickly gets twice as many the next time."""
QUICK = 2.0
"""Seconds."""


class Deliverer:
    """One thread at a time delivers; `alone` keeps others from it."""

    def __init__(self, remote: Remote, copy: Copy, line: Line, belonging: Belonging, times: Times) -> None:
        self._remote = remote
        self._copy = copy
        self._line = line
        self._belonging = belonging
        self._times = times
        self._lock = threading.RLock()
        self._batch = FIRST_BATCH
        self.not_taken = copy.count()[1]
        """How many facts the office refused."""
        self.refused: Callable[[str], None] = lambda _code: None
        """Is called with the code of each fact that the office refuses."""

    def deliver(self, may: Callable[[], None] = lambda: None, patience: float = -1.0) -> None:
        """Until nothing is left. `may` raises why nothing is asked any more, as where somebody else asked in vain.

        Raises what the office answers, OfficeNotReady where it cannot put a fact on record now, and OfficeUnreachable
        if somebody else is at it for longer than `patience`, in seconds; negative: for ever.
        """
        while self._copy.count()[0]:
            with self.alone(patience):
                may()
                self._belonging.require()
                answers = self._delivered(self._copy.waiting(self._batch))
                later = self._copy.told(answers, self._times.now)
            refused = [answer.code for answer in answers if answer.fate is Fate.REFUSED]
            if refused:
                self.not_taken = self._copy.count()[1]
            for code in refused:
                self.refused(code)
            if later is not None:
                raise OfficeNotReady(later.message or "the office cannot put this on record now")

    @contextmanager
    def alone(self, patience: float = -1.0) -> Iterator[None]:
        """Nobody else delivers meanwhile. Raises OfficeUnreachable after so many seconds; negative: never."""
        if not self._lock.acquire(timeout=patience):
            raise OfficeUnreachable("the office does not answer what was asked before this: try again")
        try:
            yield
        finally:
            self._lock.release()

    def _delivered(self, facts: tuple[Fact, ...]) -> tuple[Told, ...]:
        """What became of the first of these, at least of one."""
        if not facts:
            return ()
        began = time.monotonic()
        try:
            answers = self._line.ask(lambda: self._remote.deliver(facts))
            if time.monotonic() - began < QUICK:
                self._batch = min(BATCH, self._batch * 2)
            return answers
        except AWAY as error:
            if not isinstance(error, TooManyRequests):
                # A busy office may need longer for so many than anybody waits.
                self._batch = max(1, self._batch // 2)
            raise
        except WireBroken as error:
            # This office cannot read one of them. Which one it is shows by itself, and it holds no other up.
            if len(facts) == 1:
                return (Told(facts[0].n, Fate.REFUSED, error.code, error.message),)
            return self._delivered(facts[: len(facts) // 2])
