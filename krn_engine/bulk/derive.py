"""Decoder keys of many meters from one vending key (IEC 62055-41, 6.5.3), as `krn_engine.sts.keys` has it for one.

The keys come as words of 64 bits, the most significant byte first. Whoever asked for an array of them wipes it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from Crypto.Cipher import DES
from numpy.typing import NDArray

from krn_engine.bulk.des import DesPlanes
from krn_engine.bulk.planes import LANES, Words, constant, from_planes, to_planes
from krn_engine.sts.errors import KeyChangeRefused, UnsupportedByName
from krn_engine.sts.identity import KeyType, ReferencePan, Ti
from krn_engine.sts.keys import Dkga, Ea, VendingKey, dkga04_block

DigitRows = NDArray[np.uint8]
"""Meters' PANs: 18 digits each, shape (n, 18), as values 0 to 9."""

_PAN_DIGITS = 18
_BLOCK_BYTES = 64
"""Of SHA-256 (FIPS 180-4)."""
_AT_ONCE = 2048
"""Meters whose hashes are made together, so that they stay near the processor."""
MANY = 10_000
"""Meters from which on bit planes are quicker than one block after the other."""
_DES_WORDS = 2048
"""Words that one array of planes has for each key."""


def derive(key: VendingKey, pans: DigitRows, ti: Ti, ea: Ea) -> Words:
    """The keys of these meters: shape (n,) for EA07, and (n, 2) for EA11, the upper half first.

    Raises KeyChangeRefused for EA11 with DKGA02, and UnsupportedByName for keys of type 3, as for one meter.
    """
    if key.kt is KeyType.DCTK:
        raise UnsupportedByName("decoder keys of type 3 (DCTK) are for magnetic card meters only")
    if key.dkga is Dkga.DKGA02:
        if ea is not Ea.EA07:
            raise KeyChangeRefused("an EA11 meter needs a DKGA04 vending key of 20 bytes, this one is for DKGA02")
        return _dkga02(key, pans, ti)
    return _dkga04([(key, ti)], pans, ea)[0]


def derive_each(keys: Sequence[tuple[VendingKey, Ti]], pans: DigitRows, ea: Ea) -> Iterator[Words]:
    """The same for each of some vending keys and tariff indices, which together take less than one by one."""
    if ea is Ea.EA07 and len(pans) >= MANY and _are_all(Dkga.DKGA02, keys):
        yield from _dkga02_of_many(keys, pans)
    elif _are_all(Dkga.DKGA04, keys):
        yield from _dkga04(keys, pans, ea)
    else:
        for key, ti in keys:
            yield derive(key, pans, ti, ea)


def _are_all(dkga: Dkga, keys: Sequence[tuple[VendingKey, Ti]]) -> bool:
    return all(key.dkga is dkga and key.kt is not KeyType.DCTK for key, _ in keys)


def _dkga02(key: VendingKey, pans: DigitRows, ti: Ti) -> Words:
    """6.5.3.3, the encryption of all of them in one call."""
    mixed = _pan_blocks(pans)
    mixed ^= np.uint64(_control_block(key, ti))
    encrypted = bytearray(8 * len(pans))
    cipher: Any = DES.new(key.value, DES.MODE_ECB)  # noqa: S304  the standard's own
    cipher.encrypt(mixed.astype(">u8").tobytes(), output=encrypted)
    keys = np.frombuffer(encrypted, ">u8").astype(np.uint64)
    encrypted[:] = bytes(len(encrypted))
    keys ^= mixed
    keys ^= np.uint64(int.from_bytes(key.value, "big"))
    return keys


