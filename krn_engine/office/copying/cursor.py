"""Where a kiosk is in what the office tells it: opaque text to the kiosk, and believed only where it fits."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from krn_engine.issuing.campaign import Campaign

LISTED_FOR = timedelta(days=30)
"""After so long the list is begun anew: what nobody put on record, such as new keys of a vault, comes with it."""
_HASH_SIGNS = 16
_LAST_ID = 2**31 - 1
"""No meter has a higher one in the register, and PostgreSQL does not look for any."""
_FORM = re.compile(r"([0-9a-f]{16})\.([0-9]{1,11})\.([ln])\.([0-9]{1,18})\.([0-9a-f]{16})\.([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the audit's sealed entries, and in the list of meters while that is not all told."""

    seq: int
    """All entries up to this one are told."""
    hash: str
    """The beginning of its hash: another register has another one there, and one that was put back has none."""
    listed_at: int
    """When the list was begun: seconds since 1970."""
    is_in_list: bool
    """The list is not all told yet."""
    after_meter: int
    """In the list: it is told up to this meter. After it: if the entry behind `seq` is about many, so far of those."""

    def is_too_old(self, now: datetime) -> bool:
        """Whether the list is to be begun anew."""
        return now.timestamp() - self.listed_at > LISTED_FOR.total_seconds()

    def written(self, basis: str) -> str:
        """The text that a kiosk keeps."""
        part = "l" if self.is_in_list else "n"
        return f"{basis}.{self.listed_at}.{part}.{self.seq}.{self.hash}.{self.after_meter}"

    @classmethod
    def read(cls, text: str, basis: str) -> Self | None:
        """The place in a text; None for one that is none, or of another basis."""
        found = _FORM.fullmatch(text)
        if found is None or found[1] != basis or int(found[6]) > _LAST_ID:
            return None
        return cls(int(found[4]), found[5], int(found[2]), found[3] == "l", int(found[6]))


def short(hash_: bytes) -> str:
    """The beginning of a hash, as places have it."""
    return hash_.hex()[:_HASH_SIGNS]


def basis_of(copy: str, units: tuple[str, ...], campaign: Campaign) -> str:
    """What a copy stands on: if any of it becomes another one, the copy is made anew."""
    told = "\n".join((copy, *sorted(unit.casefold() for unit in units), repr(campaign)))
    return hashlib.sha256(told.encode()).hexdigest()[:_HASH_SIGNS]
