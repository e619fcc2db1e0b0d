"""DES (FIPS 46-3) over bit planes: many blocks at once, each of them under each of a few keys.

Bits are numbered from 1, the highest first, as in the standard. Planes have the lowest bit first.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from krn_engine.bulk.circuits import Circuit, bound, circuit_of, normal_form, run
from krn_engine.bulk.planes import ONES, Words

_ROUNDS = 16
# S1 to S8 (appendix 1), four rows of sixteen each.
_TABLES = """
14  4 13  1  2 15 11  8  3 10  6 12  5  9  0  7    0 15  7  4 14  2 13  1 10  6 12 11  9  5  3  8
 4  1 14  8 13  6  2 11 15 12  9  7  3 10  5  0   15 12  8  2  4  9  1  7  5 11  3 14 10  0  6 13
15  1  8 14  6 11  3  4  9  7  2 13 12  0  5 10    3 13  4  7 15  2  8 14 12  0  1 10  6  9 11  5
 0 14  7 11 10  4 13  1  5  8 12  6  9  3  2 15   13  8 10  1  3 15  4  2 11  6  7 12  0  5 14  9
10  0  9 14  6  3 15  5  1 13 12  7 11  4  2  8   13  7  0  9  3  4  6 10  2  8  5 14 12 11 15  1
13  6  4  9  8 15  3  0 11  1  2 12  5 10 14  7    1 10 13  0  6  9  8  7  4 15 14  3 11  5  2 12
 7 13 14  3  0  6  9 10  1  2  8  5 11 12  4 15   13  8 11  5  6 15  0  3  4  7  2 12  1 10 14  9
10  6  9  0 12 11  7 13 15  1  3 14  5  2  8  4    3 15  0  6 10  1 13  8  9  4  5 11 12  7  2 14
 2 12  4  1  7 10 11  6  8  5  3 15 13  0 14  9   14 11  2 12  4  7 13  1  5  0 15 10  3  9  8  6
 4  2  1 11 10 13  7  8 15  9 12  5  6  3  0 14   11  8 12  7  1 14  2 13  6 15  0  9 10  4  5  3
12  1 10 15  9  2  6  8  0 13  3  4 14  7  5 11   10 15  4  2  7 12  9  5  6  1 13 14  0 11  3  8
 9 14 15  5  2  8 12  3  7  0  4 10  1 13 11  6    4  3  2 12  9  5 15 10 11 14  1  7  6  0  8 13
 4 11  2 14 15  0  8 13  3 12  9  7  5 10  6  1   13  0 11  7  4  9  1 10 14  3  5 12  2 15  8  6
 1  4 11 13 12  3  7 14 10 15  6  8  0  5  9  2    6 11 13  8  1  4 10  7  9  5  0 15 14  2  3 12
13  2  8  4  6 15 11  1 10  9  3 14  5  0 12  7    1 15 13  8 10  3  7  4 12  5  6 11  0 14  9  2
 7 11  4  1  9 12 14  2  0  6 10 13 15  3  5  8    2  1 14  7  4 10  8 13 15 12  9  0  3  5  6 11
"""
_NUMBERS = tuple(map(int, _TABLES.split()))


def _box(number: int) -> tuple[int, ...]:
    # The first and the last of six bits choose the row.
    return tuple(_NUMBERS[64 * number + 16 * (six >> 4 & 2 | six & 1) + (six >> 1 & 15)] for six in range(64))


BOXES = tuple(_box(number) for number in range(8))
"""What each box gives for six bits, read as a number."""
_P = (
    *(16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10),
    *(2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25),
)
_GOES_TO = np.argsort(_P).tolist()
"""The place in a half that P gives each bit that comes out of the boxes."""
_PC_1 = (
    *(57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36),
    *(63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4),
)
_PC_2 = (
    *(14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2),
    *(41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32),
)
_INITIAL = np.array([6 + 8 * (place % 8) - 2 * (place % 32 // 8) + place // 32 for place in range(64)])
"""The plane that comes first, second … in both halves: IP."""


class DesPlanes:
    """Encrypts under these keys of 8 bytes; their parity is not looked at. Arrays have `words` words of blocks."""

    def __init__(self, keys: Sequence[bytes], words: int) -> None:
        shape = (len(keys), words)
        self._halves = np.empty((2, 32, *shape), np.uint64)
        self._in = np.empty((6, *shape), np.uint64)
        self._out = np.empty((4, *shape), np.uint64)
        # The first bit of a box is the highest of the number that it is looked up by, and of the one that it gives.
        inputs, outputs = [*self._in[::-1]], [*self._out[::-1]]
        self._boxes = [bound(circuit, inputs, outputs) for circuit in _circuits()]
        self._keys = np.array([list(_schedule(int.from_bytes(key, "big"))) for key in keys], np.uint64)
        self._keys = np.ascontiguousarray(np.moveaxis(self._keys, 0, -1))[..., np.newaxis] * ONES

    def encrypt(self, blocks: Words) -> Words:
        """Planes of shape (64, keys, words), of blocks for each key."""
        left, right = ([*half] for half in self._halves)
        into, given = [*self._in], [*self._out]
        np.take(blocks, _INITIAL, axis=0, out=self._halves.reshape(blocks.shape), mode="clip")
        for keys in self._keys:
            for number, box in enumerate(self._boxes):
                for bit in range(6):
                    np.bitwise_xor(right[(4 * number + bit - 1) % 32], keys[6 * number + bit], into[bit])
                run(box)
                for bit in range(4):
                    changed = left[_GOES_TO[4 * number + bit]]
                    np.bitwise_xor(changed, given[bit], changed)
            left, right = right, left
        sealed = np.empty_like(blocks)
        # The halves do not change places after the last round.
        sealed[_INITIAL[:32]], sealed[_INITIAL[32:]] = self._halves[1], self._halves[0]
        self._halves[...] = 0
        return sealed

    def wipe(self) -> None:
        """Write over the keys, after the last call."""
        self._keys[...] = 0


@cache
def _circuits() -> list[Circuit]:
    return [circuit_of(6, [normal_form(box, bit) for bit in range(4)]) for box in BOXES]


def _schedule(key: int) -> Iterator[list[int]]:
    """The 48 bits of each round's key."""
    chosen = [key >> 64 - bit & 1 for bit in _PC_1]
    c, d = chosen[:28], chosen[28:]
    for number in range(_ROUNDS):
        turn = 1 if number in (0, 1, 8, 15) else 2
        c, d = c[turn:] + c[:turn], d[turn:] + d[:turn]
        yield [(c + d)[bit - 1] for bit in _PC_2]
