"""EA07 over bit planes: as `krn_engine.sts.ea07`, for many blocks under many keys."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from krn_engine.bulk.circuits import Circuit, bound, circuit_of, normal_form, run
from krn_engine.bulk.planes import Words
from krn_engine.sts.ea07 import ROUNDS, Ea07Tables

_NIBBLES = 16
_BIT_MAJOR = np.arange(64).reshape(_NIBBLES, 4).T.reshape(-1)
"""The bits of a block as they lie here: bit 0 of all nibbles, then bit 1 of all nibbles …"""


class Ea07Planes:
    """The cipher with these tables, for arrays of `sections` blocks a key and `words` words of keys."""

    def __init__(self, tables: Ea07Tables, sections: int, words: int) -> None:
        shape = (_NIBBLES, sections, words)
        self._block = np.empty((4, *shape), np.uint64)
        self._other = np.empty((4, *shape), np.uint64)
        """What S2 gives, and then the round's result."""
        self._differs = np.empty((4, *shape), np.uint64)
        """Where S1 gives another bit than S2."""
        self._keys = np.empty((4, 2 * _NIBBLES, 1, words), np.uint64)
        self._substitute = bound(_boxes(tables.s1, tables.s2), [*self._block], [*self._other, *self._differs])
        place = np.argsort(_BIT_MAJOR)
        moved = np.empty(64, np.intp)
        # Bit b of the result of all boxes goes to place p[b] of the block.
        moved[place[np.array(tables.p)]] = place[np.arange(64)]
        self._moved = moved

    def encrypt(self, blocks: Words, keys: Words) -> Words:
        """Ciphertext planes (64, sections, words) of block planes of that shape, under key planes (64, words)."""
        flat = self._block.reshape(64, *self._block.shape[2:])
        np.take(blocks, _BIT_MAJOR, axis=0, out=flat, mode="clip")
        rolled = self._keys
        rolled[:, :_NIBBLES, 0] = keys[_BIT_MAJOR].reshape(4, _NIBBLES, -1)
        rolled[:, _NIBBLES:] = rolled[:, :_NIBBLES]
        result = self._other.reshape(flat.shape)
        for number in range(ROUNDS):
            run(self._substitute)
            # The register is the inverted key, turned right by 12 and then left by one a round, and nibble n looks at
            # bit 4 n + 3 of it: where the key has a one it has none, and S1 is chosen.
            first = (15 - number) % 64
            chosen = rolled[first % 4, first // 4 : first // 4 + _NIBBLES]
            self._differs &= chosen
            self._other ^= self._differs
            np.take(result, self._moved, axis=0, out=flat, mode="clip")
        return flat[np.argsort(_BIT_MAJOR)]


@lru_cache(maxsize=4)
def _boxes(s1: Sequence[int], s2: Sequence[int]) -> Circuit:
    """Of the four bits of a nibble: the four of S2, and in which S1 differs."""
    second = [normal_form(s2, bit) for bit in range(4)]
    differs = [normal_form([a ^ b for a, b in zip(s1, s2, strict=True)], bit) for bit in range(4)]
    return circuit_of(4, [*second, *differs])
