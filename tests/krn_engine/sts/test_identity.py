"""A wrong identity cannot be made."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.sts.errors import CheckDigitWrong, FieldOutOfRange, InvalidIdentity, UnsupportedByName
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti, fits_check_digit, luhn_digit
from krn_engine.sts.keys import Dkga, Ea
from krn_engine.sts.tid import Tid


@pytest.mark.parametrize(
    "make",
    [
        lambda: Drn("0000000000"),
        lambda: Drn("000000000000"),
        lambda: Drn("0000000000a"),
        lambda: Drn("\N{ARABIC-INDIC DIGIT ZERO}" * 11),
        lambda: Drn(" 00000000000"),
        lambda: Drn("12345678904"),  # STS 531 CTSA17
        lambda: Drn("11111111113"),  # STS 531 CTSA17
        lambda: MeterPan("60072700000000000"),
        lambda: MeterPan("600727000000000008"),
        lambda: MeterPan("600727111111111135"),
        lambda: MeterPan("123456000000000007"),
        lambda: Sgc("12345"),
        lambda: Sgc("1234567"),
        lambda: Sgc("12345x"),
        lambda: Krn(0),
        lambda: Krn(10),
        lambda: Krn(True),
        lambda: KeyType.parse(4),
        lambda: KeyType.parse(-1),
        lambda: Ti(100),
        lambda: Ti(-1),
        lambda: Ti.parse("1a"),
        lambda: Ti.parse("001"),
        lambda: Ti.parse(""),
        lambda: Ken(256),
        lambda: Ken(-1),
        lambda: BaseDate.parse(2000),
    ],
)
def test_wrong_identity_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidIdentity):
        make()


@pytest.mark.parametrize(
    ("drn", "pan"),
    [
        ("00000000000", "600727000000000009"),
        ("0100000000008", "000001000000000082"),
        ("11111111115", "600727111111111153"),
    ],
)
def test_pan_of_drn(drn: str, pan: str) -> None:
    assert MeterPan.of(Drn(drn)).digits == pan
    assert MeterPan(pan).drn == Drn(drn)


def test_pan_block_keeps_the_drns_check_digit() -> None:
    assert f"{MeterPan('600727111111111153').block:016x}" == "0072711111111115"
    assert f"{MeterPan('000001000000000082').block:016x}" == "0000100000000008"


@given(st.text("0123456789", min_size=10, max_size=10), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_never_passes(payload: str, place: int, by: int) -> None:
    digits = payload + luhn_digit(payload)
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    with pytest.raises(CheckDigitWrong):
        Drn(wrong)


def test_manufacturer_code() -> None:
    assert Drn("11111111115").manufacturer_code == "11"
    assert Drn("0100000000008").manufacturer_code == "0100"


@pytest.mark.parametrize("code", [1, 3, 5])
def test_unproven_key_derivations_are_refused_by_name(code: int) -> None:
    with pytest.raises(UnsupportedByName, match=f"DKGA0{code}"):
        Dkga.parse(code)


@pytest.mark.parametrize("code", [9, 8])
def test_withdrawn_cipher_is_refused_by_name(code: int) -> None:
    with pytest.raises(UnsupportedByName, match=f"EA0{code}"):
        Ea.parse(code)


@pytest.mark.parametrize(
    ("base", "last"),
    [
        (BaseDate.Y1993, datetime(2024, 11, 24, 20, 15, tzinfo=UTC)),
        (BaseDate.Y2014, datetime(2045, 11, 24, 20, 15, tzinfo=UTC)),
        (BaseDate.Y2035, datetime(2066, 11, 24, 20, 15, tzinfo=UTC)),
    ],
)
def test_a_token_identifier_ends_where_its_base_date_rolls_over(base: BaseDate, last: datetime) -> None:
    assert base.rolls_over == last
    assert Tid.at(last, base).minutes == (1 << 24) - 1
    with pytest.raises(FieldOutOfRange):
        Tid.at(last + timedelta(minutes=1), base)
    with pytest.raises(FieldOutOfRange):
        Tid.at(base.start - timedelta(seconds=1), base)


def test_tid_skips_the_reserved_minute_and_cuts_seconds() -> None:
    day = datetime(2020, 5, 1, tzinfo=UTC)
    base = BaseDate.Y2014
    midnight = Tid.at(day, base).minutes
    assert Tid.at(day + timedelta(seconds=59), base).minutes == midnight
    assert Tid.at(day + timedelta(minutes=1), base).minutes == midnight + 2
    assert Tid.at(day + timedelta(minutes=1, seconds=59), base).minutes == midnight + 2
    assert Tid.at(day + timedelta(minutes=2), base).minutes == midnight + 2


def test_tid_is_counted_in_utc() -> None:
    in_jakarta = datetime(2020, 5, 1, 7, 30, tzinfo=timezone(timedelta(hours=7)))
    assert Tid.at(in_jakarta, BaseDate.Y2014) == Tid.at(datetime(2020, 5, 1, 0, 30, tzinfo=UTC), BaseDate.Y2014)
    with pytest.raises(ValueError, match="time zone"):
        Tid.at(datetime(2020, 5, 1), BaseDate.Y2014)  # noqa: DTZ001


def test_ken_expires_after_its_period() -> None:
    ken, base = Ken(0xAA), BaseDate.Y1993
    end = ken.expires(base)
    assert end == datetime(1993, 1, 1, tzinfo=UTC) + timedelta(minutes=0xAB << 16)
    assert end is not None
    assert ken.refuses(Tid.at(end, base).minutes)
    assert not ken.refuses(Tid.at(end - timedelta(minutes=1), base).minutes)
    assert Ken(255).expires(base) is None
    assert not Ken(255).refuses((1 << 24) - 1)


@given(st.from_regex(r"[0-9]{1,12}", fullmatch=True), st.integers(0, 9))
def test_a_check_digit_fits_where_it_is_the_luhn_digit(payload: str, digit: int) -> None:
    assert fits_check_digit(int(f"{payload}{digit}")) == (luhn_digit(payload) == str(digit))
