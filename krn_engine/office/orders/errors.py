"""Refusals of work orders, and what may be wrong with a line that comes back."""

from enum import Enum

from krn_engine.office.errors import OfficeError


class OrdersError(OfficeError):
    """Root of the refusals of work orders."""


class ListRefused(OrdersError, ValueError):
    """A file that is no list of work orders of this program, or is none any more; nothing was stored."""

    code = "ORD-01"


class ResultsRefused(OrdersError, ValueError):
    """Lines of a list were refused, so nothing of it was stored."""

    code = "ORD-02"


class ListThere(OrdersError, FileExistsError):
    """A list would be written where a file is already."""

    code = "ORD-03"


class ListNotWritten(OrdersError, OSError):
    """A list could not be written to where it should be."""

    code = "ORD-07"


class NothingToList(OrdersError, LookupError):
    """No meter of this unit has an order that was asked for, or there is no such unit."""

    code = "ORD-08"


class ResultProblem(Enum):
    """What is wrong with a line that comes back; the value is its code. Of its cells the codes of worklists tell."""

    CHANGED = "ORD-04"
    """What the office wrote in this line is not as it was."""
    NOT_OURS = "ORD-05"
    """The line is of a list that this office did not make."""
    RESULT = "ORD-06"
    """The result is no result, or cannot be of this meter."""
