"""Tokens to 20 digits and back: CRC, encryption and framing around the values of `tokens`.

Class 1 is framed like the others but never encrypted (IEC 62055-41, 6.4).
"""

from krn_engine.sts.crc import currency_crc, token_crc
from krn_engine.sts.errors import CrcMismatch, UnknownTokenKind
from krn_engine.sts.framing import from_digits, to_digits
from krn_engine.sts.keys import BlockCipher
from krn_engine.sts.tokens import (
    CreditKind,
    CreditToken,
    CurrencyToken,
    ManagementKind,
    ManagementToken,
    Section1,
    Section2,
    Section3,
    Section4,
    TestToken,
    Token,
)


def block_of(token: Token) -> int:
    """The 64-bit clear block: subclass, payload, CRC."""
    upper48 = token.subclass << 44 | token.payload
    crc = currency_crc if isinstance(token, CurrencyToken) else token_crc
    return upper48 << 16 | crc(token.token_class, upper48)


def encode(token: Token, cipher: BlockCipher | None) -> str:
    """The 20 digits of a token. `cipher` may be None for class 1 only (ValueError otherwise)."""
    block = block_of(token)
    if token.token_class == 1:
        return to_digits(1, block)
    if cipher is None:
        raise ValueError("this token is encrypted: a cipher is needed")
    return to_digits(token.token_class, cipher.encrypt(block))


def decode(digits: str, cipher: BlockCipher) -> Token:
    """The token of 20 digits.

    Raises InvalidToken (not a token at all), CrcMismatch (another key or a wrong digit), UnknownTokenKind.
    """
    token_class, block = from_digits(digits)
    if token_class != 1:
        block = cipher.decrypt(block)
    return parse_block(token_class, block)


def parse_block(token_class: int, block: int) -> Token:
    """The token of a clear block; raises CrcMismatch or UnknownTokenKind."""
    upper48 = block >> 16
    subclass, payload = upper48 >> 44, upper48 & (1 << 44) - 1
    crc = currency_crc if token_class == 0 and 4 <= subclass <= 7 else token_crc
    if crc(token_class, upper48) != block & 0xFFFF:
        raise CrcMismatch("the token does not belong to this meter's present key, or a digit is wrong")
    if token_class == 0 and subclass <= 7:
        kind = CreditKind(subclass)
        return (CurrencyToken if kind.is_currency else CreditToken).parse(kind, payload)
    if token_class == 1 and subclass <= 1:
        return TestToken.parse(subclass, payload)
    if token_class == 2 and subclass in _SECTIONS:
        return _SECTIONS[subclass].parse(payload)
    if token_class == 2 and subclass in set(ManagementKind):
        return ManagementToken.parse(ManagementKind(subclass), payload)
    raise UnknownTokenKind(f"class {token_class}, subclass {subclass} is not a token that this engine knows")


_SECTIONS = {kind.subclass: kind for kind in (Section1, Section2, Section3, Section4)}
"""By the subclass of class 2."""
