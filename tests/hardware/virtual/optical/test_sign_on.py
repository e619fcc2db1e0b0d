"""The meter's side of an IEC 62056-21 sign-on."""

from dataclasses import replace
from functools import reduce
from operator import xor

import pytest

from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.virtual.optical.sign_on import SignOn
from hardware.virtual.optical.style import USUAL_STYLE, Burst, Confirms, Style

IDENTIFICATION = b"/VRT5\\2VIRTUAL\r\n"
HDLC = b"\x06252\r\n"
READ_OUT = b"\x06050\r\n"


def meter(style: Style = USUAL_STYLE) -> SignOn:
    return SignOn(style, lambda: "01234567890", lambda: [("C.1.0", "01234567890"), ("96.50.1", "1")])


def only(bursts: list[Burst]) -> Burst:
    assert len(bursts) == 1
    return bursts[0]


@pytest.mark.parametrize("request_", [b"/?!\r\n", b"/?01234567890!\r\n", b"/?1234567890!\r\n", b"\x00\xff/x/?!\r\n"])
def test_it_says_who_it_is_at_300_baud(request_: bytes) -> None:
    said = only(meter().take(request_, 0))
    assert said == Burst(IDENTIFICATION, SIGN_ON_FORMAT, 0.2)


@pytest.mark.parametrize(
    "other", [b"/?99999999999!\r\n", b"/?!\n", b"/!\r\n", b"?!\r\n", b"/?!\r", HDLC, b"/?" + b"0" * 99]
)
def test_it_answers_nothing_else(other: bytes) -> None:
    assert meter().take(other, 0) == []


def test_a_request_that_comes_in_pieces_is_one() -> None:
    slow = meter()
    said = [burst for byte in b"/?!\r\n" for burst in slow.take(bytes((byte,)), 0)]
    assert only(said).data == IDENTIFICATION


@pytest.mark.parametrize(
    ("confirms", "expected"),
    [(Confirms.NEW, LineFormat(9600, 7, "E")), (Confirms.OLD, SIGN_ON_FORMAT), (Confirms.NOT, None)],
)
def test_mode_e_leads_into_hdlc_and_is_confirmed_as_the_meter_does_it(
    confirms: Confirms, expected: LineFormat | None
) -> None:
    port = meter(replace(USUAL_STYLE, confirms=confirms))
    port.take(b"/?!\r\n", 0)
    assert not port.entered
    said = port.take(HDLC, 1)
    assert [burst.fmt for burst in said] == ([] if expected is None else [expected])
    assert all(burst.data == HDLC for burst in said)
    assert port.entered
    assert port.fmt == LineFormat(9600)
    port.reset()
    assert port.fmt == SIGN_ON_FORMAT


def test_a_reader_may_stay_at_the_speed_at_which_it_began() -> None:
    port = meter()
    port.take(b"/?!\r\n", 0)
    port.take(b"\x06202\r\n", 1)
    assert port.fmt == LineFormat(300)


@pytest.mark.parametrize("select", [b"\x06242\r\n", b"\x06051\r\n", b"\x06152\r\n", b"\x06292\r\n", b"\x06252\n"])
def test_a_speed_that_was_not_offered_and_a_mode_that_is_not_there_are_not_answered(select: bytes) -> None:
    port = meter()
    port.take(b"/?!\r\n", 0)
    assert port.take(select, 1) == []
    assert not port.entered


def test_it_waits_for_the_select_for_a_while_and_once() -> None:
    port = meter()
    said = only(port.take(b"/?!\r\n", 0))
    end = said.after + said.seconds + USUAL_STYLE.select_seconds
    assert port.take(HDLC, end + 0.1) == []
    port.take(b"/?!\r\n", 0)
    assert port.take(READ_OUT, end)
    assert port.take(READ_OUT, end) == []


def test_a_read_out_has_its_fields_and_a_check_character() -> None:
    port = meter()
    port.take(b"/?!\r\n", 0)
    block = only(port.take(READ_OUT, 1))
    assert block.fmt == LineFormat(9600, 7, "E")
    assert block.data[:-1] == b"\x02C.1.0(01234567890)\r\n96.50.1(1)\r\n!\r\n\x03"
    assert block.data[-1] == reduce(xor, block.data[1:-1])
    assert port.fmt == SIGN_ON_FORMAT, "afterwards it begins anew"


def test_a_meter_that_has_only_one_of_the_modes_answers_the_other_with_silence() -> None:
    reads = meter(replace(USUAL_STYLE, mode_e=False))
    assert only(reads.take(b"/?!\r\n", 0)).data == b"/VRT5VIRTUAL\r\n"
    assert reads.take(HDLC, 1) == []
    speaks = meter(replace(USUAL_STYLE, read_out=False))
    speaks.take(b"/?!\r\n", 0)
    assert speaks.take(READ_OUT, 1) == []
