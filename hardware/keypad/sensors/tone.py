"""Hears the meter's beeper on a GPIO line and knows its patterns for accepted and refused."""

from typing import Any

from gpiozero import DigitalInputDevice, GPIOZeroError

from hardware.adapter import Evidence, Outcome, Source
from hardware.errors import PinTaken
from hardware.keypad.pins import check_pins, chosen_factory
from hardware.keypad.profile import Tones
from hardware.keypad.sensors.base import Sensor, Sighting

SHORTEST = 0.08
"""A shorter beep is that of a key."""
TOLERANCE = 0.4
"""How far, as a share, a beep's length may lie from the pattern's."""
SILENCE = 0.5
"""Seconds of silence that end a pattern."""


class ToneSensor(Sensor):
    """Listens to one line that is high while the meter beeps.

    Connect an electret microphone with a comparator (or a piezo disc on the case) so that its output is high while it
    sounds, at 3.3 V, to a GPIO number of the safe set. Nothing is connected to the meter itself. For example::

        from hardware.keypad.profile import Tones
        from hardware.keypad.sensors.tone import ToneSensor

        sensor = ToneSensor(26, Tones(accepted=(0.8,), rejected=(0.2, 0.2, 0.2)))

    Raises PinUnsafe and PinTaken.
    """

    def __init__(self, pin: int, tones: Tones, *, pin_factory: Any = None) -> None:
        pin_factory = chosen_factory(pin_factory)
        check_pins({"tone": pin}, pin_factory)
        try:
            self._line = DigitalInputDevice(pin, pull_up=False, pin_factory=pin_factory)
        except GPIOZeroError as error:
            raise PinTaken(f"GPIO{pin} (tone) is held already: {error}") from error
        self._tones = tones
        self.begin()

    def begin(self) -> None:
        """What sounds already is the beep of the key that submitted the row: it is waited out."""
        self._skipping = bool(self._line.is_active)
        self._since: float | None = None
        self._beeps: list[float] = []
        self._quiet_from: float | None = None
        self._silent = False

    def sample(self, now: float) -> None:
        """Look at the line once."""
        sounding = bool(self._line.is_active)
        if self._skipping:
            self._skipping = sounding
            return
        if sounding and self._since is None:
            self._since, self._quiet_from = now, None
        elif not sounding and self._since is not None:
            length = now - self._since
            self._since, self._quiet_from = None, now
            if length >= SHORTEST:
                self._beeps.append(length)
        self._silent = self._quiet_from is not None and now - self._quiet_from >= SILENCE

    def sighting(self) -> Sighting | None:
        """Which pattern was heard, once it is over; None for silence and for any other."""
        if not self._beeps or self._since is not None or not self._silent:
            return None
        heard = " ".join(f"{length:.1f}" for length in self._beeps)
        for outcome, pattern in (
            (Outcome.ACCEPTED, self._tones.accepted),
            (Outcome.REJECTED, self._tones.rejected),
        ):
            if pattern and self._is(pattern):
                return Sighting(outcome, Evidence(Source.TONE, f"beeps of {heard} s", "tone line"))
        return None

    def _is(self, pattern: tuple[float, ...]) -> bool:
        return len(pattern) == len(self._beeps) and all(
            abs(heard - expected) <= TOLERANCE * expected for heard, expected in zip(self._beeps, pattern, strict=True)
        )

    def close(self) -> None:
        """Give the line back."""
        self._line.close()
