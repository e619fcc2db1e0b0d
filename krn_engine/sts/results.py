"""What a meter answers to a token."""

from enum import IntEnum


class TokenResult(IntEnum):
    """Result codes 0 to 16 of the token status register (Conlog BEC62 manual, page 47), with their standard names.

    The names of errors are those of IEC 62055-41, 7.2 and 7.3. No code for a third or fourth section is published:
    a meter of this engine answers ACCEPT to those, and `Answer.missing` says what it still waits for.
    """

    NONE = 0
    """No token has been entered yet (reserved)."""
    ACCEPT = 1
    FIRST_KCT = 2
    """1stKCT: the first section of a key change is in."""
    SECOND_KCT = 3
    """2ndKCT: the second section of a key change is in."""
    OVERFLOW_ERROR = 4
    """The credit register would overflow; the token is not used up."""
    KEY_TYPE_ERROR = 5
    """The new key type may not be loaded under the present one."""
    FORMAT_ERROR = 6
    RANGE_ERROR = 7
    FUNCTION_ERROR = 8
    """The meter does not have this function."""
    OLD_ERROR = 9
    """The token is older than every one remembered."""
    USED_ERROR = 10
    """The token was entered before."""
    KEY_EXPIRED_ERROR = 11
    DDTK_ERROR = 12
    """A meter with its default key takes no credit."""
    CRC_ERROR = 13
    """Another key, or a wrong digit."""
    MFR_CODE_ERROR = 14
    """A test token of another manufacturer."""
    LOCKOUT = 15
    """Too many wrong entries: the keypad waits."""
    NOT_READY = 16

    @property
    def accepted(self) -> bool:
        """True if the token did what it is for."""
        return self in (TokenResult.ACCEPT, TokenResult.FIRST_KCT, TokenResult.SECOND_KCT)

    @property
    def standard_name(self) -> str:
        """The name in the standard's own spelling, such as "1stKCT" or "CRCError"."""
        return _STANDARD_NAMES[self]


_SPELLING = """
    None Accept 1stKCT 2ndKCT OverflowError KeyTypeError FormatError RangeError FunctionError OldError UsedError
    KeyExpiredError DDTKError CRCError MfrCodeError Lockout NotReady
"""
_STANDARD_NAMES = dict(zip(TokenResult, _SPELLING.split(), strict=True))
