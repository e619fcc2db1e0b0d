"""Every refusal that the hardware makes. Like the engine's, each leaf has a code for staff.

All of them are in this one module, also those of one kind of adapter: what the meter process refuses crosses a socket
as its code, and the kiosk's end finds the class only where it is imported.
"""

from krn_engine.errors import Refusal


class HardwareError(Refusal):
    """Root of the hardware's refusals; every leaf also inherits the builtin it is a case of."""

    code = "HW-00"


class AdapterBusy(HardwareError, RuntimeError):
    """A row is being typed: a second one is refused, not queued."""

    code = "HW-01"


class AdapterClosed(HardwareError, ValueError):
    """The adapter was closed."""

    code = "HW-02"


class NotARow(HardwareError, ValueError):
    """What should be typed is not 20 digits."""

    code = "HW-03"


class PinUnsafe(HardwareError, ValueError):
    """A GPIO number that may not drive a contact: not on this board, or high while the Pi starts."""

    code = "HW-04"


class PinTaken(HardwareError, ValueError):
    """The same GPIO number twice, or a line that another program holds."""

    code = "HW-05"


class GpioUnavailable(HardwareError, OSError):
    """No GPIO lines on this machine, or a pin factory other than lgpio and mock."""

    code = "HW-06"


class ContactHeld(HardwareError, RuntimeError):
    """A contact is closed already: a second one is never closed beside it."""

    code = "HW-07"


class NoSuchKey(HardwareError, LookupError):
    """This keypad has no such key."""

    code = "HW-08"


class ProfileInvalid(HardwareError, ValueError):
    """A meter profile that cannot be used, or none of this name."""

    code = "HW-09"


class SettingsInvalid(HardwareError, ValueError):
    """The settings of the meter process cannot be used."""

    code = "HW-10"


class MeterProcessGone(HardwareError, ConnectionError):
    """The meter process is not there, or went away. What was being typed then is unknown."""

    code = "HW-11"


class SessionEnded(MeterProcessGone):
    """The meter process heard nothing from a kiosk for too long, and ended its session."""

    code = "HW-19"


class AttemptReused(HardwareError, ValueError):
    """An attempt of this name was made before, with another row. Nothing was typed."""

    code = "HW-20"


class MeterProcessBusy(HardwareError, RuntimeError):
    """The meter process serves another session."""

    code = "HW-12"


class ProtocolBroken(HardwareError, ValueError):
    """The two ends of the meter process's socket do not understand each other."""

    code = "HW-13"


class VersionsDiffer(ProtocolBroken):
    """Kiosk and meter process are of different releases, whose protocols differ."""

    code = "HW-18"


class JournalBroken(HardwareError, OSError):
    """The meter process cannot keep its journal, so it types nothing."""

    code = "HW-14"


class NotCalibrated(HardwareError, RuntimeError):
    """No timing was found that this meter reads without a mistake; the profile is as it was."""

    code = "HW-15"


class PrinterNotReady(HardwareError, RuntimeError):
    """The printer has no paper, an open cover, or does not answer; nothing was printed."""

    code = "HW-16"


class PrintBroken(HardwareError, OSError):
    """The printer stopped in the middle of a slip."""

    code = "HW-17"


class LineLost(HardwareError, ConnectionError):
    """The optical head cannot be opened, or its cable was pulled. A row that was being sent then is unknown."""

    code = "HW-21"


class NoAnswer(HardwareError, TimeoutError):
    """The meter does not answer by light: the head's place, the light, or the speed."""

    code = "HW-22"


class AccessRefused(HardwareError, PermissionError):
    """The meter does not let this kiosk in: no password, a wrong one, or no right to its token gateway."""

    code = "HW-23"


class MeterAnswersWrong(HardwareError, ValueError):
    """The meter's answer breaks the standard, so nothing that it says is believed."""

    code = "HW-24"


class WrongMeter(HardwareError, RuntimeError):
    """The meter under the head says another number than this customer's, or none. Nothing was sent."""

    code = "HW-25"


NOTHING_SENT = (AdapterBusy, AdapterClosed, AccessRefused, WrongMeter)
"""What a meter adapter's `submit` raises only before anything of its row has gone out: the row is not in the meter."""
