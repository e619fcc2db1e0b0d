"""Finds the fastest timing that the meter in front of it reads without a mistake, from safe to fast.

Entries of 19 digits are typed, read back from the display, and taken back: none is ever submitted. A lost, a doubled
and a merged key all show in what the display says; a judge who cannot tell ends the search.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from hardware.errors import NotCalibrated
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.profile import Profile, Timing
from hardware.keypad.typist import Typist

DIGITS = 19
"""One fewer than a row has, so that no meter takes an entry by itself."""
ENTRIES = 3
"""How many entries in a row must be right for a timing to count."""
PROOF_ENTRIES = 10
"""The same for the timing that is kept."""
RESOLUTION = 0.002
FASTEST = 0.004
"""Seconds: no key is pressed, and no gap left, for less."""
STEP = 0.75
"""The next trial of a search, as a share of the last one that worked."""
SLOWER = 1.05
"""How much slower a timing is tried again that was not read right at length."""
MARGIN = 1.12
"""How much slower than the fastest that worked the kept timing is."""
DITHER = 0.04
"""Seconds by which the other half of each key is stretched at random: a meter scans its keys at a pace of its own, and
presses in step with it would all be lucky, or none."""

Judge = Callable[[str], bool | None]
"""Does the display show these digits? None: cannot tell."""


class Trial(Enum):
    """What an entry tries."""

    SAFE = "safe"
    """The profile's own timing, before anything else."""
    PRESS = "press"
    """A shorter press, with gaps that are stretched at random."""
    GAP = "gap"
    """A shorter gap, with presses that are stretched at random."""
    BOTH = "both"
    """The timing that is to be kept, as it will be used."""


Tell = Callable[[Trial, float, bool], None]
"""What was tried, for how many seconds (of the gap, or else of the press), and whether the meter read it right."""


@dataclass(frozen=True, slots=True)
class _Pace:
    press: float
    gap: float

    def tried(self, trial: Trial) -> float:
        return self.gap if trial is Trial.GAP else self.press


class Calibration:
    """One search on one meter. `seed` throws the dice of the digits and of the dither."""

    def __init__(
        self,
        contacts: ContactMatrix,
        profile: Profile,
        judge: Judge,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
        tell: Tell = lambda _trial, _seconds, _right: None,
        seed: int = 0,
    ) -> None:
        self._contacts = contacts
        self._profile = profile
        self._judge = judge
        self._clock = clock
        self._wait = wait
        self._tell = tell
        self._source = random.Random(seed)  # noqa: S311  digits that are never submitted
        self._safe = _Pace(profile.timing.press, max(profile.timing.gap, profile.timing.repeat_gap))

    def run(self) -> Timing:
        """The timing to keep. Raises NotCalibrated if not even the safe one is read right, or nobody can tell."""
        if not self._right(self._safe, ENTRIES, Trial.SAFE):
            raise NotCalibrated("the meter does not read even the safe timing right: check contacts and model")
        press = self._fastest(Trial.PRESS, lambda seconds: _Pace(seconds, self._safe.gap), self._safe.press)
        gap = self._fastest(Trial.GAP, lambda seconds: _Pace(self._with_margin(press), seconds), self._safe.gap)
        return self._proved(press, gap)

    # --- the search

    def _fastest(self, trial: Trial, pace: Callable[[float], _Pace], safe: float) -> float:
        """Down in large steps until the meter makes a mistake, then between the last two."""
        right, wrong = safe, 0.0
        while (shorter := right * STEP) > FASTEST:
            if not self._right(pace(shorter), ENTRIES, trial):
                wrong = shorter
                break
            right = shorter
        while wrong and right - wrong > RESOLUTION:
            between = (right + wrong) / 2
            if self._right(pace(between), ENTRIES, trial):
                right = between
            else:
                wrong = between
        return right

    def _with_margin(self, seconds: float) -> float:
        return seconds * MARGIN

    def _proved(self, press: float, gap: float) -> Timing:
        """The kept timing is typed at length; a mistake makes it slower, up to the safe one."""
        pace = _Pace(self._with_margin(press), self._with_margin(gap))
        while not self._right(pace, PROOF_ENTRIES, Trial.BOTH):
            pace = _Pace(pace.press * SLOWER, pace.gap * SLOWER)
            if pace.press > self._safe.press and pace.gap > self._safe.gap:
                raise NotCalibrated("no timing faster than the safe one is read right every time: keep the safe one")
        return replace(
            self._profile.timing,
            press=min(pace.press, self._safe.press),
            gap=min(pace.gap, self._safe.gap),
            repeat_gap=min(pace.gap, self._safe.gap),
            before_enter=min(pace.gap, self._safe.gap),
            shortest_press=min(press, pace.press, self._profile.timing.shortest_press, self._safe.press),
        )

    # --- one entry

    def _right(self, pace: _Pace, entries: int, trial: Trial) -> bool:
        right = all(self._entry(pace, trial) for _ in range(entries))
        if trial is not Trial.SAFE:
            self._tell(trial, pace.tried(trial), right)
        return right

    def _entry(self, pace: _Pace, trial: Trial) -> bool:
        digits = self._digits()
        timing = replace(self._profile.timing, shortest_press=0.0)
        for digit in digits:
            press = pace.press + (self._source.random() * DITHER if trial is Trial.GAP else 0.0)
            gap = pace.gap + (self._source.random() * DITHER if trial is Trial.PRESS else 0.0)
            profile = replace(self._profile, timing=replace(timing, press=press))
            typed = Typist(self._contacts, profile, clock=self._clock, wait=self._wait).type(digit)
            if typed.fault is not None:
                self._clear()
                return False
            self._wait(gap)
        self._wait(self._safe.gap)
        verdict = self._judge(digits)
        self._clear()
        if verdict is None:
            raise NotCalibrated("nobody could tell what the display shows: give the adapter a camera, or look yourself")
        return verdict

    def _digits(self) -> str:
        """Every digit, some of them repeated, in an order of chance."""
        digits = [str(digit) for digit in range(10)]
        self._source.shuffle(digits)
        repeated = [digit * 2 for digit in digits[:6]] + [digits[6] * 4] + digits[7:]
        self._source.shuffle(repeated)
        return "".join(repeated)[:DIGITS]

    def _clear(self) -> None:
        """At the safe pace: it must not fail."""
        Typist(self._contacts, self._profile, clock=self._clock, wait=self._wait).take_back(DIGITS + 1)
