"""The keypad's part of a settings file, which these tests all have."""

from hardware.keypad.settings import KeypadSettings
from hardware.settings import MeterSettings


def keypad_of(text: str) -> KeypadSettings:
    """The table `[keypad]` of these settings."""
    keypad = MeterSettings.parse(text).keypad
    assert keypad is not None
    return keypad
