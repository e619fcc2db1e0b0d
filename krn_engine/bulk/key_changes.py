"""Key changes of many meters at once: sections, CRC and rows, as `krn_engine.sts.key_change` has them for one."""

from dataclasses import dataclass

import numpy as np

from krn_engine.bulk.digits import Digits, to_digits
from krn_engine.bulk.ea07 import Ea07Planes
from krn_engine.bulk.ea11 import Ea11Arrays
from krn_engine.bulk.planes import LANES, ONES, Words, from_planes, to_planes
from krn_engine.sts.crc import token_crc
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.identity import Ken, KeyType, Krn, Sgc, Ti
from krn_engine.sts.tokens import Section, Section1, Section2, Section3, Section4

_CLASS = 2
_CRC_BITS, _WORD_BITS = 16, 32
"""The lowest bits of a section's block, and the part of the new key above them."""
EA07_WORDS = 128
"""Words that one array of planes has while it is encrypted: what is computed stays near the processor."""
EA07_CHUNK = 8 * EA07_WORDS * LANES
"""Keys that are turned into planes at once."""
EA11_CHUNK = 8192
"""Keys of one array."""


@dataclass(frozen=True, slots=True)
class Becomes:
    """What a key change puts into a meter beside its key: the same for all meters of an array."""

    sgc: Sgc
    krn: Krn
    kt: KeyType
    ti: Ti
    ken: Ken
    ro: int

    def _sections(self) -> tuple[Section, ...]:
        sgc = int(self.sgc.digits)
        return (
            Section1(self.ken.number >> 4, self.krn.number, self.ro, 0, int(self.kt), 0),
            Section2(self.ken.number & 15, self.ti.number, 0),
            Section3(sgc & 0xFFF, 0),
            Section4(sgc >> 12, 0),
        )

    def clear(self, sections: int) -> list[int]:
        """The 48 bits above the CRC of the first sections, with zeros for the words of a key."""
        return [section.subclass << 44 | section.payload for section in self._sections()[:sections]]


def ea07_rows(old: Words, new: Words, becomes: Becomes, tables: Ea07Tables) -> Digits:
    """The pairs of rows, shape (n, 2), of meters with these keys of 8 bytes, the most significant first."""
    rows = np.empty((len(old), 2), "S20")
    if not len(old):
        return rows
    words = _even(-(-len(old) // LANES), EA07_WORDS)
    lanes = words * LANES
    chunk = lanes * _even(-(-len(old) // lanes), EA07_CHUNK // lanes)
    cipher, sections = Ea07Planes(tables, 2, words), _SectionPlanes(becomes.clear(2), words)
    sealed = np.empty((64, 2, chunk // LANES), np.uint64)
    for start in range(0, len(old), chunk):
        before, after = to_planes(_filled(old, start, chunk)), to_planes(_filled(new, start, chunk))
        for first in range(0, chunk // LANES, words):
            here = slice(first, first + words)
            sections.put(after[:, here])
            sealed[..., here] = cipher.encrypt(sections.blocks, before[:, here])
        for section in range(2):
            blocks = from_planes(np.ascontiguousarray(sealed[:, section]))
            given = rows[start : start + chunk, section]
            given[...] = to_digits(_CLASS, blocks[: len(given)])
    return rows


class _SectionPlanes:
    """The blocks of both sections of EA07 as planes, for many new keys."""

    def __init__(self, clear: list[int], words: int) -> None:
        self.blocks = np.zeros((64, len(clear), words), np.uint64)
        self._crc = np.zeros((_CRC_BITS, len(clear), 1), np.uint64)
        self._carried = np.empty((_WORD_BITS, len(clear), words), np.uint64)
        for number, upper48 in enumerate(clear):
            block = upper48 << _CRC_BITS | token_crc(_CLASS, upper48)
            for bit in range(64):
                if block >> bit & 1:
                    (self._crc if bit < _CRC_BITS else self.blocks)[bit, number] = ONES

    def put(self, keys: Words) -> None:
        """The words of these keys, planes of shape (64, words), and the CRC over all of it."""
        carried = self._carried
        carried[:, 0], carried[:, 1] = keys[_WORD_BITS:], keys[:_WORD_BITS]
        self.blocks[_CRC_BITS : _CRC_BITS + _WORD_BITS] = carried
        for bit, members in enumerate(_CRC_OF_WORD):
            np.bitwise_xor.reduce(carried[members], axis=0, out=self.blocks[bit])
        self.blocks[:_CRC_BITS] ^= self._crc


def ea11_rows(old: Words, new: Words, becomes: Becomes) -> Digits:
    """The fours of rows, shape (n, 4), of meters with these keys of 16 bytes: shape (n, 2), the upper half first."""
    rows = np.empty((len(old), 4), "S20")
    chunk = max(1, _even(len(old), EA11_CHUNK))
    cipher = Ea11Arrays(4, chunk)
    clear = becomes.clear(4)
    for start in range(0, len(old), chunk):
        after = _filled(new, start, chunk)
        blocks = np.empty((4, chunk), np.uint64)
        # The first section has the first word of the key, the second its last, the third its second (6.2.8.1).
        for number, (half, shift) in enumerate(((0, 32), (1, 0), (0, 0), (1, 32))):
            word = after[:, half] >> np.uint64(shift)
            word &= np.uint64(0xFFFF_FFFF)
            blocks[number] = _with_crc(clear[number], word)
        sealed = cipher.encrypt(blocks, _filled(old, start, chunk))
        given = rows[start : start + chunk]
        given[...] = to_digits(_CLASS, sealed).T[: len(given)]
    return rows


def _with_crc(clear: int, words: Words) -> Words:
    """Blocks of a section, with its CRC: that of a word is the sum of those of its halves."""
    crc = np.take(_CRC_OF_HIGH, (words >> np.uint64(16)).view(np.int64))
    crc ^= np.take(_CRC_OF_LOW, (words & np.uint64(0xFFFF)).view(np.int64))
    crc ^= np.uint64(clear << _CRC_BITS | token_crc(_CLASS, clear))
    crc |= words << np.uint64(_CRC_BITS)
    return crc


def _crc_change(word: int) -> int:
    """What a word of a key changes in the CRC of a section: the CRC is linear, but for what zeros give."""
    return token_crc(_CLASS, word) ^ token_crc(_CLASS, 0)


def _changes(first_bit: int) -> Words:
    """The changes by every value of sixteen bits of a word."""
    table = np.zeros(1, np.uint64)
    for bit in range(first_bit, first_bit + 16):
        table = np.concatenate((table, table ^ np.uint64(_crc_change(1 << bit))))
    return table


_CRC_OF_LOW, _CRC_OF_HIGH = _changes(0), _changes(16)
_CRC_OF_WORD = [[bit for bit in range(_WORD_BITS) if _crc_change(1 << bit) >> place & 1] for place in range(_CRC_BITS)]
"""Which bits of a word each bit of the CRC depends on."""


def _even(number: int, most: int) -> int:
    """The size of parts of at most so many each, so that little is missing in the last one."""
    return -(-number // max(1, -(-number // most)))


def _filled(keys: Words, start: int, size: int) -> Words:
    """So many keys from a place on; behind the last one there are zeros."""
    part = keys[start : start + size]
    if len(part) == size:
        return part
    whole = np.zeros((size, *keys.shape[1:]), np.uint64)
    whole[: len(part)] = part
    return whole
