"""Refusals of the standard's own values and functions."""

from krn_engine.errors import KrnError


class StsError(KrnError):
    """Root of the refusals of `krn_engine.sts`."""

    code = "STS-00"


class InvalidIdentity(StsError, ValueError):
    """A meter number, SGC, KRN, KT, TI, KEN or base date that cannot exist."""

    code = "STS-01"


class CheckDigitWrong(InvalidIdentity):
    """The digits have the right length, but their Luhn check digit does not fit."""

    code = "STS-02"


class InvalidToken(StsError, ValueError):
    """Not a token: not 20 digits, or a number over 2^66-1."""

    code = "STS-03"


class FieldOutOfRange(StsError, ValueError):
    """A token field (amount, time, RND, control bits …) does not fit its bits."""

    code = "STS-04"


class InvalidKey(StsError, ValueError):
    """A key of the wrong length or parity."""

    code = "STS-05"


class InvalidTables(StsError, ValueError):
    """EA07 tables that are not permutations of the right size."""

    code = "STS-06"


class UnsupportedByName(StsError, NotImplementedError):
    """DKGA01, DKGA03, EA09 or a 3-token key change: refused, because no source proves how it goes."""

    code = "STS-07"


class KeyChangeRefused(StsError, ValueError):
    """An old and a new key between which no key change is possible."""

    code = "STS-08"


class CrcMismatch(StsError, ValueError):
    """The token does not decrypt to a matching CRC: another key, or a mistyped digit."""

    code = "STS-09"


class UnknownTokenKind(StsError, ValueError):
    """The class and subclass stand for no token that this engine knows."""

    code = "STS-10"
