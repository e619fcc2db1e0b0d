"""Security suite 0 against the examples of the Green Book, and against gurux-dlms."""

from typing import Any

import pytest
from gurux_dlms.AesGcmParameter import AesGcmParameter
from gurux_dlms.enums import Authentication
from gurux_dlms.enums import Security as GuruxSecurity
from gurux_dlms.GXCiphering import GXCiphering
from gurux_dlms.GXDLMSSettings import GXDLMSSettings
from gurux_dlms.GXSecure import GXSecure
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MeterAnswersWrong
from hardware.optical.ciphering import (
    LAST_COUNTER,
    Keys,
    Security,
    glo,
    gmac_holds,
    gmac_of,
    is_protected,
    open_glo,
    open_protected,
    protect,
)

EXAMPLE = Keys(bytes(range(16)), bytes(range(0xD0, 0xE0)))
"""Green Book, 9.2.7.2.4: the keys of its examples, which gurux-dlms has as its defaults too."""
SERVER, CLIENT = bytes.fromhex("4d4d4d0000bc614e"), bytes.fromhex("4d4d4d0000000001")
COUNTER = 0x01234567
GET = bytes.fromhex("c0010000080000010000ff0200")

keys = st.builds(Keys, st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
titles = st.binary(min_size=8, max_size=8)
counters = st.integers(0, LAST_COUNTER)
protections = st.sampled_from([Security.AUTHENTICATED, Security.ENCRYPTED, Security.BOTH])


@pytest.mark.parametrize(
    ("security", "octets"),
    [
        (Security.AUTHENTICATED, "c81e1001234567c0010000080000010000ff020006725d910f9221d263877516"),
        (Security.ENCRYPTED, "c8122001234567411312ff935a47566827c467bc"),
        (Security.BOTH, "c81e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b"),
    ],
)
def test_a_get_is_protected_as_in_the_green_book(security: Security, octets: str) -> None:
    assert glo(GET, EXAMPLE, SERVER, COUNTER, security).hex() == octets
    opened = open_glo(bytes.fromhex(octets), EXAMPLE, SERVER)
    assert (opened.plain, opened.security, opened.counter) == (GET, security, COUNTER)


def test_challenges_are_answered_as_in_the_green_book() -> None:
    to_server, to_client = b"K56iVagY", b"P6wRJ21F"
    assert gmac_of(to_client, EXAMPLE, CLIENT, 1).hex() == "10000000011a52fe7dd3e72748973c1e28"
    assert gmac_of(to_server, EXAMPLE, SERVER, COUNTER).hex() == "1001234567fe1466afb3dbcd4f9389e2b7"


def _parameters(tag: int, title: bytes, used: Keys, counter: int, security: Security) -> Any:
    parameters = AesGcmParameter(tag, title, used.encryption, used.authentication)
    parameters.security = GuruxSecurity(int(security))
    parameters.invocationCounter = counter
    return parameters


@given(st.binary(max_size=200).map(lambda tail: b"\xc3" + tail), keys, titles, counters, protections)
def test_gurux_protects_with_the_same_octets(
    plain: bytes, used: Keys, title: bytes, counter: int, security: Security
) -> None:
    theirs = bytes(GXCiphering.encrypt(_parameters(0xCB, title, used, counter, security), plain))
    assert theirs == glo(plain, used, title, counter, security)
    assert open_glo(theirs, used, title).plain == plain


@given(st.binary(min_size=8, max_size=64), keys, titles, counters)
def test_gurux_answers_a_challenge_with_the_same_octets(
    challenge: bytes, used: Keys, title: bytes, counter: int
) -> None:
    settings = GXDLMSSettings(False, None)
    settings.authentication = Authentication.HIGH_GMAC
    cipher = GXCiphering(title)
    cipher.blockCipherKey, cipher.authenticationKey = used.encryption, used.authentication
    theirs = bytes(GXSecure.secure(settings, cipher, counter, challenge, title))
    assert theirs == gmac_of(challenge, used, title, counter)
    assert gmac_holds(theirs, challenge, used, title)


@given(st.binary(max_size=100), keys, titles, counters, protections)
def test_what_is_protected_comes_back(plain: bytes, used: Keys, title: bytes, counter: int, security: Security) -> None:
    opened = open_protected(protect(plain, used, title, counter, security), used, title)
    assert (opened.plain, opened.security, opened.counter) == (plain, security, counter)


@given(st.binary(max_size=60), st.sampled_from([Security.AUTHENTICATED, Security.BOTH]), st.data())
def test_one_changed_bit_is_refused(plain: bytes, security: Security, data: st.DataObject) -> None:
    octets = bytearray(protect(plain, EXAMPLE, SERVER, COUNTER, security))
    at = data.draw(st.integers(0, len(octets) * 8 - 1))
    # The security control byte may become "encrypted only", which nothing authenticates: whoever opens asks for more.
    octets[at // 8] ^= 1 << at % 8
    try:
        opened = open_protected(bytes(octets), EXAMPLE, SERVER)
    except MeterAnswersWrong:
        return
    assert at // 8 == 0
    assert opened.security is Security.ENCRYPTED


@pytest.mark.parametrize(
    ("used", "title"),
    [
        (Keys(bytes(16), EXAMPLE.authentication), SERVER),
        (Keys(EXAMPLE.encryption, bytes(16)), SERVER),
        (EXAMPLE, CLIENT),
    ],
)
def test_another_key_or_sender_is_refused(used: Keys, title: bytes) -> None:
    for security in (Security.AUTHENTICATED, Security.BOTH):
        with pytest.raises(MeterAnswersWrong, match="another key"):
            open_glo(glo(GET, EXAMPLE, SERVER, COUNTER, security), used, title)
    assert not gmac_holds(gmac_of(b"challenge", EXAMPLE, SERVER, 1), b"challenge", used, title)


def test_an_answer_to_another_challenge_or_of_another_length_does_not_hold() -> None:
    answer = gmac_of(b"challenge", EXAMPLE, SERVER, 1)
    assert not gmac_holds(answer, b"another", EXAMPLE, SERVER)
    assert not gmac_holds(answer[:-1], b"challenge", EXAMPLE, SERVER)
    assert not gmac_holds(b"\x30" + answer[1:], b"challenge", EXAMPLE, SERVER)
    assert not gmac_holds(b"", b"challenge", EXAMPLE, SERVER)


def test_a_protected_message_of_the_general_form_names_its_sender() -> None:
    inner = protect(GET, EXAMPLE, SERVER, COUNTER, Security.BOTH)
    general = b"\xdb\x08" + SERVER + bytes((len(inner),)) + inner
    assert is_protected(general)
    assert open_glo(general, EXAMPLE, SERVER).plain == GET
    with pytest.raises(MeterAnswersWrong, match="another sender"):
        open_glo(b"\xdb\x08" + CLIENT + bytes((len(inner),)) + inner, EXAMPLE, SERVER)


def test_a_service_inside_of_anothers_ciphering_is_refused() -> None:
    octets = b"\xcb" + glo(GET, EXAMPLE, SERVER, COUNTER, Security.BOTH)[1:]
    with pytest.raises(MeterAnswersWrong, match="another service"):
        open_glo(octets, EXAMPLE, SERVER)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xc8", b"\xdb\x08" + SERVER]))
def test_any_octets_are_refused_with_a_code(octets: bytes, start: bytes) -> None:
    for wrong in (octets, start + bytes((len(octets),)) + octets):
        try:
            opened = open_glo(wrong, EXAMPLE, SERVER)
        except MeterAnswersWrong:
            continue
        # What is only encrypted has no tag: any octets are something.
        assert opened.security is Security.ENCRYPTED


def test_a_counter_that_is_used_up_protects_nothing_more() -> None:
    with pytest.raises(ValueError, match="used up"):
        protect(GET, EXAMPLE, SERVER, LAST_COUNTER + 1, Security.BOTH)


def test_what_is_no_key_or_title_is_refused() -> None:
    with pytest.raises(ValueError, match="16 octets"):
        Keys(bytes(15), bytes(16))
    with pytest.raises(ValueError, match="8 octets"):
        protect(GET, EXAMPLE, b"short", 1, Security.BOTH)
    with pytest.raises(ValueError, match="never protected"):
        glo(b"\xd8\x01\x01", EXAMPLE, SERVER, 1, Security.BOTH)


def test_keys_print_nothing() -> None:
    assert repr(EXAMPLE) == "Keys()"
