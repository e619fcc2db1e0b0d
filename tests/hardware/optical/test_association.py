"""Opening an association: ACSE and initiate APDUs to octets and back, against gurux-dlms, and whatever comes in."""

from collections.abc import Callable
from typing import Any

import pytest
from gurux_dlms import GXByteBuffer, GXDLMSClient, GXReplyData
from gurux_dlms.enums import Authentication, InterfaceType
from gurux_dlms.enums import Conformance as GuruxConformance
from gurux_dlms.enums import Security as GuruxSecurity
from gurux_dlms.secure import GXDLMSSecureClient
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MeterAnswersWrong
from hardware.optical.association import (
    Aare,
    Aarq,
    Conformance,
    Context,
    Diagnostic,
    InitiateRequest,
    InitiateResponse,
    Mechanism,
    Release,
)
from hardware.optical.ciphering import Keys, Security, glo, open_glo
from hardware.optical.xdlms import ConfirmedServiceError
from tests.support.dlms import unwrapped

WANTED = (
    Conformance.GET | Conformance.ACTION | Conformance.BLOCK_TRANSFER_WITH_GET | Conformance.BLOCK_TRANSFER_WITH_ACTION
)
KEYS = Keys(bytes(range(16)), bytes(range(0xD0, 0xE0)))
CLIENT, SERVER = bytes.fromhex("4d4d4d0000000001"), bytes.fromhex("4d4d4d0000bc614e")

octet, octets, titles = st.integers(0, 255), st.binary(max_size=120), st.just(b"") | st.binary(min_size=8, max_size=8)
pdus = st.integers(0, 0xFFFF)
conformances = st.integers(0, (1 << 24) - 1)
mechanisms = st.sampled_from([Mechanism.LLS, Mechanism.HLS_GMAC])
APDUS: dict[type[Any], st.SearchStrategy[Any]] = {
    InitiateRequest: st.builds(InitiateRequest, conformances, pdus),
    InitiateResponse: st.builds(InitiateResponse, conformances, pdus),
    Aarq: st.builds(Aarq, octets, octet, mechanisms, octets, titles) | st.builds(Aarq, octets, octet, title=titles),
    Aare: st.builds(Aare, octets, octet, octet, st.booleans(), octet, st.sampled_from(Mechanism), octets, titles),
    Release: st.builds(Release, st.booleans(), octets),
}


@pytest.mark.parametrize("kind", APDUS, ids=lambda kind: kind.__name__)
@given(draw=st.data())
def test_an_apdu_comes_back_as_it_was_and_no_part_of_it_is_one(kind: type[Any], draw: st.DataObject) -> None:
    apdu = draw.draw(APDUS[kind])
    whole = bytes(apdu)
    assert kind.read(whole) == apdu
    for wrong in (whole + b"\x00", whole[: draw.draw(st.integers(0, len(whole) - 1))]):
        with pytest.raises(MeterAnswersWrong):
            kind.read(wrong)


@pytest.mark.parametrize("kind", APDUS, ids=lambda kind: kind.__name__)
@given(draw=st.data())
def test_any_octets_are_an_apdu_or_are_refused_with_a_code(kind: type[Any], draw: st.DataObject) -> None:
    whole = bytearray(bytes(draw.draw(APDUS[kind])))
    at = draw.draw(st.integers(0, len(whole) - 1))
    whole[at : at + 2] = draw.draw(st.binary(max_size=4))
    for wrong in (bytes(whole), draw.draw(st.binary(max_size=60))):
        try:
            kind.read(wrong)
        except MeterAnswersWrong:
            continue


def _conforms(client: Any) -> None:
    client.proposedConformance = (
        GuruxConformance.GET
        | GuruxConformance.ACTION
        | GuruxConformance.BLOCK_TRANSFER_WITH_GET_OR_READ
        | GuruxConformance.BLOCK_TRANSFER_WITH_ACTION
    )


def _plain(authentication: Authentication, password: str | None) -> Any:
    client = GXDLMSClient(True, 16, 1, authentication, password, InterfaceType.WRAPPER)
    _conforms(client)
    return client


def _secure(authentication: Authentication, security: GuruxSecurity) -> Any:
    client = GXDLMSSecureClient(True, 16, 1, authentication, None, InterfaceType.WRAPPER)
    client.ciphering.systemTitle = CLIENT
    client.ciphering.security = security
    client.ciphering.blockCipherKey, client.ciphering.authenticationKey = KEYS.encryption, KEYS.authentication
    client.ciphering.invocationCounter = 7
    _conforms(client)
    return client


PROPOSAL = bytes(InitiateRequest(WANTED, 0xFFFF))


def test_gurux_asks_as_the_public_client_with_the_same_octets() -> None:
    [message] = _plain(Authentication.NONE, None).aarqRequest()
    assert unwrapped(message) == bytes(Aarq(PROPOSAL))


def test_gurux_asks_with_a_password_with_the_same_octets() -> None:
    [message] = _plain(Authentication.LOW, "12345678").aarqRequest()
    assert unwrapped(message) == bytes(Aarq(PROPOSAL, mechanism=Mechanism.LLS, secret=b"12345678"))


def test_gurux_asks_for_high_level_security_with_the_same_octets() -> None:
    client = _secure(Authentication.HIGH_GMAC, GuruxSecurity.NONE)
    [message] = client.aarqRequest()
    challenge = bytes(client.ctoSChallenge)
    ours = Aarq(PROPOSAL, mechanism=Mechanism.HLS_GMAC, secret=challenge, title=CLIENT)
    assert unwrapped(message) == bytes(ours)
    assert Aarq.read(unwrapped(message)) == ours


