"""A client's association with the virtual meter: who is let in, what is read and called, and what gurux-dlms says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from gurux_dlms import GXByteBuffer, GXReplyData
from gurux_dlms.enums import Authentication, DataType, InterfaceType
from gurux_dlms.enums import Security as GuruxSecurity
from gurux_dlms.objects import GXDLMSTokenGateway
from gurux_dlms.secure import GXDLMSSecureClient

from hardware.adapter import MeterRegister
from hardware.errors import AccessRefused, HardwareError, MeterAnswersWrong
from hardware.optical.association import Aare, Diagnostic, InitiateResponse, Mechanism, Release
from hardware.optical.axdr import Data, Tag, octet_string
from hardware.optical.ciphering import Keys, Security, glo
from hardware.optical.client import WANTED, Association, Credentials
from hardware.optical.xdlms import (
    ActionAccepted,
    ActionAnswerBlock,
    ActionResponse,
    Block,
    ConfirmedServiceError,
    Descriptor,
    ExceptionResponse,
    GetBlock,
    GetResponse,
    ServiceResult,
    obis,
    read_apdu,
)
from hardware.virtual.optical.objects import logical_name
from tests.support.dlms import GRANTED, LLS, ScriptedServer, associated, opened
from tests.support.optical import KEYS, Optical

TITLE = bytes.fromhex("4d4d4d0000000001")
KRN = Descriptor(1, logical_name(MeterRegister.KRN), 2)
OBJECTS = Descriptor(15, obis("0-0:40.0.0.255"), 2)
ENTER = Descriptor(115, obis("0-0:19.40.0.255"), 1)
HLS = Credentials(Mechanism.HLS_GMAC, keys=KEYS, title=TITLE)
CIPHERED = replace(HLS, security=Security.BOTH)
WAYS = pytest.mark.parametrize(("client", "mine"), [(1, LLS), (2, HLS), (3, CIPHERED)], ids=["lls", "hls", "ciphered"])


@WAYS
def test_a_client_is_let_in_reads_calls_and_releases(client: int, mine: Credentials) -> None:
    optical = Optical()
    meter = associated(optical, client, mine)
    meter.open()
    assert meter.get(KRN) == Data(Tag.UNSIGNED, 1)
    assert meter.action(ENTER, octet_string(optical.rows[0].encode())) is ServiceResult.SUCCESS
    assert meter.get(Descriptor(1, obis("0-0:9.9.9.255"), 2)) is ServiceResult.OBJECT_UNDEFINED
    meter.release()
    assert optical.gateway.entered == 1
    assert optical.server.refused == 0


@WAYS
def test_a_long_value_comes_in_blocks_and_long_parameters_go_in_blocks(client: int, mine: Credentials) -> None:
    whole = associated(Optical(), client, mine)
    whole.open()
    optical = Optical(longest=130)
    meter = associated(optical, client, mine)
    meter.open()
    assert meter.get(OBJECTS) == whole.get(OBJECTS)
    # No token: 400 octets, which take several blocks. The meter has to get them as they are.
    assert meter.action(ENTER, octet_string(bytes(400))) is ServiceResult.SUCCESS
    assert optical.gateway.token == bytes(400)


def test_the_public_client_reads_what_is_public_and_enters_nothing() -> None:
    optical = Optical()
    meter = associated(optical, 16, Credentials())
    meter.open()
    number = meter.get(Descriptor(1, logical_name(MeterRegister.METER_NUMBER), 2))
    assert number == octet_string(str(optical.meter.state.drn).encode())
    assert meter.get(KRN) is ServiceResult.READ_WRITE_DENIED
    assert meter.action(ENTER, octet_string(b"1" * 20)) is ServiceResult.READ_WRITE_DENIED
    assert optical.gateway.entered == 0


@pytest.mark.parametrize(
    ("client", "mine", "says"),
    [
        (1, replace(LLS, password=b"another"), "password or key"),
        (1, Credentials(), "another kind"),
        (16, LLS, "another kind"),
        (2, replace(HLS, keys=Keys(bytes(16), KEYS.authentication)), "does not accept the keys"),
        (3, HLS, "ciphering"),
        (2, CIPHERED, "ciphering"),
        (9, Credentials(), "not in"),
    ],
)
def test_whoever_is_not_let_in_is_told_why(client: int, mine: Credentials, says: str) -> None:
    with pytest.raises(AccessRefused, match=says):
        associated(Optical(), client, mine).open()


@pytest.mark.parametrize(
    "mine",
    [
        Credentials(Mechanism.LLS),
        Credentials(Mechanism.HLS_GMAC, title=TITLE),
        Credentials(Mechanism.HLS_GMAC, keys=KEYS),
        Credentials(security=Security.BOTH),
    ],
)
def test_a_kiosk_that_lacks_a_secret_does_not_even_ask(mine: Credentials) -> None:
    def exchange(_apdu: bytes) -> bytes:
        raise AssertionError("the meter would count a failed try")

    with pytest.raises(AccessRefused, match="this kiosk has"):
        Association(exchange, mine).open()


def test_credentials_print_no_secret() -> None:
    shown = repr(replace(CIPHERED, password=b"a password"))
    assert "a password" not in shown
    assert KEYS.encryption.hex() not in shown


# --- a meter that breaks the standard, or is another one


SERVER_TITLE = b"VRT\x00\x00\x00\x00\x01"


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (Aare(b"", 1, 2, by_provider=True), AccessRefused, "another version"),
        (Aare(b"", 2, Diagnostic.NO_REASON_GIVEN), AccessRefused, "not in"),
        (Aare(bytes(ConfirmedServiceError(1, 6, 1))), AccessRefused, "does not grant"),
        (Aare(bytes(InitiateResponse(0, 0x400))), AccessRefused, "read nothing"),
        (Aare(GRANTED, diagnostic=Diagnostic.AUTHENTICATION_REQUIRED), AccessRefused, "another kind"),
        (Aare(b""), MeterAnswersWrong, "early"),
        (ExceptionResponse(1, 1), MeterAnswersWrong, "another one"),
        (b"", MeterAnswersWrong, "early"),
    ],
)
def test_an_answer_that_lets_nobody_in_is_told_by_its_reason(
    answer: object, error: type[HardwareError], says: str
) -> None:
    with pytest.raises(error, match=says):
        Association(ScriptedServer(answer), Credentials()).open()


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        ([ExceptionResponse(2, 5)], AccessRefused, "decipher"),
        ([ExceptionResponse(2, 6, 77)], AccessRefused, "counter"),
        ([ExceptionResponse(1, 1)], AccessRefused, "does not serve"),
        ([ConfirmedServiceError(5, 0, 1)], AccessRefused, "does not serve"),
        ([ActionResponse(0)], MeterAnswersWrong, "something else"),
        ([GetBlock(Block(False, 2, b"\x00"))], MeterAnswersWrong, "disorder"),
        ([GetBlock(Block(False, 1, b"\x09")), GetBlock(Block(True, 3, b"\x00"))], MeterAnswersWrong, "disorder"),
        ([GetBlock(Block(False, 1, b"\x09")), GetResponse(None, 3)], MeterAnswersWrong, "disorder"),
        ([GetBlock(Block(False, n, bytes(0x8000))) for n in (1, 2, 3, 4)], MeterAnswersWrong, "disorder"),
        ([GetBlock(Block(True, 1, b"\x09\x05"))], MeterAnswersWrong, "early"),
        ([b"\xff"], MeterAnswersWrong, "no kind"),
    ],
)
def test_an_answer_to_a_reading_that_is_none_is_refused(
    answers: list[object], error: type[HardwareError], says: str
) -> None:
    meter, _ = opened(*answers)
    with pytest.raises(error, match=says):
        meter.get(KRN)


def test_an_error_in_the_middle_of_blocks_is_the_answer() -> None:
    meter, _ = opened(
        GetBlock(Block(False, 1, b"\x09\x02a")), GetBlock(Block(True, 2, b""), ServiceResult.HARDWARE_FAULT)
    )
    assert meter.get(KRN) is ServiceResult.HARDWARE_FAULT


def test_a_result_without_a_name_is_another_reason() -> None:
    meter, _ = opened(GetResponse(None, 99))
    assert meter.get(KRN) is ServiceResult.OTHER_REASON


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([ActionResponse(0, octet_string(b"back"))], octet_string(b"back")),
        ([ActionResponse(0, error=4)], ServiceResult.OBJECT_UNDEFINED),
        ([ActionResponse(3, octet_string(b"back"))], ServiceResult.READ_WRITE_DENIED),
        (
            [ActionAnswerBlock(Block(False, 1, b"\x09\x04ba")), ActionAnswerBlock(Block(True, 2, b"ck"))],
            octet_string(b"back"),
        ),
    ],
)
def test_a_method_gives_what_it_returned_or_what_became_of_it(answers: list[object], expected: object) -> None:
    meter, _ = opened(*answers)
    assert meter.action(ENTER, octet_string(b"1")) == expected


@pytest.mark.parametrize(
    "answers", [[GetResponse(None, 3)], [ActionAnswerBlock(Block(False, 2, b""))], [ActionAccepted(1)]]
)
def test_an_answer_to_a_method_that_is_none_is_refused(answers: list[object]) -> None:
    meter, _ = opened(*answers)
    with pytest.raises(MeterAnswersWrong):
        meter.action(ENTER, octet_string(b"1"))


def test_parameters_stop_where_the_meter_refuses_a_block_or_takes_another_one() -> None:
    for answer, says in ((ActionResponse(ServiceResult.LONG_ACTION_ABORTED), None), (ActionAccepted(2), "another")):
        script = ScriptedServer(Aare(bytes(InitiateResponse(WANTED, 40))), answer)
        meter = Association(script, Credentials())
        meter.open()
        if says is None:
            assert meter.action(ENTER, octet_string(bytes(100))) is ServiceResult.LONG_ACTION_ABORTED
        else:
            with pytest.raises(MeterAnswersWrong, match=says):
                meter.action(ENTER, octet_string(bytes(100)))
        assert len(script.asked) == 2


def test_a_meter_that_takes_almost_nothing_is_refused_and_not_asked_for_ever() -> None:
    meter = Association(ScriptedServer(Aare(bytes(InitiateResponse(WANTED, 12)))), Credentials())
    meter.open()
    with pytest.raises(MeterAnswersWrong, match="takes no APDU"):
        meter.action(ENTER, octet_string(bytes(100)))


def _high(*answers: object) -> Association:
    return Association(ScriptedServer(*answers), HLS, random=lambda count: b"c" * count)


def _challenged(challenge: bytes = b"s" * 16, title: bytes = SERVER_TITLE) -> Aare:
    required = Diagnostic.AUTHENTICATION_REQUIRED
    return Aare(GRANTED, 0, required, mechanism=Mechanism.HLS_GMAC, challenge=challenge, title=title)


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        ([_challenged(b"")], MeterAnswersWrong, "is none"),
        ([_challenged(b"c" * 16)], MeterAnswersWrong, "is none"),
        ([_challenged(title=b"")], MeterAnswersWrong, "is none"),
        ([_challenged(), ActionResponse(ServiceResult.OTHER_REASON)], AccessRefused, "does not accept the keys"),
        ([_challenged(), ActionResponse(0)], AccessRefused, "does not accept the keys"),
        ([_challenged(), ActionResponse(0, octet_string(bytes(17)))], AccessRefused, "another device"),
        ([Aare(GRANTED)], AccessRefused, "another kind"),
    ],
)
def test_a_meter_that_does_not_authenticate_itself_is_no_meter(
    answers: list[object], error: type[HardwareError], says: str
) -> None:
    with pytest.raises(error, match=says):
        _high(*answers).open()


def _ciphered(change: Callable[[int, bytes], bytes]) -> Association:
    """A ciphered association whose answers are changed on their way; `change` gets their number."""
    optical, count = Optical(), 0

    def exchange(apdu: bytes) -> bytes:
        nonlocal count
        count += 1
        answer = optical.server.answer(3, apdu)
        assert answer is not None
        return change(count, answer)

    return Association(exchange, CIPHERED)


def test_an_answer_that_comes_again_or_without_protection_is_refused() -> None:
    seen: list[bytes] = []

    def again(count: int, answer: bytes) -> bytes:
        seen.append(answer)
        return seen[2] if count == 4 else answer

    meter = _ciphered(again)
    meter.open()
    assert meter.get(KRN) == Data(Tag.UNSIGNED, 1)
    with pytest.raises(MeterAnswersWrong, match="old one"):
        meter.get(KRN)
    for plain in (bytes(GetResponse(Data(Tag.UNSIGNED, 3))), b""):
        bare = _ciphered(lambda count, answer, plain=plain: plain if count == 3 else answer)  # type: ignore[misc]
        bare.open()
        with pytest.raises(MeterAnswersWrong, match="without protection"):
            bare.get(KRN)


def test_an_answer_that_is_less_protected_than_agreed_is_refused() -> None:
    def weaker(count: int, answer: bytes) -> bytes:
        if count < 3:
            return answer
        return glo(bytes(GetResponse(Data(Tag.UNSIGNED, 3))), KEYS, SERVER_TITLE, 1000, Security.ENCRYPTED)

    meter = _ciphered(weaker)
    meter.open()
    with pytest.raises(MeterAnswersWrong, match="less protected"):
        meter.get(KRN)


def test_each_protected_message_has_a_counter_of_its_own_and_the_next_association_goes_on() -> None:
    optical = Optical()
    asked: list[bytes] = []

    def exchange(apdu: bytes) -> bytes:
        asked.append(apdu)
        answer = optical.server.answer(3, apdu)
        assert answer is not None
        return answer

    first = Association(exchange, CIPHERED, 40)
    first.open()
    first.get(KRN)
    assert first.counter == 44  # proposal, answer to the challenge and its protection, reading
    again = Association(exchange, CIPHERED, first.counter)
    again.open()
    assert again.get(KRN) == Data(Tag.UNSIGNED, 1)
    behind = Association(exchange, CIPHERED, 41)
    with pytest.raises(AccessRefused):
        behind.open()


def test_what_is_said_to_a_release_is_of_no_matter_but_it_must_be_one() -> None:
    meter, script = opened(Release(answer=True))
    meter.release()
    assert script.asked[-1] == bytes(Release())
    meter, _ = opened(b"\x00")
    with pytest.raises(MeterAnswersWrong):
        meter.release()


# --- gurux-dlms, over the same exchange


class GuruxClient:
    """Gurux's client as the other client of the same server: each of its APDUs, and each answer."""

    def __init__(self, optical: Optical, number: int, client: Any, challenge: bytes) -> None:
        self._optical, self._number, self._client = optical, number, client
        self.sent: list[bytes] = []
        client.proposedConformance = client.proposedConformance.__class__(_bits(int(WANTED)))
        if challenge:
            client.useCustomChallenge = True
            client.ctoSChallenge = challenge

    def ask(self, messages: Any) -> Any:
        reply = GXReplyData()
        for message in [messages] if isinstance(messages, (bytes, bytearray)) else messages:
            apdu = bytes(message)[8:]
            self.sent.append(apdu)
            answer = self._optical.server.answer(self._number, apdu)
            assert answer is not None
            head = b"\x00\x01\x00\x01" + self._number.to_bytes(2, "big") + len(answer).to_bytes(2, "big")
            self._client.getData(GXByteBuffer(head + answer), reply, None)
        return reply


