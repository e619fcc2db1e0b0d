"""The project's own keypad adapter on this machine's real lines, without any sensor."""

from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.build import KeypadBuilder
from hardware.settings import MeterSettings

MODEL = "generic-4x3"
ROW = "73786976294838206463"
SETTINGS = """
[keypad.contacts]
form = "matrix"
enable = 27
rows = [16, 17, 18, 19]
columns = [20, 21, 22]
"""


def opened() -> KeypadAdapter:
    """As the meter process opens it."""
    keypad = MeterSettings.parse(SETTINGS).keypad
    assert keypad is not None
    return KeypadBuilder(keypad).open(MODEL)
