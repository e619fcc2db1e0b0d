"""A kiosk and a command of it may have one copy open: while one makes a damaged file anew the other writes nothing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from krn_engine.office.offline.file import NAME
from krn_engine.register.errors import RegisterReadOnly

LOCK = "copy.lock"


class Processes:
    """A lock beside the copy; of one process one thread at a time uses it."""

    def __init__(self, folder: Path) -> None:
        """Raises RegisterReadOnly."""
        self._path = folder / NAME
        try:
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RegisterReadOnly(
                f"the kiosk's folder cannot be written ({error.strerror}): check who owns {folder}"
            ) from error
        self._alone = False

    @property
    def file(self) -> int:
        """Which file has the name of the copy now; 0: none."""
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """The file stays the one that it is."""
        if self._alone:
            yield
        else:
            yield from self._locked(fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else reads or writes."""
        if self._alone:
            yield
            return
        for _ in self._locked(fcntl.LOCK_EX):
            self._alone = True
            try:
                yield
            finally:
                self._alone = False

    def close(self) -> None:
        """Give the lock's file back."""
        os.close(self._descriptor)

    def _locked(self, how: int) -> Iterator[None]:
        fcntl.flock(self._descriptor, how)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
