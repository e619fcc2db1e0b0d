"""How many different customers a kiosk may tell of, by the hour and by the day: what a collector of numbers can get.

Only the moments are kept on disk, and never whom they were about; a restart forgives nothing.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from krn_engine.durable import replace_file

HOUR, DAY = 3600.0, 86400.0
PER_HOUR, PER_DAY = 40, 200
"""A customer who copies four codes takes a minute and a half or more, and 40 an hour are a kiosk that never rests."""

log = logging.getLogger(__name__)


class Budget:
    """Counts customers. `clock` gives seconds since 1970; without `path` a restart forgets."""

    def __init__(
        self,
        path: Path | None = None,
        clock: Callable[[], float] = time.time,
        *,
        per_hour: int = PER_HOUR,
        per_day: int = PER_DAY,
    ) -> None:
        self._path = path
        self._clock = clock
        self._limits = ((HOUR, per_hour), (DAY, per_day))
        self._key = os.urandom(16)
        self._known: dict[bytes, float] = {}
        """Digest of what was asked or told, under a key that dies with this process, and when it was first."""
        self._told: list[float] = self._load()

    def wait(self, asked: str) -> float:
        """Seconds until a question may be asked that could tell of one customer more; 0: now.

        Who was told of within the day may be asked about again at any time.
        """
        self._forget()
        if self._digest(asked) in self._known:
            return 0.0
        now = self._clock()
        waits = [0.0]
        for seconds, most in self._limits:
            within = [at for at in self._told if now - at < seconds]
            if len(within) >= most:
                waits.append(within[-most] + seconds - now)
        return max(waits)

    def told(self, asked: str, customer: str) -> None:
        """An answer told that `customer` is one."""
        self._forget()
        now, whose = self._clock(), self._digest(customer)
        if whose not in self._known:
            self._told.append(now)
            self._save()
        for digest in (whose, self._digest(asked)):
            self._known.setdefault(digest, now)

    @property
    def spent(self) -> bool:
        """True while nobody new can be told of."""
        return self.wait("") > 0

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=16).digest()

    def _forget(self) -> None:
        """What is older than a day. A clock that was set back makes nobody wait longer than from now."""
        now = self._clock()
        self._told = [min(at, now) for at in self._told if now - at < DAY]
        self._known = {digest: min(at, now) for digest, at in self._known.items() if now - at < DAY}

    def _load(self) -> list[float]:
        if self._path is None or not self._path.exists():
            return []
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(kept, list):
                raise TypeError(kept)
            return sorted(float(at) for at in kept)
        except (OSError, ValueError, TypeError):
            # Whoever can spoil the file can do worse; an honest kiosk begins with an hour that is spent.
            log.error("the count of customers cannot be read")
            return [self._clock()] * self._limits[0][1]

    def _save(self) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(self._told).encode())
        except OSError as error:
            log.error("the count of customers cannot be kept: %s", type(error).__name__)
