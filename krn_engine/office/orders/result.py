"""What an officer writes down of one meter, as a value: read from a cell, or chosen on a telephone.

    B        all codes are in                 P   the meter says PERIKSA
    B2       they are in up to code 2         RK  nobody was at home (rumah kosong)
    S3       code 3 was refused: SALAH        TL  the customer did not want it (menolak)
    G3       the same, it said GAGAL          MB  the number on the meter is another one (meter beda)
    B2 S3    both of it                       KP  keypad broken     LC  display broken     LL  something else

The words that stand for them are taken as well. What the meter shows to 04 is told beside it.
"""

import re
from dataclasses import dataclass

from krn_engine.office.reasons import HandOff
from krn_engine.row import BENAR, GAGAL, SALAH

_REASONS = {
    "P": HandOff.PERIKSA,
    "PERIKSA": HandOff.PERIKSA,
    "INSCEK": HandOff.PERIKSA,
    "RK": HandOff.NOBODY_HOME,
    "RUMAH KOSONG": HandOff.NOBODY_HOME,
    "TL": HandOff.DECLINED,
    "TOLAK": HandOff.DECLINED,
    "MENOLAK": HandOff.DECLINED,
    "MB": HandOff.OTHER_METER,
    "METER BEDA": HandOff.OTHER_METER,
    "KP": HandOff.KEYPAD_BROKEN,
    "KEYPAD RUSAK": HandOff.KEYPAD_BROKEN,
    "LC": HandOff.DISPLAY_BROKEN,
    "LCD RUSAK": HandOff.DISPLAY_BROKEN,
    "LL": HandOff.OTHER,
    "LAIN LAIN": HandOff.OTHER,
    "LAIN": HandOff.OTHER,
}
CODES = {reason: code for code, reason in reversed(_REASONS.items()) if len(code) <= 2}
"""What an officer writes for a reason."""
_ROW = r"(?:BARIS |KODE )?(?:KE )?([0-9]{1,2})"
_DONE = re.compile(rf"(?:BENAR|B)(?: SEMUA| (?:SAMPAI |S/D )?{_ROW})?")
_REFUSED = re.compile(rf"(SALAH|S|GAGAL|G) {_ROW}")
_PARTS = re.compile(r"(?<=[0-9]) (?=[A-Z])|(?<=[A-Z]) ?[,;+&] ?|(?<=[0-9]) ?[,;+&] ?")
ALL = 99
"""In the place of a number: all codes of the list."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was written down. All None: nothing was."""

    done: int | None = None
    """The codes up to this number are in; `ALL` for all of them."""
    refused: int | None = None
    """The meter refused the code of this number."""
    seen: str = ""
    """With which word it refused that code: SALAH or GAGAL."""
    reason: HandOff | None = None
    """Why it could not be done."""
    krn: int | None = None
    """What the meter shows to 04."""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was written down: the officer was not there, or has not told yet."""
        return self == Result()

    @property
    def written(self) -> str:
        """The result as the shortest text that `read_result` reads as the same."""
        parts = []
        if self.done is not None:
            parts.append("B" if self.done == ALL else f"B{self.done}")
        if self.refused is not None:
            parts.append(f"{self.seen[0]}{self.refused}")
        if self.reason is not None:
            parts.append(CODES[self.reason])
        if self.krn is not None:
            parts.append(f"04={self.krn}")
        return " ".join(parts)


def read_result(text: str, shown: str) -> Result:
    """The result in two cells; raises ValueError, with what is wrong and without what was read."""
    done = refused = reason = None
    seen = ""
    for part in filter(None, _PARTS.split(_plain(text))):
        if (found := _DONE.fullmatch(part)) and done is None:
            done = ALL if found[1] is None else int(found[1])
        elif (found := _REFUSED.fullmatch(part)) and refused is None:
            seen, refused = (SALAH if found[1][0] == "S" else GAGAL), int(found[2])
        elif part in _REASONS and reason is None:
            reason = _REASONS[part]
        else:
            raise ValueError("is none of the results, or tells one of them twice")
    result = Result(done, refused, seen, reason, _krn(shown))
    if done is not None and refused is not None and refused <= done:
        raise ValueError(f"says {BENAR} and {seen} of the same code")
    if done == ALL and reason is not None:
        raise ValueError(f"says that all is {BENAR}, and why it could not be done")
    return result


def _plain(text: str) -> str:
    """In capitals, with single spaces; a letter and the number behind it are two words."""
    text = re.sub(r"[.\-_'\u00a0\s]+", " ", text.upper()).strip()
    return re.sub(r"\b([BSG])([0-9])", r"\1 \2", text)


def _krn(text: str) -> int | None:
    text = text.strip().removeprefix("'").upper().removeprefix("KRN").strip()
    if not text:
        return None
    if not re.fullmatch("0?[1-9](?:[.,]0+)?", text, re.ASCII):
        raise ValueError("has a KRN that no meter shows: it is 1 to 9")
    return int(text[:2].strip(".,"))
