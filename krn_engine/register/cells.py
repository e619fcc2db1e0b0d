"""One cell of a worklist as a value, or the reason why it cannot be one, in words a clerk understands.

Spreadsheets are the enemy here: they eat leading zeros and turn long numbers into 1.3E+11. What they have destroyed
cannot be guessed back, so it is refused with the way to export it whole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.row import ROW_DIGITS, Row
from krn_engine.sts.framing import from_digits
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc, Ti, is_digits
from krn_engine.sts.keys import Dkga, Ea

_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DECIMAL = re.compile(r"([0-9]+)[.,]0+")
_SEPARATORS = re.compile(r"[#'\s.\-]+")
AS_TEXT = "format the column as text in the spreadsheet and export it again"


class BadCell(ValueError):
    """What is wrong with a cell."""


def number_text(cell: object) -> str:
    """A cell as text; a number of a spreadsheet without its ".0". Raises BadCell for one that lost digits."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        raise BadCell("is true or false, not a number")
    if isinstance(cell, float):
        if not cell.is_integer() or cell >= 2**53:
            raise BadCell(f"was turned into a rounded number by the spreadsheet: {AS_TEXT}")
        return str(int(cell))
    text = str(cell).strip()
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(f"was turned into {text} by the spreadsheet and lost its digits: {AS_TEXT}")
    whole = _DECIMAL.fullmatch(text)
    return whole.group(1) if whole and len(whole.group(1)) > 5 else text


def identifier(cell: object, name: str, lengths: tuple[int, ...]) -> str:
    """Digits of one of the given lengths, without separators."""
    try:
        digits = _SEPARATORS.sub("", number_text(cell))
    except BadCell as error:
        raise BadCell(f"{name} {error}") from None
    wanted = " or ".join(str(length) for length in lengths)
    if not digits:
        raise BadCell(f"{name} is missing")
    if not is_digits(digits):
        raise BadCell(f"{name} has other signs than digits")
    if len(digits) + 1 in lengths and len(digits) not in lengths:
        raise BadCell(
            f"{name} has {len(digits)} digits instead of {wanted}: "
            f"the spreadsheet probably dropped a leading zero; {AS_TEXT}"
        )
    if len(digits) not in lengths:
        raise BadCell(f"{name} has {len(digits)} digits instead of {wanted}")
    return digits


def token(cell: object, name: str) -> Row | None:
    """A row of 20 digits, or None for an empty cell."""
    if cell is None or str(cell).strip() == "":
        return None
    digits = identifier(cell, name, (ROW_DIGITS,))
    try:
        from_digits(digits)
    except KrnError as error:
        raise BadCell(f"{name}: {error.message}") from None
    return Row(digits)


def _prefixed(cell: object, prefix: str) -> str:
    text = number_text(cell).upper()
    return text.removeprefix(prefix).strip()


def whole_number(cell: object, name: str) -> int | None:
    """A whole number, with dots for thousands and a unit behind, such as "1.300 VA"."""
    text = number_text(cell).upper().removesuffix("VA").strip().replace(".", "").replace(" ", "")
    if not text:
        return None
    if not is_digits(text) or len(text) > 9:
        raise BadCell(f"{name} is not a number")
    return int(text)


def small_number(cell: object, name: str, prefix: str = "") -> int | None:
    """A small whole number, perhaps behind a prefix such as "EA"."""
    text = _prefixed(cell, prefix)
    if not text:
        return None
    if not is_digits(text) or len(text) > 4:
        raise BadCell(f"{name} is not a number")
    return int(text)


def checked(name: str, make: Callable[[Any], object], value: object) -> None:
    """Raises BadCell if `make` refuses the value."""
    try:
        make(value)
    except KrnError as error:
        raise BadCell(f"{name}: {error.message}") from None


def _digits(cell: object, _name: str) -> str | None:
    """Digits whose leading zeros count."""
    return number_text(cell) or None


def _two_digits(cell: object, _name: str) -> str | None:
    """Two digits, of which a spreadsheet may have eaten a leading zero."""
    text = number_text(cell)
    return text.zfill(2) if text else None


@dataclass(frozen=True, slots=True)
class _KeyField:
    """How one field of a key state is read from a cell, and what checks it."""

    read: Callable[[object, str], int | str | None]
    check: Callable[[Any], object]


_KEY_FIELDS: Mapping[str, _KeyField] = {
    "ea": _KeyField(partial(small_number, prefix="EA"), Ea.parse),
    "dkga": _KeyField(partial(small_number, prefix="DKGA"), Dkga.parse),
    "sgc": _KeyField(_digits, Sgc),
    "ti": _KeyField(_two_digits, Ti.parse),
    "krn": _KeyField(partial(small_number, prefix="KRN"), Krn),
    "kt": _KeyField(partial(small_number, prefix="KT"), KeyType.parse),
    "base_date": _KeyField(small_number, BaseDate.parse),
    "ken": _KeyField(small_number, Ken),
}
KEY_COLUMNS = tuple(_KEY_FIELDS)
"""The columns of a worklist, and of the register, that tell a meter's key state."""


def key_fields(cells: Mapping[str, object]) -> Mapping[str, object]:
    """The key state of a line; a field that it leaves empty is None."""
    return _key_fields(*(cells.get(name) for name in KEY_COLUMNS))


@lru_cache(maxsize=4096, typed=True)
def _key_fields(*cells: object) -> Mapping[str, object]:
    """Remembered, because the meters of a supply group all say the same."""
    values = {
        name: field.read(cell, name.upper()) for (name, field), cell in zip(_KEY_FIELDS.items(), cells, strict=True)
    }
    for name, value in values.items():
        if value is not None:
            checked(name.upper(), _KEY_FIELDS[name].check, value)
    return MappingProxyType(values)


def day(cell: object, name: str) -> date | None:
    """A date: 2019-08-17, 17-08-2019 or 17/08/2019."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = "" if cell is None else str(cell).strip()
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise BadCell(f"{name} is not a date: write it as 2019-08-17")
