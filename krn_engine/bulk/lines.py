"""The cells of many lines of a CSV file at once, from the bytes of all of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Of signs in a block."""
NEWLINE, QUOTE = ord("\n"), ord('"')
_RETURN, _ZERO = ord("\r"), ord("0")
_WORD = 8
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD)] + [0xFFFF_FFFF_FFFF_FFFF], np.uint64)
PADDING = bytes(2 * _WORD)
"""Has to stand behind a block: cells are read a word or two at a time."""


class Lines:
    """Where the cells of lines are, if they have as many as the first line and no quotation mark (`even`)."""

    def __init__(self, signs: NDArray[np.uint8], ends: Places, delimiter: int, columns: int) -> None:
        """`signs`: the bytes of a block, `PADDING` behind them. `ends`: where each line ends in it."""
        self._signs = signs
        # The eight signs from each place on, as one word.
        self._words = np.ndarray((len(signs) - _WORD + 1,), "<u8", signs, strides=(1,))
        self._ends = ends
        self._starts = np.concatenate(([0], ends[:-1] + 1))
        between = np.flatnonzero(signs[: ends[-1]] == delimiter)
        first = np.searchsorted(between, self._starts)
        self.even = np.searchsorted(between, ends) - first == columns - 1
        quotes = np.flatnonzero(signs[: ends[-1]] == QUOTE)
        self.even[np.searchsorted(ends, quotes)] = False
        # Of another line the cells are anywhere in the block, and are not looked at.
        self._between = np.concatenate((between, np.full(columns, ends[-1])))
        self._first = first
        self._last = columns - 1
        self._cell_ends = ends - ((ends > self._starts) & (signs[ends - 1] == _RETURN))

    def text(self, block: bytes, index: int) -> str:
        """One line."""
        return block[self._starts[index] : self._ends[index] + 1].decode("utf-8")

    def _bounds(self, column: int) -> tuple[Places, Places]:
        starts = self._starts if not column else self._between[self._first + column - 1] + 1
        ends = self._cell_ends if column == self._last else self._between[self._first + column]
        return starts, ends

    def widths(self, column: int) -> Places:
        """Signs of the cells of a column."""
        starts, ends = self._bounds(column)
        return ends - starts

    def digits(self, column: int, lengths: tuple[int, ...]) -> tuple[NDArray[np.bytes_], NDArray[np.bool_]]:
        """The cells of a column as text, and of each whether it is so many digits."""
        starts, ends = self._bounds(column)
        widths, most = ends - starts, max(lengths)
        words = np.empty((len(starts), 2), "<u8")
        words[:, 0] = self._words[starts]
        words[:, 1] = self._words[starts + _WORD]
        signs = words.view(np.uint8)[:, :most]
        are_digits = (signs - np.uint8(_ZERO)) < 10
        good = np.zeros(len(starts), bool)
        for length in lengths:
            good |= (widths == length) & are_digits[:, :length].all(axis=1)
            signs[widths == length, length:] = 0
        return np.ascontiguousarray(signs).view(f"S{most}")[:, 0], good

    def alike(self, columns: Sequence[int]) -> tuple[list[NDArray[np.uint64]], NDArray[np.bool_]]:
        """What these cells say, a word or two each, and of each line whether all of them are that short."""
        words: list[NDArray[np.uint64]] = []
        short = np.ones(len(self._starts), bool)
        for column in columns:
            starts, ends = self._bounds(column)
            widths = np.clip(ends - starts, 0, 2 * _WORD)
            short &= ends - starts <= 2 * _WORD
            words.append(self._words[starts] & _MASKS[np.minimum(widths, _WORD)])
            if widths.max(initial=0) > _WORD:
                words.append(self._words[starts + _WORD] & _MASKS[np.maximum(widths, _WORD) - _WORD])
        return words, short
