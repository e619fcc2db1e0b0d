"""The finger, or the key, that brought a screen up presses nothing on it."""

from kiosk.ui.input import InputEvent, KeyPress

SAME_BUTTON_SECONDS = 0.5
"""A second choice on the next screen sooner than this is a bouncing finger."""


class Bounce:
    """Knows which event brought the present screen up, and when. Times are seconds that only grow."""

    def __init__(self) -> None:
        self._changed_at = -SAME_BUTTON_SECONDS
        self._changed_by: InputEvent | None = None
        self._last: InputEvent | None = None

    def happened(self, event: InputEvent) -> None:
        """An event came; the next screen, if there is one, comes up by it."""
        self._last = event

    def changed(self, now: float) -> None:
        """Another screen came up."""
        self._changed_at, self._changed_by = now, self._last

    def bounces(self, event: InputEvent, now: float) -> bool:
        """True if a choice that was made by `event` must not count."""
        if now - self._changed_at >= SAME_BUTTON_SECONDS:
            return False
        # A scanner is faster than a finger: only the key that brought the screen up can bounce.
        return event == self._changed_by if isinstance(event, KeyPress) else True
