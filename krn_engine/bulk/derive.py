"""Decoder keys of many meters from one vending key (IEC 62055-41, 6.5.3), as `krn_engine.sts.keys` has it for one.

The keys come as words of 64 bits, the most significant byte first. Whoever asked for an array of them wipes it.
"""

import hashlib
from typing import Any

import numpy as np
from Crypto.Cipher import DES
from numpy.typing import NDArray

from krn_engine.bulk.planes import Words
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
    return _dkga04(key, pans, ti, ea)


def _dkga02(key: VendingKey, pans: DigitRows, ti: Ti) -> Words:
    """6.5.3.3, the encryption of all of them in one call."""
    mixed = np.full(len(pans), int(f"{key.kt:d}{key.sgc}{ti}{key.krn}FFFFFF", 16), np.uint64)
    # PANBlock: without the first digit and the check digit.
    for place in range(1, 17):
        mixed ^= pans[:, place].astype(np.uint64) << np.uint64(4 * (16 - place))
    encrypted = bytearray(8 * len(pans))
    cipher: Any = DES.new(key.value, DES.MODE_ECB)  # noqa: S304  the standard's own
    cipher.encrypt(mixed.astype(">u8").tobytes(), output=encrypted)
    keys = np.frombuffer(encrypted, ">u8").astype(np.uint64)
    encrypted[:] = bytes(len(encrypted))
    keys ^= mixed
    keys ^= np.uint64(int.from_bytes(key.value, "big"))
    return keys


def _dkga04(key: VendingKey, pans: DigitRows, ti: Ti, ea: Ea) -> Words:
    """6.5.3.6: HMAC-SHA-256 (RFC 2104) from states that already know the key, and what comes before the PAN."""
    sample = "0" * _PAN_DIGITS
    block = dkga04_block(key.sgc, key.krn, key.kt, key.base_date, ReferencePan(sample), ti, ea)
    # The data block ends with the PAN and the length of the key in bits, in 4 bytes.
    before, after = block[: -4 - _PAN_DIGITS], block[-4:]
    padded = key.value.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + before)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    keys = np.empty((len(pans), ea.key_bytes // 8), np.uint64)
    for start in range(0, len(pans), _AT_ONCE):
        here = pans[start : start + _AT_ONCE]
        endings = np.empty((len(here), _PAN_DIGITS + len(after)), np.uint8)
        endings[:, :_PAN_DIGITS] = here
        endings[:, :_PAN_DIGITS] += ord("0")
        endings[:, _PAN_DIGITS:] = np.frombuffer(after, np.uint8)
        found = bytearray().join(_hashed(inner, outer, endings.view(f"V{endings.shape[1]}")[:, 0].tolist()))
        keys[start : start + _AT_ONCE] = np.frombuffer(found, ">u8").reshape(-1, 4)[:, : keys.shape[1]]
        found[:] = bytes(len(found))
    return keys[:, 0] if ea is Ea.EA07 else keys


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
