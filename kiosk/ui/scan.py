"""Tells a barcode scanner from a person: both are keyboards, and only one of them is faster than fingers.

A burst of digits is one number, wherever it comes. Where digits are typed they are seen at once; elsewhere a digit
waits until it is known not to be the first of a burst, so that a scan presses nothing.
"""

from dataclasses import dataclass, field

from kiosk.ui.input import KeyPress
from kiosk.view.choices import Scanned

FASTER_THAN_FINGERS = 0.06
"""Seconds between two keys of a burst, at most; the fastest typists need more than 0.1."""
LEAST = 8
"""Digits that make a burst. A busy loop may hand a few keys of a person over at once."""
ENTER_SECONDS = 1.0
"""An Enter within this of a scan is the scanner's own."""


@dataclass
class Scan:
    """Feed it the keys with their times, in seconds that only grow; it gives back what is to happen."""

    _burst: list[KeyPress] = field(default_factory=list)
    _held: list[KeyPress] = field(default_factory=list)
    """Those of the burst that nobody was told of yet."""
    _last: float = float("-inf")
    _scanned: float = float("-inf")

    @property
    def until(self) -> float | None:
        """When `due` is to be asked, at the latest; None: nothing waits."""
        return self._last + FASTER_THAN_FINGERS if self._burst else None

    def key(self, event: KeyPress, now: float, *, typing: bool) -> list[KeyPress | Scanned]:
        """A key was pressed; `typing` where digits are typed, and may be seen at once."""
        before = self.due(now)
        if event.key.isdigit():
            self._last = now
            self._burst.append(event)
            if not typing:
                self._held.append(event)
            return [*before, event] if typing else before
        if event.key != "enter":
            return [*before, *self._end(), event]
        ended = self._end()
        if ended and isinstance(ended[-1], Scanned):
            self._scanned = now
        elif now - self._scanned >= ENTER_SECONDS:
            ended.append(event)
        return [*before, *ended]

    def woken(self, event: KeyPress, now: float) -> None:
        """A key that woke the screen does nothing by itself, and may begin a burst."""
        if event.key.isdigit():
            self._last = now
            self._burst.append(event)

    def due(self, now: float) -> list[KeyPress | Scanned]:
        """What was held back and need not wait any longer."""
        if not self._burst or now - self._last <= FASTER_THAN_FINGERS:
            return []
        ended = self._end()
        if ended and isinstance(ended[-1], Scanned):
            self._scanned = self._last
        return ended

    def _end(self) -> list[KeyPress | Scanned]:
        burst, held = self._burst, self._held
        self._burst, self._held = [], []
        if len(burst) >= LEAST:
            return [Scanned("".join(event.key for event in burst))]
        return [*held]
