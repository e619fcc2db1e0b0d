"""Who a meter is and which key it holds: the numbers of IEC 62055-41 clause 6.1 as values that cannot be wrong.

Every value checks itself when it is made and raises `InvalidIdentity`. Numbers with leading zeros are strings.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from krn_engine.sts.errors import CheckDigitWrong, InvalidIdentity

_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_SUMS_OF_FOUR = bytes(
    _DOUBLED[four // 1000] + four // 100 % 10 + _DOUBLED[four // 10 % 10] + four % 10 for four in range(10**4)
)
"""What four digits add to a Luhn sum that ends with the last of them."""


def is_digits(text: str) -> bool:
    """True for one or more ASCII digits and nothing else (`str.isdigit` would let other scripts through)."""
    return _DIGITS.fullmatch(text) is not None


def luhn_digit(payload: str) -> str:
    """The Luhn check digit of a string of decimal digits (ISO/IEC 7812-1 annex B).

    Raises InvalidIdentity if `payload` is not digits.
    """
    if not is_digits(payload):
        raise InvalidIdentity("a check digit needs digits only, without spaces or letters")
    total = 0
    for place, char in enumerate(reversed(payload)):
        digit = int(char)
        total += _DOUBLED[digit] if place % 2 == 0 else digit
    return str(-total % 10)


def fits_check_digit(number: int) -> bool:
    """Whether the last of at most 13 digits is the Luhn digit of the others, as `luhn_digit` says, in fewer steps.

    Leading zeros add nothing to the sum.
    """
    sums = _SUMS_OF_FOUR
    return (
        sums[number % 10**4] + sums[number // 10**4 % 10**4] + sums[number // 10**8 % 10**4] + number // 10**12
    ) % 10 == 0


def _require_check_digit(number: str, what: str) -> None:
    expected = luhn_digit(number[:-1])
    if number[-1] != expected:
        raise CheckDigitWrong(
            f"the {what} does not fit its check digit: compare every digit with the meter, one was probably mistyped"
        )


@dataclass(frozen=True, slots=True)
class Drn:
    """Decoder reference number: the number on the meter, 11 or 13 digits, the last a Luhn digit (6.1.2.3)."""

    digits: str

    def __post_init__(self) -> None:
        if not is_digits(self.digits) or len(self.digits) not in (11, 13):
            raise InvalidIdentity("a meter number has 11 digits (or 13), copy it from the meter without spaces")
        _require_check_digit(self.digits, "meter number")

    @property
    def manufacturer_code(self) -> str:
        """The first 2 digits (of 11) or 4 digits (of 13)."""
        return self.digits[: len(self.digits) - 9]

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class Pan:
    """18 digits that name a meter in a key derivation."""

    digits: str

    def __post_init__(self) -> None:
        if not is_digits(self.digits) or len(self.digits) != 18:
            raise InvalidIdentity("a meter PAN has 18 digits")

    @property
    def block(self) -> int:
        """PANBlock of 6.5.3: the PAN without its first digit and its check digit, as 16 BCD nibbles."""
        return int(self.digits[1:17], 16)

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class ReferencePan(Pan):
    """The PAN of a reference answer, whose check digits need not fit.

    The standard's implementers publish answers for such numbers. No office issues for one.
    """


@dataclass(frozen=True, slots=True)
class MeterPan(Pan):
    """Meter primary account number: IIN, DRN and a second Luhn digit, 18 digits in all (6.1.2)."""

    def __post_init__(self) -> None:
        Pan.__post_init__(self)
        _require_check_digit(self.digits, "meter PAN")
        self.drn  # noqa: B018  a PAN around a wrong DRN cannot be made either

    @classmethod
    def of(cls, drn: Drn) -> "MeterPan":
        """The PAN of a meter number: IIN 600727 before 11 digits, 0000 before 13."""
        payload = ("600727" if len(drn.digits) == 11 else "0000") + drn.digits
        return cls(payload + luhn_digit(payload))

    @property
    def drn(self) -> Drn:
        """The number on the meter. Raises InvalidIdentity if the IIN is neither 600727 nor 0000."""
        if self.digits.startswith("600727"):
            return Drn(self.digits[6:17])
        if self.digits.startswith("0000"):
            return Drn(self.digits[4:17])
        raise InvalidIdentity("a meter PAN begins with 600727 or 0000")


@dataclass(frozen=True, slots=True)
class Sgc:
    """Supply group code: 6 digits that name the group whose vending key a meter's decoder key comes from."""

    digits: str

    def __post_init__(self) -> None:
        if not is_digits(self.digits) or len(self.digits) != 6:
            raise InvalidIdentity("a supply group code (SGC) has 6 digits, with its leading zeros")

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class Krn:
    """Key revision number of the vending key inside its supply group: 1 to 9."""

    number: int

    def __post_init__(self) -> None:
        if type(self.number) is not int or not 1 <= self.number <= 9:
            raise InvalidIdentity("a key revision number (KRN) is 1 to 9")

    def __int__(self) -> int:
        return self.number

    def __str__(self) -> str:
        return str(self.number)


