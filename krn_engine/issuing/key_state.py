"""Which key a meter holds, as far as a record can say: everything about the decoder key but the key."""

from dataclasses import dataclass

from krn_engine.issuing.errors import KeyStateUnknown
from krn_engine.sts.identity import BaseDate, KeyType, Krn, Sgc, Ti
from krn_engine.sts.keys import Dkga, Ea


@dataclass(frozen=True, slots=True)
class KeyState:
    """The attributes that choose a meter's decoder key. Two meters' worth of the same state still hold two keys."""

    ea: Ea
    dkga: Dkga
    sgc: Sgc
    ti: Ti
    krn: Krn
    kt: KeyType
    base_date: BaseDate

    @classmethod
    def of_record(
        cls,
        *,
        ea: int | None,
        dkga: int | None,
        sgc: str | None,
        ti: str | None,
        krn: int | None,
        kt: int | None,
        base_date: int | None,
    ) -> "KeyState":
        """From the fields of a record; raises KeyStateUnknown naming every field that is empty."""
        fields = {"EA": ea, "DKGA": dkga, "SGC": sgc, "TI": ti, "KRN": krn, "KT": kt, "base date": base_date}
        if ea is None or dkga is None or sgc is None or ti is None or krn is None or kt is None or base_date is None:
            missing = ", ".join(name for name, value in fields.items() if value is None)
            raise KeyStateUnknown(
                f"the record of this meter does not say its {missing}: read them from the meter "
                "(04 shows the KRN, 77 the SGC) and complete the worklist"
            )
        return cls(
            Ea.parse(ea),
            Dkga.parse(dkga),
            Sgc(sgc),
            Ti.parse(ti),
            Krn(krn),
            KeyType.parse(kt),
            BaseDate.parse(base_date),
        )

    @classmethod
    def parse(cls, text: str) -> "KeyState":
        """The reverse of `str`; raises KeyStateUnknown for a state that is not written out, as of ready-made rows."""
        parts = text.split("/")
        if len(parts) != 7 or not all(part.isdecimal() for part in parts):
            raise KeyStateUnknown("this key change does not say which key states it joins")
        ea, dkga, sgc, ti, krn, kt, base_date = parts
        return cls.of_record(
            ea=int(ea), dkga=int(dkga), sgc=sgc, ti=ti, krn=int(krn), kt=int(kt), base_date=int(base_date)
        )

    def __str__(self) -> str:
        """One word that stands for this state in a record, such as "07/02/123456/01/1/2/1993"."""
        return f"{self.ea:02d}/{self.dkga:02d}/{self.sgc}/{self.ti}/{self.krn}/{self.kt:d}/{self.base_date:d}"
