"""Vending keys, decoder keys, and how the second come from the first (IEC 62055-41, 6.5.3)."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from Crypto.Cipher import DES

from krn_engine.sts.ea07 import Ea07, Ea07Tables
from krn_engine.sts.ea11 import Ea11
from krn_engine.sts.errors import InvalidKey, KeyChangeRefused, UnsupportedByName
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Pan, Sgc, Ti

BlockCipher = Ea07 | Ea11
ATTRIBUTES = ("sgc", "krn", "kt", "dkga", "base_date", "ken")
"""What files call the attributes of a vending key: all of it but the secret."""


class Ea(IntEnum):
    """Encryption algorithm of the tokens."""

    EA07 = 7
    """Standard transfer algorithm, 64-bit key."""
    EA11 = 11
    """MISTY1, 128-bit key (STS6 meters)."""

    @classmethod
    def parse(cls, value: int) -> "Ea":
        """The algorithm of a code; raises UnsupportedByName for EA09 and any other."""
        if value == 9:
            raise UnsupportedByName("EA09 (DES) was withdrawn from the standard and no reference answer for it exists")
        try:
            return cls(value)
        except ValueError:
            raise UnsupportedByName(f"EA{value:02d} is not an encryption algorithm of this engine: 07 or 11") from None

    @property
    def key_bytes(self) -> int:
        """Length of its decoder key."""
        return 8 if self is Ea.EA07 else 16

    @property
    def sections(self) -> int:
        """How many tokens one key change has."""
        return 2 if self is Ea.EA07 else 4


class Dkga(IntEnum):
    """Decoder key generation algorithm."""

    DKGA02 = 2
    """DES under a 64-bit vending key; for EA07 only."""
    DKGA04 = 4
    """HMAC-SHA-256 under a 160-bit vending key; for EA07 and EA11."""

    @classmethod
    def parse(cls, value: int) -> "Dkga":
        """The algorithm of a code; raises UnsupportedByName for DKGA01, DKGA03 and any other."""
        if value == 1:
            raise UnsupportedByName(
                "DKGA01 is refused: its meter ranges and its formula are known from one weak source only"
            )
        if value == 3:
            raise UnsupportedByName(
                "DKGA03 was withdrawn from the standard in 2018 and no reference answer for it exists"
            )
        try:
            return cls(value)
        except ValueError:
            raise UnsupportedByName(f"DKGA{value:02d} is not known to this engine: 02 or 04") from None

    @property
    def vending_key_bytes(self) -> int:
        """Length of the vending key it starts from."""
        return 8 if self is Dkga.DKGA02 else 20


def has_odd_parity(key: bytes) -> bool:
    """True if every byte has an odd number of ones, as a DES key must."""
    return all(byte.bit_count() % 2 for byte in key)


@dataclass(frozen=True, slots=True)
class VendingKey:
    """The secret of a supply group at one key revision. (SGC, KRN) names it; the rest are its attributes.

    Raises InvalidKey for a wrong length. Parity is not looked at here: DKGA02 takes the bytes as they are, and the
    vault refuses a key without odd parity, on which implementations of the standard disagree.
    """

    sgc: Sgc
    krn: Krn
    kt: KeyType
    dkga: Dkga
    base_date: BaseDate
    ken: Ken
    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) != self.dkga.vending_key_bytes:
            raise InvalidKey(
                f"a vending key for {self.dkga.name} has {self.dkga.vending_key_bytes} bytes, "
                f"this one has {len(self.value)}"
            )

    @classmethod
    def of_attributes(cls, attributes: Mapping[str, Any], value: bytes) -> "VendingKey":
        """From the numbers and strings by which files name its attributes; further names are ignored.

        Raises KeyError for one that is missing, TypeError, InvalidIdentity, UnsupportedByName and InvalidKey.
        """
        return cls(
            Sgc(attributes["sgc"]),
            Krn(attributes["krn"]),
            KeyType.parse(attributes["kt"]),
            Dkga.parse(attributes["dkga"]),
            BaseDate.parse(attributes["base_date"]),
            Ken(attributes["ken"]),
            value,
        )

    @property
    def attributes(self) -> dict[str, int | str]:
        """The reverse: everything but the secret itself."""
        return {
            "sgc": str(self.sgc),
            "krn": int(self.krn),
            "kt": int(self.kt),
            "dkga": int(self.dkga),
            "base_date": int(self.base_date),
            "ken": int(self.ken),
        }


@dataclass(frozen=True, slots=True)
class DecoderKey:
    """The key in a meter, with the attributes that a key change puts in beside it."""

    ea: Ea
    value: bytes = field(repr=False)
    sgc: Sgc
    krn: Krn
    kt: KeyType
    ti: Ti
    base_date: BaseDate
    ken: Ken = Ken(255)  # noqa: RUF009  an immutable value
    dkga: Dkga | None = None
    """How it was made, where that is known; both keys of a key change must agree in it."""

    def __post_init__(self) -> None:
        if len(self.value) != self.ea.key_bytes:
            raise InvalidKey(f"an {self.ea.name} decoder key has {self.ea.key_bytes} bytes")

    def cipher(self, tables: Ea07Tables | None = None) -> BlockCipher:
        """The block cipher under this key. EA07 needs its `tables`; raises InvalidKey without them."""
        return cipher_for(self.ea, self.value, tables)

    def with_ken(self, ken: Ken) -> "DecoderKey":
        """This key with another expiry."""
        return replace(self, ken=ken)


def cipher_for(ea: Ea, key: bytes, tables: Ea07Tables | None) -> BlockCipher:
    """The cipher of an algorithm under a raw key; raises InvalidKey for a wrong length or EA07 without tables."""
    if ea is Ea.EA11:
        return Ea11(key)
    if tables is None:
        raise InvalidKey("EA07 needs its substitution and permutation tables: import the utility's table file")
    return Ea07(key, tables)


def derive(vending_key: VendingKey, pan: Pan, ti: Ti, ea: Ea) -> DecoderKey:
    """The decoder key of a meter, from its PAN (a `ReferencePan` only to compare with published answers).

    Raises KeyChangeRefused for EA11 with DKGA02, which the standard does not allow.
    """
    if vending_key.dkga is Dkga.DKGA02:
        if ea is not Ea.EA07:
            raise KeyChangeRefused("an EA11 meter needs a DKGA04 vending key of 20 bytes, this one is for DKGA02")
        value = _dkga02(vending_key, pan, ti)
    else:
        value = _dkga04(vending_key, pan, ti, ea)
    return DecoderKey(
        ea=ea,
        value=value,
        sgc=vending_key.sgc,
        krn=vending_key.krn,
        kt=vending_key.kt,
        ti=ti,
        base_date=vending_key.base_date,
        ken=vending_key.ken,
        dkga=vending_key.dkga,
    )


def dkga04_block(sgc: Sgc, krn: Krn, kt: KeyType, base_date: BaseDate, pan: Pan, ti: Ti, ea: Ea) -> bytes:
    """6.5.3.6: the 49 bytes over which the HMAC-SHA-256 under a vending key goes; a module is asked for it by these.

    Raises UnsupportedByName for keys of type 3.
    """
    _pan_block(pan, kt)
    label = b"".join(_item(text) for text in (f"{Dkga.DKGA04:02d}", base_date.two_digits, f"{ea:02d}", str(ti)))
    context = b"".join(_item(text) for text in (str(sgc), f"{kt:d}", str(krn), str(pan)))
    return b"\x04" + label + b"\x00\x04" + context + (8 * ea.key_bytes).to_bytes(4, "big")


def _pan_block(pan: Pan, kt: KeyType) -> int:
    if kt is KeyType.DCTK:
        raise UnsupportedByName(
            "decoder keys of type 3 (DCTK) are for magnetic card meters only; no reference answer for them exists"
        )
    return pan.block


def _dkga02(key: VendingKey, pan: Pan, ti: Ti) -> bytes:
    """6.5.3.3: the DES encryption of PANBlock xor CONTROLBlock, xored with what was encrypted and with the key."""
    control = int(f"{key.kt:d}{key.sgc}{ti}{key.krn}FFFFFF", 16)
    mixed = _pan_block(pan, key.kt) ^ control
    encrypted = DES.new(key.value, DES.MODE_ECB).encrypt(mixed.to_bytes(8, "big"))  # noqa: S304  the standard's own
    result = int.from_bytes(encrypted, "big") ^ mixed ^ int.from_bytes(key.value, "big")
    return result.to_bytes(8, "big")


def _dkga04(key: VendingKey, pan: Pan, ti: Ti, ea: Ea) -> bytes:
    """6.5.3.6: HMAC-SHA-256 over a data block, cut to the key's length."""
    block = dkga04_block(key.sgc, key.krn, key.kt, key.base_date, pan, ti, ea)
    return hmac.digest(key.value, block, "sha256")[: ea.key_bytes]


def _item(text: str) -> bytes:
    return bytes((len(text),)) + text.encode("ascii")
