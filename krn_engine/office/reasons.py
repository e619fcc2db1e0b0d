"""Why a meter is left to staff: the reasons that no session of a kiosk has, beside those that it has too.

They stand on record as the code of an ending (`SessionEnding.code`), and in docs/errors.md, where a meter is handed to
staff.
"""

from enum import Enum


class HandOff(Enum):
    """A reason; the value is its code."""

    REFUSED = "UPG-01"
    """The meter refused a row."""
    LOCKED_OUT = "UPG-02"
    """The meter takes no keys for now."""
    STOPPED = "UPG-05"
    """It was begun, and not ended."""
    PERIKSA = "UPG-06"
    """The meter says PERIKSA."""
    OTHER_METER = "UPG-07"
    """The number on the meter is not the one on record."""
    OTHER_KRN = "UPG-08"
    """The meter holds a key that does not fit the rows."""
    NOT_PROVED = "UPG-09"
    """Every row is said to be in, and the KRN that the meter shows says otherwise."""
    NOBODY_HOME = "UPG-11"
    """Nobody let the officer in."""
    DECLINED = "UPG-12"
    """The customer did not want it."""
    KEYPAD_BROKEN = "UPG-13"
    """A key of the meter does not work."""
    DISPLAY_BROKEN = "UPG-14"
    """The display shows nothing, or nothing that can be read."""
    OTHER = "UPG-15"
    """Something else, which somebody has to look at."""
