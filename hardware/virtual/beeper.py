"""The virtual meter's beeper: which beeps it has still to give, and whether it sounds at a moment."""

KEY_BEEP = 0.05
ACCEPTED = (0.8,)
REJECTED = (0.2, 0.2, 0.2)
PAUSE = 0.15
"""Seconds between two beeps of one answer, and before the first."""


class Beeper:
    """Beeps follow each other in time; `mute` takes their sound and nothing else."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self._beeps: list[tuple[float, float]] = []

    def key(self, now: float) -> None:
        """A key was taken."""
        self._beeps = [(now, now + KEY_BEEP)]

    def answer(self, lengths: tuple[float, ...], now: float) -> None:
        """An answer, after the beep of the key that asked for it."""
        start = now + KEY_BEEP
        for length in lengths:
            start += PAUSE
            self._beeps.append((start, start + length))
            start += length

    def silence(self) -> None:
        """The supply went."""
        self._beeps = []

    def sounds(self, now: float) -> bool:
        """True while it can be heard."""
        return not self.mute and any(start <= now < end for start, end in self._beeps)
