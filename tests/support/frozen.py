"""A PostgreSQL that stands still."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from kiosk.bench.postgres import Server


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Meanwhile none of its processes does anything, and the kernel takes what is sent to them."""
    first = int((server.folder / "data/postmaster.pid").read_text().splitlines()[0])
    stopped: list[int] = []
    try:
        # The one that begins the others first.
        for pid in chain((first,), _children(first)):
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)
        yield
    finally:
        for pid in reversed(stopped):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(stat.parent.name)
