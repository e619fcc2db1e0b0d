"""A pause that doubles with each miss, kept on disk: a restart forgives nothing."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from krn_engine.durable import replace_file

FORGIVEN_AFTER = 600.0
"""Seconds after which one miss is forgiven."""

log = logging.getLogger(__name__)


class Throttle:
    """Counts misses. `clock` gives seconds since 1970; without `path` a restart forgets."""

    def __init__(
        self, path: Path | None, clock: Callable[[], float] = time.time, *, free: int, first: float, longest: float
    ) -> None:
        self._path = path
        self._clock = clock
        self._free = free
        self._first = first
        self._longest = longest
        self._misses = self._counted_at = self._until = 0.0
        self._load()

    def pause(self) -> float:
        """Seconds to wait before the next try."""
        # A clock that was set back must not close anything for longer than the longest pause.
        return max(0.0, min(self._until - self._clock(), self._longest))

    def missed(self) -> None:
        """Count a failed try."""
        now = self._clock()
        self._misses = max(0.0, self._misses - max(0.0, now - self._counted_at) / FORGIVEN_AFTER) + 1.0
        self._counted_at = now
        over = round(self._misses) - self._free
        if over > 0:
            self._until = now + min(self._first * 2.0 ** (over - 1), self._longest)
        self._save()

    def _load(self) -> None:
        if self._path is None or not self._path.exists():
            return
        try:
            kept = json.loads(self._path.read_text())
            self._misses, self._counted_at, self._until = (float(kept[name]) for name in ("misses", "at", "until"))
        except (OSError, ValueError, KeyError, TypeError):
            # Whoever can spoil the file can do worse; an honest kiosk starts with the longest pause.
            log.error("a count of misses cannot be read")
            self._until = self._clock() + self._longest

    def _save(self) -> None:
        if self._path is None:
            return
        kept = {"misses": self._misses, "at": self._counted_at, "until": self._until}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(kept).encode())
        except OSError as error:
            log.error("a count of misses cannot be kept: %s", type(error).__name__)
