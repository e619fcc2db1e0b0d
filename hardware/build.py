"""From the meter process's settings to a meter: the one place that chooses which kind of adapter is opened."""

from collections.abc import Callable

from hardware.adapter import MeterAdapter
from hardware.keypad.build import KeypadBuilder
from hardware.settings import MeterSettings


def opener(settings: MeterSettings) -> Callable[[str], MeterAdapter]:
    """Opens the adapter of these settings for a meter model, as often as it is called. It raises HardwareError."""
    return KeypadBuilder(settings.keypad).open
