"""HDLC frames: octets and back, what gurux-dlms makes of the same values, and whatever noise comes in."""

import random

import pytest
from gurux_dlms import GXByteBuffer
from gurux_dlms._GXFCS16 import _GXFCS16
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MeterAnswersWrong
from hardware.optical.fcs import fcs
from hardware.optical.frames import LONGEST_INFORMATION, Address, Frame, FrameKind, FrameReader
from tests.campaigns.frames import mutated

CLIENT, SERVER = Address(0x10), Address(1, 17, 2)

addresses = st.one_of(
    st.builds(Address, st.integers(0, 0x7F)),
    st.builds(Address, st.integers(0, 0x7F), st.integers(0, 0x7F), st.just(2)),
    st.builds(Address, st.integers(0, 0x3FFF), st.integers(0, 0x3FFF), st.just(4)),
)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    kind = draw(st.sampled_from(FrameKind))
    numbers = st.integers(0, 7)
    return Frame(
        draw(addresses),
        draw(addresses),
        kind,
        draw(st.binary(max_size=200)),
        draw(numbers) if kind is FrameKind.I else 0,
        draw(numbers) if kind in (FrameKind.I, FrameKind.RR, FrameKind.RNR) else 0,
        draw(st.booleans()),
        draw(st.booleans()),
    )


def test_the_check_sequence_is_that_of_rfc_1662() -> None:
    # The check value of CRC-16/IBM-SDLC (X.25): the same generator, start and complement.
    assert fcs(b"123456789") == (0x906E).to_bytes(2, "little")


@given(st.binary(max_size=60))
def test_the_check_sequence_is_what_gurux_reckons(data: bytes) -> None:
    assert fcs(data) == int(_GXFCS16.countFCS16(GXByteBuffer(data), 0, len(data))).to_bytes(2, "big")


def test_a_request_to_connect_has_the_octets_of_the_green_book() -> None:
    frame = Frame(Address(1), Address(0x10), FrameKind.SNRM)
    assert bytes(frame).hex() == "7ea00703219" + "3" + fcs(bytes.fromhex("a007032193")).hex() + "7e"


@pytest.mark.parametrize(
    ("address", "octets"),
    [
        (Address(0x10), "21"),
        (Address(1, 17, 2), "0223"),
        (Address(1, 17, 4), "00020023"),
        (Address(0x3FFF, 0x1234, 4), "fefe4869"),
    ],
)
def test_an_address_ends_with_its_odd_octet(address: Address, octets: str) -> None:
    assert bytes(address).hex() == octets
    assert Address.read(bytes.fromhex(octets) + b"\x21") == address


@pytest.mark.parametrize(
    "wrong", [(0x80, 0, 1), (1, 1, 1), (0x80, 0, 2), (0, 0x4000, 4), (-1, 0, 2), (1, 0, 3), (1, 0, 0)]
)
def test_an_address_that_fits_no_octets_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="octets"):
        Address(*wrong)


@given(frames())
def test_a_frame_comes_back_as_it_was_sent(frame: Frame) -> None:
    reader = FrameReader()
    assert reader.feed(bytes(frame)) == [frame]
    assert reader.damaged == 0


@given(st.lists(frames(), max_size=5), st.booleans(), st.integers(1, 50))
def test_frames_are_found_in_any_pieces_with_one_flag_between_them_or_two(
    sent: list[Frame], shared: bool, size: int
) -> None:
    octets = b""
    for frame in sent:
        octets += bytes(frame)[1 if shared and octets else 0 :]
    reader = FrameReader()
    found = [frame for at in range(0, len(octets), size) for frame in reader.feed(octets[at : at + size])]
    assert found == sent


@given(frames(), st.data())
def test_one_flipped_bit_is_never_taken_for_another_frame(frame: Frame, data: st.DataObject) -> None:
    octets = bytearray(bytes(frame))
    at = data.draw(st.integers(0, len(octets) * 8 - 1))
    octets[at // 8] ^= 1 << at % 8
    reader = FrameReader()
    assert [found for found in (*reader.feed(bytes(octets)), *reader.silence()) if found != frame] == []


@given(st.binary(max_size=300), frames())
def test_a_frame_is_found_behind_any_noise_once_it_is_silent(noise: bytes, frame: Frame) -> None:
    reader = FrameReader()
    found = [*reader.feed(noise + bytes(frame)), *reader.silence()]
    assert found[-1:] == [frame]


def test_a_frame_behind_a_cut_one_is_found_at_the_next_silence() -> None:
    long, short = Frame(SERVER, CLIENT, FrameKind.I, bytes(200)), Frame(SERVER, CLIENT, FrameKind.RR)
    reader = FrameReader()
    assert reader.feed(bytes(long)[:50] + bytes(short)) == []
    assert reader.silence() == [short]
    assert reader.damaged > 0


def test_a_damaged_length_does_not_hide_the_next_frame() -> None:
    frame = Frame(SERVER, CLIENT, FrameKind.I, bytes(20))
    damaged = bytearray(bytes(frame))
    damaged[1] |= 0x07
    assert FrameReader().feed(bytes(damaged) + bytes(frame)) == [frame]


def test_a_flag_inside_of_the_information_ends_nothing() -> None:
    frame = Frame(SERVER, CLIENT, FrameKind.I, b"~~~" + bytes(Frame(SERVER, CLIENT, FrameKind.RR)) + b"~")
    assert FrameReader().feed(bytes(frame)) == [frame]


def test_the_reader_keeps_no_more_than_one_frame() -> None:
    reader = FrameReader()
    chance = random.Random(1)
    for _ in range(200):
        reader.feed(chance.randbytes(500))
    assert len(reader._kept) < 2100


def test_information_that_fits_no_frame_is_refused() -> None:
    whole = Frame(Address(1, 1, 4), CLIENT, FrameKind.I, bytes(LONGEST_INFORMATION))
    assert FrameReader().feed(bytes(whole)) == [whole]
    with pytest.raises(ValueError, match="fit"):
        bytes(Frame(SERVER, CLIENT, FrameKind.I, bytes(LONGEST_INFORMATION + 1)))


@given(st.binary(max_size=40))
def test_octets_that_are_no_frame_are_refused_with_a_code(octets: bytes) -> None:
    for body in (octets, octets[:-2] + fcs(octets[:-2])):
        try:
            frame = Frame.read(body)
        except MeterAnswersWrong:
            continue
        assert bytes(frame)[1:-1] == body


def test_a_header_whose_own_check_is_wrong_is_refused_though_the_frames_is_right() -> None:
    body = bytearray(bytes(Frame(SERVER, CLIENT, FrameKind.I, b"information"))[1:-1])
    body[6] ^= 1  # of the HCS: behind format, two addresses and control field
    body[-2:] = fcs(bytes(body[:-2]))
    with pytest.raises(MeterAnswersWrong, match="header"):
        Frame.read(bytes(body))


def test_a_frame_prints_no_information() -> None:
    assert "1234" not in repr(Frame(SERVER, CLIENT, FrameKind.I, b"1234"))


def test_twenty_thousand_mutated_frames_bring_nothing_down() -> None:
    counted = mutated(20_000, seed=1)
    assert counted.frames == 20_000
    assert counted.forged == 0
    assert counted.lost == 0
    assert counted.whole > 0
    assert counted.damaged > 0