class KeyType(IntEnum):
    """KT, 6.1.9: what kind of decoder key a meter holds."""

    DITK = 0
    """Initialisation: set by the maker."""
    DDTK = 1
    """Default: a meter in stock. It takes no credit."""
    DUTK = 2
    """Unique: a meter in use."""
    DCTK = 3
    """Common: magnetic card meters only."""

    @classmethod
    def parse(cls, value: int) -> "KeyType":
        """The key type of a number; raises InvalidIdentity outside 0 to 3."""
        try:
            return cls(value)
        except ValueError:
            raise InvalidIdentity("a key type (KT) is 0, 1, 2 or 3") from None


@dataclass(frozen=True, slots=True)
class Ti:
    """Tariff index: 0 to 99, written with two digits."""

    number: int

    def __post_init__(self) -> None:
        if type(self.number) is not int or not 0 <= self.number <= 99:
            raise InvalidIdentity("a tariff index (TI) is 00 to 99")

    @classmethod
    def parse(cls, text: str) -> "Ti":
        """From one or two digits."""
        if not is_digits(text) or len(text) > 2:
            raise InvalidIdentity("a tariff index (TI) is 00 to 99")
        return cls(int(text))

    def __str__(self) -> str:
        return f"{self.number:02d}"


class BaseDate(IntEnum):
    """The year on whose 1 January, 00:00 UTC, the token identifier starts to count (6.3.5)."""

    Y1993 = 1993
    Y2014 = 2014
    Y2035 = 2035

    @classmethod
    def parse(cls, value: int) -> "BaseDate":
        """The base date of a year; raises InvalidIdentity for any other than the three."""
        try:
            return cls(value)
        except ValueError:
            raise InvalidIdentity("a base date is 1993, 2014 or 2035") from None

    @property
    def start(self) -> datetime:
        """The moment of TID 0, in UTC."""
        return datetime(self.value, 1, 1, tzinfo=UTC)

    @property
    def rolls_over(self) -> datetime:
        """The minute of the last TID, 2^24 - 1: after it every token looks old to a meter on this base."""
        return self.start + timedelta(minutes=(1 << 24) - 1)

    @property
    def two_digits(self) -> str:
        """ "93", "14" or "35", as DKGA04 writes it."""
        return f"{self.value % 100:02d}"


@dataclass(frozen=True, slots=True)
class Ken:
    """Key expiry number: 8 bits, in steps of 65,536 minutes since the base date; 255 never expires (6.1.10)."""

    number: int

    def __post_init__(self) -> None:
        if type(self.number) is not int or not 0 <= self.number <= 255:
            raise InvalidIdentity("a key expiry number (KEN) is 0 to 255")

    @property
    def never(self) -> bool:
        """True for 255, which switches expiry off."""
        return self.number == 255

    def expires(self, base: BaseDate) -> datetime | None:
        """The first moment (UTC) at which a new token is expired, or None if it never expires.

        A token is expired when its TID's top 8 bits are greater than KEN, so the last good minute is the end of
        the KENth period, not its start.
        """
        if self.never:
            return None
        return base.start + timedelta(minutes=(self.number + 1) << 16)

    def refuses(self, tid: int) -> bool:
        """True if a token with this TID is expired under this KEN."""
        return not self.never and tid >> 16 > self.number

    def __int__(self) -> int:
        return self.number
