"""Reading all of a SQLite register, to see if its pages and its indexes are whole, beside whoever works with it."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from krn_engine.register.closing import Ended, note_found

LAST_WAIT = 5.0
"""Seconds that closing a register waits for its check; one that takes longer is done by who opens it next."""


class Check:
    """The check of one register's file, done once while it is open."""

    def __init__(self, register: Path) -> None:
        self._register = register
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._given_up = threading.Event()
        self._is_whole: bool | None = None
        self._tell: Callable[[], None] = lambda: None

    @property
    def is_whole(self) -> bool | None:
        """What was found; None: it is not done, or not to its end."""
        return self._is_whole

    def on_damage(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when damage is found, in the thread of the check; at once if it was found before.

        It must not raise.
        """
        with self._lock:
            self._tell = tell
            found = self._is_whole is False
        if found:
            tell()

    def begin(self) -> None:
        """Begin it, in a thread of its own, if it has not begun."""
        with self._lock:
            if self._thread is None and not self._given_up.is_set():
                self._thread = threading.Thread(target=self._run, name="register-check", daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Begin it, and wait until it is done, or for so long."""
        self.begin()
        if self._thread is not None:
            self._thread.join(seconds)

    def stop(self) -> None:
        """Wait for one that has begun, not too long; then it is given up."""
        if self._thread is not None:
            self._thread.join(LAST_WAIT)
        with self._lock:
            self._given_up.set()
            if self._connection is not None:
                self._connection.interrupt()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with closing(sqlite3.connect(self._register, check_same_thread=False)) as connection:
                with self._lock:
                    if self._given_up.is_set():
                        return
                    self._connection = connection
                try:
                    is_whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
                finally:
                    with self._lock:
                        self._connection = None
        except sqlite3.OperationalError:
            # Given up, or no reading now: nothing was found.
            return
        except sqlite3.DatabaseError:
            is_whole = False
        with self._lock:
            self._is_whole = is_whole
            tell = self._tell
        note_found(self._register, Ended.NOT_YET if is_whole else Ended.DAMAGED)
        if not is_whole:
            tell()
