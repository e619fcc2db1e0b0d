"""One kiosk's connection to the meter process: its calls, in their order, and the journal around each row."""

import contextlib
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from hardware.adapter import UNKNOWN, EntryProgress, MeterAdapter, MeterRegister, Outcome, Submission, require_row
from hardware.errors import (
    NOTHING_SENT,
    AdapterBusy,
    AdapterClosed,
    HardwareError,
    JournalBroken,
    NotARow,
    ProtocolBroken,
    SessionEnded,
)
from hardware.journal import Journal
from hardware.keypad_tools import KeypadTools
from hardware.protocol import (
    LONGEST_LINE,
    QUIET_SECONDS,
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

LONGEST_NAME = 64
"""Characters of an attempt's or a model's name."""
AT_ONCE = 4096
"""Bytes that are read at once."""
END_SECONDS = 2.0
"""How long a stop waits for the press that is under way, and for a kiosk to read the answer."""
log = logging.getLogger(__name__)
T = TypeVar("T")

OpenAdapter = Callable[[str], MeterAdapter]
"""Opens the devices for a meter model. Raises HardwareError."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one kiosk may take, so that it keeps nobody else out. None of them breaks a row off that is in work."""

    quiet: float = QUIET_SECONDS
    """Seconds without a whole line from it, while nothing is done for it."""
    sending: float = 5.0
    """Seconds in which it takes what it is told."""
    queued: int = 256
    """Lines that wait for it; a whole row has some 25."""


USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class _Call:
    number: int
    name: str
    deadline: float
    message: dict[str, Any]


class ClientSession:
    """One connection. Its own thread reads; the work is done in another, so that `abort` is heard meanwhile."""

    def __init__(
        self,
        connection: socket.socket,
        journal: Journal,
        open_adapter: OpenAdapter,
        limits: Limits = USUAL_LIMITS,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._open_adapter = open_adapter
        self._limits = limits
        self._adapter: MeterAdapter | None = None
        self._cancel = threading.Event()
        self._worker: threading.Thread | None = None
        self._work_of = ""
        """The call that is in work, or nothing."""
        self._active = time.monotonic()
        # Typing never waits for a kiosk that does not read: what is told goes through a queue.
        self._told: queue.Queue[bytes | None] = queue.Queue(limits.queued)

    def run(self, *, abort_when_left: bool) -> None:
        """Do what the kiosk calls for, until it leaves or is shown out."""
        # One limit for both directions: `recv` looks up as often whether it has been quiet for too long.
        self._connection.settimeout(self._limits.sending)
        writer = threading.Thread(target=self._write, name="session-writer", daemon=True)
        writer.start()
        try:
            self._read()
        finally:
            # Nobody waits for a pace any more, and it may take an hour; a row is ended as the process was set.
            if abort_when_left or self._work_of == "calibrate":
                self._stop_typing()
            if self._worker is not None:
                self._worker.join()
            if self._adapter is not None:
                self._adapter.close()
            self._told.put(None)
            writer.join(self._limits.sending)
            self._show_out()
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

    def _show_out(self) -> None:
        """Say and hear nothing more; `run` then ends."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    # --- the two directions

    def _read(self) -> None:
        try:
            for line in self._lines():
                message = unpack(line)
                self._take(_Call(*checked_call(message), message))
        except HardwareError as error:
            log.warning("a session was ended: %s", error.code)
            self._tell({"id": 0, "error": error_of(error)})
        except Exception as error:
            self._tell({"id": 0, "error": error_of(_unexpected(error))})

    def _lines(self) -> Iterator[bytes]:
        """Whole lines, until the kiosk leaves. Raises ProtocolBroken for one too long, and SessionEnded."""
        rest = b""
        while True:
            line, end, after = rest.partition(b"\n")
            if len(line) > LONGEST_LINE:
                raise ProtocolBroken(f"a line of the meter process's socket is longer than {LONGEST_LINE} bytes")
            if end:
                rest, self._active = after, time.monotonic()
                yield line
                continue
            if not self._work_of and time.monotonic() - self._active > self._limits.quiet:
                raise SessionEnded(
                    "the meter process heard nothing from here for too long, so it let others in: open the meter again"
                )
            try:
                more = self._connection.recv(AT_ONCE)
            except TimeoutError:
                continue
            except OSError:
                return
            if not more:
                return
            rest += more

    def _write(self) -> None:
        while (line := self._told.get()) is not None:
            try:
                self._connection.sendall(line)
            except OSError:
                # It has gone, or does not read. What it was to be told of a row is in the journal.
                self._show_out()

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._told.put_nowait(pack(message))
        except queue.Full:
            self._show_out()

    # --- calls

    def _take(self, call: _Call) -> None:
        if call.name == "alive":
            return
        if call.name == "abort":
            self._stop_typing()
        elif call.name == "release":
            if self._adapter is not None and self._adapter.tools is not None:
                self._adapter.tools.release_all()
        elif self._work_of:
            busy = AdapterBusy("a row is being typed already: wait for it, or abort it")
            self._tell({"id": call.number, "error": error_of(busy)})
        else:
            if self._worker is not None:
                self._worker.join()
            self._cancel.clear()
            self._work_of = call.name
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
            answer = {"id": call.number, "error": error_of(_unexpected(error))}
        finally:
            limit.cancel()
        # First free, then the answer: the next call may follow it at once, before this thread has ended.
        self._active, self._work_of = time.monotonic(), ""
        self._tell(answer)

    def _do(self, call: _Call) -> Any:
        if call.name == "open":
            return self._open(call)
        if call.name == "recall":
            return submission_to(self._journal.recall(_name(call, "attempt")) or UNKNOWN)
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
                before, self._journal.doubtful = self._journal.doubtful, True
                found = tools.calibrate(deadline=call.deadline, cancel=self._cancel)
                self._journal.doubtful = before
                return calibrated_to(found)
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
        self._adapter = self._open_adapter(_name(call, "model"))
        if self._journal.doubtful and self._adapter.tools is not None:
            self._adapter.tools.unsettled()
        return opened_to(self._adapter, self._journal.set_aside)

    def _answered(self, shown: T) -> T:
        """What a short code showed: a meter that answers one (not None) had nothing else in its entry."""
        if shown is not None:
            self._journal.doubtful = False
        return shown

    def _submit(self, adapter: MeterAdapter, call: _Call) -> Submission:
        attempt, row = _name(call, "attempt"), call.message.get("row")
        if not isinstance(row, str):
            raise NotARow("a row has 20 digits: nothing was typed")
        require_row(row)
        known = self._journal.answered(attempt, row)
        if known is not None:
            return known

        def watch(progress: EntryProgress) -> None:
            self._tell({"id": call.number, "progress": progress_to(progress)})

        self._journal.begin(attempt, row)
        submission = UNKNOWN
        try:
            submission = adapter.submit(row, deadline=call.deadline, cancel=self._cancel, watch=watch, attempt=attempt)
        except NOTHING_SENT:
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


def _unexpected(error: Exception) -> ProtocolBroken:
    """What nobody foresaw: named, never quoted, for what a driver says of a row may hold its digits."""
    log.exception("a call failed: %s", type(error).__name__, exc_info=False)
    return ProtocolBroken(f"the meter process could not do this: {type(error).__name__}")


def _name(call: _Call, what: str) -> str:
    name = call.message.get(what)
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise ProtocolBroken(f"{call.name} names its {what}, in 1 to {LONGEST_NAME} characters")
    return name


def _register(call: _Call) -> MeterRegister:
    try:
        return MeterRegister(call.message.get("register"))
    except ValueError as error:
        raise ProtocolBroken("there is no such register") from error
