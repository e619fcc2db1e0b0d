"""EA07, the standard transfer algorithm: 64-bit blocks, 64-bit keys, 16 rounds (IEC 62055-41, 6.4.4).

Its substitution and permutation tables are given to it. The project holds the sample tables that the standard
prints; the operational ones come from the utility, beside its vending keys.

A round substitutes sixteen nibbles, each through one of two tables as a key bit says, and then permutes 64 bits.
Both steps together are linear in the bytes of the block, so `Ea07Tables` prepares for each byte position and each
pair of key bits the permuted result of every byte, and a round becomes eight look-ups and an OR.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from krn_engine.sts.errors import InvalidKey, InvalidTables

ROUNDS = 16
_MASK64 = (1 << 64) - 1

_Bytes = tuple[int, ...]
"""Result of each of 256 bytes."""
_Round = tuple[_Bytes, _Bytes, _Bytes, _Bytes, _Bytes, _Bytes, _Bytes, _Bytes]
"""One table for each byte of the block, lowest first."""


def _permutation(values: object, size: int, name: str) -> tuple[int, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise InvalidTables(f"EA07 table {name} must be a list of {size} numbers")
    if any(type(value) is not int for value in values) or sorted(values) != list(range(size)):
        raise InvalidTables(f"EA07 table {name} must hold each number from 0 to {size - 1} once")
    return tuple(values)


def _inverse(permutation: Sequence[int]) -> tuple[int, ...]:
    inverse = [0] * len(permutation)
    for source, target in enumerate(permutation):
        inverse[target] = source
    return tuple(inverse)


def _byte_tables(by_key_bit: tuple[Sequence[int], Sequence[int]], moved: Sequence[int]) -> list[list[_Bytes]]:
    """[byte position][key bits of its two nibbles] -> 256 results, substituted and moved to their places."""

    def spread(value: int, first_bit: int) -> int:
        return sum(1 << moved[first_bit + bit] for bit in range(4) if value >> bit & 1)

    tables = []
    for position in range(8):
        low, high = (
            [[spread(box[nibble], 8 * position + shift) for nibble in range(16)] for box in by_key_bit]
            for shift in (0, 4)
        )
        tables.append(
            [tuple(h | l for h in high[bits >> 1] for l in low[bits & 1]) for bits in range(4)]  # noqa: E741
        )
    return tables


@dataclass(frozen=True, slots=True)
class Ea07Tables:
    """The substitution tables S1 and S2 (16 nibbles each) and the permutation P (64 bits; index 0 is bit 0).

    Raises InvalidTables unless each is a permutation of the right size.
    """

    s1: tuple[int, ...] = field(repr=False)
    s2: tuple[int, ...] = field(repr=False)
    p: tuple[int, ...] = field(repr=False)
    _forward: list[list[_Bytes]] = field(init=False, repr=False, compare=False)
    _substitute_back: list[list[_Bytes]] = field(init=False, repr=False, compare=False)
    _permute_back: _Round = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, size in (("s1", 16), ("s2", 16), ("p", 64)):
            object.__setattr__(self, name, _permutation(getattr(self, name), size, name.upper()))
        stay = range(64)
        backward = _byte_tables((range(16), range(16)), _inverse(self.p))
        object.__setattr__(self, "_forward", _byte_tables((self.s1, self.s2), self.p))
        object.__setattr__(self, "_substitute_back", _byte_tables((_inverse(self.s2), _inverse(self.s1)), stay))
        object.__setattr__(self, "_permute_back", tuple(position[0] for position in backward))

    @classmethod
    def parse(cls, tables: Mapping[str, object]) -> "Ea07Tables":
        """From a mapping with the lists S1, S2 and P, as a table file holds them; raises InvalidTables."""
        missing = [name for name in ("S1", "S2", "P") if name not in tables]
        if missing:
            raise InvalidTables(f"EA07 tables need the lists S1, S2 and P; {', '.join(missing)} is missing")
        return cls(
            _permutation(tables["S1"], 16, "S1"),
            _permutation(tables["S2"], 16, "S2"),
            _permutation(tables["P"], 64, "P"),
        )

    def schedule_forward(self, key: int) -> tuple[_Round, ...]:
        """The look-up tables of the 16 rounds of an encryption, in their order."""
        register = ~key & _MASK64
        register = (register >> 12 | register << 52) & _MASK64
        rounds = []
        for _ in range(ROUNDS):
            rounds.append(self._select(self._forward, register >> 3))
            register = (register << 1 | register >> 63) & _MASK64
        return tuple(rounds)

    def schedule_backward(self, key: int) -> tuple[_Round, ...]:
        """The substitution tables of the 16 rounds of a decryption, in their order."""
        register = key
        rounds = []
        for _ in range(ROUNDS):
            rounds.append(self._select(self._substitute_back, register))
            register = register >> 1 | (register & 1) << 63
        return tuple(rounds)

    @staticmethod
    def _select(tables: list[list[_Bytes]], register: int) -> _Round:
        """The tables that bits 0, 4, 8 … 60 of `register` choose, two bits for each byte of the block."""
        a, b, c, d, e, f, g, h = tables
        return (
            a[register & 1 | register >> 3 & 2],
            b[register >> 8 & 1 | register >> 11 & 2],
            c[register >> 16 & 1 | register >> 19 & 2],
            d[register >> 24 & 1 | register >> 27 & 2],
            e[register >> 32 & 1 | register >> 35 & 2],
            f[register >> 40 & 1 | register >> 43 & 2],
            g[register >> 48 & 1 | register >> 51 & 2],
            h[register >> 56 & 1 | register >> 59 & 2],
        )

    @property
    def permute_back(self) -> _Round:
        """The inverse of P, for each byte of a block."""
        return self._permute_back


_SAMPLE_P = (
    "29 27 34 9 16 62 55 2 40 49 38 25 33 61 30 23 1 41 21 57 42 15 5 58 19 53 22 17 48 28 24 39 "
    "3 60 36 14 11 52 54 12 31 51 10 26 0 45 37 43 44 6 59 4 7 35 56 50 13 18 32 47 46 63 20 8"
)

SAMPLE_TABLES = Ea07Tables(
    s1=(12, 10, 8, 4, 3, 15, 0, 2, 14, 1, 5, 13, 6, 9, 7, 11),
    s2=(6, 9, 7, 4, 3, 10, 12, 14, 2, 13, 1, 15, 0, 11, 8, 5),
    p=tuple(map(int, _SAMPLE_P.split())),
)
"""The sample tables printed in IEC 62055-41. No meter in the field uses them."""


class Ea07:
    """The cipher under one key (8 bytes, most significant first). Raises InvalidKey for another length."""

    __slots__ = ("_backward", "_forward", "_key", "_tables")

    def __init__(self, key: bytes, tables: Ea07Tables) -> None:
        if len(key) != 8:
            raise InvalidKey("an EA07 key has 8 bytes")
        self._key = int.from_bytes(key, "big")
        self._tables = tables
        self._forward: tuple[_Round, ...] | None = None
        self._backward: tuple[_Round, ...] | None = None

    def encrypt(self, block: int) -> int:
        """The 64-bit ciphertext of a 64-bit block."""
        if self._forward is None:
            self._forward = self._tables.schedule_forward(self._key)
        for a, b, c, d, e, f, g, h in self._forward:
            block = _look_up(block, a, b, c, d, e, f, g, h)
        return block

    def decrypt(self, block: int) -> int:
        """The 64-bit block of a 64-bit ciphertext."""
        if self._backward is None:
            self._backward = self._tables.schedule_backward(self._key)
        permute = self._tables.permute_back
        for tables in self._backward:
            block = _look_up(_look_up(block, *permute), *tables)
        return block


def _look_up(block: int, a: _Bytes, b: _Bytes, c: _Bytes, d: _Bytes, e: _Bytes, f: _Bytes, g: _Bytes, h: _Bytes) -> int:
    return (
        a[block & 255]
        | b[block >> 8 & 255]
        | c[block >> 16 & 255]
        | d[block >> 24 & 255]
        | e[block >> 32 & 255]
        | f[block >> 40 & 255]
        | g[block >> 48 & 255]
        | h[block >> 56]
    )
