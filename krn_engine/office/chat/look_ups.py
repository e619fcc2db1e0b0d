"""How many numbers one chat may look up: enough for a family and its neighbours, too few for a collector.

Ten in an hour, twenty in a day. Who helps a row of houses asks for ten in an evening, with a typing error in some of
them; three a day, as a bank would have it, sends those away who help most. A collector gets twenty answers a day for
each telephone number that he pays for, without a name or an address, and rows that no other meter takes. The same meter
once more costs nothing.
"""

from collections.abc import Iterable
from datetime import datetime

HOUR, DAY = 3600, 86400
LIMITS = ((HOUR, 10), (DAY, 20))
"""Seconds, and how many numbers within them."""


def wait(asked: Iterable[int], at: datetime) -> int:
    """Seconds until the next number may be looked up; 0: now. A clock that was set back makes nobody wait longer."""
    now = int(at.timestamp())
    times = sorted(min(time, now) for time in asked)
    waits = [0]
    for seconds, most in LIMITS:
        within = [time for time in times if now - time < seconds]
        if len(within) >= most:
            waits.append(within[-most] + seconds - now)
    return max(waits)


def with_one_more(asked: Iterable[int], at: datetime) -> tuple[int, ...]:
    """The times to be kept after another look-up, the oldest first: those that a limit still counts."""
    now = int(at.timestamp())
    kept = sorted(min(time, now) for time in asked if now - time < DAY)
    return (*kept, now)[-max(most for _, most in LIMITS) :]
