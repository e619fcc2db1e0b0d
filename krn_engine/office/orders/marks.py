"""By what an office knows its own orders again: a digest under a key that it alone has.

Whoever holds a list can compute no mark: neither of a line that the office never wrote, nor of one under another
officer's name.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

_SIGNS = 15
_MARK = re.compile(r"T([0-9]{8})([A-Z2-7]{15})")
_EARLIER = re.compile(r"T[A-Z2-7]{15}")


@dataclass(frozen=True, slots=True)
class Written:
    """What an office wrote into a line of a list."""

    office: str
    list_id: str
    officer: str
    number: int
    idpel: str = field(repr=False)
    meter_number: str = field(repr=False)
    first: int
    rows: Sequence[str] = field(repr=False)


class Marks:
    """Makes the marks of one office, under its key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of_line(self, written: Written, made_on: date) -> str:
        """The mark of a line in a spreadsheet; it tells the day of its list. No spreadsheet takes it for a number."""
        day = f"{made_on:%Y%m%d}"
        told = (written.office, written.list_id, written.officer, str(written.number), written.idpel)
        return f"T{day}" + self._sign("line", day, *told, written.meter_number, str(written.first), *written.rows)

    def made_on(self, mark: str, written: Written) -> date | None:
        """On which day this office wrote this line; None: it did not, or something in it is not as it was."""
        if (found := _MARK.fullmatch(mark)) is None:
            return None
        try:
            day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            return None
        return day if hmac.compare_digest(self.of_line(written, day), mark) else None

    def of_order(self, list_id: str, officer: str, meter_number: str) -> str:
        """The mark of an order on an officer's telephone."""
        return self._sign("order", list_id, officer, meter_number)

    def is_of_order(self, mark: str, list_id: str, officer: str, meter_number: str) -> bool:
        """Whether this office gave this officer this order."""
        return hmac.compare_digest(self.of_order(list_id, officer, meter_number).encode(), mark.encode())

    def _sign(self, *parts: str) -> str:
        digest = hmac.digest(self._key, "\n".join(map(str, parts)).encode(), hashlib.sha256)
        return b32encode(digest).decode()[:_SIGNS]


def is_earlier(mark: str) -> bool:
    """Whether a mark is of a list of an earlier release, whose marks had no key."""
    return _EARLIER.fullmatch(mark) is not None
