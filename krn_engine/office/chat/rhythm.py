"""When the next message may go: a bucket that fills steadily, for a provider in all and for each chat."""

from collections.abc import Callable
from dataclasses import dataclass

from krn_engine.office.chat.provider import Rhythm

SECONDS_LENT = 0.25
"""Of the rate in all: who was silent may catch up with so much at once."""
FEW = 10_000
"""Chats whose buckets are remembered; those that are full again are forgotten first."""


@dataclass(slots=True)
class Bucket:
    """Holds `most` at most, and gets `per_second` more each second. Full at first."""

    per_second: float
    most: float
    holds: float
    """Messages that may go at once; below one: none."""
    at: float
    """Seconds, by any clock: when it was looked at last."""

    def fill(self, now: float) -> None:
        """Count what came in since it was looked at last. `now`: seconds, by the clock of `at`."""
        self.holds = min(self.most, self.holds + max(0.0, now - self.at) * self.per_second)
        self.at = now

    def wait(self, now: float) -> float:
        """Seconds until it holds one, from `now` on."""
        self.fill(now)
        return 0.0 if self.holds >= 1.0 else (1.0 - self.holds) / self.per_second

    def take(self) -> None:
        """One message goes: it holds one less."""
        self.holds -= 1.0


class Pace:
    """What one provider allows. `clock` gives seconds."""

    def __init__(self, rhythm: Rhythm, clock: Callable[[], float]) -> None:
        self._rhythm = rhythm
        self._clock = clock
        most = max(1.0, rhythm.per_second * SECONDS_LENT)
        self._all = Bucket(rhythm.per_second, most, most, clock())
        self._pairs: dict[str, Bucket] = {}
        self._rests = 0.0
        self._rest_until = 0.0

    def come(self, per_second: float) -> None:
        """So many messages came in each second lately: a provider that counts them lets less out, but half at least."""
        if self._rhythm.counts_incoming:
            rate = self._rhythm.per_second
            self._all.fill(self._clock())
            self._all.per_second = max(rate / 2, rate - per_second)

    def wait_in_all(self) -> float:
        """Seconds until one more may go to anybody."""
        now = self._clock()
        return max(self._all.wait(now), self._rest_until - now)

    def room(self) -> int:
        """How many may go at this moment."""
        now = self._clock()
        self._all.fill(now)
        return 0 if self._rest_until > now else int(self._all.holds)

    def wait_for(self, chat: str) -> float:
        """Seconds until one more may go to this chat."""
        found = self._pairs.get(chat)
        return 0.0 if found is None else found.wait(self._clock())

    def take(self, chat: str) -> None:
        """One goes to this chat."""
        now = self._clock()
        if chat not in self._pairs:
            self._forget(now)
            burst = float(self._rhythm.pair_burst)
            self._pairs[chat] = Bucket(1.0 / self._rhythm.pair_seconds, burst, burst, now)
        for bucket in (self._all, self._pairs[chat]):
            bucket.fill(now)
            bucket.take()

    def rest(self, seconds: float | None) -> None:
        """Nothing goes for so long; without a number for longer each time, until something goes."""
        self._rests += 1
        asked = min(60.0, 2.0**self._rests) if seconds is None else seconds
        self._rest_until = max(self._rest_until, self._clock() + asked)

    def went(self) -> None:
        """The provider took one: it needs no rest any more."""
        self._rests = 0.0

    def _forget(self, now: float) -> None:
        if len(self._pairs) >= FEW:
            for bucket in self._pairs.values():
                bucket.fill(now)
            self._pairs = {chat: bucket for chat, bucket in self._pairs.items() if bucket.holds < bucket.most}
