"""Blocks to the 20 digits of their tokens (IEC 62055-41, 6.4.2 and 6.4.3), as `krn_engine.sts.framing`."""

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.planes import Words
from krn_engine.row import ROW_DIGITS

Digits = NDArray[np.bytes_]
"""Rows as 20 ASCII digits each."""

_E4, _E8 = np.uint64(10**4), np.uint64(10**8)
_TOP, _REST = (np.uint64(part) for part in divmod(1 << 64, 10**8))
_CLASS_BITS, _CLASS_PLACE = np.uint64(0b11 << 27), np.uint64(27)
_FOUR = np.frombuffer(b"".join(b"%04d" % number for number in range(10**4)), np.uint32)
"""The four digits of each number below ten thousand."""


def to_digits(token_class: int, blocks: Words) -> Digits:
    """The digits of each block as it is transferred, of the shape of `blocks`."""
    high = blocks >> _CLASS_PLACE
    high &= np.uint64(0b11)
    low = blocks & ~_CLASS_BITS
    low |= np.uint64(token_class << 27)
    # The token is high * 2^64 + low: it is split at 10^8, of which each part fits in a word.
    upper = low // _E8
    low -= upper * _E8
    low += high * _REST
    upper += high * _TOP
    carry = low // _E8
    upper += carry
    low -= carry * _E8
    groups = np.empty((*blocks.shape, 5), np.uint32)
    first = upper // _E8
    upper -= first * _E8
    np.take(_FOUR, first.view(np.int64), out=groups[..., 0], mode="clip")
    for place, eight in ((1, upper), (3, low)):
        above = eight // _E4
        np.take(_FOUR, above.view(np.int64), out=groups[..., place], mode="clip")
        np.take(_FOUR, (eight - above * _E4).view(np.int64), out=groups[..., place + 1], mode="clip")
    return groups.view(f"S{ROW_DIGITS}")[..., 0]
