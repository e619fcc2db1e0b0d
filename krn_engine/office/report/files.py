"""Writing the file of a report. There is no number and no name of a customer in it, so others may read it."""

from pathlib import Path

from krn_engine.durable import replace_file
from krn_engine.office.report.errors import ReportExists, ReportNotWritten

MODE = 0o644


def require_free(path: Path, *, replace: bool) -> None:
    """See that a file may be written. Raises ReportExists if it is there, unless it is to be replaced."""
    if not replace and path.exists():
        raise ReportExists(f"{path} is there already: name another file, or --force to write over it")


def write(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file, whole and durable, or not at all. Raises ReportExists, ReportNotWritten."""
    require_free(path, replace=replace)
    try:
        replace_file(path, content, MODE)
    except OSError as error:
        raise ReportNotWritten(f"{path} cannot be written ({error.strerror}): name another file") from error
