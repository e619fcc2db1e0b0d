"""A 64-bit block and its class as 66 bits, and those as 20 digits (IEC 62055-41, 6.4.2 and 6.4.3)."""

from krn_engine.row import ROW_DIGITS
from krn_engine.sts.errors import InvalidToken
from krn_engine.sts.identity import is_digits

MAX_TOKEN = (1 << 66) - 1
_CLASS_BITS = 0b11 << 27
_MASK64 = (1 << 64) - 1


def transpose_class(token_class: int, block: int) -> int:
    """66 bits: block bits 28 and 27 move to 65 and 64, and the class takes their place."""
    return (block & _CLASS_BITS) << 37 | block & ~_CLASS_BITS | token_class << 27


def untranspose_class(token: int) -> tuple[int, int]:
    """The reverse: (class, block)."""
    return token >> 27 & 0b11, token & _MASK64 & ~_CLASS_BITS | token >> 37 & _CLASS_BITS


def to_digits(token_class: int, block: int) -> str:
    """The 20 digits of a block as it is transferred."""
    return f"{transpose_class(token_class, block):0{ROW_DIGITS}d}"


def from_digits(digits: str) -> tuple[int, int]:
    """(class, block) of 20 digits; raises InvalidToken for anything that no block gives."""
    if len(digits) != ROW_DIGITS or not is_digits(digits):
        raise InvalidToken(f"a token has {ROW_DIGITS} digits, without letters or signs")
    number = int(digits)
    if number > MAX_TOKEN:
        raise InvalidToken("no token is that large: a token begins with 0 to 7, check the first digits")
    return untranspose_class(number)
