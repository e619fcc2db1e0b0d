"""Rows a second."""

import random
import time
from collections.abc import Callable, Iterator

from kiosk.bench.figure import ROUNDS, Figure, figure
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Dkga, Ea, VendingKey, derive

SECONDS = 2.0
"""How long each rate is measured, five times over."""


def _vending_key(dkga: Dkga, krn: int, base: BaseDate) -> VendingKey:
    value = random.Random(krn).randbytes(dkga.vending_key_bytes)  # noqa: S311  a key for timing only
    return VendingKey(Sgc("999007"), Krn(krn), KeyType.DUTK, dkga, base, Ken(255), value)


def figures(rounds: int = ROUNDS, seconds: float = SECONDS) -> Iterator[Figure]:
    """Four-row sets a second, on one core."""
    hops = ((1, BaseDate.Y1993), (2, BaseDate.Y1993), (3, BaseDate.Y2014))
    first, second, third = (_vending_key(Dkga.DKGA02, krn, base) for krn, base in hops)
    old, _, new = (_vending_key(Dkga.DKGA04, krn, base) for krn, base in hops)
    pan = MeterPan.of(Drn("11111111115"))
    ti = Ti(1)

    def pairs(keys: tuple[DecoderKey, ...]) -> None:
        KeyChange(keys[0], keys[1]).tokens(SAMPLE_TABLES)
        KeyChange(keys[1], keys[2]).tokens(SAMPLE_TABLES)

    def rate(name: str, act: Callable[[], object]) -> Figure:
        return figure(name, "sets/s", [_rate(act, seconds) for _ in range(rounds)])

    known7 = tuple(derive(key, pan, ti, Ea.EA07) for key in (first, second, third))
    known11 = KeyChange(derive(old, pan, ti, Ea.EA11), derive(new, pan, ti, Ea.EA11))
    yield rate("rows_ea07_known", lambda: pairs(known7))
    yield rate(
        "rows_ea07_derived", lambda: pairs(tuple(derive(key, pan, ti, Ea.EA07) for key in (first, second, third)))
    )
    yield rate("rows_ea11_known", known11.tokens)
    yield rate(
        "rows_ea11_derived",
        lambda: KeyChange(derive(old, pan, ti, Ea.EA11), derive(new, pan, ti, Ea.EA11)).tokens(),
    )


def _rate(act: Callable[[], object], seconds: float) -> float:
    """How often it can be done in a second."""
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for _ in range(50):
            act()
        done += 50
    return done / spent
