"""What a database holds that none of our programs wrote there: it is named, and nobody's program ends by it."""

from typing import Any

from sqlalchemy import ColumnElement, type_coerce
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.types import NullType

UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError, DBAPIError)
"""What reading it, or making something of it, may end in: hand each to `require_odd`."""
_NO_TEXT = "Could not decode to UTF-8"
"""So Python's sqlite3 begins to tell of text that is none, without any code."""


def require_odd(error: Exception) -> None:
    """Raises the error again unless it is about what is stored: a database that is gone has nothing odd in it."""
    of_database = isinstance(error, DBAPIError) and not isinstance(error, DataError)
    if of_database and not str(getattr(error, "orig", "")).startswith(_NO_TEXT):
        raise error


def raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: SQLAlchemy would make as many zeros of a number in the place of bytes."""
    return type_coerce(column, NullType()).label(str(column.key))


def is_digest(value: object) -> bool:
    """Whether it is the hash of an entry."""
    return isinstance(value, bytes) and len(value) == 32
