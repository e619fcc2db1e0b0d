"""How long a meter is locked, by the rule of its model: few meters tell it."""

from hardware.adapter import Outcome
from hardware.keypad.profile import Lockout
from hardware.keypad.sensors.base import Sighting


class LockoutMemory:
    """Counts what one meter refused. Times are seconds of the caller's clock."""

    def __init__(self, rule: Lockout) -> None:
        self._rule = rule
        self._refused = 0
        self._until = 0.0

    def left(self, now: float) -> float:
        """Seconds until the meter takes a row again."""
        return max(0.0, self._until - now)

    def saw(self, sighting: Sighting, now: float) -> None:
        """Count an answer of the meter."""
        if sighting.outcome is Outcome.ACCEPTED:
            self._refused, self._until = 0, 0.0
        elif sighting.outcome is Outcome.REJECTED and not sighting.tampered:
            self._refused += 1
            over = self._refused - self._rule.wrong_entries
            if over >= 0:
                self._until = now + min(self._rule.first * 2.0**over, self._rule.longest)
        elif sighting.outcome is Outcome.LOCKED_OUT:
            told = sighting.locked_for if sighting.locked_for is not None else self._rule.first
            # A second more: the display rounds, and a row typed too early costs a step.
            self._until = now + told + 1.0
