"""The dark screen: after a long time at home the panel rests, and the touch that wakes it does nothing else."""

from kiosk.ui.input import InputEvent, PointerDown, PointerUp

DARK_AFTER = 600.0
"""Seconds at home without a touch. A panel that always shows the same picture keeps it."""


class Curtain:
    """Tells when to draw nothing, and which events only woke it."""

    def __init__(self, now: float, dark_after: float = DARK_AFTER) -> None:
        self._dark_after = dark_after
        self._touched = now
        self._closed = False
        self._waking = False

    def closed(self, now: float, *, at_home: bool) -> bool:
        """True while nothing is to be seen."""
        if not at_home:
            self._touched = now
        self._closed = now - self._touched >= self._dark_after
        return self._closed

    def touched(self, event: InputEvent, now: float) -> bool:
        """Take an input event; True if it woke the screen and must do nothing else."""
        woke, self._closed, self._touched = self._closed, False, now
        if woke:
            # The finger that goes up belongs to the touch that woke it.
            self._waking = isinstance(event, PointerDown)
            return True
        if self._waking and isinstance(event, PointerUp):
            self._waking = False
            return True
        return False
