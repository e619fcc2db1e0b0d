"""Refusals of the kiosk itself, and what a machine without a package is told."""

from krn_engine.errors import KrnError


class KioskError(KrnError):
    """Root of the refusals of `kiosk`."""

    code = "KSK-00"


class ConfigInvalid(KioskError, ValueError):
    """A configuration file that cannot be used."""

    code = "KSK-01"


class OwnDataRefused(ConfigInvalid):
    """Settings of a kiosk that belongs to an office, with a vault or other data of its own beside that."""

    code = "NET-19"


class NoMeterHere(KioskError, LookupError):
    """No meter is, or can be, connected."""

    code = "KSK-02"


class CannotUpgrade(KioskError, ValueError):
    """The ID was not found, or its meter takes no upgrade now; the message says which."""

    code = "KSK-03"


class InputInvalid(KioskError, ValueError):
    """A line of standard input, or a word of a command, that is not what the command reads."""

    code = "KSK-04"


class NoScreen(KioskError, OSError):
    """No window can be opened on this machine."""

    code = "KSK-05"


class LookUpsExhausted(KioskError, RuntimeError):
    """More numbers were looked up in one session than a customer has."""

    code = "KSK-06"


class CustomersExhausted(KioskError, RuntimeError):
    """This kiosk told of as many different customers as it may in an hour, or in a day."""

    code = "KSK-09"


class PinRefused(KioskError, ValueError):
    """A PIN, or a file with one, that cannot be used."""

    code = "KSK-07"


class ClockWrong(KioskError, RuntimeError):
    """The machine's clock tells a day before this kiosk was built."""

    code = "KSK-08"


_EXTRAS = {
    **dict.fromkeys(("pygame", "babel", "gpiozero", "segno", "escpos", "serial", "requests"), "kiosk"),
    **dict.fromkeys(("openpyxl", "reportlab", "xlsxwriter"), "office"),
    **dict.fromkeys(("numpy", "pyrage", "tqdm"), "bulk"),
    **dict.fromkeys(("cryptography", "fastapi", "uvicorn", "prometheus_client", "psycopg", "structlog"), "server"),
}
"""The extra of the project that brings each of these packages."""


def needs(error: ModuleNotFoundError) -> str | None:
    """What to install; None if it is no package of an extra."""
    package = (error.name or "").partition(".")[0]
    extra = _EXTRAS.get(package)
    return None if extra is None else f"this needs {package}, which is not installed: install krn-kiosk[{extra}]"
