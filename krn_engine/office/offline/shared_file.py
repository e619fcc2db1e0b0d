"""The file of a copy while it is open: for several threads and processes, and made anew where damage is met."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, select

from krn_engine.office.offline.delivery import DamagedEntry
from krn_engine.office.offline.errors import CopyDamaged
from krn_engine.office.offline.file import Saved, fact, keep_fact, open_file, renewed, reopened
from krn_engine.office.offline.mark import Mark
from krn_engine.office.offline.processes import Processes
from krn_engine.office.offline.tables import Kept, outbox
from krn_engine.register.errors import RecordDamaged, RegisterDamaged
from krn_engine.register.transactions import explained, reading, writing

T = TypeVar("T")
_DAMAGED = (
    "the copy that this kiosk keeps of its office's data was damaged: it is fetched anew as soon as the office can be "
    "reached. What waits for the office was kept"
)


class SharedFile:
    """Close it. `lock` is held by whoever uses it: one thread of this process at a time."""

    def __init__(self, folder: Path, damaged: Callable[[], None] = lambda: None) -> None:
        """Open the file in a folder, or make it. `damaged` is called when the file had to be given up.

        Raises RegisterFull, RegisterReadOnly, RegisterBusy, RegisterFailed.
        """
        self.lock = threading.RLock()
        self._folder = folder
        self._damaged = damaged
        self._mark = Mark(folder)
        self._processes = Processes(folder)
        try:
            with self._processes.alone():
                must = self._mark.read()
                self._engine, saved = open_file(folder, must)
                self._file = self._processes.file
                if saved is not None:
                    self._note(saved, must)
                self._mark.fit(self._numbers())
        except BaseException:
            self._processes.close()
            raise

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, which only reads. Raises CopyDamaged, what `work` raises, and what a disk refuses."""
        with self._opened() as connection, reading(connection):
            return work(connection)

    def write(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, whole and on disk or not done at all. Raises as `read` does."""
        with self._opened() as connection, writing(connection):
            return work(connection)

    def put(self, work: Callable[[Connection], tuple[T, int | None]]) -> T:
        """What `work` gives, which may put an entry into the outbox: its number is marked after it is there.

        Raises as `read` does.
        """
        with self.lock, self._processes.alone():
            given, number = self.write(work)
            if number is not None:
                must = self._mark.read()
                self._mark.write(self._numbers() if must is None else must | {number})
            return given

    def take_out(self, numbers: set[int], work: Callable[[Connection], None]) -> None:
        """Have `work` take these entries out of the outbox: the mark lets go of them before. Raises as `read` does."""
        with self.lock, self._processes.alone():
            must = self._mark.read()
            self._mark.write((self._numbers() if must is None else must) - numbers)
            self.write(work)

    def empty_log(self) -> None:
        """Nothing of what was deleted is left in SQLite's log. Raises as `read` does."""
        with self._opened() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give the file back."""
        with self.lock:
            self._engine.dispose()
            self._processes.close()

    def _numbers(self) -> frozenset[int]:
        """Of all entries of the outbox."""
        return self.read(lambda connection: frozenset(connection.execute(select(outbox.c.n)).scalars()))

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        """A connection to the file that has the name now. Damage that is met ends in another, and in CopyDamaged."""
        with self.lock:
            try:
                with self._processes.together():
                    if self._processes.file != self._file:
                        # Another process met damage.
                        self._engine.dispose()
                        self._engine, self._file = reopened(self._folder), self._processes.file
                    with explained(), self._engine.connect() as connection:
                        yield connection
            except (RegisterDamaged, RecordDamaged, DamagedEntry):
                self._renew()
                raise CopyDamaged(_DAMAGED) from None

    def _renew(self) -> None:
        """Another file in the place of a damaged one."""
        self._engine.dispose()
        with self._processes.alone():
            if self._processes.file == self._file:
                must = self._mark.read()
                self._engine, saved = renewed(self._folder)
                self._file = self._processes.file
                self._note(saved, must)
                self._mark.fit(self._numbers())
            else:
                self._engine = reopened(self._folder)
                self._file = self._processes.file

    def _note(self, saved: Saved, must: frozenset[int] | None) -> None:
        """What was lost, before the mark lets go of it."""
        if saved.damaged:
            self._damaged()
        lost, uncounted = saved.lost_of(must)

        def noted(connection: Connection) -> None:
            before = int(fact(connection, Kept.LOST) or 0)
            keep_fact(connection, Kept.LOST, str(before + lost))
            if uncounted:
                keep_fact(connection, Kept.UNCOUNTED, datetime.now(UTC).isoformat())

        if lost or uncounted:
            self.write(noted)


def again(work: Callable[[], T]) -> T:
    """What a damaged file cannot keep from being done: there is another one the second time."""
    try:
        return work()
    except CopyDamaged:
        return work()
