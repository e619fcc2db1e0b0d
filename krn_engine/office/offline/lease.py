"""Whether rows may be given out without the office now: its lease, and a clock that was not turned back."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from krn_engine.office.lease import read_lease
from krn_engine.office.offline.errors import ClockBehind, LeaseOver
from krn_engine.office.offline.key import Opener
from krn_engine.office.wire.sync import Lease, SignedLease

SLACK = timedelta(minutes=5)
"""The office's clock and this one may differ so much."""
_OVER = (
    "the office cannot be reached, and its leave to give out rows without it is over: connect the kiosk once, and it "
    "is renewed"
)
_BEHIND = "this kiosk's clock tells a time that has passed: set it, or connect the kiosk to its office once"


class Times:
    """The time of now, and the newest that this kiosk has seen. A clock that was turned back lengthens no lease.

    While the program runs the newest goes on by itself, with a clock that nobody can set.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        newest: datetime | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self.ticks = ticks
        self._newest, self._at = newest, ticks()

    @property
    def now(self) -> datetime:
        """What the clock tells."""
        return self._clock()

    @property
    def newest(self) -> datetime:
        """The newest time that was seen; this one, if it is."""
        now = self._clock()
        if self._newest is None:
            return now
        return max(now, self._newest + timedelta(seconds=self.ticks() - self._at))

    def said(self, at: datetime) -> bool:
        """The office says what time it is: from a clock that was too far ahead this one recovers. Whether it had to.

        What says so is signed, or came over TLS of the office's own authority.
        """
        ahead = self._newest is not None and self.newest > at + SLACK
        self._newest, self._at = at, self.ticks()
        return ahead

    def saw(self) -> datetime:
        """The newest time, kept from now on."""
        self.said(self.newest)
        return self.newest

    def require(self) -> datetime:
        """The time by which a lease is judged. Raises ClockBehind."""
        newest = self.newest
        if self._clock() < newest - SLACK:
            raise ClockBehind(_BEHIND)
        return newest


def lease_of(signed: SignedLease | None, opener: Opener | None) -> Lease | None:
    """The lease of this copy; None where there is none. Raises LeaseBroken."""
    if signed is None or opener is None:
        return None
    lease = read_lease(signed, opener.office_key)
    return lease if lease.copy == opener.copy else None


def require_lease(lease: Lease | None, times: Times) -> None:
    """See that rows may be given out now. Raises LeaseOver, ClockBehind."""
    if lease is None:
        raise LeaseOver(_OVER)
    at = times.require()
    if at < lease.begins - SLACK:
        raise ClockBehind(_BEHIND)
    if at >= lease.until:
        raise LeaseOver(_OVER)