def _dkga02_of_many(keys: Sequence[tuple[VendingKey, Ti]], pans: DigitRows) -> Words:
    """The same over bit planes, under all keys at once: shape (keys, n)."""
    parts = -(-len(pans) // (_DES_WORDS * LANES))
    words = -(-len(pans) // (parts * LANES))
    cipher = DesPlanes([key.value for key, _ in keys], words)
    control = _of_each([_control_block(key, ti) for key, ti in keys])
    value = _of_each([int.from_bytes(key.value, "big") for key, _ in keys])
    found = np.empty((len(keys), len(pans)), np.uint64)
    for start in range(0, len(pans), words * LANES):
        blocks = np.zeros(words * LANES, np.uint64)
        here = _pan_blocks(pans[start : start + len(blocks)])
        blocks[: len(here)] = here
        mixed = to_planes(blocks)[:, np.newaxis] ^ control
        made = cipher.encrypt(mixed)
        made ^= mixed
        made ^= value
        for number in range(len(keys)):
            made_here = from_planes(np.ascontiguousarray(made[:, number]))
            found[number, start : start + len(here)] = made_here[: len(here)]
            made_here[...] = 0
        made[...] = 0
    cipher.wipe()
    value[...] = 0
    return found


def _of_each(numbers: Sequence[int]) -> Words:
    return np.stack([constant(number, 64, (1,)) for number in numbers], axis=1)


def _pan_blocks(pans: DigitRows) -> Words:
    """PANBlock: without the first digit and the check digit."""
    packed = pans[:, 1:17:2] << 4
    packed |= pans[:, 2:17:2]
    return packed.view(">u8")[:, 0].astype(np.uint64)


def _control_block(key: VendingKey, ti: Ti) -> int:
    return int(f"{key.kt:d}{key.sgc}{ti}{key.krn}FFFFFF", 16)


def _dkga04(keys: Sequence[tuple[VendingKey, Ti]], pans: DigitRows, ea: Ea) -> list[Words]:
    """6.5.3.6 for each of these: HMAC-SHA-256 (RFC 2104) from states that already know the key."""
    states = [_before_the_pan(key, ti, ea) for key, ti in keys]
    after = (8 * ea.key_bytes).to_bytes(4, "big")
    found = [np.empty((len(pans), ea.key_bytes // 8), np.uint64) for _ in keys]
    for start in range(0, len(pans), _AT_ONCE):
        here = pans[start : start + _AT_ONCE]
        endings = np.empty((len(here), _PAN_DIGITS + len(after)), np.uint8)
        endings[:, :_PAN_DIGITS] = here
        endings[:, :_PAN_DIGITS] += ord("0")
        endings[:, _PAN_DIGITS:] = np.frombuffer(after, np.uint8)
        texts = endings.view(f"V{endings.shape[1]}")[:, 0].tolist()
        for words, state in zip(found, states, strict=True):
            hashed = bytearray().join(_hashed(*state, texts))
            words[start : start + _AT_ONCE] = np.frombuffer(hashed, ">u8").reshape(-1, 4)[:, : words.shape[1]]
            hashed[:] = bytes(len(hashed))
    return [words[:, 0] if ea is Ea.EA07 else words for words in found]


def _before_the_pan(key: VendingKey, ti: Ti, ea: Ea) -> tuple[Any, Any]:
    """The inner hash up to the PAN, with which the data block ends but for the length of the key, and the outer one."""
    sample = "0" * _PAN_DIGITS
    block = dkga04_block(key.sgc, key.krn, key.kt, key.base_date, ReferencePan(sample), ti, ea)
    padded = key.value.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + block[: -4 - _PAN_DIGITS])
    return inner, hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))


def _hashed(inner: Any, outer: Any, endings: list[bytes]) -> list[bytes]:
    """Both hashes of HMAC, from where they are before these: nearly all of the time of DKGA04 is spent in here."""
    hashed: list[bytes] = []
    copy_inner, copy_outer, add = inner.copy, outer.copy, hashed.append
    for ending in endings:
        first = copy_inner()
        first.update(ending)
        second = copy_outer()
        second.update(first.digest())
        add(second.digest())
    return hashed
