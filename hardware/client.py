"""The kiosk's end of the meter process: a `MeterAdapter` like any other, so that the kiosk cannot tell."""

import contextlib
import socket
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.adapter import (
    Calibrated,
    Evidence,
    KeyDown,
    LoopBack,
    MeterAdapter,
    MeterRegister,
    Probe,
    Submission,
    Watch,
    require_row,
)
from hardware.errors import AdapterBusy, AdapterClosed, MeterProcessGone, ProtocolBroken
from hardware.journal import UNKNOWN
from hardware.protocol import (
    LONGEST_LINE,
    VERSION,
    evidence_from,
    loop_back_from,
    pack,
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

    Raises MeterProcessGone if nobody answers, MeterProcessBusy while it serves another session, and what opening the
    devices raises.
    """

    def __init__(self, path: Path, model: str) -> None:
        self.model = model
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._calling = threading.Lock()
        self._sending = threading.Lock()
        self._number = 0
        self._rest = b""
        self._closed = False
        try:
            self._socket.connect(str(path))
            opened = self._call("open", CALL_SECONDS, model=model)
        except OSError as error:
            self._socket.close()
            if isinstance(error, MeterProcessGone):
                raise
            raise MeterProcessGone(f"the meter process does not answer at {path}: is krn-meter running?") from error
        except Exception:
            self._socket.close()
            raise
        self.model, self.section_timeout = str(opened["model"]), float(opened["section_timeout"])

    def probe(self) -> Probe:
        """See `MeterAdapter.probe`."""
        told = self._call("probe", CALL_SECONDS)
        return Probe(told["model"], told["meter_number"], told["krn"])

    def submit(
        self,
        token: str,
        *,
        deadline: float,
        cancel: threading.Event,
        watch: Watch | None = None,
        request: str | None = None,
    ) -> Submission:
        """See `MeterAdapter.submit`. UNKNOWN if the process goes away while the row is typed."""
        require_row(token)
        try:
            told = self._call(
                "submit",
                deadline,
                cancel=cancel,
                watch=watch,
                request=uuid.uuid4().hex if request is None else request,
                token=token,
            )
        except _Lost:
            return UNKNOWN
        return submission_from(told)

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`."""
        return evidence_from(self._call("read", CALL_SECONDS, register=register.value))

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: by the words of the profile that the meter process has read."""
        told = self._call("tampered", CALL_SECONDS)
        return None if told is None else bool(told)

    def read_result(self) -> Submission:
        """See `MeterAdapter.read_result`."""
        return submission_from(self._call("result", CALL_SECONDS))

    def calibrate(self, *, deadline: float, cancel: threading.Event) -> Calibrated:
        """See `MeterAdapter.calibrate`; the meter process keeps what it finds."""
        told = self._call("calibrate", deadline, cancel=cancel)
        return Calibrated(float(told["press"]), float(told["gap"]))

    def loop_back(self) -> LoopBack | None:
        """See `MeterAdapter.loop_back`."""
        return loop_back_from(self._call("loop_back", CALL_SECONDS))

    def recall(self, request: str) -> Submission:
        """What the meter process has in its journal; UNKNOWN for an attempt that it never heard of."""
        return submission_from(self._call("recall", CALL_SECONDS, request=request))

    def settled(self) -> None:
        """See `MeterAdapter.settled`."""
        self._call("settled", CALL_SECONDS)

    def abort(self) -> None:
        """See `MeterAdapter.abort`."""
        self._note("abort")

    def release_all(self) -> None:
        """See `MeterAdapter.release_all`."""
        self._note("release")

    def close(self) -> None:
        """Leave. A row in progress finishes or is aborted, as the process was set."""
        self._closed = True
        self._socket.close()

    # --- talking

    def _note(self, name: str) -> None:
        with contextlib.suppress(OSError), self._sending:
            self._socket.sendall(pack({"v": VERSION, "id": 0, "do": name, "deadline": 1}))

    def _call(
        self,
        name: str,
        deadline: float,
        *,
        cancel: threading.Event | None = None,
        watch: Watch | None = None,
        **arguments: Any,
    ) -> Any:
        if self._closed:
            raise AdapterClosed("this adapter was closed")
        if not self._calling.acquire(blocking=False):
            raise AdapterBusy("a row is being typed already: wait for it, or abort it")
        try:
            self._number += 1
            call = {"v": VERSION, "id": self._number, "do": name, "deadline": deadline, **arguments}
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
        finally:
            self._calling.release()

    def _answer(self, patience: float, cancel: threading.Event | None, tell: Callable[[dict[str, Any]], None]) -> Any:
        end = time.monotonic() + patience
        aborted = False
        while time.monotonic() < end:
            if cancel is not None and cancel.is_set() and not aborted:
                aborted = True
                self._note("abort")
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
            key = message.get("key")
            if watch is not None and isinstance(key, dict):
                watch(KeyDown(str(key["key"]), int(key["pressed"]), key.get("display")))

        return tell


class _Lost(MeterProcessGone):
    """The process went away, or fell silent, after it had been asked."""
