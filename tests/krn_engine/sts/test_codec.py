"""decode(encode(x)) is x for every token; what is not a token is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.sts import amount
from krn_engine.sts.codec import decode, encode
from krn_engine.sts.crc import token_crc
from krn_engine.sts.ea07 import SAMPLE_TABLES, Ea07, Ea07Tables
from krn_engine.sts.ea11 import Ea11
from krn_engine.sts.errors import (
    CrcMismatch,
    FieldOutOfRange,
    InvalidKey,
    InvalidTables,
    InvalidToken,
    UnknownTokenKind,
)
from krn_engine.sts.framing import MAX_TOKEN, from_digits, to_digits
from krn_engine.sts.keys import BlockCipher
from krn_engine.sts.tid import Tid
from krn_engine.sts.tokens import (
    CreditKind,
    CreditToken,
    CurrencyToken,
    ManagementKind,
    ManagementToken,
    Section1,
    Section2,
    Section3,
    Section4,
    TestToken,
    Token,
)


def bits(size: int) -> st.SearchStrategy[int]:
    return st.integers(0, (1 << size) - 1)


tids = bits(24).map(Tid)
tokens: st.SearchStrategy[Token] = st.one_of(
    st.builds(
        CreditToken,
        st.sampled_from([kind for kind in CreditKind if not kind.is_currency]),
        bits(4),
        tids,
        bits(16).map(amount.decode_credit),
    ),
    st.builds(
        CurrencyToken,
        st.sampled_from([kind for kind in CreditKind if kind.is_currency]),
        tids,
        st.tuples(bits(4), bits(16)).map(lambda pair: amount.decode_currency(*pair)),
    ),
    st.builds(TestToken, st.just(0), bits(36), bits(8)),
    st.builds(TestToken, st.just(1), bits(28), bits(16)),
    st.builds(ManagementToken, st.sampled_from(ManagementKind), bits(4), tids, bits(16)),
    st.builds(Section1, bits(4), bits(4), bits(1), bits(1), bits(2), bits(32)),
    st.builds(Section2, bits(4), bits(8), bits(32)),
    st.builds(Section3, bits(12), bits(32)),
    st.builds(Section4, bits(12), bits(32)),
)
ciphers: st.SearchStrategy[BlockCipher] = st.one_of(
    st.binary(min_size=8, max_size=8).map(lambda key: Ea07(key, SAMPLE_TABLES)),
    st.binary(min_size=16, max_size=16).map(Ea11),
)


@given(tokens, ciphers)
def test_decode_gives_back_what_was_encoded(token: Token, cipher: BlockCipher) -> None:
    digits = encode(token, cipher)
    assert len(digits) == 20
    assert digits.isdecimal()
    assert decode(digits, cipher) == token


@given(ciphers, bits(64))
def test_ciphers_go_both_ways(cipher: BlockCipher, block: int) -> None:
    assert cipher.decrypt(cipher.encrypt(block)) == block
    assert cipher.encrypt(cipher.decrypt(block)) == block


@given(st.integers(0, 3), bits(64))
def test_framing_goes_both_ways(token_class: int, block: int) -> None:
    assert from_digits(to_digits(token_class, block)) == (token_class, block)


@pytest.mark.parametrize(
    "digits",
    [
        str(MAX_TOKEN + 1),
        "99999999999999999999",
        "80000000000000000000",
        "1234567890123456789",
        "123456789012345678901",
        "1234567890123456789x",
        "+1234567890123456789",
        "1234 5678 9012 34567",
        "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠",
        "",
    ],
)
def test_what_is_no_token_is_refused(digits: str) -> None:
    with pytest.raises(InvalidToken):
        from_digits(digits)


def test_the_largest_token_is_taken() -> None:
    assert from_digits(str(MAX_TOKEN)) == (3, (1 << 64) - 1)


def test_unknown_class_and_wrong_key() -> None:
    cipher = Ea11(bytes(16))
    with pytest.raises(CrcMismatch):
        decode(encode(Section2(15, 1, 7), Ea11(bytes([1] * 16))), cipher)
    # Class 3 does not exist: the block of a good class 2 token, framed as class 3 with a fitting CRC.
    upper = 4 << 44
    block = upper << 16 | token_crc(3, upper)
    with pytest.raises(UnknownTokenKind):
        decode(to_digits(3, cipher.encrypt(block)), cipher)


def test_an_encrypted_token_needs_a_cipher() -> None:
    with pytest.raises(ValueError, match="cipher"):
        encode(Section2(0, 0, 0), None)


@given(st.integers(0, amount.MAX_CREDIT))
def test_credit_is_rounded_up_and_by_less_than_a_step(units: int) -> None:
    coded = amount.decode_credit(amount.encode_credit(units))
    assert units <= coded < units + max(1, units // 1000)
    assert amount.encode_credit(coded) == amount.encode_credit(units)


@given(st.integers(-(10**20), 10**20))
def test_currency_is_rounded_for_the_customer(units: int) -> None:
    coded = amount.decode_currency(*amount.encode_currency(units))
    assert coded >= units
    assert abs(coded - units) <= max(1, abs(units) // 1000)


@pytest.mark.parametrize("units", [-1, amount.MAX_CREDIT + 1])
def test_amount_outside_its_field(units: int) -> None:
    with pytest.raises(FieldOutOfRange):
        CreditToken(CreditKind.ELECTRICITY, 0, Tid(0), units)


def test_fields_that_do_not_fit() -> None:
    with pytest.raises(FieldOutOfRange):
        Section2(16, 0, 0)
    with pytest.raises(FieldOutOfRange):
        TestToken(2, 0, 0)
    with pytest.raises(FieldOutOfRange):
        CreditToken(CreditKind.WATER_CURRENCY, 0, Tid(0), 1)
    with pytest.raises(FieldOutOfRange):
        CurrencyToken(CreditKind.WATER, Tid(0), 1)
    with pytest.raises(FieldOutOfRange):
        Tid(1 << 24)


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"S1": list(range(16)), "S2": list(range(16))},
        {"S1": list(range(16)), "S2": list(range(16)), "P": list(range(63))},
        {"S1": list(range(16)), "S2": [0] * 16, "P": list(range(64))},
        {"S1": list(range(1, 17)), "S2": list(range(16)), "P": list(range(64))},
        {"S1": "0123456789abcdef", "S2": list(range(16)), "P": list(range(64))},
        {"S1": [float(n) for n in range(16)], "S2": list(range(16)), "P": list(range(64))},
    ],
)
def test_tables_that_are_no_permutations(tables: dict[str, object]) -> None:
    with pytest.raises(InvalidTables):
        Ea07Tables.parse(tables)


@pytest.mark.parametrize("size", [0, 7, 9, 15, 17])
def test_key_of_a_wrong_length(size: int) -> None:
    with pytest.raises(InvalidKey):
        Ea07(bytes(size), SAMPLE_TABLES)
    with pytest.raises(InvalidKey):
        Ea11(bytes(size))
