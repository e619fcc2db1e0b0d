"""Bit planes: 64 blocks side by side in a word, so that one operation on words does one bit of each of them.

An array of planes has the bits of a block along its first axis, bit 0 first, and the words along its last.
"""

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
LANES = 64
"""Blocks in a word."""
ONES = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

_STEPS = tuple(
    (half, np.uint64(half), np.uint64(sum(1 << bit for bit in range(64) if not bit & half)))
    for half in (32, 16, 8, 4, 2, 1)
)


def to_planes(blocks: Words) -> Words:
    """Bit planes of blocks: shape (64 n,) to (64, n); bit i of word w of each plane is that of block n i + w."""
    return _transposed(blocks.reshape(64, -1).copy())


def from_planes(planes: Words) -> Words:
    """The blocks of bit planes, the reverse of `to_planes`: shape (64, n) to (64 n,). The planes are used up."""
    return _transposed(planes).reshape(-1)


def _transposed(square: Words) -> Words:
    """64 rows of words, each column of which is a square of bits, turned over in place: halves swap, then quarters."""
    for half, shift, low in _STEPS:
        rows = square.reshape(64 // (2 * half), 2, half, -1)
        upper, lower = rows[:, 0], rows[:, 1]
        swapped = upper >> shift
        swapped ^= lower
        swapped &= low
        lower ^= swapped
        swapped <<= shift
        upper ^= swapped
    return square


def constant(value: int, bits: int, shape: tuple[int, ...]) -> Words:
    """Planes of one number for every block."""
    planes = np.zeros((bits, *shape), np.uint64)
    for bit in range(bits):
        if value >> bit & 1:
            planes[bit] = ONES
    return planes
