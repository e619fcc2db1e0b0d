"""The tokens of the standard as values, bit by bit (IEC 62055-41, 6.2 and 6.3).

Each kind knows its class and subclass, checks its fields when it is made (FieldOutOfRange), and packs the 44 bits
between subclass and CRC. `codec` adds CRC, encryption and framing.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from krn_engine.sts import amount
from krn_engine.sts.errors import FieldOutOfRange
from krn_engine.sts.tid import Tid

_WORD = (1 << 32) - 1
"""The 32 bits of a section that are a part of the new key."""


def _tid(payload: int) -> Tid:
    return Tid(payload >> 16 & 0xFFFFFF)


def _check(value: int, bits: int, name: str) -> None:
    if type(value) is not int or not 0 <= value < 1 << bits:
        raise FieldOutOfRange(f"the token's {name} must be 0 to {(1 << bits) - 1}")


class CreditKind(IntEnum):
    """Subclasses of class 0."""

    ELECTRICITY = 0
    WATER = 1
    GAS = 2
    TIME = 3
    ELECTRICITY_CURRENCY = 4
    WATER_CURRENCY = 5
    GAS_CURRENCY = 6
    TIME_CURRENCY = 7

    @property
    def is_currency(self) -> bool:
        """True for the kinds that carry money instead of a quantity."""
        return self >= CreditKind.ELECTRICITY_CURRENCY


class ManagementKind(IntEnum):
    """Subclasses of class 2 that carry a TID and a 16-bit value."""

    SET_MAXIMUM_POWER_LIMIT = 0
    CLEAR_CREDIT = 1
    SET_TARIFF_RATE = 2
    CLEAR_TAMPER = 5
    SET_MAXIMUM_PHASE_POWER_UNBALANCE = 6
    SET_WATER_METER_FACTOR = 7


@dataclass(frozen=True, slots=True)
class CreditToken:
    """Class 0, subclass 0 to 3. `units` is in tenths (0.1 kWh, 0.1 m3, 0.1 min) and is rounded up when coded."""

    kind: CreditKind
    rnd: int
    tid: Tid
    units: int
    token_class: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if self.kind.is_currency:
            raise FieldOutOfRange("a currency amount goes into a CurrencyToken")
        _check(self.rnd, 4, "RND")
        amount.encode_credit(self.units)

    @property
    def subclass(self) -> int:
        """Bits 63 to 60."""
        return self.kind

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        return self.rnd << 40 | self.tid.minutes << 16 | amount.encode_credit(self.units)

    @classmethod
    def parse(cls, kind: CreditKind, payload: int) -> "CreditToken":
        """The reverse of `payload`."""
        return cls(kind, payload >> 40, _tid(payload), amount.decode_credit(payload & 0xFFFF))


@dataclass(frozen=True, slots=True)
class CurrencyToken:
    """Class 0, subclass 4 to 7. `units` is in 0.00001 of the currency; a debt is negative and rounds toward zero."""

    kind: CreditKind
    tid: Tid
    units: int
    token_class: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not self.kind.is_currency:
            raise FieldOutOfRange("a quantity goes into a CreditToken")
        amount.encode_currency(self.units)

    @property
    def subclass(self) -> int:
        """Bits 63 to 60."""
        return self.kind

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        sign_exponent, field16 = amount.encode_currency(self.units)
        return sign_exponent << 40 | self.tid.minutes << 16 | field16

    @classmethod
    def parse(cls, kind: CreditKind, payload: int) -> "CurrencyToken":
        """The reverse of `payload`."""
        return cls(kind, _tid(payload), amount.decode_currency(payload >> 40, payload & 0xFFFF))


@dataclass(frozen=True, slots=True)
class TestToken:
    """Class 1, subclass 0 (36 control bits, 8 of manufacturer) or 1 (28 and 16): test and display, not encrypted."""

    __test__: ClassVar[bool] = False
    subclass: int
    control: int
    manufacturer: int
    token_class: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if self.subclass not in (0, 1):
            raise FieldOutOfRange("a test token has subclass 0 or 1")
        _check(self.control, 36 if self.subclass == 0 else 28, "control field")
        _check(self.manufacturer, 8 if self.subclass == 0 else 16, "manufacturer code")

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        return self.control << (8 if self.subclass == 0 else 16) | self.manufacturer

    @classmethod
    def parse(cls, subclass: int, payload: int) -> "TestToken":
        """The reverse of `payload`."""
        shift = 8 if subclass == 0 else 16
        return cls(subclass, payload >> shift, payload & (1 << shift) - 1)


@dataclass(frozen=True, slots=True)
class ManagementToken:
    """Class 2 with a TID: limits, clear credit, tariff rate, clear tamper. `value` is the 16-bit field as coded."""

    kind: ManagementKind
    rnd: int
    tid: Tid
    value: int
    token_class: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _check(self.rnd, 4, "RND")
        _check(self.value, 16, "value")

    @property
    def subclass(self) -> int:
        """Bits 63 to 60."""
        return self.kind

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        return self.rnd << 40 | self.tid.minutes << 16 | self.value

    @classmethod
    def parse(cls, kind: ManagementKind, payload: int) -> "ManagementToken":
        """The reverse of `payload`."""
        return cls(kind, payload >> 40, _tid(payload), payload & 0xFFFF)


@dataclass(frozen=True, slots=True)
class Section1:
    """First section of a key change (class 2, subclass 3): the upper word of the new key, KEN's upper half, KRN, KT.

    Fields are as coded, unchecked for meaning: a meter must be able to read what it then refuses.
    """

    ken_high: int
    krn: int
    ro: int
    reserved: int
    """3KCT for EA07: 1 announces a third token. Reserved for EA11."""
    kt: int
    key_word: int = field(repr=False)
    """NKHO: bits 31..0 of the section's part of the new key."""
    token_class: ClassVar[int] = 2
    subclass: ClassVar[int] = 3
    section: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _check(self.ken_high, 4, "KENHO")
        _check(self.krn, 4, "KRN")
        _check(self.ro, 1, "RO")
        _check(self.reserved, 1, "3KCT bit")
        _check(self.kt, 2, "KT")
        _check(self.key_word, 32, "NKHO")

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        flags = self.krn << 4 | self.ro << 3 | self.reserved << 2 | self.kt
        return self.ken_high << 40 | flags << 32 | self.key_word

    @classmethod
    def parse(cls, payload: int) -> "Section1":
        """The reverse of `payload`."""
        return cls(
            payload >> 40, payload >> 36 & 15, payload >> 35 & 1, payload >> 34 & 1, payload >> 32 & 3, payload & _WORD
        )


