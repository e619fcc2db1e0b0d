"""How a credit amount is written in 16 or 17 bits (IEC 62055-41, 6.3.6).

The amount is in the token's smallest unit: 0.1 kWh, 0.1 m3, 0.1 min, or 0.00001 of a currency. With a 14-bit
mantissa m and an exponent e its value is 10^e * m + (2^14 * (1 + 10 + ... + 10^(e-1))), so that each exponent goes
on where the last one ended. An amount between two steps is rounded up for the customer; a debt toward zero, likewise.
"""

from krn_engine.sts.errors import FieldOutOfRange

MANTISSA_BITS = 14
_MANTISSA = 1 << MANTISSA_BITS


def _start(exponent: int) -> int:
    return _MANTISSA * (int(10**exponent) - 1) // 9


def value_of(exponent: int, mantissa: int) -> int:
    """Units that exponent and mantissa stand for."""
    return int(10**exponent) * mantissa + _start(exponent)


MAX_CREDIT = value_of(3, _MANTISSA - 1)
"""The largest credit amount, in units: 18,201,624."""


def split(units: int, exponent_bits: int, *, round_up: bool = True) -> tuple[int, int]:
    """(exponent, mantissa) of `units`, with the smallest exponent that holds it.

    Raises FieldOutOfRange for a negative amount, or one that the exponent's bits cannot hold.
    """
    if units < 0:
        raise FieldOutOfRange("a credit amount cannot be negative")
    for exponent in range(1 << exponent_bits):
        step = 10**exponent
        mantissa = (units - _start(exponent) + (step - 1 if round_up else 0)) // step
        if mantissa < _MANTISSA:
            return exponent, max(mantissa, 0)
    raise FieldOutOfRange("the amount is larger than a token can carry")


def encode_credit(units: int) -> int:
    """The 16-bit amount field: 2 bits exponent, 14 bits mantissa."""
    exponent, mantissa = split(units, 2)
    return exponent << MANTISSA_BITS | mantissa


def decode_credit(field: int) -> int:
    """Units of a 16-bit amount field."""
    return value_of(field >> MANTISSA_BITS, field & _MANTISSA - 1)


def encode_currency(units: int) -> tuple[int, int]:
    """(S&E, amount) of a currency amount: sign and the exponent's upper 3 bits, then 2 + 14 bits."""
    exponent, mantissa = split(abs(units), 5, round_up=units >= 0)
    sign = 1 if units < 0 else 0
    return sign << 3 | exponent >> 2, (exponent & 0b11) << MANTISSA_BITS | mantissa


def decode_currency(sign_exponent: int, field: int) -> int:
    """Units (1e-5 of the currency) of S&E and amount."""
    exponent = (sign_exponent & 0b111) << 2 | field >> MANTISSA_BITS
    units = value_of(exponent, field & _MANTISSA - 1)
    return -units if sign_exponent >> 3 else units
