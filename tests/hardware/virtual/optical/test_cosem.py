"""Who is let in to the virtual meter, and what it does with what breaks the standard."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.optical.association import Aare, Aarq, Context, Diagnostic, InitiateRequest, InitiateResponse, Mechanism
from hardware.optical.axdr import Data, octet_string
from hardware.optical.ciphering import Keys, Security, glo, gmac_holds, gmac_of, open_glo
from hardware.optical.xdlms import (
    ActionRequest,
    ActionResponse,
    Descriptor,
    ExceptionResponse,
    GetRequest,
    GetResponse,
    obis,
    read_apdu,
)
from hardware.virtual.optical.cosem import GRANTED, NOT_ALLOWED, NOT_DECIPHERED, TOO_LONG, CosemServer
from hardware.virtual.optical.objects import METER_NUMBER
from hardware.virtual.optical.services import UNKNOWN_SERVICE
from tests.support.optical import BY_KEY, BY_PASSWORD, CHALLENGE, CIPHERED, KEYS, PASSWORD, Optical

TITLE = b"KSK\x00\x00\x00\x00\x07"
PROPOSAL = bytes(InitiateRequest(0xFFFFFF, 500))
NUMBER = GetRequest(Descriptor(1, METER_NUMBER, 2))
KRN = GetRequest(Descriptor(1, obis("0-0:96.50.1.255"), 2))
REPLY = Descriptor(15, obis("0-0:40.0.0.255"), 1)
PUBLIC = 16


def server() -> CosemServer:
    return Optical().server


def said(one: CosemServer, client: int, apdu: object) -> bytes:
    answer = one.answer(client, bytes(apdu))  # type: ignore[call-overload]
    assert answer is not None
    return bytes(answer)


def by_key(**fields: object) -> Aarq:
    usual = Aarq(PROPOSAL, Context.PLAIN, Mechanism.HLS_GMAC, b"our challenge 16", TITLE)
    return replace(usual, **fields)  # type: ignore[arg-type]


def test_nobody_is_served_before_being_let_in_nor_after_the_release() -> None:
    one = server()
    assert said(one, PUBLIC, NUMBER) == bytes(NOT_ALLOWED)
    said(one, PUBLIC, Aarq(PROPOSAL))
    assert isinstance(read_apdu(said(one, PUBLIC, NUMBER)), GetResponse)
    assert said(one, PUBLIC, b"\x62\x03\x80\x01\x00") == b"\x63\x03\x80\x01\x00"
    assert said(one, PUBLIC, NUMBER) == bytes(NOT_ALLOWED)


def test_it_grants_what_it_serves_and_says_how_long_an_apdu_may_be() -> None:
    answer = Aare.read(said(server(), PUBLIC, Aarq(PROPOSAL)))
    assert (answer.result, answer.diagnostic) == (0, 0)
    granted = InitiateResponse.read(answer.user_information)
    assert (granted.conformance, granted.longest) == (GRANTED, 1024)


@pytest.mark.parametrize(
    ("client", "asked", "diagnostic"),
    [
        (99, Aarq(PROPOSAL), Diagnostic.NO_REASON_GIVEN),
        (BY_PASSWORD, Aarq(PROPOSAL), Diagnostic.MECHANISM_REQUIRED),
        (BY_PASSWORD, Aarq(PROPOSAL, mechanism=Mechanism.LLS, secret=b"no"), Diagnostic.AUTHENTICATION_FAILURE),
        (BY_PASSWORD, Aarq(PROPOSAL, mechanism=Mechanism.LLS), Diagnostic.AUTHENTICATION_FAILURE),
        (PUBLIC, Aarq(PROPOSAL, mechanism=Mechanism.LLS, secret=PASSWORD), Diagnostic.MECHANISM_NOT_RECOGNISED),
        (BY_KEY, by_key(title=b""), Diagnostic.AUTHENTICATION_FAILURE),
        (BY_KEY, by_key(secret=b""), Diagnostic.AUTHENTICATION_FAILURE),
        (BY_KEY, by_key(context=Context.CIPHERED), Diagnostic.CONTEXT_NOT_SUPPORTED),
        (CIPHERED, by_key(), Diagnostic.CONTEXT_NOT_SUPPORTED),
        (PUBLIC, Aarq(b"\x01\x02"), Diagnostic.NO_REASON_GIVEN),
        (CIPHERED, by_key(context=Context.CIPHERED), Diagnostic.NO_REASON_GIVEN),
    ],
)
def test_who_is_not_let_in_hears_why_and_is_counted(client: int, asked: Aarq, diagnostic: Diagnostic) -> None:
    one = server()
    answer = Aare.read(said(one, client, asked))
    assert (answer.result, answer.diagnostic) == (1, diagnostic)
    assert one.refused == 1
    assert said(one, client, NUMBER) == bytes(NOT_ALLOWED)


def test_a_key_is_proved_before_anything_is_read() -> None:
    one = server()
    half = Aare.read(said(one, BY_KEY, by_key()))
    assert (half.result, half.diagnostic, half.challenge) == (0, Diagnostic.AUTHENTICATION_REQUIRED, CHALLENGE)
    assert read_apdu(said(one, BY_KEY, NUMBER)) == GetResponse(None, 3)
    proof = octet_string(gmac_of(CHALLENGE, KEYS, TITLE, 5))
    answer = read_apdu(said(one, BY_KEY, ActionRequest(REPLY, proof)))
    assert isinstance(answer, ActionResponse)
    assert answer.result == 0
    assert isinstance(answer.data, Data)
    assert isinstance(answer.data.value, bytes)
    assert gmac_holds(answer.data.value, b"our challenge 16", KEYS, half.title)
    assert read_apdu(said(one, BY_KEY, KRN)) != GetResponse(None, 3)
    again = read_apdu(said(one, BY_KEY, ActionRequest(REPLY, proof)))
    assert isinstance(again, ActionResponse)
    assert again.result == 250, "a challenge is answered once"


@pytest.mark.parametrize(
    "proof",
    [
        gmac_of(CHALLENGE, Keys(KEYS.encryption, bytes(16)), TITLE, 5),
        gmac_of(CHALLENGE, KEYS, b"another!", 5),
        gmac_of(b"another challenge", KEYS, TITLE, 5),
        b"",
    ],
)
def test_a_wrong_proof_ends_it(proof: bytes) -> None:
    one = server()
    said(one, BY_KEY, by_key())
    answer = read_apdu(said(one, BY_KEY, ActionRequest(REPLY, octet_string(proof))))
    assert isinstance(answer, ActionResponse)
    assert answer.result == 250
    assert one.refused == 1
    assert said(one, BY_KEY, NUMBER) == bytes(NOT_ALLOWED)


class Sealed:
    """A client in a ciphered association, whose key is proved."""

    def __init__(self) -> None:
        self.server = server()
        self.counter = 10
        asked = by_key(context=Context.CIPHERED, user_information=self.protected(PROPOSAL))
        self.title = Aare.read(said(self.server, CIPHERED, asked)).title
        proof = bytes(ActionRequest(REPLY, octet_string(gmac_of(CHALLENGE, KEYS, TITLE, 3))))
        self.said(self.protected(proof))

    def protected(self, apdu: bytes, security: Security = Security.BOTH) -> bytes:
        self.counter += 1
        return glo(apdu, KEYS, TITLE, self.counter, security)

    def said(self, apdu: bytes) -> bytes:
        return said(self.server, CIPHERED, apdu)


def test_a_ciphered_association_answers_ciphered_and_its_counter_grows() -> None:
    sealed = Sealed()
    counters = []
    for _ in range(3):
        opened = open_glo(sealed.said(sealed.protected(bytes(KRN))), KEYS, sealed.title)
        assert opened.security is Security.BOTH
        assert read_apdu(opened.plain) != GetResponse(None, 3)
        counters.append(opened.counter)
    assert counters == sorted(set(counters))


def test_what_is_protected_too_little_comes_again_or_was_changed_is_not_served() -> None:
    sealed = Sealed()
    assert sealed.said(bytes(KRN)) == bytes(NOT_ALLOWED)
    for weak in (Security.AUTHENTICATED, Security.ENCRYPTED):
        assert sealed.said(sealed.protected(bytes(KRN), weak)) == bytes(NOT_DECIPHERED)
    good = sealed.protected(bytes(KRN))
    assert sealed.said(good[:-1] + bytes((good[-1] ^ 1,))) == bytes(NOT_DECIPHERED)
    sealed.said(good)
    assert sealed.said(good) == bytes(ExceptionResponse(2, 6, sealed.counter + 1))


def test_the_public_client_reads_the_invocation_counter_to_begin_above_it() -> None:
    sealed = Sealed()
    said(sealed.server, PUBLIC, Aarq(PROPOSAL))
    asked = GetRequest(Descriptor(1, obis("0-0:43.1.0.255"), 2))
    answer = read_apdu(said(sealed.server, PUBLIC, asked))
    assert isinstance(answer, GetResponse)
    assert answer.data is not None
    assert answer.data.value == sealed.counter + 1


def test_an_apdu_that_is_too_long_or_unknown_is_answered_so() -> None:
    one = server()
    said(one, PUBLIC, Aarq(PROPOSAL))
    assert said(one, PUBLIC, bytes(1025)) == bytes(TOO_LONG)
    assert said(one, PUBLIC, b"\xc1\x01\xc1") == bytes(UNKNOWN_SERVICE), "SET"
    assert said(one, PUBLIC, b"") == bytes(UNKNOWN_SERVICE)


@given(st.binary(max_size=80), st.sampled_from((PUBLIC, BY_PASSWORD, BY_KEY, CIPHERED)))
def test_whatever_comes_is_answered_and_enters_no_token(apdu: bytes, client: int) -> None:
    optical = Optical()
    for start in (b"", b"\x60", b"\xc0\x01", b"\xc3\x01", b"\xc8", b"\x62"):
        assert optical.server.answer(client, start + apdu)
    assert optical.gateway.entered == 0


def test_nothing_prints_a_secret() -> None:
    optical = Optical()
    said(optical.server, BY_PASSWORD, Aarq(PROPOSAL, mechanism=Mechanism.LLS, secret=PASSWORD))
    shown = repr((optical, optical.lock, optical.server._association, optical.server._sealing))
    for secret in (PASSWORD, KEYS.encryption, KEYS.authentication):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