@dataclass(frozen=True, slots=True)
class Section2:
    """Second section (subclass 4): the lowest word of the new key, KEN's lower half, TI in plain binary."""

    ken_low: int
    ti: int
    key_word: int = field(repr=False)
    """NKLO."""
    token_class: ClassVar[int] = 2
    subclass: ClassVar[int] = 4
    section: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _check(self.ken_low, 4, "KENLO")
        _check(self.ti, 8, "TI")
        _check(self.key_word, 32, "NKLO")

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        return self.ken_low << 40 | self.ti << 32 | self.key_word

    @classmethod
    def parse(cls, payload: int) -> "Section2":
        """The reverse of `payload`."""
        return cls(payload >> 40, payload >> 32 & 255, payload & _WORD)


@dataclass(frozen=True, slots=True)
class Section3:
    """Third section of an EA11 key change (subclass 8): bytes 4 to 7 of the key (NKMO2) and the lower half of SGC."""

    sgc_low: int
    key_word: int = field(repr=False)
    token_class: ClassVar[int] = 2
    subclass: ClassVar[int] = 8
    section: ClassVar[int] = 3

    def __post_init__(self) -> None:
        _check(self.sgc_low, 12, "SGCLO")
        _check(self.key_word, 32, "NKMO2")

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        return self.sgc_low << 32 | self.key_word

    @classmethod
    def parse(cls, payload: int) -> "Section3":
        """The reverse of `payload`."""
        return cls(payload >> 32, payload & _WORD)


@dataclass(frozen=True, slots=True)
class Section4:
    """Fourth section of an EA11 key change (subclass 9): bytes 8 to 11 of the key (NKMO1) and the upper half of SGC."""

    sgc_high: int
    key_word: int = field(repr=False)
    token_class: ClassVar[int] = 2
    subclass: ClassVar[int] = 9
    section: ClassVar[int] = 4

    def __post_init__(self) -> None:
        _check(self.sgc_high, 12, "SGCHO")
        _check(self.key_word, 32, "NKMO1")

    @property
    def payload(self) -> int:
        """Bits 59 to 16."""
        return self.sgc_high << 32 | self.key_word

    @classmethod
    def parse(cls, payload: int) -> "Section4":
        """The reverse of `payload`."""
        return cls(payload >> 32, payload & _WORD)


Section = Section1 | Section2 | Section3 | Section4
Token = CreditToken | CurrencyToken | TestToken | ManagementToken | Section