def _bits(conformance: int) -> int:
    """Gurux counts the 24 bits from the other end."""
    return int(f"{conformance:024b}"[::-1], 2)


@pytest.mark.parametrize(
    ("number", "mine", "authentication", "security"),
    [
        (16, Credentials(), Authentication.NONE, 0),
        (1, LLS, Authentication.LOW, 0),
        (2, HLS, Authentication.HIGH_GMAC, 0),
        (3, CIPHERED, Authentication.HIGH_GMAC, 0x30),
    ],
)
def test_gurux_says_the_same_to_the_same_meter_in_a_whole_association(
    number: int, mine: Credentials, authentication: Authentication, security: int
) -> None:
    challenge = bytes(range(16))
    ours: list[bytes] = []
    optical = Optical()

    def exchange(apdu: bytes) -> bytes:
        ours.append(apdu)
        answer = optical.server.answer(number, apdu)
        assert answer is not None
        return answer

    meter = Association(exchange, mine, 7, random=lambda _count: challenge)
    meter.open()
    meter.get(Descriptor(115, obis("0-0:19.40.0.255"), 6))
    meter.action(ENTER, octet_string(b"1" * 20))
    meter.release()

    client: Any = GXDLMSSecureClient(True, number, 1, authentication, None, InterfaceType.WRAPPER)
    if mine.password:
        client.password = mine.password
    client.ciphering.systemTitle, client.ciphering.invocationCounter = TITLE, 7
    client.ciphering.blockCipherKey, client.ciphering.authenticationKey = KEYS.encryption, KEYS.authentication
    client.ciphering.security = GuruxSecurity(security)
    theirs = GuruxClient(Optical(), number, client, challenge if mine.keys else b"")
    client.parseAareResponse(theirs.ask(client.aarqRequest()).data)
    if client.isAuthenticationRequired:
        client.parseApplicationAssociationResponse(theirs.ask(client.getApplicationAssociationRequest()).data)
    gateway = GXDLMSTokenGateway("0.0.19.40.0.255")
    theirs.ask(client.read(gateway, 6))
    theirs.ask(client.method(gateway, 1, b"1" * 20, DataType.OCTET_STRING))
    theirs.ask(client.releaseRequest())
    assert theirs.sent == ours


def test_apdus_of_an_association_are_what_they_are_read_as() -> None:
    meter, script = opened(GetResponse(Data(Tag.UNSIGNED, 1)))
    meter.get(KRN)
    assert bytes(read_apdu(script.asked[-1])) == script.asked[-1]
