"""Refusals of the pages of an office."""

from krn_engine.office.errors import OfficeError


class WebError(OfficeError):
    """Root of the refusals that have to do with pages and forms alone; it is told by the code of a leaf."""


class FormForeign(WebError, PermissionError):
    """A form that was not made for this session, or came from another site: nothing was done."""

    code = "WEB-01"


class FormBroken(WebError, ValueError):
    """A form with a field too many, too long or twice, or one that cannot be read: nothing was done."""

    code = "WEB-02"


class PageOver(WebError, LookupError):
    """The address of a page that is too old, or that was made for somebody else."""

    code = "WEB-03"


class NoSuchPage(WebError, LookupError):
    """There is no page at this address, or it takes no form."""

    code = "WEB-04"


class ListTooLarge(WebError, ValueError):
    """A worklist that is longer than what a page takes: it goes in on the office's own machine."""

    code = "WEB-05"


class ListGone(WebError, LookupError):
    """A worklist that was sent and is no longer kept: it went in, was thrown away, or waited too long."""

    code = "WEB-06"
