"""An adapter whose wire ends in a virtual meter: the fingers of the demo and of the tests."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware.adapter import (
    Evidence,
    KeyDown,
    MeterAdapter,
    MeterRegister,
    Outcome,
    Press,
    Probe,
    Source,
    Submission,
    Watch,
    require_row,
)
from hardware.errors import AdapterBusy, AdapterClosed
from hardware.virtual.meter import BACKSPACE, CODES, ENTER, VirtualMeter
from krn_engine.sts.results import TokenResult

MODEL = "virtual"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of one press and of the gap after it."""

    press: float = 0.12
    gap: float = 0.15


class VirtualAdapter(MeterAdapter):
    """Types into a `VirtualMeter` and reads its display.

    Nothing is wired: the meter is an object in this process. For example::

        with VirtualAdapter(VirtualMeter(state, time.monotonic)) as adapter:
            answer = adapter.submit(row, deadline=60, cancel=threading.Event())
    """

    def __init__(
        self,
        meter: VirtualMeter,
        pace: Pace = Pace(),
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.model = MODEL
        self.meter = meter
        self._pace = pace
        self._clock = clock
        self._wait = wait
        self._typing = threading.Lock()
        self._stop = threading.Event()
        self._closed = False

    def probe(self) -> Probe:
        """The virtual meter knows its own number."""
        self._require_open()
        return Probe(MODEL, str(self.meter.state.drn), int(self.meter.state.key.krn))

    def submit(
        self,
        token: str,
        *,
        deadline: float,
        cancel: threading.Event,
        watch: Watch | None = None,
        request: str | None = None,
    ) -> Submission:
        """See `MeterAdapter.submit`. The evidence is the display."""
        self._require_open()
        require_row(token)
        if not self._typing.acquire(blocking=False):
            raise AdapterBusy("a row is being typed already: wait for it, or abort it")
        try:
            self._stop.clear()
            return self._type(token, deadline, cancel, watch)
        finally:
            self._typing.release()

    def _type(self, token: str, deadline: float, cancel: threading.Event, watch: Watch | None) -> Submission:
        start = self._clock()
        presses: list[Press] = []
        for key in (*token, ENTER):
            if cancel.is_set() or self._stop.is_set() or self._clock() - start > deadline:
                self._clear()
                seen = "deadline" if self._clock() - start > deadline else "stopped before Enter"
                return Submission(Outcome.FAULT, Evidence(Source.DISPLAY, seen, MODEL), presses=tuple(presses))
            down = self._clock()
            self._wait(self._pace.press)
            self.meter.press(key)
            presses.append(Press(key, down - start, self._clock() - down))
            if watch is not None:
                watch(KeyDown(key, len(presses), self.meter.display))
            self._wait(self._pace.gap)
        return self._answer(tuple(presses))

    def _answer(self, presses: tuple[Press, ...] = ()) -> Submission:
        shown = self.meter.display
        evidence = Evidence(Source.DISPLAY, shown, MODEL)
        result = self.meter.last_result
        texts = self.meter.texts
        if shown == texts.accepted:
            return Submission(Outcome.ACCEPTED, evidence, result.standard_name, presses=presses)
        if shown.startswith(texts.locked):
            wait = max(0.0, self.meter.state.locked_until - self._clock())
            return Submission(Outcome.LOCKED_OUT, evidence, TokenResult.LOCKOUT.standard_name, wait, presses=presses)
        if shown == texts.tampered:
            return Submission(Outcome.REJECTED, evidence, presses=presses, tampered=True)
        if shown in {texts.of(result) for result in TokenResult if not result.accepted}:
            wait = max(0.0, self.meter.state.locked_until - self._clock())
            return Submission(Outcome.REJECTED, evidence, result.standard_name, wait, presses=presses)
        return Submission(Outcome.UNKNOWN, evidence, presses=presses)

    def _clear(self) -> None:
        for _ in self.meter.entry:
            self.meter.press(BACKSPACE)

    def read(self, register: MeterRegister) -> Evidence:
        """See `MeterAdapter.read`."""
        self._require_open()
        for key in (*CODES[register], ENTER):
            self._wait(self._pace.press)
            self.meter.press(key)
            self._wait(self._pace.gap)
        return Evidence(Source.DISPLAY, self.meter.display, MODEL)

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`: what the virtual meter shows, in the language that it speaks."""
        shown = self.read(MeterRegister.TAMPER).seen
        return {self.meter.texts.tampered: True, self.meter.texts.not_tampered: False}.get(shown)

    def read_result(self) -> Submission:
        """What the display still shows."""
        self._require_open()
        return self._answer()

    def abort(self) -> None:
        """The next key is not pressed; the entry is cleared."""
        self._stop.set()

    def release_all(self) -> None:
        """There are no contacts that could stay closed."""

    def close(self) -> None:
        """Stops typing; the meter stays as it is."""
        self._stop.set()
        self._closed = True

    def _require_open(self) -> None:
        if self._closed:
            raise AdapterClosed("this adapter was closed")
