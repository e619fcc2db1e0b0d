"""What the virtual meter's display says (words seen on meters in Indonesia, and the English ones beside them)."""

from dataclasses import dataclass

from krn_engine.row import BENAR, SALAH
from krn_engine.sts.results import TokenResult


@dataclass(frozen=True, slots=True)
class DisplayTexts:
    """The words of one language, at most 16 characters each."""

    accepted: str
    rejected: str
    used: str
    old: str
    overflow: str
    expired: str
    locked: str
    tampered: str
    not_tampered: str
    unknown_code: str

    def of(self, result: TokenResult) -> str:
        """The word for a result."""
        if result.accepted:
            return self.accepted
        special = {
            TokenResult.USED_ERROR: self.used,
            TokenResult.OLD_ERROR: self.old,
            TokenResult.OVERFLOW_ERROR: self.overflow,
            TokenResult.KEY_EXPIRED_ERROR: self.expired,
            TokenResult.LOCKOUT: self.locked,
        }
        return special.get(result, self.rejected)


INDONESIAN = DisplayTexts(
    accepted=BENAR,
    rejected=SALAH,
    used="USED",
    old="OLD",
    overflow="OVER",
    expired="EXPIRED",
    locked="TERKUNCI",
    tampered="PERIKSA",
    not_tampered="NORMAL",
    unknown_code="----",
)
ENGLISH = DisplayTexts(
    accepted="ACCEPT",
    rejected="REJECT",
    used="USED",
    old="OLD",
    overflow="OVER",
    expired="EXPIRED",
    locked="LOCKED",
    tampered="CHECK",
    not_tampered="NORMAL",
    unknown_code="----",
)
