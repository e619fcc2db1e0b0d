"""What a database holds that none of our programs wrote there: it is named, and nobody's program ends by it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, type_coerce
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.types import NullType

UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError, DBAPIError)
"""What reading it, or making something of it, may end in: hand each to `require_odd`."""
PAGE = 1000
"""Records that are read at once."""
_NO_TEXT = "Could not decode to UTF-8"
"""So Python's sqlite3 begins to tell of text that is none, without any code."""


def require_odd(error: Exception) -> None:
    """Raises the error again unless it is about what is stored: a database that is gone has nothing odd in it."""
    of_database = isinstance(error, DBAPIError) and not isinstance(error, DataError)
    if of_database and not str(getattr(error, "orig", "")).startswith(_NO_TEXT):
        raise error


class Unnumbered(Exception):
    """Nobody can read the next record, nor its number. Its argument is the number before."""


def records_after(
    connection: Connection, after: int, page: Select[Any], numbers: Select[Any] | None = None
) -> Iterator[Row[Any]]:
    """The records that `page` selects behind a number, which it and `numbers` have as the parameter `after`.

    They come in the order of their column `seq`, which is what `page` orders them by. A record that nobody can read is
    the one that is odd, and not its whole page: it comes as `numbers` selects it. Raises Unnumbered where that cannot
    be read either, or there is no `numbers`.
    """
    most = PAGE
    while True:
        try:
            found: Sequence[Row[Any]] = connection.execute(page.limit(most), {"after": after}).all()
        except UNREADABLE as error:
            require_odd(error)
            if most == PAGE:
                most = 1
                continue
            if numbers is None:
                raise Unnumbered(after) from None
            try:
                found = connection.execute(numbers.limit(1), {"after": after}).all()
            except UNREADABLE as no_number:
                require_odd(no_number)
                raise Unnumbered(after) from None
        if not found:
            return
        yield from found
        after = found[-1].seq


def raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: SQLAlchemy would make as many zeros of a number in the place of bytes."""
    return type_coerce(column, NullType()).label(str(column.key))


def is_digest(value: object) -> bool:
    """Whether it is the hash of an entry."""
    return isinstance(value, bytes) and len(value) == 32
