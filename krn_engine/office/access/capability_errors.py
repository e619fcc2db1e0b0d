"""Refusals of the page that a customer opens at home."""

from krn_engine.office.errors import OfficeError


class CapabilityUnknown(OfficeError, LookupError):
    """The secret of a home page that this office never gave out, or that is none."""

    code = "CAP-01"


class CapabilityOver(OfficeError, PermissionError):
    """A home page is good for 30 days, and those are over."""

    code = "CAP-02"


class CapabilityEnded(OfficeError, PermissionError):
    """Staff have ended the home pages of this meter."""

    code = "CAP-03"


class CapabilityProved(OfficeError, PermissionError):
    """The meter is proved to be upgraded: its home pages have done what they were for."""

    code = "CAP-04"


class CapabilityRefused(OfficeError, ValueError):
    """A home page was asked for that is not about rows given out by its request, or is another one's."""

    code = "CAP-05"
