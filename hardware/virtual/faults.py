"""What can go wrong at a meter, by name, and the dice that decide when. The same seed throws the same dice."""

import random
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """One thing that is wrong with a meter, its keypad or its supply."""

    LOST_KEY = "lost-key"
    """A press is not seen."""
    DOUBLED_KEY = "doubled-key"
    """A press is seen twice."""
    MERGED_REPEAT = "merged-repeat"
    """The same key pressed twice is seen once."""
    STUCK_CONTACT = "stuck-contact"
    """From some press on, a key of the meter stays closed."""
    DEAD_ROW = "dead-row"
    """One row of the matrix conducts no more."""
    SLOW_SCAN = "slow-scan"
    """The meter scans its keys four times as slowly."""
    POWER_CUT = "power-cut"
    """The supply goes in the middle of a row, and comes back."""
    MUTE = "mute"
    """The beeper makes no sound."""
    LOCKED_OUT = "locked-out"
    """Somebody has keyed in too much that was wrong before."""
    PERIKSA = "periksa"
    """A cover was opened: the meter takes no key change."""
    WRONG_KEY_STATE = "wrong-key-state"
    """The meter has a pair that the record does not know of."""
    WRONG_METER = "wrong-meter"
    """Another meter is connected than the one that stands on record."""


OF_THE_KEYPAD = frozenset(
    {
        Fault.LOST_KEY,
        Fault.DOUBLED_KEY,
        Fault.MERGED_REPEAT,
        Fault.STUCK_CONTACT,
        Fault.DEAD_ROW,
        Fault.SLOW_SCAN,
        Fault.POWER_CUT,
        Fault.MUTE,
    }
)
"""Those that the keypad plays; the others are how the meter stands when it is connected."""
CHANCE = 0.02
"""How often a press is lost, doubled or merged, if it can be."""
SLOWER = 4
OFF_SECONDS = 2.0
PRESSES = 84
"""Faults that come once come within the presses of four rows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How often the meter takes one debounced press, and what happens with it."""

    times: int
    power_cut: bool = False


class Dice:
    """Decides, press by press, what the keypad does to it."""

    def __init__(self, faults: frozenset[Fault] = frozenset(), seed: int = 0) -> None:
        self.faults = faults
        self._source = random.Random(seed)  # noqa: S311  faults, and no secrets
        self._presses = 0
        self._last = ""
        self._cut_at = self._source.randrange(1, PRESSES)
        self._stuck_at = self._source.randrange(1, PRESSES)
        self.stuck_place = (self._source.randrange(4), self._source.randrange(3))
        self.dead_row = self._source.randrange(4)
        self.phase = self._source.random()
        """Where in its scan the meter is when the first key goes down, as a share of the period."""

    @property
    def stuck(self) -> bool:
        """True from the press on at which a contact sticks."""
        return Fault.STUCK_CONTACT in self.faults and self._presses >= self._stuck_at

    def press(self, key: str) -> Taken:
        """The meter has debounced a press: what comes of it?"""
        self._presses += 1
        repeated, self._last = key == self._last, key
        times = 1
        if Fault.LOST_KEY in self.faults and self._source.random() < CHANCE:
            times = 0
        elif Fault.DOUBLED_KEY in self.faults and self._source.random() < CHANCE:
            times = 2
        elif Fault.MERGED_REPEAT in self.faults and repeated and self._source.random() < 10 * CHANCE:
            times = 0
        return Taken(times, Fault.POWER_CUT in self.faults and self._presses == self._cut_at)
