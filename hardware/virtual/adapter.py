"""An adapter whose wire ends in a virtual meter, for the demo and for the tests."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware.adapter import (
    EntryProgress,
    Evidence,
    MeterAdapter,
    MeterRegister,
    Outcome,
    Press,
    Probe,
    RowEntry,
    Source,
    Submission,
)
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
        super().__init__(MODEL)
        self.meter = meter
        self._pace = pace
        self._clock = clock
        self._wait = wait

    def probe(self) -> Probe:
        """The virtual meter knows its own number."""
        self._require_open()
        return Probe(MODEL, str(self.meter.state.drn), int(self.meter.state.key.krn))

    def _submit(self, entry: RowEntry) -> Submission:
        """The evidence is the display."""
        keys = (*entry.row, ENTER)
        start = self._clock()
        presses: list[Press] = []
        for key in keys:
            if self._stopped(entry.cancel) or self._clock() - start > entry.deadline:
                self._clear()
                seen = "deadline" if self._clock() - start > entry.deadline else "stopped before Enter"
                return Submission(Outcome.FAULT, Evidence(Source.DISPLAY, seen, MODEL), presses=tuple(presses))
            down = self._clock()
            self._wait(self._pace.press)
            self.meter.press(key)
            presses.append(Press(key, down - start, self._clock() - down))
            entry.watch(EntryProgress(len(presses), len(keys), key, self.meter.display))
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
        with self._alone():
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
        with self._alone():
            return self._answer()
