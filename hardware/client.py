"""The kiosk's end of the meter process: a `MeterAdapter` whose devices are in another process."""

import contextlib
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hardware.adapter import (
    UNKNOWN,
    Evidence,
    MeterAdapter,
    MeterRegister,
    Outcome,
    Probe,
    RowEntry,
    Submission,
    Watch,
)
from hardware.errors import MeterProcessGone, ProtocolBroken
from hardware.keypad_tools import Calibrated, KeypadTools, LoopBack
from hardware.protocol import (
    ALIVE_SECONDS,
    KEYPAD,
    LONGEST_LINE,
    calibrated_from,
    evidence_from,
    loop_back_from,
    opened_from,
    pack,
    progress_from,
    raise_error,
    submission_from,
    unpack,
)

CALL_SECONDS = 60.0
"""The deadline of a call that has none of its own."""
GRACE_SECONDS = 15.0
"""How much longer than a call's deadline its answer is waited for: a broken-off entry is cleared first."""
LOOK_EVERY = 0.05
"""Seconds between two looks at `cancel` while a row is typed."""


class MeterProcess(MeterAdapter):
    """A connection to the meter process at `path`, for a meter of one model.

    Nothing is wired here: the devices are the other process's. For example::

        with MeterProcess(Path("/run/krn-meter/socket"), "generic-4x3") as adapter:
            answer = adapter.submit(row, deadline=90, cancel=threading.Event())

    A session may wait as long as it likes. One that was frozen for a minute is over: its next call raises SessionEnded.

    Raises MeterProcessGone if nobody answers, MeterProcessBusy while it serves another session, VersionsDiffer for a
    process of another release, and what opening the devices raises.
    """

    def __init__(self, path: Path, model: str, *, alive_every: float = ALIVE_SECONDS) -> None:
        """`alive_every`: seconds between two words to the process that this end still waits."""
        super().__init__(model)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sending = threading.Lock()
        self._number = 0
        self._rest = b""
        try:
            self._socket.connect(str(path))
            opened = opened_from(self.call("open", model=model))
        except OSError as error:
            self._socket.close()
            if isinstance(error, MeterProcessGone):
                raise
            raise MeterProcessGone(f"the meter process does not answer at {path}: is krn-meter running?") from error
        except Exception:
            self._socket.close()
            raise
        self.model = opened.model
        self.section_timeout, self.row_seconds = opened.section_timeout, opened.row_seconds
        self.set_aside = opened.set_aside
        self._tools = _ProcessTools(self) if KEYPAD in opened.tools else None
        threading.Thread(target=self._stay, args=(alive_every,), name="meter-alive", daemon=True).start()

    def probe(self) -> Probe:
        """See `MeterAdapter.probe`."""
        told = self.call("probe")
        return Probe(told["model"], told["meter_number"], told["krn"])

    @property
    def tools(self) -> KeypadTools | None:
        """See `MeterAdapter.tools`."""
        return self._tools

    def _submit(self, entry: RowEntry) -> Submission:
        """Let the process enter the row; UNKNOWN if it goes away meanwhile."""
        attempt = uuid.uuid4().hex if entry.attempt is None else entry.attempt
        try:
            told = self._ask(
                "submit", entry.deadline, cancel=entry.cancel, watch=entry.watch, attempt=attempt, row=entry.row
            )
            submission = submission_from(told)
        except _Lost:
            submission = UNKNOWN
        if submission.outcome is Outcome.UNKNOWN and self._tools is None:
            # Its answer was lost or could not be kept. Where no keys are pressed, a count that has not grown proves
            # nothing yet: the meter may work on it still.
            submission = replace(submission, handed_over=True)
        return submission

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`."""
        return evidence_from(self.call("read", register=register.value))

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: by the words of the profile that the meter process has read."""
        told = self.call("tampered")
        return None if told is None else bool(told)

    def read_result(self) -> Submission:
        """See `MeterAdapter.read_result`."""
        return submission_from(self.call("result"))

    def recall(self, attempt: str) -> Submission:
        """What the meter process has in its journal of an attempt; UNKNOWN if it never heard of it."""
        return submission_from(self.call("recall", attempt=attempt))

    def abort(self) -> None:
        """See `MeterAdapter.abort`."""
        self.note("abort")

    def close(self) -> None:
        """Close the connection. A row in progress finishes or is aborted, as the process was set."""
        super().close()
        self._socket.close()

    # --- talking

    def _stay(self, every: float) -> None:
        """Say so while this end only waits, until it is closed: who says nothing is shown out."""
        while not self._closed.wait(every):
            self.note("alive")

    def note(self, name: str) -> None:
        """Say something that has no answer, from any thread; nothing is raised if nobody is there."""
        with contextlib.suppress(OSError), self._sending:
            self._socket.sendall(pack({"id": 0, "do": name, "deadline": 1}))

    def call(
        self, name: str, deadline: float = CALL_SECONDS, *, cancel: threading.Event | None = None, **arguments: Any
    ) -> Any:
        """Let the process do something, and wait for its answer. Raises what it refuses, and MeterProcessGone."""
        with self._alone():
            return self._ask(name, deadline, cancel=cancel, **arguments)

    def _ask(
        self,
        name: str,
        deadline: float,
        *,
        cancel: threading.Event | None = None,
        watch: Watch | None = None,
        **arguments: Any,
    ) -> Any:
        self._number += 1
        call = {"id": self._number, "do": name, "deadline": deadline, **arguments}
        try:
            with self._sending:
                self._socket.sendall(pack(call))
        except OSError as error:
            with contextlib.suppress(_Lost):
                # It may have said why before it hung up.
                self._answer(GRACE_SECONDS, None, self._teller(None))
            # A call that never arrived whole was not begun.
            raise MeterProcessGone("the meter process has gone: is krn-meter running?") from error
        return self._answer(deadline + GRACE_SECONDS, cancel, self._teller(watch))

    def _answer(self, patience: float, cancel: threading.Event | None, tell: Callable[[dict[str, Any]], None]) -> Any:
        end = time.monotonic() + patience
        aborted = False
        while time.monotonic() < end:
            if cancel is not None and cancel.is_set() and not aborted:
                aborted = True
                self.note("abort")
            line = self._line()
            if line is None:
                continue
            message = unpack(line)
            if "error" in message and message.get("id") in (0, self._number):
                raise_error(message["error"])
            if message.get("id") != self._number:
                continue  # the late answer of a call that was given up
            if "ok" in message:
                return message["ok"]
            tell(message)
        raise _Lost("the meter process did not answer in time")

    def _line(self) -> bytes | None:
        """The next line, or None if none has come for a moment; raises _Lost."""
        line, end, rest = self._rest.partition(b"\n")
        if end:
            self._rest = rest
            return line
        if len(self._rest) > LONGEST_LINE:
            raise ProtocolBroken("a line of the meter process's socket is too long")
        try:
            self._socket.settimeout(LOOK_EVERY)
            more = self._socket.recv(LONGEST_LINE)
        except TimeoutError:
            return None
        except OSError as error:
            raise _Lost("the meter process has gone") from error
        finally:
            with contextlib.suppress(OSError):
                self._socket.settimeout(None)
        if not more:
            raise _Lost("the meter process has gone")
        self._rest += more
        return None

    @staticmethod
    def _teller(watch: Watch | None) -> Callable[[dict[str, Any]], None]:
        def tell(message: dict[str, Any]) -> None:
            told = message.get("progress")
            if watch is not None and isinstance(told, dict):
                watch(progress_from(told))

        return tell


class _ProcessTools(KeypadTools):
    """The tools of the adapter that the meter process has opened."""

    def __init__(self, process: MeterProcess) -> None:
        self._process = process

    def calibrate(self, *, deadline: float, cancel: threading.Event) -> Calibrated:
        """See `KeypadTools.calibrate`; the meter process keeps what it finds."""
        return calibrated_from(self._process.call("calibrate", deadline, cancel=cancel))

    def loop_back(self) -> LoopBack | None:
        """See `KeypadTools.loop_back`."""
        return loop_back_from(self._process.call("loop_back"))

    def settled(self) -> None:
        """See `KeypadTools.settled`."""
        self._process.call("settled")

    def unsettled(self) -> None:
        """See `KeypadTools.unsettled`."""
        self._process.call("unsettled")

    def release_all(self) -> None:
        """See `KeypadTools.release_all`."""
        self._process.note("release")


class _Lost(MeterProcessGone):
    """The process went away, or fell silent, after it had been asked."""
