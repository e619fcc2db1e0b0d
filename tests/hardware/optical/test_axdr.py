"""COSEM data: values to octets and back, against gurux-dlms, and whatever octets come in."""

import contextlib
import math

import pytest
from gurux_dlms import GXByteBuffer
from gurux_dlms.enums import DataType
from gurux_dlms.internal._GXCommon import _GXCommon
from gurux_dlms.internal._GXDataInfo import _GXDataInfo
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import DEEPEST, Data, Octets, Tag, length_of, octet_string, read_data, structure
from tests.support.dlms import COSEM_DATA, VALUES


def test_every_type_is_tried() -> None:
    assert {*VALUES, Tag.ARRAY, Tag.STRUCTURE} == set(Tag)


@given(COSEM_DATA)
def test_a_value_comes_back_as_it_was(value: Data) -> None:
    assert read_data(bytes(value)) == value


@given(st.binary(max_size=80))
def test_any_octets_are_a_value_or_are_refused_with_a_code(octets: bytes) -> None:
    with contextlib.suppress(MeterAnswersWrong):
        read_data(octets)


@given(COSEM_DATA, st.data())
def test_a_value_that_is_cut_short_is_refused(value: Data, draw: st.DataObject) -> None:
    octets = bytes(value)
    with pytest.raises(MeterAnswersWrong):
        read_data(octets[: draw.draw(st.integers(0, len(octets) - 1))])
    with pytest.raises(MeterAnswersWrong, match="behind its end"):
        read_data(octets + b"\x00")


GURUX = {
    Tag.BOOLEAN: DataType.BOOLEAN,
    Tag.BIT_STRING: DataType.BITSTRING,
    Tag.DOUBLE_LONG: DataType.INT32,
    Tag.DOUBLE_LONG_UNSIGNED: DataType.UINT32,
    Tag.OCTET_STRING: DataType.OCTET_STRING,
    Tag.VISIBLE_STRING: DataType.STRING,
    Tag.UTF8_STRING: DataType.STRING_UTF8,
    Tag.INTEGER: DataType.INT8,
    Tag.LONG: DataType.INT16,
    Tag.UNSIGNED: DataType.UINT8,
    Tag.LONG_UNSIGNED: DataType.UINT16,
    Tag.LONG64: DataType.INT64,
    Tag.LONG64_UNSIGNED: DataType.UINT64,
    Tag.ENUM: DataType.ENUM,
    Tag.FLOAT32: DataType.FLOAT32,
    Tag.FLOAT64: DataType.FLOAT64,
}


@pytest.mark.parametrize("tag", GURUX, ids=lambda tag: tag.name)
@given(draw=st.data())
def test_gurux_writes_a_value_with_the_same_octets_and_reads_ours(tag: Tag, draw: st.DataObject) -> None:
    # Gurux shows texts with control characters as hexadecimal digits.
    printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)
    value = draw.draw(printable if tag in (Tag.VISIBLE_STRING, Tag.UTF8_STRING) else VALUES[tag])
    written = GXByteBuffer()
    _GXCommon.setData(None, written, GURUX[tag], value)
    ours = bytes(Data(tag, value))
    assert bytes(written.array()) == ours
    read = _GXCommon.getData(None, GXByteBuffer(ours), _GXDataInfo())
    if tag is Tag.BIT_STRING:
        assert str(read) == value
    elif tag is Tag.OCTET_STRING:
        assert bytes(read or b"") == value
    elif isinstance(value, float):
        assert math.isclose(read, value) or read == value
    else:
        assert read == value


def test_a_token_status_has_the_octets_of_the_token_gateway() -> None:
    status = structure(Data(Tag.ENUM, 3), Data(Tag.BIT_STRING, "0" * 8))
    assert bytes(status).hex() == "0202160304" + "0800"


@pytest.mark.parametrize(("count", "octets"), [(0, "00"), (127, "7f"), (128, "8180"), (300, "82012c")])
def test_a_length_takes_as_many_octets_as_it_needs(count: int, octets: str) -> None:
    assert length_of(count).hex() == octets
    assert Octets(bytes.fromhex(octets)).length() == count


@pytest.mark.parametrize(
    "wrong",
    [
        Data(Tag.UNSIGNED, 256),
        Data(Tag.UNSIGNED, -1),
        Data(Tag.UNSIGNED, 1.5),
        Data(Tag.ENUM, True),
        Data(Tag.NULL, 0),
        Data(Tag.BIT_STRING, "012"),
        Data(Tag.OCTET_STRING, "text"),
        Data(Tag.VISIBLE_STRING, "é"),
        Data(Tag.TIME, b"12345"),
        Data(Tag.FLOAT32, 1e300),
        Data(Tag.STRUCTURE, b""),
    ],
    ids=lambda wrong: wrong.tag.name,
)
def test_a_value_of_another_type_is_refused(wrong: Data) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  a text that is no ASCII brings the builtin's own sentence
        bytes(wrong)


def test_what_is_nested_too_deep_is_refused_and_not_followed() -> None:
    deep = b"\x02\x01" * (DEEPEST + 1)
    with pytest.raises(MeterAnswersWrong, match="inside"):
        read_data(deep + b"\x00")
    assert read_data(b"\x02\x01" * DEEPEST + b"\x00").tag is Tag.STRUCTURE


def test_a_count_that_is_larger_than_the_message_costs_nothing() -> None:
    with pytest.raises(MeterAnswersWrong, match="early"):
        read_data(b"\x01\x84\xff\xff\xff\xff\x00\x00")


def test_a_value_prints_nothing_of_itself() -> None:
    assert "1234" not in repr(octet_string(b"1234"))
