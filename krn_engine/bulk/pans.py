"""Meter numbers as arrays of digits, and their PANs (IEC 62055-41, 6.1.2), as `krn_engine.sts.identity` for one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.derive import DigitRows

Numbers = NDArray[np.bytes_]
"""Meter numbers as ASCII text."""
_LENGTHS = {11: (6, 0, 0, 7, 2, 7), 13: (0, 0, 0, 0)}
"""The IIN before a meter number of so many digits."""
_TEXT = "S14"
"""One sign more than the longest number has: a number that is too long is not cut into one that fits."""
_DOUBLED = np.array((0, 2, 4, 6, 8, 1, 3, 5, 7, 9), np.uint8)


def pans_of(numbers: Sequence[str]) -> tuple[DigitRows, NDArray[np.bool_]]:
    """PANs, shape (n, 18), and of each number whether it is one: 11 or 13 digits, with a check digit that fits.

    What is none has a PAN of no meaning.
    """
    together = "".join(numbers)
    if not together.isascii() or "\0" in together:
        # An array of text has no other signs, and ends at the first of those.
        numbers = [number if number.isascii() and "\0" not in number else "" for number in numbers]
    return pans_of_text(np.array(numbers, _TEXT))


def pans_of_text(text: Numbers) -> tuple[DigitRows, NDArray[np.bool_]]:
    """PANs, shape (n, 18), and of each number whether it is one, as `pans_of` gives them, for an array of text.

    The text is cut nowhere: the array has room for 13 signs or more.
    """
    signs = np.ascontiguousarray(text).view(np.uint8).reshape(len(text), text.dtype.itemsize)
    lengths = np.count_nonzero(signs, axis=1)
    digits = signs - np.uint8(ord("0"))
    pans = np.zeros((len(text), 18), np.uint8)
    good = np.zeros(len(text), bool)
    for length, iin in _LENGTHS.items():
        here = np.flatnonzero(lengths == length)
        found = digits[here, :length]
        pans[here, : len(iin)] = iin
        pans[here, len(iin) : 17] = found
        good[here] = (found < 10).all(axis=1) & (_luhn(found[:, :-1]) == found[:, -1])
    pans[~good] = 0
    pans[:, 17] = _luhn(pans[:, :17])
    return pans, good


def _luhn(payload: DigitRows) -> DigitRows:
    """The Luhn digit of each row of digits (ISO/IEC 7812-1 annex B); of other signs, no digit of any meaning."""
    columns = np.array(payload.T, order="C")
    np.minimum(columns, 9, out=columns)
    # At most 17 times 9, which a byte holds.
    total = np.zeros(len(payload), np.uint8)
    for place, column in enumerate(columns[::-1]):
        total += column if place % 2 else _DOUBLED[column]
    return (10 - total % 10) % 10
