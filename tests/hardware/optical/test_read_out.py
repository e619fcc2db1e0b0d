"""The data set of mode C: read, checked, and asked for what the model knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.adapter import MeterRegister
from hardware.errors import MeterAnswersWrong, NoAnswer
from hardware.optical.line import SIGN_ON_FORMAT, LineFormat
from hardware.optical.model import OpticalModel, Route
from hardware.optical.read_out import DataSet, parse_data_set, read_out
from hardware.optical.sign_on import Identification
from tests.support.data_set import block
from tests.support.scripted_line import ScriptedLine

MODEL = OpticalModel(
    "test",
    route=Route.READ_OUT,
    read_out={MeterRegister.METER_NUMBER: "C.1.0", MeterRegister.KRN: "96.50.1", MeterRegister.SGC: "96.50.2"},
)
WHO = Identification("LGZ", 9600, "", "ZMF")


class Meter:
    """Signs on and gives its data set; `blocks` is what it gives, one after the other."""

    def __init__(self, *blocks: bytes) -> None:
        self.blocks = list(blocks)
        self.line = ScriptedLine(self.says)

    def says(self, data: bytes, fmt: LineFormat) -> bytes:
        if fmt != SIGN_ON_FORMAT:
            return b""
        if data == b"/?!\r\n":
            return b"/LGZ5ZMF\r\n"
        return self.blocks.pop(0) if data == b"\x06050\r\n" and self.blocks else b""

    def read(self) -> DataSet:
        return read_out(self.line, MODEL, clock=self.line.clock, wait=self.line.clock.wait)


def test_a_data_set_tells_number_and_key_and_nothing_is_written_to_the_meter() -> None:
    meter = Meter(block())
    found = meter.read()
    assert found.identification == WHO
    assert found.register(MeterRegister.METER_NUMBER, MODEL) == "01234567890"
    assert found.register(MeterRegister.KRN, MODEL) == "3"
    assert [data for _, data in meter.line.sent] == [b"/?!\r\n", b"\x06050\r\n"]
    assert meter.line.fmt == LineFormat(9600, 7, "E")


def test_what_the_meter_or_the_model_does_not_tell_is_nothing() -> None:
    found = parse_data_set(WHO, block(b"96.50.1()\r\n!\r\n"))
    assert found.register(MeterRegister.METER_NUMBER, MODEL) is None
    assert found.register(MeterRegister.KRN, MODEL) is None
    assert found.register(MeterRegister.TAMPER, MODEL) is None


def test_a_value_has_no_unit_and_an_address_is_a_whole_one() -> None:
    found = parse_data_set(WHO, block())
    assert found.value("1.8.0") == found.value("1-0:1.8.0") == "000123.4"
    assert found.value("8.0") is None
    assert found.value(".1.0") is None


def test_the_first_value_of_an_address_counts() -> None:
    assert parse_data_set(WHO, block(b"C.1.0(1)\r\nC.1.0(2)\r\n!\r\n")).value("C.1.0") == "1"


def test_a_data_set_that_came_damaged_is_asked_for_once_more() -> None:
    damaged = block().replace(b"567890", b"567891")
    assert Meter(damaged, block()).read().value("C.1.0") == "01234567890"
    with pytest.raises(MeterAnswersWrong, match="came damaged"):
        Meter(damaged, damaged, block()).read()


def test_every_damaged_bit_is_seen() -> None:
    whole = block()
    for place in range(len(whole) * 7):
        damaged = bytearray(whole)
        damaged[place // 7] ^= 1 << place % 7
        with pytest.raises(MeterAnswersWrong):
            parse_data_set(WHO, bytes(damaged))


def test_a_head_that_was_pulled_off_leaves_no_data_set() -> None:
    with pytest.raises(MeterAnswersWrong, match="has no end"):
        Meter(block()[:30], block()[:-1]).read()
    with pytest.raises(NoAnswer, match="sent no data set"):
        Meter().read()


def test_a_data_set_without_end_is_given_up() -> None:
    with pytest.raises(MeterAnswersWrong):
        Meter(b"\x02" + b"1.8.0(1)\r\n" * 9000, b"\x02" + b"1.8.0(1)\r\n" * 9000).read()


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_data_set_or_refused(noise: bytes) -> None:
    plain = bytes(byte & 0x7F for byte in noise)
    for come in (plain, block(plain.replace(b"\x03", b""))):
        try:
            values = parse_data_set(WHO, come).values
        except MeterAnswersWrong:
            continue
        assert all(isinstance(value, str) for value in values.values())
