"""Which generation of the register and of the vault this kiosk has seen: an older file that was put back is told.

A register counts the transactions that wrote to it, a vault how often it was written. Both numbers are kept here once
more, beside the files. A smaller one than before means that somebody put an older file back: rows that were issued and
outcomes that were recorded since are not in it. That may be right (`krn restore`); it is told until staff accept it.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from krn_engine.durable import replace_file

READABLE = 0o644
"""A number is no secret, and `krn doctor` may run as another user than the kiosk."""

EVERY = 60.0
"""Seconds between two times that a number is put on disk: a power cut may cost as much of it, and a card lasts."""

log = logging.getLogger(__name__)


class Kept(Enum):
    """A file that has a generation. The value is its name in the kept file."""

    REGISTER = "register"
    VAULT = "vault"


@dataclass(slots=True)
class _Known:
    seen: int
    """The greatest generation that was accepted."""
    older: bool = False
    """A smaller one was found, and nobody has accepted it."""


class Generations:
    """What was seen, in the file `path`; without one a restart forgets. Threads may share it.

    `clock` gives seconds from any start.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._saved_at: float | None = None
        self._lock = threading.Lock()
        self._now: dict[Kept, int] = {}
        self._known = self._load()

    def found(self, kept: Kept, generation: int | None) -> None:
        """Take note of a generation; None: it has none."""
        if generation is None:
            return
        with self._lock:
            self._now[kept] = generation
            known = self._known.setdefault(kept, _Known(generation))
            newly = generation < known.seen and not known.older
            if newly:
                known.older = True
            elif not known.older:
                known.seen = generation
            if newly or self._saved_at is None or self._clock() - self._saved_at >= EVERY:
                self._save()

    def keep(self) -> None:
        """Put what was seen on disk, at the end."""
        with self._lock:
            self._save()

    @property
    def older(self) -> tuple[Kept, ...]:
        """What is older than it was, and not accepted."""
        with self._lock:
            return tuple(kept for kept, known in self._known.items() if known.older)

    def accept(self) -> None:
        """What was found last is right as it is."""
        with self._lock:
            for kept, generation in self._now.items():
                self._known[kept] = _Known(generation)
            self._save()

    def _load(self) -> dict[Kept, _Known]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return {Kept(name): _Known(int(known["seen"]), bool(known["older"])) for name, known in kept.items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            log.error("the generations of register and vault cannot be read: they are counted from now on")
            return {}

    def _save(self) -> None:
        self._saved_at = self._clock()
        if self._path is None:
            return
        document = {kept.value: asdict(known) for kept, known in self._known.items()}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(document).encode(), READABLE)
        except OSError as error:
            log.error("the generations of register and vault cannot be kept: %s", type(error).__name__)
