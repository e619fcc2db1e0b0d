"""The typist presses keys at a profile's pace, measures every press, and presses nothing more after a fault."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hardware.adapter import Press
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.profile import Profile


@dataclass(frozen=True, slots=True)
class Typed:
    """What was pressed, and why it ended before its last key, if it did."""

    presses: tuple[Press, ...]
    fault: str | None = None


Check = Callable[[str, int], str | None]
"""Asked before each key with the key and the number of keys pressed: why not to press it, or None."""
Pressed = Callable[[str, int], None]
"""Told after each key: the key, and the number of keys pressed."""


class Typist:
    """Presses keys of one keypad. `clock` gives seconds that only grow; `wait` passes them."""

    def __init__(
        self,
        contacts: ContactMatrix,
        profile: Profile,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._contacts = contacts
        self.profile = profile
        self._clock = clock
        self._wait = wait
        self._last_key: str | None = None
        self._last_up = 0.0

    def type(
        self,
        keys: Sequence[str],
        *,
        check: Check = lambda _key, _pressed: None,
        pressed: Pressed = lambda _key, _pressed: None,
    ) -> Typed:
        """Press keys one after the other; ends at the first that `check` refuses or that went wrong.

        A press outside the profile's bounds, a contact that was opened by somebody else, and a gap of half the
        meter's time-out are faults: the meter may have seen something else than was meant.
        """
        start = self._clock()
        presses: list[Press] = []
        for number, key in enumerate(keys):
            self._wait_before(key)
            fault = check(key, number) or (self._late() if number else None)
            if fault is not None:
                return Typed(tuple(presses), fault)
            press, broken = self._press(key, start)
            presses.append(press)
            fault = self._wrong(press, broken)
            if fault is not None:
                return Typed(tuple(presses), fault)
            pressed(key, number + 1)
        return Typed(tuple(presses))

    def take_back(self, digits: int) -> None:
        """Press the clearing keys once for each digit that may stand in the entry."""
        for _ in range(digits):
            for key in self.profile.clear:
                self._wait_before(key)
                self._press(key, self._clock())

    def _press(self, key: str, start: float) -> tuple[Press, bool]:
        with self._contacts.pressed(key) as hold:
            down = self._clock()
            self._wait(self.profile.timing.press)
            broken = hold.broken
        self._last_key, self._last_up = key, self._clock()
        return Press(key, down - start, self._last_up - down), broken

    def _wait_before(self, key: str) -> None:
        """The rest of the gap after the last press, of an earlier row too: what was done meanwhile is waiting."""
        if self._last_key is None:
            return
        timing = self.profile.timing
        gap = timing.repeat_gap if key == self._last_key else timing.gap
        if key == self.profile.enter:
            gap = max(gap, timing.before_enter)
        left = gap - (self._clock() - self._last_up)
        if left > 0:
            self._wait(left)

    def _late(self) -> str | None:
        late = self._clock() - self._last_up >= self.profile.entry_timeout / 2
        return "the gap between two keys came near the meter's time-out" if late else None

    def _wrong(self, press: Press, broken: bool) -> str | None:
        timing = self.profile.timing
        if broken:
            return "a contact was opened before its time"
        if press.length < timing.shortest_press:
            return "a press was too short"
        return "a press was too long" if press.length > timing.longest_press else None
