"""A meter process in threads of the test's own, in front of a bench whose clock is moved by hand."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hardware.adapter import MeterAdapter, Submission
from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.errors import (
    MeterProcessBusy,
    ProfileInvalid,
)
from hardware.journal import Journal
from tests.support.bench import OnBench

GO = threading.Event()


@dataclass
class Process:
    """A meter process in threads of this one, in front of a bench whose clock is moved by hand."""

    folder: Path
    abort: bool = False
    open: Callable[[str], MeterAdapter] | None = None
    on_bench: OnBench = field(default_factory=OnBench)

    def __post_init__(self) -> None:
        self.path = self.folder / "socket"
        self.journal = Journal(self.folder / "journal")
        self.server = MeterServer(self.path, self.journal, self.open or self._open, abort_without_kiosk=self.abort)
        self._thread = threading.Thread(target=self.server.serve)
        self._thread.start()

    def _open(self, model: str) -> MeterAdapter:
        if model != "generic-4x3":
            raise ProfileInvalid("there is no such model")
        return self.on_bench.bench.connect()

    def connect(self) -> MeterProcess:
        """The one before may be on its way out still."""
        for _ in range(200):
            with contextlib.suppress(MeterProcessBusy):
                return MeterProcess(self.path, "generic-4x3")
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


def gated(process: Process, at: int) -> Gate:
    """The fingers themselves wait at a key: the client's `watch` hears of it, but does not hold them."""
    gate = Gate()
    waits = 0
    press = process.on_bench.bench.profile.timing.press
    real = process.on_bench.clock.wait

    def wait(seconds: float) -> None:
        nonlocal waits
        real(seconds)
        waits += seconds == press
        if waits == at:
            gate.there.set()
            gate.on.wait(5)

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
