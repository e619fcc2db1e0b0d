"""How often numbers may be looked up: enough for a queue of people, too slowly for somebody who tries numbers out.

Misses cost a pause that doubles; a hit does not take it back, for whoever tries numbers out has one that works. The
count is kept on disk: a restart forgives nothing.
"""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from krn_engine.durable import replace_file

PER_MINUTE = 12
PER_SESSION = 8
FREE_MISSES = 4
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 300.0
FORGIVEN_AFTER = 600.0
"""Seconds after which one miss is forgiven."""

log = logging.getLogger(__name__)


class LookUps:
    """Counts. `clock` gives seconds since 1970; without `path` a restart forgets."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._recent: list[float] = []
        self._session = 0
        self._misses = 0.0
        self._counted_at = self._until = 0.0
        self._load()

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
        # A clock that was set back must not close the kiosk for longer than the longest pause.
        return max(0.0, full, min(self._until - now, LONGEST_PAUSE))

    def looked(self, *, hit: bool) -> None:
        """A number was looked up."""
        now = self._clock()
        self._recent.append(now)
        self._session += 1
        self._misses = max(0.0, self._misses - max(0.0, now - self._counted_at) / FORGIVEN_AFTER)
        self._counted_at = now
        if not hit:
            self._misses += 1.0
            over = round(self._misses) - FREE_MISSES
            if over > 0:
                self._until = now + min(FIRST_PAUSE * 2.0 ** (over - 1), LONGEST_PAUSE)
        self._save()

    def _load(self) -> None:
        if self._path is None or not self._path.exists():
            return
        try:
            kept = json.loads(self._path.read_text())
            self._misses, self._counted_at, self._until = (float(kept[name]) for name in ("misses", "at", "until"))
            self._recent = [float(at) for at in kept["recent"]]
        except (OSError, ValueError, KeyError, TypeError):
            # Whoever can spoil the file can do worse; an honest kiosk starts with the longest pause.
            log.error("the count of look-ups cannot be read")
            self._until = self._clock() + LONGEST_PAUSE

    def _save(self) -> None:
        if self._path is None:
            return
        kept = {"misses": self._misses, "at": self._counted_at, "until": self._until, "recent": self._recent}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(kept).encode())
        except OSError as error:
            log.error("the count of look-ups cannot be kept: %s", type(error).__name__)
