"""GET and ACTION: APDUs to octets and back, what gurux-dlms makes of the same request, and whatever octets come in."""

import contextlib
from typing import Any

import pytest
from gurux_dlms import GXByteBuffer, GXDLMSClient, GXReplyData
from gurux_dlms.enums import Authentication, Conformance, DataType, InterfaceType
from gurux_dlms.objects import GXDLMSTokenGateway
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Data, Tag, octet_string
from hardware.optical.xdlms import (
    ActionAccepted,
    ActionAnswerBlock,
    ActionBlock,
    ActionFirst,
    ActionNext,
    ActionRequest,
    ActionResponse,
    Apdu,
    Block,
    ConfirmedServiceError,
    Descriptor,
    ExceptionResponse,
    GetBlock,
    GetNext,
    GetRequest,
    GetResponse,
    ServiceResult,
    obis,
    read_apdu,
)
from tests.support.dlms import COSEM_DATA, unwrapped

GATEWAY = obis("0-0:19.40.0.255")
TOKEN = b"12345678901234567890"

octet = st.integers(0, 255)
numbers = st.integers(0, 0xFFFFFFFF)
descriptors = st.builds(Descriptor, st.integers(0, 0xFFFF), st.binary(min_size=6, max_size=6), octet)
blocks = st.builds(Block, st.booleans(), numbers, st.binary(max_size=300))
APDUS: dict[type[Apdu], st.SearchStrategy[Any]] = {
    GetRequest: st.builds(GetRequest, descriptors, octet),
    GetNext: st.builds(GetNext, numbers, octet),
    GetResponse: st.builds(GetResponse, COSEM_DATA, invoke=octet) | st.builds(GetResponse, st.none(), octet),
    GetBlock: st.builds(GetBlock, blocks)
    | st.builds(GetBlock, st.builds(Block, st.booleans(), numbers, st.just(b"")), octet, octet),
    ActionRequest: st.builds(ActionRequest, descriptors, st.none() | COSEM_DATA, octet),
    ActionNext: st.builds(ActionNext, numbers, octet),
    ActionFirst: st.builds(ActionFirst, descriptors, blocks, octet),
    ActionBlock: st.builds(ActionBlock, blocks, octet),
    ActionResponse: st.builds(ActionResponse, octet, st.none() | COSEM_DATA)
    | st.builds(ActionResponse, octet, st.none(), octet, octet),
    ActionAnswerBlock: st.builds(ActionAnswerBlock, blocks, octet),
    ActionAccepted: st.builds(ActionAccepted, numbers, octet),
    ExceptionResponse: st.builds(ExceptionResponse, octet, octet.filter(lambda each: each != 6))
    | st.builds(ExceptionResponse, octet, st.just(6), st.none() | numbers),
    ConfirmedServiceError: st.builds(ConfirmedServiceError, octet, octet, octet),
}


@pytest.mark.parametrize("kind", APDUS, ids=lambda kind: kind.__name__)
@given(draw=st.data())
def test_an_apdu_comes_back_as_it_was_and_no_part_of_it_is_one(kind: type[Apdu], draw: st.DataObject) -> None:
    apdu = draw.draw(APDUS[kind])
    octets = bytes(apdu)
    assert read_apdu(octets) == apdu
    with pytest.raises(MeterAnswersWrong):
        read_apdu(octets + b"\x00" * 5)
    cut = octets[: draw.draw(st.integers(0, len(octets) - 1))]
    # An exception without its counter is whole too.
    if not (kind is ExceptionResponse and len(cut) == 3):
        with pytest.raises(MeterAnswersWrong):
            read_apdu(cut)


@given(st.binary(max_size=60), st.sampled_from([kind.tag for kind in APDUS]) | st.just(b""))
def test_any_octets_are_an_apdu_or_are_refused_with_a_code(octets: bytes, tag: bytes) -> None:
    with contextlib.suppress(MeterAnswersWrong):
        read_apdu(tag + octets)


def gurux() -> Any:
    """Gurux's client, without HDLC around what it writes."""
    return GXDLMSClient(True, 16, 1, Authentication.NONE, None, InterfaceType.WRAPPER)


