"""What goes on beside a kiosk's sessions: its outbox is delivered, and its copy kept up to date."""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from krn_engine.errors import KrnError
from krn_engine.office.net_errors import OfficeNotReady
from krn_engine.office.offline.office import OfflineOffice

log = logging.getLogger(__name__)
NAME = "krn-office"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds."""

    sync: float = 180.0
    """Between two looks for what is new."""
    first: float = 2.0
    """After the first question in vain; twice as long after each further one."""
    longest: float = 300.0
    """Between two questions in vain."""
    impatient: float = 15.0
    """In vain: no sooner than this, though somebody has something to deliver."""


class Keeper:
    """A thread; begin it, and end it. `chance` gives 0 to 1."""

    def __init__(
        self,
        office: OfflineOffice,
        rhythm: Rhythm | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._office = office
        self._rhythm = rhythm or Rhythm()
        self._clock = clock
        self._chance = chance
        self._something = threading.Event()
        self._ended = threading.Event()
        self._vain = 0
        self._next_sync = clock()
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)

    def wake(self) -> None:
        """There is something to deliver."""
        self._something.set()

    def begin(self) -> None:
        """Go on from now on, until `end`."""
        self._thread.start()

    def end(self, patience: float = 5.0) -> None:
        """End after what is under way, and after what waits was delivered once more; on disk it stays in any case."""
        self._ended.set()
        self._something.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def round(self) -> float:
        """See whether the office is there, deliver what waits, and look for what is new if it is time.

        Gives the seconds until the next round.
        """
        try:
            self._office.meet()
            held = self._delivered()
            if self._clock() >= self._next_sync:
                while self._office.sync() and not self._ended.is_set():
                    held = self._delivered() or held
                self._office.bear_witness()
                self._next_sync = self._clock() + self._rhythm.sync * self._spread()
            if held is not None:
                raise held
        except KrnError as error:
            if not self._vain:
                log.warning("the office: %s", error.code)
            self._vain += 1
            longest = min(self._rhythm.longest, self._rhythm.first * 2.0 ** min(self._vain - 1, 16))
            return longest * self._spread()
        self._vain = 0
        return max(0.0, self._next_sync - self._clock())

    def _delivered(self) -> OfficeNotReady | None:
        """Deliver. Where the office answers, and only cannot put a fact on record now, gives what it says.

        The copy is kept up meanwhile: its lease is renewed by that, and what waits is put on it again.
        """
        try:
            self._office.deliver()
        except OfficeNotReady as error:
            if not self._office.glance[0]:
                raise
            return error
        return None

    def _spread(self) -> float:
        """Kiosks that lost their office at one moment do not all come back at one."""
        return 0.5 + self._chance() / 2

    def _run(self) -> None:
        while not self._ended.is_set():
            self._something.clear()
            begun = self._clock()
            try:
                wait = self.round()
            except Exception as error:  # noqa: BLE001, RUF100  what nobody foresaw must not end it
                if self._ended.is_set():
                    return
                log.error("keeping up with the office failed: %s", type(error).__name__)
                wait = self._rhythm.longest
            if self._vain or wait >= self._rhythm.longest:
                # In vain just now: who has something to deliver asks again soon, but not at each key.
                self._ended.wait(min(wait, max(0.0, self._rhythm.impatient - (self._clock() - begun))))
                wait -= self._clock() - begun
            self._something.wait(max(0.0, wait))
        if not self._vain:
            with suppress(Exception):
                self._office.deliver()
