"""Several processes that make rows at once (`worker`), each with a thread here that speaks with it."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Self

from krn_engine.bulk.digits import Digits
from krn_engine.bulk.errors import WorkerLost
from krn_engine.bulk.making import Together
from krn_engine.bulk.worker import read_rows, write_task


class Workers:
    """So many processes; they end with it, as a context manager. Nothing stands in their command line, and no key
    outlives a task.
    """

    def __init__(self, number: int) -> None:
        # Where this process finds its modules, and nowhere else: `-m` alone looks into the folder that it begins in.
        command = [sys.executable, "-P", "-m", "krn_engine.bulk.worker"]
        places = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.number = number
        # Of a session of their own: Ctrl-C is for who began them, and ends them by that.
        self.processes = [
            subprocess.Popen(  # noqa: S603  this project's own
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, env=places
            )
            for _ in range(number)
        ]
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for process in self.processes:
            self._free.put(process)
        self._threads = ThreadPoolExecutor(number)

    def begin(self, together: Sequence[Together]) -> Callable[[], list[Digits]]:
        """Have a process make rows; the function that it gives waits for them.

        That function raises WorkerLost if the process ended.
        """
        return self._threads.submit(self._made, together).result

    def _made(self, together: Sequence[Together]) -> list[Digits]:
        process = self._free.get()
        made = None
        if process.stdin is not None and process.stdout is not None:
            with suppress(BrokenPipeError):
                write_task(process.stdin, together)  # type: ignore[arg-type]
                made = read_rows(process.stdout, together)  # type: ignore[arg-type]
        self._free.put(process)
        if made is None:
            raise WorkerLost(
                "a process that makes rows ended too soon: run the same command again, which goes on with what is "
                "done; --workers 1 needs no other process"
            )
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self.processes:
            with suppress(BrokenPipeError):
                process.communicate()