def test_gurux_reads_an_attribute_with_the_same_octets() -> None:
    client, gateway = gurux(), GXDLMSTokenGateway("0.0.19.40.0.255")
    [message] = client.read(gateway, 6)
    ours = GetRequest(Descriptor(115, GATEWAY, 6))
    assert unwrapped(message) == bytes(ours)
    assert bytes(ours).hex() == "c001c100730000132800ff0600"


def test_gurux_enters_a_token_with_the_same_octets() -> None:
    [message] = gurux().method(GXDLMSTokenGateway("0.0.19.40.0.255"), 1, TOKEN, DataType.OCTET_STRING)
    ours = ActionRequest(Descriptor(115, GATEWAY, 1), octet_string(TOKEN))
    assert unwrapped(message) == bytes(ours)
    assert bytes(ours).hex() == "c301c100730000132800ff01010914" + TOKEN.hex()


def test_gurux_parts_long_parameters_into_the_same_blocks() -> None:
    client = gurux()
    client.settings.maxPduSize = 40
    client.negotiatedConformance = Conformance.ACTION | Conformance.BLOCK_TRANSFER_WITH_ACTION
    value = bytes(range(100))
    messages = client.method(GXDLMSTokenGateway("0.0.19.40.0.255"), 1, value, DataType.OCTET_STRING)
    raw = bytes(octet_string(value))
    assert [unwrapped(message) for message in messages] == [
        bytes(ActionFirst(Descriptor(115, GATEWAY, 1), Block(False, 1, raw[:22]))),
        bytes(ActionBlock(Block(False, 2, raw[22:53]))),
        bytes(ActionBlock(Block(False, 3, raw[53:84]))),
        bytes(ActionBlock(Block(True, 4, raw[84:]))),
    ]


def _heard(client: Any, reply: Any, apdu: Apdu) -> None:
    """Gurux takes in an APDU as it came over TCP from server 1 to client 16."""
    octets = bytes(apdu)
    frame = b"\x00\x01\x00\x01\x00\x10" + len(octets).to_bytes(2, "big") + octets
    client.getData(GXByteBuffer(frame), reply, None)


def test_gurux_reads_a_value_out_of_our_answer() -> None:
    client, reply = gurux(), GXReplyData()
    _heard(client, reply, GetResponse(Data(Tag.VISIBLE_STRING, "a meter's number")))
    assert (reply.error, reply.value) == (0, "a meter's number")


def test_gurux_reads_an_error_out_of_our_answer() -> None:
    for apdu in (GetResponse(None, ServiceResult.READ_WRITE_DENIED), ActionResponse(ServiceResult.READ_WRITE_DENIED)):
        client, reply = gurux(), GXReplyData()
        _heard(client, reply, apdu)
        assert reply.error == ServiceResult.READ_WRITE_DENIED


def test_gurux_reads_what_a_method_returns_out_of_our_answer() -> None:
    client, reply = gurux(), GXReplyData()
    _heard(client, reply, ActionResponse(ServiceResult.SUCCESS, octet_string(b"returned")))
    assert (reply.error, bytes(reply.value)) == (0, b"returned")


def test_gurux_gathers_our_blocks_and_asks_for_the_next_as_we_do() -> None:
    client, reply = gurux(), GXReplyData()
    client.read(GXDLMSTokenGateway("0.0.19.40.0.255"), 2)
    raw = bytes(octet_string(bytes(range(100))))
    _heard(client, reply, GetBlock(Block(False, 1, raw[:50])))
    assert reply.isMoreData()
    assert unwrapped(client.receiverReady(reply)) == bytes(GetNext(1))
    _heard(client, reply, GetBlock(Block(True, 2, raw[50:])))
    assert not reply.isMoreData()
    assert bytes(reply.value) == bytes(range(100))


@pytest.mark.parametrize(
    "wrong", ["0-0:19.40.0", "0-0:19.40.0.256", "0-0:19.40.0.x", "", "0-0:19.40.0.-1", "0-0:19.40.0.²"]
)
def test_a_logical_name_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="six numbers"):
        obis(wrong)


def test_a_request_prints_no_row() -> None:
    shown = repr(ActionRequest(Descriptor(115, GATEWAY, 1), octet_string(TOKEN))) + repr(Block(True, 1, TOKEN))
    assert TOKEN.decode() not in shown
    assert TOKEN.hex() not in shown
