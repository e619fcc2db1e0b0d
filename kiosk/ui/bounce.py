"""The finger, or the key, that brought a screen up presses nothing on it."""

from math import dist

from kiosk.ui.input import InputEvent, KeyPress, PointerDown, PointerUp

SAME_BUTTON_SECONDS = 0.5
"""A second choice on the next screen that begins sooner than this is a bouncing finger."""


class Bounce:
    """Knows which event brought the present screen up, and when. Times are seconds that only grow."""

    def __init__(self, reach: int) -> None:
        """`reach`: pixels within which two taps are at one place."""
        self._reach = reach
        self._changed_at = -SAME_BUTTON_SECONDS
        self._changed_by: InputEvent | None = None
        self._last: InputEvent | None = None
        self._down_at = -SAME_BUTTON_SECONDS

    def happened(self, event: InputEvent, now: float) -> None:
        """An event came; the next screen, if there is one, comes up by it."""
        self._last = event
        if isinstance(event, PointerDown):
            self._down_at = now

    def changed(self, now: float) -> None:
        """Another screen came up."""
        self._changed_at, self._changed_by = now, self._last

    def bounces(self, event: InputEvent, now: float) -> bool:
        """True if a choice that was made by `event` must not count.

        A finger chose when it went down, however long it stays.
        """
        if isinstance(event, KeyPress):
            # A scanner is faster than a finger: only the key that brought the screen up can bounce.
            return now - self._changed_at < SAME_BUTTON_SECONDS and event == self._changed_by
        return self._down_at - self._changed_at < SAME_BUTTON_SECONDS

    def second_tap(self, event: InputEvent, now: float) -> bool:
        """True for the second tap of two at one place, of which the first brought the screen up: it is not for it."""
        before = self._changed_by
        if not (isinstance(event, PointerDown) and isinstance(before, PointerUp)):
            return False
        near = dist((event.x, event.y), (before.x, before.y)) <= self._reach
        return near and now - self._changed_at < SAME_BUTTON_SECONDS
