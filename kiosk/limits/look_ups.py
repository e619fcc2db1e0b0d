"""How often numbers may be looked up: enough for a queue of people, too slowly for a guesser.

Who tries numbers out pays within their session: misses cost a pause that doubles, and a session ends after a few
questions. The next person begins without a pause. What all sessions together can tell of is a budget.
"""

import math
import time
from collections.abc import Callable

from kiosk.limits.budget import Budget

PER_SESSION = 8
FREE_MISSES = 4
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 300.0
SPACING = 2.0
"""Seconds between two questions: a scanner asks faster than people do, and the next person waits no longer."""


class LookUps:
    """Counts questions. `clock` gives seconds that only grow, whatever the time of day is set to."""

    def __init__(self, budget: Budget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._budget = budget or Budget()
        self._asked_at = clock() - SPACING
        self.begin_session()

    def begin_session(self, *, staff: bool = False) -> None:
        """Somebody starts at the home screen. Staff, who come by the PIN, have no limit and take from no budget."""
        self._staff = staff
        self._asked = self._misses = 0
        self._until = -math.inf

    @property
    def exhausted(self) -> bool:
        """True when this session has looked up enough."""
        return not self._staff and self._asked >= PER_SESSION

    @property
    def spent(self) -> bool:
        """True while this kiosk tells of no customer that it has not told of today."""
        return self._budget.spent

    def refused(self, asked: str) -> bool:
        """True if this may not be looked up now, whoever it is: the budget is spent."""
        return not self._staff and self._budget.wait(asked) > 0

    def pause(self) -> float:
        """Seconds to wait before the next look-up."""
        if self._staff:
            return 0.0
        now = self._clock()
        return max(0.0, self._asked_at + SPACING - now, self._until - now)

    def looked(self, asked: str, customer: str | None) -> None:
        """A number was looked up. `customer` is whom the answer told of: an ID, or None."""
        if self._staff:
            return
        self._asked_at = self._clock()
        self._asked += 1
        if customer is not None:
            self._budget.told(asked, customer)
            return
        self._misses += 1
        over = self._misses - FREE_MISSES
        if over > 0:
            self._until = self._clock() + min(FIRST_PAUSE * 2.0 ** (over - 1), LONGEST_PAUSE)
