"""A key change: the two or four tokens that take a meter from one decoder key to another (IEC 62055-41, 6.2.7)."""

from dataclasses import dataclass

from krn_engine.row import Row
from krn_engine.sts.codec import encode
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.errors import KeyChangeRefused, UnsupportedByName
from krn_engine.sts.identity import KeyType
from krn_engine.sts.keys import DecoderKey, Ea
from krn_engine.sts.tokens import Section, Section1, Section2, Section3, Section4

ALLOWED_CHANGES: dict[KeyType, frozenset[KeyType]] = {
    KeyType.DITK: frozenset(KeyType),
    KeyType.DDTK: frozenset({KeyType.DDTK, KeyType.DUTK, KeyType.DCTK}),
    KeyType.DUTK: frozenset({KeyType.DUTK, KeyType.DDTK}),
    KeyType.DCTK: frozenset({KeyType.DCTK, KeyType.DDTK}),
}
"""Which key type may be loaded under which (6.5.2.3 and 6.5.2.4); the other pairs end in KeyTypeError."""


@dataclass(frozen=True, slots=True)
class KeyChange:
    """From `old` to `new`. The tokens carry no time: the same keys give the same tokens, for ever.

    Raises KeyChangeRefused when the two keys do not go together: another algorithm, another DKGA, or a key type
    that the old one may not load. `three_tokens` asks for the EA07 variant that carries the SGC;
    it raises UnsupportedByName, because no source proves the layout of its third token.
    """

    old: DecoderKey
    new: DecoderKey
    rolls_over: bool | None = None
    """RO: whether the meter forgets its token identifiers. None: set by the base dates, as the standard has it."""
    three_tokens: bool = False

    def __post_init__(self) -> None:
        if self.three_tokens:
            raise UnsupportedByName(
                "the 3-token key change is refused until a source for the layout of its third token is known"
            )
        if self.old.ea is not self.new.ea:
            raise KeyChangeRefused("a key change cannot change the encryption algorithm of a meter")
        if self.old.dkga is not self.new.dkga:
            raise KeyChangeRefused("both keys of a key change must come from the same DKGA")
        if self.new.kt not in ALLOWED_CHANGES[self.old.kt]:
            raise KeyChangeRefused(f"a meter with a {self.old.kt.name} key does not take a {self.new.kt.name} key")

    @property
    def ro(self) -> int:
        """The RO bit."""
        if self.rolls_over is None:
            return int(self.old.base_date != self.new.base_date)
        return int(self.rolls_over)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The clear sections, first to last."""
        new = self.new
        ken = new.ken.number
        word = [int.from_bytes(new.value[place : place + 4], "big") for place in range(0, len(new.value), 4)]
        first = Section1(ken >> 4, new.krn.number, self.ro, 0, int(new.kt), word[0])
        second = Section2(ken & 15, new.ti.number, word[-1])
        if new.ea is Ea.EA07:
            return first, second
        sgc = int(new.sgc.digits)
        # NKMO2 travels in the third section and NKMO1 in the fourth: 6.2.8.1, and every reference answer.
        return first, second, Section3(sgc & 0xFFF, word[1]), Section4(sgc >> 12, word[2])

    def tokens(self, tables: Ea07Tables | None = None) -> tuple[Row, ...]:
        """The rows: 2 (EA07) or 4 (EA11) of 20 digits, all encrypted under the old key.

        Raises InvalidKey for EA07 without `tables`.
        """
        cipher = self.old.cipher(tables)
        return tuple(Row(encode(section, cipher)) for section in self.sections)
