"""What a session puts on record, in its order, though another program may hold the register for a while."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress

from krn_engine.register.errors import RegisterBusy

PAUSE = 0.5
"""Seconds between two tries; the register itself waits longer before it refuses one."""


Write = Callable[[], None]
"""Puts one thing on record at the office."""


class Records:
    """The records of one session. What is true already is kept until it can be written; nothing overtakes it."""

    def __init__(self, pause: Callable[[float], object]) -> None:
        self._pause = pause
        self._kept: deque[tuple[Write, Callable[[], None]]] = deque()

    @property
    def all_written(self) -> bool:
        """True if nothing waits."""
        return not self._kept

    def keep(self, write: Write, then: Callable[[], None] = lambda: None) -> None:
        """Put what a meter answered on record, now or as soon as it can be. `then` is called when it is on disk.

        Raises the office's refusals but RegisterBusy.
        """
        self._kept.append((write, then))
        # Where the register is busy the next record tries again, and the end of the session waits for it.
        with suppress(RegisterBusy):
            self._write_kept()

    def begin(self, write: Write, patient: Callable[[], bool]) -> None:
        """Put on record that a row begins; on disk when this returns. What was kept goes before it.

        Tried again as long as `patient`; raises RegisterBusy then, and nothing may be typed.
        """
        while True:
            try:
                self._write_kept()
                write()
            except RegisterBusy:
                if not patient():
                    raise
                self._pause(PAUSE)
            else:
                return

    def settle(self) -> None:
        """Return when nothing is kept any more, however long that takes: it would be lost otherwise."""
        while self._kept:
            try:
                self._write_kept()
            except RegisterBusy:
                self._pause(PAUSE)

    def _write_kept(self) -> None:
        while self._kept:
            write, then = self._kept[0]
            write()
            self._kept.popleft()
            then()
