"""Refusals of a kiosk that works without its office."""

from krn_engine.office.errors import OfficeError


class NotInCopy(OfficeError, LookupError):
    """The office cannot be reached, and the copy that this kiosk keeps has no such number."""

    code = "OFF-10"


class RowsNotInCopy(OfficeError, LookupError):
    """The office cannot be reached, and the copy holds no rows for this meter: only the office can make them."""

    code = "OFF-11"


class LeaseOver(OfficeError, PermissionError):
    """The office cannot be reached, and its leave to give out rows without it is over, or was never given."""

    code = "OFF-12"


class ClockBehind(OfficeError, RuntimeError):
    """The office cannot be reached, and this kiosk's clock tells a time that has passed: a lease cannot be judged."""

    code = "OFF-13"


class CopyDamaged(OfficeError, RuntimeError):
    """The copy that this kiosk keeps is damaged. It is fetched anew; what waits for the office is kept."""

    code = "OFF-14"


class CopyLocked(OfficeError, PermissionError):
    """The key of the copy cannot be opened on this machine, or is damaged: the copy is fetched anew."""

    code = "OFF-15"


class OfficeOther(OfficeError, PermissionError):
    """Another office answers than the one that this kiosk's facts are for: nothing is delivered to it."""

    code = "OFF-16"
