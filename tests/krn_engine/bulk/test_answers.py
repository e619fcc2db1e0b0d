"""Every reference answer of a key change, and many random meters, through the arrays."""

import random
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from krn_engine.bulk.chains import Chain, Link, rows_of
from krn_engine.bulk.derive import DigitRows, derive
from krn_engine.bulk.ea07 import Ea07Planes
from krn_engine.bulk.ea11 import Ea11Arrays
from krn_engine.bulk.key_changes import Becomes, ea07_rows, ea11_rows
from krn_engine.bulk.pans import pans_of
from krn_engine.bulk.planes import Words, from_planes, to_planes
from krn_engine.sts.ea07 import SAMPLE_TABLES, Ea07Tables
from krn_engine.sts.framing import transpose_class
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti
from krn_engine.sts.key_change import ALLOWED_CHANGES, KeyChange
from krn_engine.sts.keys import Dkga, Ea, VendingKey
from krn_engine.sts.keys import derive as derive_one
from tests.krn_engine.bulk.numbers import a_number
from tests.krn_engine.sts import vectors
from tests.krn_engine.sts.vectors import EA11_SETS, load, needs_shared


def vending_key(inputs: Mapping[str, Any]) -> VendingKey:
    attributes = dict(inputs) | {"base_date": inputs.get("base", 1993), "ken": 255}
    return VendingKey.of_attributes(attributes, bytes.fromhex(inputs["vk"]))


def keys_of(inputs: Mapping[str, Any]) -> Words:
    pans: DigitRows = np.array([[int(digit) for digit in inputs["pan"]]], np.uint8)
    return derive(vending_key(inputs), pans, Ti.parse(inputs["ti"]), Ea.parse(inputs["ea"]))


def tokens_of(inputs: Mapping[str, Any], tables: Ea07Tables) -> list[str]:
    new = vending_key(inputs["new"])
    becomes = Becomes(new.sgc, new.krn, new.kt, Ti.parse(inputs["new"]["ti"]), Ken(inputs["ken"]), inputs["ro"])
    old_keys, new_keys = keys_of(inputs["old"]), keys_of(inputs["new"])
    is_ea07 = Ea.parse(inputs["new"]["ea"]) is Ea.EA07
    rows = ea07_rows(old_keys, new_keys, becomes, tables) if is_ea07 else ea11_rows(old_keys, new_keys, becomes)
    return [row.decode("ascii") for row in rows[0].tolist()]


@needs_shared
@pytest.mark.parametrize("vector", [pytest.param(vector, id=vector["id"]) for vector in load("kct")])
def test_key_change(vector: dict[str, Any]) -> None:
    expected = vector["expected"]["tokens"]
    tokens = tokens_of(vector["inputs"], vectors.operational_tables())
    assert [token for token, known in zip(tokens, expected, strict=True) if known] == [one for one in expected if one]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in EA11_SETS])
def test_ea11_set(case: dict[str, Any]) -> None:
    assert tokens_of(case, SAMPLE_TABLES) == case["expected"]["tokens"]


@needs_shared
def test_decoder_keys() -> None:
    for vector in load("dkga02"):
        keys = keys_of({"dkga": 2, "ea": 7} | vector["inputs"])
        assert f"{int(keys[0]):016x}" == vector["expected"]["key"]


@needs_shared
def test_ea07_block() -> None:
    for vector in load("ea07_block"):
        block, key = (np.full(64, int(vector["inputs"][name], 16), np.uint64) for name in ("plaintext", "key"))
        cipher = Ea07Planes(SAMPLE_TABLES, 1, 1)
        sealed = from_planes(cipher.encrypt(to_planes(block)[:, np.newaxis], to_planes(key))[:, 0])
        assert f"{transpose_class(0, int(sealed[63])):017x}" == vector["expected"]["framed66"]


def test_rfc2994_example() -> None:
    """RFC 2994, section 2.5 (and its appendix), as the engine's own test has it."""
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    keys = np.array([[int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big")]], np.uint64)
    sealed = Ea11Arrays(1, 1).encrypt(np.array([[0x0123456789ABCDEF]], np.uint64), keys)
    assert int(sealed[0, 0]) == 0x8B1DA5F56AB3D07C


def some_tables(dice: random.Random) -> Ea07Tables:
    return Ea07Tables(*(tuple(dice.sample(range(size), size)) for size in (16, 16, 64)))


def some_chain(dice: random.Random, ea: Ea, dkga: Dkga, tables: Ea07Tables) -> Chain:
    """One or two key changes that the standard allows."""
    types = [dice.choice((KeyType.DITK, KeyType.DDTK, KeyType.DUTK))]
    for _ in range(dice.choice((1, 2))):
        types.append(dice.choice([kt for kt in ALLOWED_CHANGES[types[-1]] if kt is not KeyType.DCTK]))
    links = []
    for kt in types:
        key = VendingKey(
            Sgc(f"{dice.randrange(10**6):06d}"),
            Krn(dice.randint(1, 9)),
            kt,
            dkga,
            dice.choice(list(BaseDate)),
            Ken(dice.randrange(256)),
            dice.randbytes(dkga.vending_key_bytes),
        )
        links.append(Link(key, Ti(dice.randrange(100)), Ken(dice.randrange(256))))
    return Chain(ea, tables, tuple(links))


def expected(chain: Chain, number: str) -> list[bytes]:
    pan = MeterPan.of(Drn(number))
    keys = [derive_one(link.key, pan, link.ti, chain.ea).with_ken(link.ken) for link in chain.links]
    return [str(row).encode() for pair in pairwise(keys) for row in KeyChange(*pair).tokens(chain.tables)]


KINDS = ((Ea.EA07, Dkga.DKGA02), (Ea.EA07, Dkga.DKGA04), (Ea.EA11, Dkga.DKGA04))


@pytest.mark.parametrize(
    ("chains", "meters"), [(4, 30), pytest.param(334, 100, marks=pytest.mark.slow)], ids=["short", "100,000 meters"]
)
@pytest.mark.parametrize(("ea", "dkga"), KINDS)
def test_random_meters(ea: Ea, dkga: Dkga, chains: int, meters: int) -> None:
    """Every KRN, KT, KEN, TI, RO, base date, and for EA07 other tables each time."""
    dice = random.Random(f"{ea} {dkga} {chains}")
    seen = set()
    for _ in range(chains):
        chain = some_chain(dice, ea, dkga, some_tables(dice))
        numbers = [a_number(dice, dice.choice((11, 13))) for _ in range(meters)]
        pans, good = pans_of(numbers)
        assert good.all()
        rows = rows_of(chain, pans)
        for number, many in zip(numbers, rows.tolist(), strict=True):
            assert many == expected(chain, number)
            seen.add(number)
    assert len(seen) > chains * meters * 0.99
