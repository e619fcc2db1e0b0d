"""One cell of a worklist as a value, or the reason why it cannot be one, in words a clerk understands.

Spreadsheets are the enemy here: they eat leading zeros and turn long numbers into 1.3E+11. What they have destroyed
cannot be guessed back, so it is refused with the way to export it whole.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.register.line_problem import BadCell, LineProblem
from krn_engine.row import ROW_DIGITS, Row
from krn_engine.sts.framing import from_digits
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc, Ti, is_digits
from krn_engine.sts.keys import Dkga, Ea

CLEARING = ("HAPUS", "CLEAR")
"""A cell that says this takes away what stands in the register; an empty one changes nothing."""
IDPEL_LENGTHS, METER_LENGTHS = (12,), (11, 13)
"""Digits."""
NAME_LENGTH = 100
"""Characters of a name, before it is masked."""
FIRST_DAY = date(1993, 1, 1)
"""No meter of the standard is older than its first base date."""
_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")
_DECIMAL = re.compile(r"([0-9]+)[.,]0{1,2}|([0-9]{6,})[.,]0+")
"""1300.0 is a whole number that a program wrote as a decimal one; 1.000 is a thousand."""
_GROUPED = re.compile(r"([0-9]{1,3}([., ])[0-9]{3}(?:\2[0-9]{3})*)(?:(?!\2)[.,]0{1,2})?")
"""1.300 or 1,300,000 or 1.300,00."""
_SEPARATORS = re.compile("[#' \t\u00a0.-]+")
_ERROR_VALUE = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)")
_NO_REASON = {"0", "1", "-", "Y", "N", "YA", "TIDAK", "YES", "NO", "TRUE", "FALSE", "BLOKIR", "BLOCKED"}
AS_TEXT = "format the column as text in the spreadsheet and export it again"


def says_clear(cell: object) -> bool:
    """Whether a cell takes away what the register has."""
    return isinstance(cell, str) and len(cell) > 4 and cell.strip().upper() in CLEARING


def hidden_sign(text: str) -> str | None:
    """The first character of a text that nobody sees, by its number; it would hide on screens and in comparisons."""
    if text.isprintable():
        return None
    for sign in text:
        if not sign.isprintable() and sign not in "\t\r\n" and not (sign.isspace() and sign > "\u009f"):
            return f"U+{ord(sign):04X}"
    return None


def words(cell: object, name: str, longest: int) -> str | None:
    """Text with single spaces; None for an empty cell."""
    if cell is None:
        return None
    if isinstance(cell, date | time | timedelta):
        raise BadCell(LineProblem.SPREADSHEET, f"{name} was turned into a date by the spreadsheet: {AS_TEXT}")
    try:
        text = " ".join((cell if isinstance(cell, str) else number_text(cell)).split())
    except BadCell as error:
        raise BadCell(error.problem, f"{name} {error}") from None
    if text[:1] == "#" and _ERROR_VALUE.fullmatch(text):
        raise BadCell(LineProblem.SPREADSHEET, f"{name} is {text}, an error of the spreadsheet: correct its formula")
    if len(text) > longest:
        raise BadCell(LineProblem.TEXT, f"{name} has {len(text)} characters, at most {longest} can be kept")
    return text or None


def reason(cell: object, name: str, longest: int) -> str | None:
    """Why a meter is blocked, in words; None for an empty cell, which neither blocks nor lifts a block."""
    text = None if isinstance(cell, bool) else words(cell, name, longest)
    if isinstance(cell, bool) or (text is not None and text.upper() in _NO_REASON):
        raise BadCell(
            LineProblem.TEXT,
            f"{name} is no yes and no: write why the meter is blocked, {CLEARING[0]} to lift the block, or nothing",
        )
    return text


def number_text(cell: object) -> str:
    """A cell as text; a number of a spreadsheet without its ".0". Raises BadCell for one that lost digits."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        raise BadCell(LineProblem.NUMBER, "is true or false, not a number")
    if isinstance(cell, int | float) and cell < 0:
        raise BadCell(LineProblem.NUMBER, "is below zero")
    if isinstance(cell, float):
        if not cell.is_integer() or cell >= 2**53:
            raise BadCell(LineProblem.SPREADSHEET, f"was turned into a rounded number by the spreadsheet: {AS_TEXT}")
        return str(int(cell))
    text = str(cell).strip()
    if text.isdigit():
        return text
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(
            LineProblem.SPREADSHEET, f"was turned into {text[:20]} by the spreadsheet and lost its digits: {AS_TEXT}"
        )
    whole = _DECIMAL.fullmatch(text)
    return (whole[1] or whole[2]) if whole else text


