"""`krn office serve` in processes of its own on loopback, which may be killed and begun again at the same address."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

FIRST_WORDS = "listening on "
END_SECONDS = 30.0
_TOLD = 500
"""How much of a log is told of a service that does not begin."""


class OfficeProcess:
    """The service of some settings; `log` is added to at each start. It ends with its context, whatever happens."""

    def __init__(self, settings: Path, log: Path, *, workers: int = 1, program: str = "kiosk.cli") -> None:
        """`program`: the module that is run; `krn` itself, or what stands in for it."""
        self.log = log
        self.url = ""
        """Where it answers; the same at each start."""
        self._settings = settings
        self._workers = workers
        self._program = program
        self._process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> int:
        """Its port on loopback; 0 before the first start."""
        return int(self.url.rpartition(":")[2] or 0)

    @property
    def pid(self) -> int:
        """The number of its first process. Raises RuntimeError if it does not run."""
        if self._process is None:
            raise RuntimeError("the office's service does not run")
        return self._process.pid

    @property
    def is_up(self) -> bool:
        """Whether its first process lives."""
        return self._process is not None and self._process.poll() is None

    def workers(self) -> list[int]:
        """The numbers of the processes that answer."""
        if self._workers == 1:
            return [self.pid]
        below = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        # multiprocessing has another one, which only tidies up.
        return [int(one) for one in below if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]

    def start(self) -> None:
        """Begin, and wait until it answers. Raises RuntimeError, with the end of its log, if it does not begin."""
        words = ["office", "serve", "--config", str(self._settings), "--port", str(self.port)]
        command = [sys.executable, "-m", self._program, *words, "--workers", str(self._workers)]
        with self.log.open("ab") as log:
            # A session of its own: whoever kills it kills all of its processes, and none of ours.
            self._process = subprocess.Popen(  # noqa: S603  our own command
                command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
            )
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        if not line.startswith(FIRST_WORDS):
            self.kill()
            raise RuntimeError(f"the office's service did not begin: {self.log.read_text()[-_TOLD:]}")
        self.url = line.removeprefix(FIRST_WORDS).strip()

    def kill(self) -> None:
        """All of its processes at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Tell it to end, and wait until it has; gives its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with suppress(ProcessLookupError):
            if how is signal.SIGKILL:
                os.killpg(process.pid, how)
            else:
                process.send_signal(how)
        try:
            return process.wait(END_SECONDS)
        finally:
            # Whoever did not end in time, and whoever outlived the first process.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def __enter__(self) -> Self:
        if not self.is_up:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
