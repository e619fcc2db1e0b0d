"""EA11 (MISTY1, RFC 2994) over arrays: as `krn_engine.sts.ea11`, for many blocks under many keys.

The names FI, FO, FL and the numbering of the expanded key are those of the RFC. FI is two look-ups: what it does before
and after its key is added depends on 16 bits alone. Here that is faster than bit planes, in which its S-boxes are long
circuits.
"""

import numpy as np
from numpy.typing import NDArray

from krn_engine.bulk.planes import Words
from krn_engine.sts.ea11 import S7, S9

Halfwords = NDArray[np.uint16]
_Half = tuple[Halfwords, Halfwords]
"""Upper and lower 16 bits of one half of each block."""

_EVERY: Halfwords = np.arange(1 << 16, dtype=np.uint16)


def _before_the_key() -> Halfwords:
    """The upper 9 and the lower 7 bits, substituted and mixed; they have changed places."""
    upper, lower = _EVERY >> 7, _EVERY & 0x7F
    d9 = np.array(S9, np.uint16)[upper] ^ lower
    d7 = np.array(S7, np.uint16)[lower] ^ d9 & 0x7F
    mixed: Halfwords = d7 << 9 | d9
    return mixed


def _after_the_key() -> Halfwords:
    """The lower 9 bits substituted, and the upper 7 added to them."""
    d7 = _EVERY >> 9
    mixed: Halfwords = d7 << 9 | np.array(S9, np.uint16)[_EVERY & 0x1FF] ^ d7
    return mixed


_BEFORE, _AFTER = _before_the_key(), _after_the_key()


class _Fi:
    """FI of arrays of one shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._index = np.empty(shape, np.intp)
        self._mixed = np.empty(shape, np.uint16)

    def __call__(self, value: Halfwords, key: Halfwords, out: Halfwords) -> None:
        np.copyto(self._index, value)
        np.take(_BEFORE, self._index, out=self._mixed, mode="wrap")
        np.bitwise_xor(self._mixed, key, out=self._mixed)
        np.copyto(self._index, self._mixed)
        np.take(_AFTER, self._index, out=out, mode="wrap")


class Ea11Arrays:
    """The cipher for `sections` blocks under each of so many keys."""

    def __init__(self, sections: int, keys: int) -> None:
        self._shape = shape = (sections, keys)
        self._fi, self._expand = _Fi(shape), _Fi((8, keys))
        self._left, self._right, self._mixed = (np.empty(shape, np.uint16) for _ in range(3))
        self._x = np.empty((8, keys), np.uint16)

    def encrypt(self, blocks: Words, keys: Words) -> Words:
        """Ciphertexts (sections, keys) of blocks of that shape, under keys (keys, 2), the upper half first."""
        k = np.ascontiguousarray(_halfwords(keys).reshape(len(keys), 2, 4)[..., ::-1].reshape(-1, 8).T)
        x = self._x
        self._expand(k, np.roll(k, -1, axis=0), x)
        parts = np.ascontiguousarray(_halfwords(blocks).transpose(2, 0, 1))
        upper, lower = (parts[3], parts[2]), (parts[1], parts[0])
        for i in range(0, 8, 2):
            self._fl(upper, k[i // 2], x[(i // 2 + 6) % 8])
            self._fl(lower, x[(i // 2 + 2) % 8], k[(i // 2 + 4) % 8])
            self._fo(upper, lower, k, x, i)
            self._fo(lower, upper, k, x, i + 1)
        self._fl(upper, k[4], x[2])
        self._fl(lower, x[6], k[0])
        result = np.empty((*self._shape, 4), "<u2")
        for place, half in enumerate((upper[1], upper[0], lower[1], lower[0])):
            result[..., place] = half
        return result.view("<u8")[..., 0].astype(np.uint64, copy=False)

    def _fl(self, half: _Half, and_key: Halfwords, or_key: Halfwords) -> None:
        left, right = half
        np.bitwise_and(left, and_key, out=self._mixed)
        np.bitwise_xor(right, self._mixed, out=right)
        np.bitwise_or(right, or_key, out=self._mixed)
        np.bitwise_xor(left, self._mixed, out=left)

    def _fo(self, source: _Half, target: _Half, k: Halfwords, x: Halfwords, i: int) -> None:
        """Adds FO of one half to the other."""
        left, right, mixed = self._left, self._right, self._mixed
        np.bitwise_xor(source[0], k[i], out=mixed)
        self._fi(mixed, x[(i + 5) % 8], left)
        np.bitwise_xor(left, source[1], out=left)
        np.bitwise_xor(source[1], k[(i + 2) % 8], out=mixed)
        self._fi(mixed, x[(i + 1) % 8], right)
        np.bitwise_xor(right, left, out=right)
        np.bitwise_xor(left, k[(i + 7) % 8], out=mixed)
        self._fi(mixed, x[(i + 3) % 8], left)
        np.bitwise_xor(left, right, out=left)
        np.bitwise_xor(right, k[(i + 4) % 8], out=right)
        np.bitwise_xor(target[0], right, out=target[0])
        np.bitwise_xor(target[1], left, out=target[1])


def _halfwords(words: Words) -> Halfwords:
    """The four parts of each word, the lowest first, along a new last axis."""
    return np.ascontiguousarray(words, "<u8").view("<u2").reshape(*words.shape, 4)
