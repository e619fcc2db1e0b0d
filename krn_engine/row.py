"""A row: the 20 digits of one token, as they are typed into a meter. It never prints itself.

Rows belong to one customer, so no log, no traceback and no `repr` of whatever holds them may show them. That is a
property of the value, not of each field that it is put in.
"""

from typing import Self

ROW_DIGITS = 20
"""Digits of a token as it is typed (IEC 62055-41, 6.4.3)."""
BENAR, SALAH, GAGAL = "BENAR", "SALAH", "GAGAL"
"""What a meter in Indonesia shows to a row that it took, and to one that it refused; in no language another word."""
PERIKSA = "PERIKSA"
"""What it shows when its cover was opened: it refuses everything until it is cleared."""


class Hidden(str):
    """Text that does not print itself: `repr`, f-strings and what renders either show its kind in its place.

    `str()`, joining and slicing give the text: whoever shows it asks for it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


class Row(Hidden):
    """The 20 digits of one token of a key change. Raises ValueError for anything else, without saying what it was."""

    __slots__ = ()

    def __new__(cls, digits: str) -> Self:
        if len(digits) != ROW_DIGITS or not (digits.isascii() and digits.isdigit()):
            raise ValueError(f"a row has {ROW_DIGITS} digits")
        return super().__new__(cls, digits)


def grouped(digits: str) -> str:
    """The digits in groups of four, as they are printed and keyed in. Not hidden: this is how rows are shown."""
    return " ".join(in_fours(digits))


def in_fours(digits: str) -> list[str]:
    """Groups of four digits, the last of what is left."""
    return [digits[place : place + 4] for place in range(0, len(digits), 4)]
