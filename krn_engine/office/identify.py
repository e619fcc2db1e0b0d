"""What a person typed when asked for an ID (lengths: the utility's own statements; check digit: ISO/IEC 7812-1)."""

import re
from dataclasses import dataclass
from enum import Enum

from krn_engine.row import ROW_DIGITS
from krn_engine.sts.identity import is_digits, luhn_digit

IDPEL_DIGITS = 12
METER_DIGITS = 11
_SEPARATORS = re.compile(r"[#.\-‐‑–—\s]+")  # noqa: RUF001  every dash that a phone or a spreadsheet may put in


class IdProblem(Enum):
    """Why a text is not an ID. The value is its code."""

    EMPTY = "ID-01"
    NOT_DIGITS = "ID-02"
    TOO_SHORT = "ID-03"
    TOO_LONG = "ID-04"
    TOKEN = "ID-05"  # noqa: S105  a token of the standard, not a password
    ONE_DIGIT_SHORT = "ID-06"


_LOOKS = "An ID is the 12-digit customer number (IDPEL) or the 11-digit meter number"
_MESSAGES = {
    IdProblem.EMPTY: f"nothing was entered. {_LOOKS}.",
    IdProblem.NOT_DIGITS: f"an ID has digits only. {_LOOKS}.",
    IdProblem.TOO_SHORT: f"this is too short. {_LOOKS}.",
    IdProblem.TOO_LONG: f"this is too long. {_LOOKS}.",
    IdProblem.TOKEN: f"this is a token of 20 digits, not an ID: it belongs into the meter. {_LOOKS}.",
    IdProblem.ONE_DIGIT_SHORT: (
        "no meter has this number, but a customer number begins with it: one digit is missing. An IDPEL has 12 digits."
    ),
}


@dataclass(frozen=True, slots=True)
class NotAnId:
    """The text cannot be an ID."""

    problem: IdProblem

    @property
    def message(self) -> str:
        """What is wrong, and what an ID looks like."""
        return _MESSAGES[self.problem]

    @property
    def code(self) -> str:
        """For staff."""
        return self.problem.value


@dataclass(frozen=True, slots=True)
class Idpel:
    """A customer number: 12 digits, without a check digit."""

    digits: str


@dataclass(frozen=True, slots=True)
class MeterNumber:
    """A meter number: 11 digits."""

    digits: str
    check_digit_fits: bool
    """False is a warning only: some plates carry numbers that do not fit."""


def identify(text: str) -> Idpel | MeterNumber | NotAnId:
    """Classify what was typed: an IDPEL, a meter number, or no ID. `#`, spaces, dots and dashes do not count."""
    digits = _SEPARATORS.sub("", text)
    if not is_digits(digits):
        return NotAnId(IdProblem.NOT_DIGITS if digits else IdProblem.EMPTY)
    if len(digits) == IDPEL_DIGITS:
        return Idpel(digits)
    if len(digits) == METER_DIGITS:
        return MeterNumber(digits, luhn_digit(digits[:-1]) == digits[-1])
    if len(digits) == ROW_DIGITS:
        return NotAnId(IdProblem.TOKEN)
    return NotAnId(IdProblem.TOO_SHORT if len(digits) < METER_DIGITS else IdProblem.TOO_LONG)
