"""How often numbers may be looked up: enough for a queue of people, too slowly for somebody who tries numbers out.

Misses cost a pause that doubles; a hit does not take it back, for whoever tries numbers out has one that works.
"""

import time
from collections.abc import Callable
from pathlib import Path

from kiosk.limits.throttle import Throttle

PER_MINUTE = 12
PER_SESSION = 8
FREE_MISSES = 4
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 300.0


class LookUps:
    """Counts. `clock` gives seconds since 1970; without `path` a restart forgets the misses."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._throttle = Throttle(path, clock, free=FREE_MISSES, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
        self._recent: list[float] = []
        self._session = 0

    def begin_session(self) -> None:
        """Somebody starts at the home screen."""
        self._session = 0

    @property
    def exhausted(self) -> bool:
        """True when this session has looked up enough."""
        return self._session >= PER_SESSION

    def pause(self) -> float:
        """Seconds to wait before the next look-up."""
        now = self._clock()
        self._recent = [at for at in self._recent if now - 60.0 < at <= now]
        full = self._recent[-PER_MINUTE] + 60.0 - now if len(self._recent) >= PER_MINUTE else 0.0
        return max(full, self._throttle.pause())

    def looked(self, *, hit: bool) -> None:
        """A number was looked up."""
        self._recent.append(self._clock())
        self._session += 1
        if not hit:
            self._throttle.missed()
