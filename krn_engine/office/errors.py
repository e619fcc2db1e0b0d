"""Refusals of the office."""

from krn_engine.errors import KrnError


class OfficeError(KrnError):
    """Root of the refusals of `krn_engine.office`."""

    code = "OFF-00"


class MeterUnknown(OfficeError, LookupError):
    """No such meter in the register."""

    code = "OFF-01"


class NoUpgradeNeeded(OfficeError, ValueError):
    """The meter is at the target already: good news, and no rows."""

    code = "OFF-02"


class MeterBlocked(OfficeError, PermissionError):
    """The office has blocked this meter; the reason is in the message."""

    code = "OFF-03"


class RequestReused(OfficeError, ValueError):
    """A request id that was answered for another meter."""

    code = "OFF-04"


class OutcomeRefused(OfficeError, ValueError):
    """An outcome for a key change or a row that was never issued, or a row that is in by no evidence."""

    code = "OFF-05"


class RowsDiffer(OfficeError, RuntimeError):
    """Rows on record are not those that this office's keys and campaign give: one of the two is wrong now."""

    code = "OFF-08"


class RowsGone(OfficeError, LookupError):
    """The rows of this meter went with a key that was lost, and nothing here gives them again."""

    code = "OFF-09"


class NoVendingKeys(OfficeError, LookupError):
    """Rows would have to be computed, and this office holds no vending keys."""

    code = "OFF-06"


class StatementRefused(OfficeError, ValueError):
    """Staff said something of a meter that cannot be, or without a reason or a name."""

    code = "OFF-07"


class CopyKeyMissing(OfficeError, LookupError):
    """A kiosk asked for a copy before it had a key for it, or after it was revoked."""

    code = "OFF-20"


class LeaseBroken(OfficeError, PermissionError):
    """A lease that the kiosk's office did not sign."""

    code = "OFF-21"


class NotMadeAhead(OfficeError, LookupError):
    """The rows of this meter come from a module that counts what it makes: they are not put into copies."""

    code = "OFF-22"


class NotOffered(OfficeError, ValueError):
    """A kiosk gave rows out of its copy that this office did not offer, or would make otherwise now."""

    code = "OFF-23"
