"""The keypad adapter: types a row through contacts, reads the answer by its sensors, and tells only what they saw."""

import threading
import time
from collections.abc import Callable, Sequence

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
    Watch,
)
from hardware.errors import NoSuchKey, NotCalibrated
from hardware.keypad.calibrate import Calibration
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.lockout import LockoutMemory
from hardware.keypad.loopback import LoopBackPlug, prove
from hardware.keypad.profile import Profile, Timing
from hardware.keypad.sensors.base import Sensor, meaning
from hardware.keypad.sensors.group import SensorGroup
from hardware.keypad.status import status_of
from hardware.keypad.typist import Typist
from hardware.keypad_tools import Calibrated, KeypadTools, LoopBack

BY = "typist"


class KeypadAdapter(MeterAdapter, KeypadTools):
    """One meter behind one keypad.

    Wire the contacts as `docs/hardware.md` draws, and give as many sensors as there are; with none, every row that was
    typed is UNKNOWN until a person says what the meter shows. For example::

        with KeypadAdapter(contacts, read_profile("generic-4x3"), [camera]) as adapter:
            answer = adapter.submit(row, deadline=60, cancel=threading.Event())
    """

    def __init__(
        self,
        contacts: ContactMatrix,
        profile: Profile,
        sensors: Sequence[Sensor] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        keep: Callable[[Timing], None] = lambda _timing: None,
        plug: LoopBackPlug | None = None,
    ) -> None:
        """`keep` puts a timing that was found on disk; `plug` is the line of a test plug."""
        super().__init__(profile.name)
        self._keep = keep
        self._plug = plug
        self.section_timeout = profile.section_timeout
        self.profile = profile
        missing = profile.keys_used - set(contacts.keys)
        if missing:
            raise NoSuchKey(f"no contact is wired to {', '.join(sorted(missing))}, which {profile.name} needs")
        self._contacts = contacts
        self._sensors = SensorGroup(sensors, clock, wait)
        self._typist = Typist(contacts, profile, clock=clock, wait=wait)
        self._clock = clock
        self._wait = wait
        self._lockout = LockoutMemory(profile.lockout)
        self._clean_at = 0.0
        """When the meter has surely forgotten what a broken-off row left in its entry."""
        self._left_over = 0
        """How many digits of a short code may stand in the entry, if nobody saw its answer."""

    # --- the contract

    def probe(self) -> Probe:
        """Ask for number and KRN; what has no short code or no reader is None."""
        number, krn = self.read(MeterRegister.METER_NUMBER), self.read(MeterRegister.KRN)
        digits = None if krn is None or not krn.seen.isdigit() else int(krn.seen)
        return Probe(self.model, None if number is None else number.seen, digits)

    @property
    def tools(self) -> KeypadTools:
        """See `MeterAdapter.tools`: the adapter itself."""
        return self

    def _submit(self, entry: RowEntry) -> Submission:
        start = self._clock()

        def stop() -> str | None:
            if self._stopped(entry.cancel):
                return "stopped before the row was submitted"
            return "the deadline passed" if self._clock() - start > entry.deadline else None

        self._let_the_meter_forget(stop)
        self._typist.take_back(self._left_over)
        self._left_over = 0
        return self._type(entry.row, stop, entry.watch)

    def read(self, register: MeterRegister) -> Evidence | None:
        """See `MeterAdapter.read`."""
        code = self.profile.codes.get(register)
        if code is None:
            return None
        with self._alone():
            return self._query(code)

    def tampered(self) -> bool | None:
        """See `MeterAdapter.tampered`."""
        shown = self.read(MeterRegister.TAMPER)
        return None if shown is None else self.profile.words.tamper_state(shown.seen)

    def read_result(self) -> Submission:
        """Ask for the number of the last answer where the model has one; else what the display still shows."""
        with self._alone():
            if self.profile.result_query:
                return status_of(self._query(self.profile.result_query))
            return self._answer(())

    def calibrate(self, *, deadline: float, cancel: threading.Event) -> Calibrated:
        """See `KeypadTools.calibrate`."""
        with self._alone():
            end = self._clock() + deadline

            def judge(digits: str) -> bool | None:
                if self._stopped(cancel) or self._clock() > end:
                    raise NotCalibrated("the calibration was stopped: the timing is as it was")
                shown = self.text()
                return None if shown is None else shown == digits[-self.profile.digits_shown :]

            try:
                timing = Calibration(self._contacts, self.profile, judge, clock=self._clock, wait=self._wait).run()
            except NotCalibrated:
                self.unsettled()
                raise
            self._keep(timing)
            self.profile = self.profile.with_timing(timing)
            self._typist = Typist(self._contacts, self.profile, clock=self._clock, wait=self._wait)
        return Calibrated(timing.press, timing.gap)

    def loop_back(self) -> LoopBack | None:
        """See `KeypadTools.loop_back`."""
        if self._plug is None:
            return None
        with self._alone():
            return prove(
                self._contacts,
                self._plug,
                lambda: self._aborted.is_set() or self._closed.is_set(),
                self._clock,
                self._wait,
            )

    def settled(self) -> None:
        """See `KeypadTools.settled`: the next row need not wait for the meter's time-out."""
        self._clean_at = 0.0

    def unsettled(self) -> None:
        """See `KeypadTools.unsettled`."""
        self._clean_at = self._clock() + self.profile.entry_timeout

    def release_all(self) -> None:
        """See `KeypadTools.release_all`."""
        self._contacts.release()

    def close(self) -> None:
        """Stops typing, opens every contact and gives the lines back; a broken-off entry is left to its time-out."""
        super().close()
        self._contacts.release()
        # Who types must see it before the lines go: a press is never longer than half a second.
        typing = not self._busy.acquire(timeout=2.0)
        try:
            self._contacts.close()
            self._sensors.close()
            if self._plug is not None:
                self._plug.close()
        finally:
            if not typing:
                self._busy.release()

    @property
    def contacts(self) -> ContactMatrix:
        """The contacts, for a calibration."""
        return self._contacts

    def text(self) -> str | None:
        """What the display shows now, if a sensor is sure of it."""
        return self._sensors.text()

    # --- typing

    def _type(self, row: str, stop: Callable[[], str | None], watch: Watch) -> Submission:
        keys = self.profile.entry_keys(row)

        def check(_key: str, pressed: int) -> str | None:
            # The last key submits the row: whatever can be known of the entry must be known before it.
            return stop() or (self._entry_differs(row[:pressed]) if pressed == len(keys) - 1 else None)

        def pressed(key: str, count: int) -> None:
            watch(EntryProgress(count, len(keys), key))

        typed = self._typist.type(keys, check=check, pressed=pressed)
        if typed.fault is None:
            return self._answer(typed.presses)
        if len(typed.presses) == len(keys):
            # The key that submits was pressed, and badly: nobody knows whether the meter took it.
            return Submission(Outcome.UNKNOWN, presses=typed.presses)
        self._clear(len(typed.presses))
        return Submission(Outcome.FAULT, Evidence(Source.DISPLAY, typed.fault, BY), presses=typed.presses)

    def _entry_differs(self, digits: str) -> str | None:
        """Why the row may not be submitted, if a sensor can read that the meter has something else."""
        shown, width = self.text(), self.profile.digits_shown
        if shown is None or not width or shown == digits[-width:]:
            return None
        early = meaning(shown, self.profile.words, Source.PICTURE, "camera")
        if early is None:
            return "the meter's display shows other digits than were pressed"
        self._lockout.saw(early, self._clock())
        return "the meter answered before the row was complete"

    def _clear(self, pressed: int) -> None:
        """Take back what was typed, and remember that this was not proved."""
        self.unsettled()
        if self._closed.is_set():
            return
        # One more than was pressed: a key may have been seen twice.
        self._typist.take_back(pressed + 1)
        self.unsettled()

    def _let_the_meter_forget(self, stop: Callable[[], str | None]) -> None:
        while stop() is None and (left := self._clean_at - self._clock()) > 0:
            self._wait(min(left, 0.2))

    def _query(self, code: str) -> Evidence | None:
        self._let_the_meter_forget(lambda: None)
        keys = self.profile.code_keys(code)

        def check(_key: str, pressed: int) -> str | None:
            # A code behind other digits is another code, and the digits that answer it are no register.
            return self._entry_differs(code) if pressed == len(keys) - 1 else None

        typed = self._typist.type(keys, check=check)
        if typed.fault is not None:
            self._clear(len(typed.presses))
            return None
        self._wait(self.profile.timing.gap)
        shown = self.text()
        # A display that still shows the code has not answered.
        answered = bool(shown) and shown != code
        self._left_over = 0 if answered else len(code) + 1
        return Evidence(Source.PICTURE, shown or "", "camera") if answered else None

    # --- reading

    def _answer(self, presses: tuple[Press, ...]) -> Submission:
        self._sensors.begin()
        sighting = self._sensors.listen(self.profile.result_time, self._closed.is_set)
        if sighting is None:
            if presses:
                # The key that submits may have been lost: the row may stand in the entry still.
                self.unsettled()
            return Submission(Outcome.UNKNOWN, presses=presses)
        self._lockout.saw(sighting, self._clock())
        wait = self._lockout.left(self._clock()) if sighting.outcome is not Outcome.ACCEPTED else 0.0
        return Submission(
            sighting.outcome,
            sighting.evidence,
            locked_for=wait,
            presses=presses,
            tampered=sighting.tampered,
        )
