"""The rows of many meters along one chain of keys: the middle key of two pairs is derived once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from krn_engine.bulk.derive import DigitRows, derive_each
from krn_engine.bulk.digits import Digits
from krn_engine.bulk.key_changes import Becomes, ea07_rows, ea11_rows
from krn_engine.bulk.planes import Words
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.errors import InvalidKey
from krn_engine.sts.identity import Ken, Ti
from krn_engine.sts.keys import Ea, VendingKey


@dataclass(frozen=True, slots=True)
class Link:
    """One key of the chain, as all its meters hold it at that place."""

    key: VendingKey
    ti: Ti
    ken: Ken

    def becomes(self, before: "Link") -> Becomes:
        """What the change from the key before it puts in."""
        rolls_over = int(before.key.base_date != self.key.base_date)
        return Becomes(self.key.sgc, self.key.krn, self.key.kt, self.ti, self.ken, rolls_over)


@dataclass(frozen=True, slots=True)
class Chain:
    """From the key that the meters hold to the last one; `tables` for EA07."""

    ea: Ea
    tables: Ea07Tables | None = field(repr=False)
    links: tuple[Link, ...]

    @property
    def rows(self) -> int:
        """Rows of one meter."""
        return self.ea.sections * (len(self.links) - 1)


def rows_of(chain: Chain, pans: DigitRows) -> Digits:
    """The rows of these meters, shape (n, `chain.rows`), in the order in which they are typed.

    Raises what `derive` raises, and InvalidKey for EA07 without tables. Decoder keys are wiped before it ends.
    """
    rows = np.empty((len(pans), chain.rows), "S20")
    held: list[Words] = []
    try:
        for keys in derive_each([(link.key, link.ti) for link in chain.links], pans, chain.ea):
            held.append(keys)
        for number, ((before, old), (after, new)) in enumerate(pairwise(zip(chain.links, held, strict=True))):
            here = slice(chain.ea.sections * number, chain.ea.sections * (number + 1))
            rows[:, here] = _change(chain, old, new, after.becomes(before))
    finally:
        wipe(held)
    return rows


def _change(chain: Chain, old: Words, new: Words, becomes: Becomes) -> Digits:
    if chain.ea is Ea.EA11:
        return ea11_rows(old, new, becomes)
    if chain.tables is None:
        raise InvalidKey("EA07 needs its substitution and permutation tables: import the utility's table file")
    return ea07_rows(old, new, becomes, chain.tables)


def wipe(keys: Sequence[Words]) -> None:
    """Write over arrays that held keys."""
    for words in keys:
        words[...] = 0
