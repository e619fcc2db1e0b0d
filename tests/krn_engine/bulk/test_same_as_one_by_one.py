"""What is made of arrays is what the engine makes of one meter, row for row."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.bulk.derive import derive as derive_many
from krn_engine.bulk.derive import derive_each
from krn_engine.bulk.digits import to_digits as digits_of_many
from krn_engine.bulk.ea07 import Ea07Planes
from krn_engine.bulk.key_changes import Becomes, ea07_rows, ea11_rows
from krn_engine.bulk.pans import pans_of
from krn_engine.bulk.planes import LANES, Words, from_planes, to_planes
from krn_engine.sts.ea07 import SAMPLE_TABLES, Ea07Tables
from krn_engine.sts.errors import InvalidIdentity, KeyChangeRefused, UnsupportedByName
from krn_engine.sts.framing import to_digits
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti
from krn_engine.sts.key_change import KeyChange
from krn_engine.sts.keys import DecoderKey, Dkga, Ea, VendingKey, derive
from tests.krn_engine.bulk.numbers import a_number

WORDS = st.integers(0, (1 << 64) - 1)
EDGES = (0, 1, (1 << 64) - 1, 1 << 63, 3 << 27, 0x5555555555555555)


def some_tables(dice: random.Random) -> Ea07Tables:
    return Ea07Tables(*(tuple(dice.sample(range(size), size)) for size in (16, 16, 64)))


def some_change(dice: random.Random) -> Becomes:
    return Becomes(
        Sgc(f"{dice.randrange(10**6):06d}"),
        Krn(dice.randint(1, 9)),
        dice.choice([KeyType.DDTK, KeyType.DUTK]),
        Ti(dice.randrange(100)),
        Ken(dice.randrange(256)),
        dice.randrange(2),
    )


def one_by_one(ea: Ea, old: bytes, new: bytes, becomes: Becomes, tables: Ea07Tables) -> list[bytes]:
    same = {"ea": ea, "sgc": becomes.sgc, "kt": becomes.kt, "ti": becomes.ti}
    before = DecoderKey(value=old, krn=Krn(1), base_date=BaseDate.Y1993, **same)  # type: ignore[arg-type]
    after = DecoderKey(value=new, krn=becomes.krn, base_date=BaseDate.Y2014, ken=becomes.ken, **same)  # type: ignore[arg-type]
    return [str(row).encode() for row in KeyChange(before, after, bool(becomes.ro)).tokens(tables)]


def as_bytes(key: Words) -> bytes:
    return b"".join(int(word).to_bytes(8, "big") for word in np.atleast_1d(key))


def require_same(old: Words, new: Words, becomes: Becomes, tables: Ea07Tables) -> None:
    is_ea07 = old.ndim == 1
    many = ea07_rows(old, new, becomes, tables) if is_ea07 else ea11_rows(old, new, becomes)
    ea = Ea.EA07 if is_ea07 else Ea.EA11
    for place in range(len(old)):
        expected = one_by_one(ea, as_bytes(old[place]), as_bytes(new[place]), becomes, tables)
        assert list(many[place]) == expected, place


@pytest.mark.parametrize("meters", [1, 63, 64, 65, 700])
@pytest.mark.parametrize("halves", [1, 2])
def test_rows(meters: int, halves: int) -> None:
    dice = random.Random(meters)
    numbers = np.random.default_rng(meters)
    for tables in (SAMPLE_TABLES, some_tables(dice)):
        old, new = (numbers.integers(0, 1 << 64, meters if halves == 1 else (meters, 2), np.uint64) for _ in range(2))
        require_same(old, new, some_change(dice), tables)


def test_rows_of_more_meters_than_one_array_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn_engine.bulk.key_changes.EA07_WORDS", 2)
    monkeypatch.setattr("krn_engine.bulk.key_changes.EA07_CHUNK", 256)
    monkeypatch.setattr("krn_engine.bulk.key_changes.EA11_CHUNK", 100)
    for shape in (600, (250, 2)):
        old, new = (np.random.default_rng(seed).integers(0, 1 << 64, shape, np.uint64) for seed in (1, 2))
        require_same(old, new, some_change(random.Random(3)), SAMPLE_TABLES)


def test_little_is_encrypted_for_no_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    encrypt = Ea07Planes.encrypt

    def counted(cipher: Ea07Planes, blocks: Words, keys: Words) -> Words:
        asked.append(LANES * blocks.shape[-1])
        return encrypt(cipher, blocks, keys)

    monkeypatch.setattr(Ea07Planes, "encrypt", counted)
    keys = np.zeros(70_000, np.uint64)
    ea07_rows(keys, keys, some_change(random.Random(1)), SAMPLE_TABLES)
    assert 70_000 <= sum(asked) < 80_000


def test_no_meter_has_no_rows() -> None:
    nobody = np.empty(0, np.uint64)
    becomes = some_change(random.Random(1))
    assert ea07_rows(nobody, nobody, becomes, SAMPLE_TABLES).shape == (0, 2)
    assert ea11_rows(nobody.reshape(0, 2), nobody.reshape(0, 2), becomes).shape == (0, 4)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5), st.integers(0, 10**6))
def test_rows_of_any_keys(keys: list[tuple[int, int]], seed: int) -> None:
    old, new = (np.array(part, np.uint64) for part in zip(*keys, strict=True))
    require_same(old, new, some_change(random.Random(seed)), SAMPLE_TABLES)


@given(st.lists(WORDS, min_size=1, max_size=9))
def test_digits(blocks: list[int]) -> None:
    blocks += EDGES
    for token_class in range(4):
        many = digits_of_many(token_class, np.array(blocks, np.uint64))
        assert [row.decode() for row in many] == [to_digits(token_class, block) for block in blocks]


def test_planes_there_and_back() -> None:
    blocks = np.random.default_rng(1).integers(0, 1 << 64, 192, np.uint64)
    planes = to_planes(blocks)
    assert all(int(planes[bit, 1]) >> 5 & 1 == int(blocks[3 * 5 + 1]) >> bit & 1 for bit in range(64))
    assert (from_planes(planes) == blocks).all()


NO_NUMBERS = (
    "",
    "1",
    "1234567890",
    "12345678901",
    "0" * 12,
    "1" * 15,
    "1234567890x",
    "\uff11" * 11,
    "1" * 40,
    "0" * 11 + "\0",
)


def pan_of_one(number: str) -> str | None:
    try:
        return str(MeterPan.of(Drn(number)))
    except InvalidIdentity:
        return None


@given(st.lists(st.one_of(st.text(max_size=15), st.from_regex(r"[0-9]{11}|[0-9]{13}", fullmatch=True)), max_size=9))
def test_pans(numbers: list[str]) -> None:
    dice = random.Random(1)
    numbers += [a_number(dice, length) for length in (11, 13)] + [*NO_NUMBERS]
    pans, good = pans_of(numbers)
    for number, pan, is_one in zip(numbers, pans, good, strict=True):
        expected = pan_of_one(number)
        assert ("".join(map(str, pan)) if is_one else None) == expected, number


def some_key(dice: random.Random, dkga: Dkga) -> VendingKey:
    return VendingKey(
        Sgc(f"{dice.randrange(10**6):06d}"),
        Krn(dice.randint(1, 9)),
        dice.choice([KeyType.DITK, KeyType.DDTK, KeyType.DUTK]),
        dkga,
        dice.choice(list(BaseDate)),
        Ken(255),
        dice.randbytes(dkga.vending_key_bytes),
    )


def require_derived(numbers: Sequence[str], key: VendingKey, ti: Ti, ea: Ea) -> None:
    pans, good = pans_of(numbers)
    assert good.all()
    for number, many in zip(numbers, derive_many(key, pans, ti, ea), strict=True):
        assert as_bytes(many) == derive(key, MeterPan.of(Drn(number)), ti, ea).value


@pytest.mark.parametrize(("dkga", "ea"), [(Dkga.DKGA02, Ea.EA07), (Dkga.DKGA04, Ea.EA07), (Dkga.DKGA04, Ea.EA11)])
def test_decoder_keys(dkga: Dkga, ea: Ea) -> None:
    dice = random.Random(int(dkga) * 100 + int(ea))
    for _ in range(20):
        numbers = [a_number(dice, dice.choice((11, 13))) for _ in range(10)]
        require_derived(numbers, some_key(dice, dkga), Ti(dice.randrange(100)), ea)


@pytest.mark.parametrize("meters", [1, 64, 65, 200])
def test_decoder_keys_of_many_meters(monkeypatch: pytest.MonkeyPatch, meters: int) -> None:
    monkeypatch.setattr("krn_engine.bulk.derive.MANY", 1)
    monkeypatch.setattr("krn_engine.bulk.derive._DES_WORDS", 2)
    dice = random.Random(meters)
    numbers = [a_number(dice, dice.choice((11, 13))) for _ in range(meters)]
    keys = [(some_key(dice, Dkga.DKGA02), Ti(dice.randrange(100))) for _ in range(3)]
    made = list(derive_each(keys, pans_of(numbers)[0], Ea.EA07))
    assert len(made) == 3
    assert made[0].base is made[2].base is not None, "they came out of one array"
    for (key, ti), many in zip(keys, made, strict=True):
        assert [as_bytes(one) for one in many] == [
            derive(key, MeterPan.of(Drn(number)), ti, Ea.EA07).value for number in numbers
        ]


@pytest.mark.parametrize("many", [1, 1000])
def test_what_one_meter_is_refused_is_refused_for_many(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr("krn_engine.bulk.derive.MANY", many)
    dice = random.Random(1)
    pans, _ = pans_of([a_number(dice, 11)])
    with pytest.raises(KeyChangeRefused):
        list(derive_each([(some_key(dice, Dkga.DKGA02), Ti(1))], pans, Ea.EA11))
    for dkga in Dkga:
        value = bytes(dkga.vending_key_bytes)
        common = VendingKey(Sgc("123456"), Krn(1), KeyType.DCTK, dkga, BaseDate.Y2014, Ken(255), value)
        with pytest.raises(UnsupportedByName):
            list(derive_each([(common, Ti(1))], pans, Ea.EA07))
