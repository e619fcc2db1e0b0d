"""One kiosk's connection to the meter process: its calls, in their order, and the journal around each row."""

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hardware.adapter import UNKNOWN, EntryProgress, MeterAdapter, MeterRegister, Outcome, Submission, require_row
from hardware.errors import AdapterBusy, AdapterClosed, HardwareError, JournalBroken, NotARow, ProtocolBroken
from hardware.journal import Journal
from hardware.keypad_tools import KeypadTools
from hardware.protocol import (
    LONGEST_LINE,
    calibrated_to,
    checked_call,
    error_of,
    evidence_to,
    loop_back_to,
    opened_to,
    pack,
    probe_to,
    progress_to,
    submission_to,
    unpack,
)

LONGEST_ATTEMPT = 64
END_SECONDS = 2.0
"""How long a stop waits for the press that is under way, and for a kiosk to read the answer."""
log = logging.getLogger(__name__)
T = TypeVar("T")

OpenAdapter = Callable[[str], MeterAdapter]
"""Opens the devices for a meter model. Raises HardwareError."""


@dataclass(frozen=True, slots=True)
class _Call:
    number: int
    name: str
    deadline: float
    message: dict[str, Any]


class ClientSession:
    """One connection. Its own thread reads; the work is done in another, so that `abort` is heard meanwhile."""

    def __init__(self, connection: socket.socket, journal: Journal, open_adapter: OpenAdapter) -> None:
        self._connection = connection
        self._journal = journal
        self._open_adapter = open_adapter
        self._adapter: MeterAdapter | None = None
        self._cancel = threading.Event()
        self._worker: threading.Thread | None = None
        self._working = False
        # Typing never waits for a kiosk that does not read: what is told goes through a queue.
        self._told: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def run(self, *, abort_when_left: bool) -> None:
        """Do what the kiosk calls for, until it leaves."""
        writer = threading.Thread(target=self._write, name="session-writer", daemon=True)
        writer.start()
        try:
            self._read()
        finally:
            if abort_when_left:
                self._stop_typing()
            if self._worker is not None:
                self._worker.join()
            if self._adapter is not None:
                self._adapter.close()
            self._told.put(None)
            writer.join()

    def end(self) -> None:
        """Stop typing and close the connection, because the process stops."""
        self._stop_typing()
        if self._adapter is not None:
            self._adapter.close()
        if self._worker is not None:
            self._worker.join(END_SECONDS)
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RD)

    def _stop_typing(self) -> None:
        self._cancel.set()
        if self._adapter is not None:
            self._adapter.abort()

    # --- the two directions

    def _read(self) -> None:
        with self._connection.makefile("rb") as lines:
            while line := _line(lines):
                try:
                    message = unpack(line)
                    self._take(_Call(*checked_call(message), message))
                except ProtocolBroken as error:
                    self._tell({"id": 0, "error": error_of(error)})
                    return

    def _write(self) -> None:
        while (line := self._told.get()) is not None:
            try:
                self._connection.sendall(line)
            except OSError:
                continue  # the kiosk has gone: what was to be told is in the journal

    def _tell(self, message: dict[str, Any]) -> None:
        self._told.put(pack(message))

    # --- calls

    def _take(self, call: _Call) -> None:
        if call.name == "abort":
            self._stop_typing()
        elif call.name == "release":
            if self._adapter is not None and self._adapter.tools is not None:
                self._adapter.tools.release_all()
        elif self._working:
            busy = AdapterBusy("a row is being typed already: wait for it, or abort it")
            self._tell({"id": call.number, "error": error_of(busy)})
        else:
            if self._worker is not None:
                self._worker.join()
            self._cancel.clear()
            self._working = True
            self._worker = threading.Thread(target=self._work, args=(call,), name=call.name, daemon=True)
            self._worker.start()

    def _work(self, call: _Call) -> None:
        limit = threading.Timer(call.deadline, self._stop_typing)
        limit.daemon = True
        limit.start()
        try:
            answer = {"id": call.number, "ok": self._do(call)}
        except HardwareError as error:
            answer = {"id": call.number, "error": error_of(error)}
        except Exception as error:
            # Named, never quoted: what a driver says of a row may hold its digits.
            log.exception("a call failed: %s", type(error).__name__, exc_info=False)
            broken = ProtocolBroken(f"the meter process could not do this: {type(error).__name__}")
            answer = {"id": call.number, "error": error_of(broken)}
        finally:
            limit.cancel()
        # First free, then the answer: the next call may follow it at once, before this thread has ended.
        self._working = False
        self._tell(answer)

    def _do(self, call: _Call) -> Any:
        if call.name == "open":
            return self._open(call)
        if call.name == "recall":
            return submission_to(self._journal.recall(_attempt(call)) or UNKNOWN)
        if self._adapter is None:
            raise AdapterClosed("no meter is open: say which model first")
        return self._done_by(self._adapter, call)

    def _done_by(self, adapter: MeterAdapter, call: _Call) -> Any:
        match call.name:
            case "submit":
                answer: Any = submission_to(self._submit(adapter, call))
            case "probe":
                answer = probe_to(adapter.probe())
            case "read":
                answer = evidence_to(self._answered(adapter.read(_register(call))))
            case "tampered":
                answer = self._answered(adapter.tampered())
            case "result":
                answer = submission_to(adapter.read_result())
            case _:
                answer = self._done_with(adapter.tools, call)
        return answer

    def _done_with(self, tools: KeypadTools | None, call: _Call) -> Any:
        if tools is None:
            raise ProtocolBroken(f"this meter is not reached through its keys: it has no {call.name}")
        match call.name:
            case "calibrate":
                return calibrated_to(tools.calibrate(deadline=call.deadline, cancel=self._cancel))
            case "loop_back":
                return loop_back_to(tools.loop_back())
            case "settled":
                tools.settled()
                self._journal.doubtful = False
            case _:
                tools.unsettled()
                self._journal.doubtful = True
        return None

    def _open(self, call: _Call) -> dict[str, Any]:
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None
        self._adapter = self._open_adapter(str(call.message.get("model", "")))
        if self._journal.doubtful and self._adapter.tools is not None:
            self._adapter.tools.unsettled()
        return opened_to(self._adapter)

    def _answered(self, shown: T) -> T:
        """What a short code showed: a meter that answers one (not None) had nothing else in its entry."""
        if shown is not None:
            self._journal.doubtful = False
        return shown

    def _submit(self, adapter: MeterAdapter, call: _Call) -> Submission:
        attempt, row = _attempt(call), call.message.get("row")
        if not isinstance(row, str):
            raise NotARow("a row has 20 digits: nothing was typed")
        require_row(row)
        known = self._journal.recall(attempt)
        if known is not None:
            return known

        def watch(progress: EntryProgress) -> None:
            self._tell({"id": call.number, "progress": progress_to(progress)})

        self._journal.begin(attempt)
        submission = UNKNOWN
        try:
            submission = adapter.submit(row, deadline=call.deadline, cancel=self._cancel, watch=watch, attempt=attempt)
        except (AdapterBusy, AdapterClosed):
            # Refused before the first key: the attempt is over, and nothing was typed.
            submission = Submission(Outcome.FAULT)
            raise
        finally:
            submission = self._ended(attempt, submission)
        return submission

    def _ended(self, attempt: str, submission: Submission) -> Submission:
        """Journal the outcome. If that fails the attempt stays UNKNOWN, and the kiosk is told so."""
        try:
            self._journal.end(attempt, submission)
        except JournalBroken as error:
            log.error("the journal could not be kept: %s", error.code)
            return UNKNOWN
        return submission


def _line(lines: Any) -> bytes:
    """The next whole line; empty if the kiosk left, or left a torn line."""
    try:
        line: bytes = lines.readline(LONGEST_LINE + 1)
    except OSError:
        return b""
    return line if line.endswith(b"\n") else b""


def _attempt(call: _Call) -> str:
    attempt = call.message.get("attempt")
    if not isinstance(attempt, str) or not 0 < len(attempt) <= LONGEST_ATTEMPT:
        raise ProtocolBroken("a submission names its attempt, in 1 to 64 characters")
    return attempt


def _register(call: _Call) -> MeterRegister:
    try:
        return MeterRegister(call.message.get("register"))
    except ValueError as error:
        raise ProtocolBroken("there is no such register") from error
