"""Whether the machine's clock can be right: records with a wrong time mislead their readers."""

import time

from kiosk.errors import ClockWrong

BUILT = 1_763_856_000.0
"""Seconds since 1970 of a day before which this kiosk was not built: a clock that tells an earlier one is wrong."""


def clock_can_be_right() -> bool:
    """False for a clock that lost its time: a Raspberry Pi without network and battery begins in the past."""
    return time.time() >= BUILT


def require_clock() -> None:
    """Raises ClockWrong."""
    if not clock_can_be_right():
        raise ClockWrong("the clock tells a day in the past: set it (timedatectl set-time), or connect a network once")
