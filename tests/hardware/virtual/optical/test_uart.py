"""Bytes that are heard at another speed or in another format than they were sent in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.virtual.optical.uart import _signal, heard

FAST = LineFormat(9600)
FORMATS = (FAST, SIGN_ON_FORMAT, LineFormat(9600, 7, "E"), LineFormat(19200, 8, "O"), LineFormat(300))


@pytest.mark.parametrize("fmt", FORMATS, ids=str)
@given(data=st.binary(max_size=40))
def test_the_line_bit_by_bit_gives_what_was_sent(fmt: LineFormat, data: bytes) -> None:
    """A receiver of the same format, but a hair faster, so that it has to look at each bit."""
    near = LineFormat(fmt.baud + 1, fmt.data_bits, fmt.parity)
    sent = bytes(byte & (1 << fmt.data_bits) - 1 for byte in data)
    assert heard(data, fmt, near, checks=True) == heard(data, fmt, fmt, checks=True) == sent


def test_a_signal_begins_with_a_start_bit_and_ends_at_rest() -> None:
    signal = _signal(b"\x00", FAST)
    assert signal.edges == (0.0, 9 / 9600)
    assert [signal.level(n / 9600 + 0.00001) for n in range(10)] == [0] * 9 + [1]


@given(data=st.binary(min_size=1, max_size=40))
def test_a_request_at_300_baud_is_no_text_to_a_meter_that_listens_at_9600(data: bytes) -> None:
    got = heard(data, SIGN_ON_FORMAT, FAST, checks=True)
    assert set(got) <= {0x00, 0x80, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC, 0xFE, 0xFF}, "a bit lasts for 32 of its own"


def test_a_sign_on_at_another_speed_is_not_heard() -> None:
    for fmt in (FAST, LineFormat(2400, 7, "E"), LineFormat(600, 7, "E")):
        assert b"/?!" not in heard(b"/?!\r\n", fmt, SIGN_ON_FORMAT, checks=True)
        assert b"/?!" not in heard(b"/?!\r\n", SIGN_ON_FORMAT, fmt, checks=True)


def test_a_wrong_parity_loses_bytes_in_the_meter_and_spoils_them_in_the_head() -> None:
    odd = LineFormat(300, 7, "O")
    assert heard(b"/?!\r\n", odd, SIGN_ON_FORMAT, checks=True) == b""
    assert heard(b"/?!\r\n", odd, SIGN_ON_FORMAT, checks=False) == b"/?!\r\n"
    eight = heard(b"/LGZ5", SIGN_ON_FORMAT, LineFormat(300), checks=False)
    assert bytes(byte & 0x7F for byte in eight) == b"/LGZ5"
    assert eight != b"/LGZ5", "the parity bit is read as the eighth"
