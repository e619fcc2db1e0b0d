"""A meter process in threads of the test's own, in front of a bench whose clock is moved by hand."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware.adapter import MeterAdapter, Submission
from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.errors import (
    MeterProcessBusy,
    ProfileInvalid,
)
from hardware.journal import Journal
from hardware.protocol import ALIVE_SECONDS
from hardware.session import USUAL_LIMITS, Limits
from tests.support.bench import OnBench

GO = threading.Event()


@dataclass
class Process:
    """A meter process in threads of this one, in front of a bench whose clock is moved by hand."""

    folder: Path
    abort: bool = False
    open: Callable[[str], MeterAdapter] | None = None
    on_bench: OnBench = field(default_factory=OnBench)
    limits: Limits = USUAL_LIMITS

    def __post_init__(self) -> None:
        self.path = self.folder / "socket"
        self.journal = Journal(self.folder / "journal")
        self.server = MeterServer(
            self.path, self.journal, self.open or self._open, abort_without_kiosk=self.abort, limits=self.limits
        )
        self._thread = threading.Thread(target=self.server.serve)
        self._thread.start()

    def _open(self, model: str) -> MeterAdapter:
        if model != "generic-4x3":
            raise ProfileInvalid("there is no such model")
        return self.on_bench.bench.connect()

    def connect(self, alive_every: float = ALIVE_SECONDS) -> MeterProcess:
        """The one before may be on its way out still."""
        for _ in range(200):
            with contextlib.suppress(MeterProcessBusy):
                return MeterProcess(self.path, "generic-4x3", alive_every=alive_every)
            time.sleep(0.01)
        raise AssertionError("the last session does not end")

    def stop(self) -> None:
        self.server.stop()
        self._thread.join(5)
        assert not self._thread.is_alive()


class Gate:
    """Two events: the fingers are at the key; they may go on."""

    def __init__(self) -> None:
        self.there = threading.Event()
        self.on = threading.Event()


def gated(process: Process, at: int, *, between: bool = False) -> Gate:
    """The fingers themselves wait at a key, or behind it: the client's `watch` hears of it, but does not hold them.

    A contact that is held opens by itself after a second; between keys a test may take longer.
    """
    gate = Gate()
    waits = 0
    timing = process.on_bench.bench.profile.timing
    held = timing.gap if between else timing.press
    real = process.on_bench.clock.wait

    def wait(seconds: float) -> None:
        nonlocal waits
        real(seconds)
        waits += seconds == held
        if waits == at:
            gate.there.set()
            gate.on.wait(10)

    process.on_bench.bench.wait = wait
    return gate


class InBackground:
    """A call in a thread of its own."""

    def __init__(self, call: Callable[[], Submission]) -> None:
        self.answer: Submission | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.answer = self._call()

    def join(self) -> Submission:
        self._thread.join(10)
        assert self.answer is not None
        return self.answer


OPEN = b'{"v":2,"id":1,"do":"open","deadline":5,"model":"generic-4x3"}\n'


class Raw:
    """A caller that need not keep to the protocol."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(5)
        self.socket.connect(str(path))
        self._lines = self.socket.makefile("rb")

    def say(self, line: bytes) -> dict[str, Any]:
        """Send something, and take the next line."""
        self.socket.sendall(line)
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """The next line."""
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def is_shown_out(self) -> bool:
        """True once the process has closed the connection, without another line."""
        try:
            return self._lines.readline() == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._lines.close()
        self.socket.close()