@pytest.mark.parametrize("security", [Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH])
def test_gurux_asks_for_a_protected_association_with_the_same_octets(security: Security) -> None:
    client = _secure(Authentication.HIGH_GMAC, GuruxSecurity(int(security)))
    [message] = client.aarqRequest()
    protected = glo(PROPOSAL, KEYS, CLIENT, 7, security)
    ours = Aarq(protected, Context.CIPHERED, Mechanism.HLS_GMAC, bytes(client.ctoSChallenge), CLIENT)
    assert unwrapped(message) == bytes(ours)
    opened = open_glo(Aarq.read(unwrapped(message)).user_information, KEYS, CLIENT)
    assert InitiateRequest.read(opened.plain) == InitiateRequest(WANTED, 0xFFFF)


def _answered(client: Any, apdu: bytes) -> Any:
    """Gurux reads our AARE as it came over TCP."""
    reply = GXReplyData()
    frame = b"\x00\x01\x00\x01\x00\x10" + len(apdu).to_bytes(2, "big") + apdu
    client.getData(GXByteBuffer(frame), reply, None)
    client.parseAareResponse(reply.data)
    return client


GRANTED = InitiateResponse(WANTED, 0x0400)


def test_gurux_reads_what_our_answer_grants() -> None:
    client = _plain(Authentication.NONE, None)
    client.aarqRequest()
    _answered(client, bytes(Aare(bytes(GRANTED))))
    assert client.maxReceivePDUSize == 0x0400
    assert client.negotiatedConformance == client.proposedConformance
    assert not client.isAuthenticationRequired


def test_gurux_reads_our_challenge_and_title() -> None:
    client = _secure(Authentication.HIGH_GMAC, GuruxSecurity(0x30))
    client.aarqRequest()
    protected = glo(bytes(GRANTED), KEYS, SERVER, 1, Security.BOTH)
    answer = Aare(
        protected, 0, Diagnostic.AUTHENTICATION_REQUIRED, False, Context.CIPHERED, Mechanism.HLS_GMAC, b"s" * 16, SERVER
    )
    _answered(client, bytes(answer))
    assert client.isAuthenticationRequired
    assert bytes(client.settings.stoCChallenge) == b"s" * 16
    assert bytes(client.sourceSystemTitle) == SERVER


def test_gurux_reads_our_refusal() -> None:
    client = _plain(Authentication.LOW, "wrong")
    client.aarqRequest()
    refusal = Aare(bytes(ConfirmedServiceError(1, 6, 1)), 1, Diagnostic.AUTHENTICATION_FAILURE)
    with pytest.raises(Exception, match=r"(?i)authentication"):
        _answered(client, bytes(refusal))


def test_gurux_releases_with_the_same_octets() -> None:
    client = _plain(Authentication.NONE, None)
    client.aarqRequest()
    _answered(client, bytes(Aare(bytes(GRANTED))))
    [message] = client.releaseRequest()
    assert unwrapped(message) == bytes(Release())
    assert Release.read(b"\x62\x00") == Release()


def test_the_answers_of_a_meter_are_read() -> None:
    # Green Book, 11.3: the example of an AARE of a meter that was asked by logical names.
    example = bytes.fromhex("6129a109060760857405080101a203020100a305a103020100be10040e0800065f1f0400007c1f04000007")
    answer = Aare.read(example)
    assert (answer.result, answer.diagnostic, answer.context) == (0, 0, Context.PLAIN)
    granted = InitiateResponse.read(answer.user_information)
    assert granted.longest == 0x0400
    assert Conformance.GET in Conformance(granted.conformance)
    assert bytes(answer) == example


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda octets: octets.replace(b"\x60\x85\x74\x05\x08\x01", b"\x60\x85\x74\x05\x09\x01"), "somebody else"),
        (lambda octets: octets.replace(b"\xa2\x03\x02\x01\x00", b"\xa1\x03\x02\x01\x00"), "twice"),
        (lambda octets: octets.replace(b"\xa2\x03\x02\x01\x00", b"\xa9\x03\x02\x01\x00"), "lacks"),
        (lambda octets: octets.replace(b"\xa3\x05\xa1", b"\xa3\x05\xa4"), "nobody"),
        (lambda octets: b"\x62" + octets[1:], "another one"),
    ],
)
def test_an_answer_that_breaks_the_standard_is_refused(change: Callable[[bytes], bytes], says: str) -> None:
    with pytest.raises(MeterAnswersWrong, match=says):
        Aare.read(change(bytes(Aare(bytes(GRANTED)))))


@pytest.mark.parametrize(("at", "octet", "says"), [(2, 5, "version"), (3, 0x40, "conformance"), (-1, 8, "short names")])
def test_a_grant_of_something_else_is_refused(at: int, octet: int, says: str) -> None:
    wrong = bytearray(bytes(GRANTED))
    wrong[at] = octet
    with pytest.raises(MeterAnswersWrong, match=says):
        InitiateResponse.read(bytes(wrong))


def test_no_secret_is_printed() -> None:
    shown = repr(Aarq(PROPOSAL, mechanism=Mechanism.LLS, secret=b"12345678")) + repr(Aare(b"", challenge=b"12345678"))
    assert "12345678" not in shown
