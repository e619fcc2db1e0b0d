"""Which key a meter holds, as far as a record can say: everything about the decoder key but the key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from krn_engine.issuing.errors import KeyStateOdd, KeyStateUnknown
from krn_engine.sts.identity import BaseDate, KeyType, Krn, Sgc, Ti
from krn_engine.sts.keys import Dkga, Ea


@dataclass(frozen=True, slots=True)
class KeyState:
    """The attributes that choose a meter's decoder key. Two meters in the same state still hold different keys."""

    ea: Ea
    dkga: Dkga
    sgc: Sgc
    ti: Ti
    krn: Krn
    kt: KeyType
    base_date: BaseDate

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "KeyState":
        """From a record with the fields of a key state by their names; more fields may be there.

        Raises KeyStateUnknown naming every field that is empty, and InvalidIdentity or UnsupportedByName for a value
        that cannot be.
        """
        missing = [label for name, (label, _) in _FIELDS.items() if record[name] is None]
        if missing:
            raise KeyStateUnknown(
                f"the record of this meter does not say its {', '.join(missing)}: read them from the meter "
                "(04 shows the KRN, 77 the SGC) and complete the worklist"
            )
        return cls(**{name: made(record[name]) for name, (_, made) in _FIELDS.items()})

    def to_record(self) -> dict[str, int | str]:
        """The reverse of `of_record`: numbers, and strings where leading zeros count."""
        return {
            "ea": int(self.ea),
            "dkga": int(self.dkga),
            "sgc": str(self.sgc),
            "ti": str(self.ti),
            "krn": int(self.krn),
            "kt": int(self.kt),
            "base_date": int(self.base_date),
        }

    @classmethod
    def parse(cls, text: str) -> "KeyState":
        """The reverse of `str`; raises KeyStateUnknown for a state that is not written out, as of ready-made rows."""
        parts = text.split("/")
        if len(parts) != len(_FIELDS) or not all(part.isdecimal() for part in parts):
            raise KeyStateUnknown("this key change does not say which key states it joins")
        written = dict(zip(_FIELDS, parts, strict=True))
        return cls.of_record({name: part if name in ("sgc", "ti") else int(part) for name, part in written.items()})

    def require_base_date(self, of_key: BaseDate) -> None:
        """Raises KeyStateOdd for a vending key on another base date than this state has."""
        if of_key != self.base_date:
            raise KeyStateOdd(
                f"the vending key of SGC {self.sgc}, KRN {self.krn} has base date {of_key:d}, but "
                f"{self.base_date:d} was expected: the campaign, the record or the key file is wrong"
            )

    def __str__(self) -> str:
        """One word that stands for this state in a record, such as "07/02/123456/01/1/2/1993"."""
        return f"{self.ea:02d}/{self.dkga:02d}/{self.sgc}/{self.ti}/{self.krn}/{self.kt:d}/{self.base_date:d}"


_FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "ea": ("EA", Ea.parse),
    "dkga": ("DKGA", Dkga.parse),
    "sgc": ("SGC", Sgc),
    "ti": ("TI", Ti.parse),
    "krn": ("KRN", Krn),
    "kt": ("KT", KeyType.parse),
    "base_date": ("base date", BaseDate.parse),
}
"""What a person calls a field of a record, and how its value is made; in the order in which a state is written out."""
STATE_COLUMNS = tuple(_FIELDS)
"""The names of those fields."""
