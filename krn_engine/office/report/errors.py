"""What a report refuses."""

from krn_engine.office.errors import OfficeError


class ReportError(OfficeError):
    """Root of the refusals of reports."""

    code = "REP-00"


class ReportExists(ReportError, FileExistsError):
    """There is a file already where a report should be written."""

    code = "REP-01"


class ReportNotWritten(ReportError, OSError):
    """The file of a report could not be written; what was there is as it was."""

    code = "REP-02"
