"""What can go wrong between a head and a meter, by name, and the dice that decide when: by seed, so it comes again."""

import math
import random
from enum import Enum


class OpticalFault(Enum):
    """One thing that is wrong with the light, the head or the meter's port."""

    NOISE = "noise"
    """Bytes that nobody sent, between those that were."""
    FLIPPED = "flipped-bit"
    """One bit is read wrongly: the check sequence does not fit."""
    LOST_REQUEST = "lost-request"
    LOST_ANSWER = "lost-answer"
    DOUBLED_REQUEST = "doubled-request"
    DOUBLED_ANSWER = "doubled-answer"
    CUT_ANSWER = "cut-answer"
    """An answer ends in its middle."""
    SLOW = "slow"
    """The meter takes up to four seconds to answer."""
    MUTE = "mute"
    """From some moment on the meter answers nothing, and hears everything."""
    HEAD_OFF = "head-off"
    """The head is pulled off in the middle of a transmission, and put back some time later, or not."""
    POWER_CUT = "power-cut"
    """The supply goes when a token has just come in, and comes back."""


CHANCE = 0.04
"""How often a burst is lost, doubled, spoiled or cut, if it can be."""
BURSTS = 60
"""What comes once comes within the bursts of four rows."""
ROWS = 4
SLOWEST = 4.0
OFF_SECONDS = 2.0
"""How long the supply is away."""
AWAY_SECONDS = (2.0, 20.0, 90.0, math.inf)
"""For how long a head that was pulled off is away."""


class LightDice:
    """Decides, burst by burst, what becomes of it. One for a whole session."""

    def __init__(self, faults: frozenset[OpticalFault] = frozenset(), seed: int = 0) -> None:
        self.faults = faults
        self._source = random.Random(seed)  # noqa: S311  faults, and no secrets
        self._bursts = 0
        once = self._source.randrange(1, BURSTS)
        self._mute_from = once if OpticalFault.MUTE in faults else math.inf
        self._off_at = once if OpticalFault.HEAD_OFF in faults else math.inf
        self.away_seconds = self._source.choice(AWAY_SECONDS)
        """For how long the head is away once it was pulled off."""
        self.cut_at_row = self._source.randrange(1, ROWS + 1) if OpticalFault.POWER_CUT in faults else 0
        """At which token the supply goes, counted from 1; 0 never."""
        self.cut_before_answer = self._source.random() < 0.5
        """The supply goes before the meter has said that it received this token."""

    def request(self, data: bytes) -> list[bytes]:
        """What arrives of a burst that goes to the meter: nothing, one burst, or two."""
        self._bursts += 1
        if self._happens(OpticalFault.LOST_REQUEST):
            return []
        spoiled = self._spoiled(data)
        return [spoiled, spoiled] if self._happens(OpticalFault.DOUBLED_REQUEST) else [spoiled]

    def answer(self, data: bytes) -> list[bytes]:
        """What arrives of a burst that comes from the meter."""
        self._bursts += 1
        if self._bursts >= self._mute_from or self._happens(OpticalFault.LOST_ANSWER):
            return []
        spoiled = self._spoiled(data)
        if self._happens(OpticalFault.CUT_ANSWER):
            return [spoiled[: self._source.randrange(len(spoiled))]]
        return [spoiled, spoiled] if self._happens(OpticalFault.DOUBLED_ANSWER) else [spoiled]

    def pulled_off(self) -> bool:
        """True at the burst in whose middle the head comes off, once."""
        if self._bursts < self._off_at:
            return False
        self._off_at = math.inf
        return True

    def reaction(self, usual: float) -> float:
        """Seconds that the meter takes to answer now."""
        return max(usual, self._source.random() * SLOWEST) if OpticalFault.SLOW in self.faults else usual

    def _spoiled(self, data: bytes) -> bytes:
        if data and self._happens(OpticalFault.FLIPPED):
            at = self._source.randrange(len(data))
            data = data[:at] + bytes((data[at] ^ 1 << self._source.randrange(8),)) + data[at + 1 :]
        if self._happens(OpticalFault.NOISE):
            noise = self._source.randbytes(self._source.randrange(1, 6))
            at = self._source.choice((0, len(data), self._source.randrange(len(data) + 1)))
            data = data[:at] + noise + data[at:]
        return data

    def _happens(self, fault: OpticalFault) -> bool:
        return fault in self.faults and self._source.random() < CHANCE