def identifier(cell: object, name: str, lengths: tuple[int, ...]) -> str:
    """Digits of one of the given lengths, without separators."""
    try:
        digits = _SEPARATORS.sub("", number_text(cell))
    except BadCell as error:
        raise BadCell(error.problem, f"{name} {error}") from None
    if is_digits(digits) and len(digits) in lengths:
        return digits
    wanted = " or ".join(str(length) for length in lengths)
    if not digits:
        raise BadCell(LineProblem.IDENTIFIER, f"{name} is missing")
    if not is_digits(digits):
        raise BadCell(LineProblem.IDENTIFIER, f"{name} has other signs than digits")
    if len(digits) + 1 in lengths:
        raise BadCell(
            LineProblem.SPREADSHEET,
            f"{name} has {len(digits)} digits instead of {wanted}: "
            f"the spreadsheet probably dropped a leading zero; {AS_TEXT}",
        )
    raise BadCell(LineProblem.IDENTIFIER, f"{name} has {len(digits)} digits instead of {wanted}")


def token(cell: object, name: str) -> Row | None:
    """A row of 20 digits, or None for an empty cell."""
    if cell is None or str(cell).strip() == "":
        return None
    digits = identifier(cell, name, (ROW_DIGITS,))
    try:
        from_digits(digits)
    except KrnError as error:
        raise BadCell(LineProblem.ROWS, f"{name}: {error.message}") from None
    return Row(digits)


def whole_number(cell: object, name: str) -> int | None:
    """A number over 0, with dots for thousands and a unit behind, such as "1.300 VA"; 1300.0 is 1300 too."""
    if isinstance(cell, str):
        cell = cell.upper().strip().removesuffix("VA")
    text = _number_text(cell, name)
    grouped = None if text.isdigit() else _GROUPED.fullmatch(text)
    if grouped:
        text = re.sub("[., ]", "", grouped[1])
    if not text:
        return None
    if not is_digits(text) or len(text) > 9:
        raise BadCell(LineProblem.NUMBER, f"{name} is not a number")
    if not int(text):
        raise BadCell(LineProblem.NUMBER, f"{name} is 0: leave the cell empty where it is not known")
    return int(text)


def small_number(cell: object, name: str, prefix: str = "") -> int | None:
    """A small whole number, perhaps behind a prefix such as "EA"."""
    text = _number_text(cell, name).upper().removeprefix(prefix).strip()
    if not text:
        return None
    if not is_digits(text) or len(text) > 4:
        raise BadCell(LineProblem.NUMBER, f"{name} is not a number")
    return int(text)


def _number_text(cell: object, name: str) -> str:
    try:
        return number_text(cell)
    except BadCell as error:
        raise BadCell(error.problem, f"{name} {error}") from None


def checked(name: str, make: Callable[[Any], object], value: object) -> None:
    """Raises BadCell if `make` refuses the value."""
    try:
        make(value)
    except KrnError as error:
        raise BadCell(LineProblem.KEY_STATE, f"{name}: {error.message}") from None


def _digits(cell: object, name: str) -> str | None:
    """Digits whose leading zeros count."""
    return _number_text(cell, name) or None


def _two_digits(cell: object, name: str) -> str | None:
    """Two digits, of which a spreadsheet may have eaten a leading zero."""
    text = _number_text(cell, name)
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


def day(cell: object, name: str, today: date) -> date | None:
    """A date of the past: 2019-08-17, 17-08-2019 or 17/08/2019."""
    found = _date(cell, name)
    if found is not None and found < FIRST_DAY:
        raise BadCell(LineProblem.DATE, f"{name} is {found}: no meter is older than {FIRST_DAY}")
    if found is not None and found > today + timedelta(days=1):
        raise BadCell(
            LineProblem.DATE, f"{name} is {found}, and today is {today} on this machine: is one of them wrong?"
        )
    return found


def _date(cell: object, name: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = "" if cell is None else str(cell).strip()
    if not text:
        return None
    if text.replace(".", "").isdigit():
        raise BadCell(LineProblem.DATE, f"{name} is a number, not a date: format the column as a date")
    if len(text) == 10 and text[4] == text[7] == "-":
        # What comes most is read the quick way.
        with suppress(ValueError):
            return date.fromisoformat(text)
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    raise BadCell(LineProblem.DATE, f"{name} is not a date: write it as 2019-08-17")
