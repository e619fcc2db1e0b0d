"""The Token gateway from the client's side: octets of a token, its state, and what is no state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MeterAnswersWrong
from hardware.optical.axdr import Data, Tag, octet_string, structure
from hardware.optical.gateway import StatusCode, TokenGateway, TokenStatus, octets_of
from hardware.optical.model import TokenForm
from hardware.optical.xdlms import ActionResponse, Descriptor, GetResponse, ServiceResult, obis, read_apdu
from hardware.virtual.optical.token_gateway import digits_of
from krn_engine.row import Row
from tests.support.dlms import LLS, ScriptedServer, associated, opened
from tests.support.optical import Optical

INSTANCE = obis("0-0:19.40.0.255")


def gateway(*answers: object) -> tuple[TokenGateway, ScriptedServer]:
    meter, script = opened(*answers)
    return TokenGateway(meter, INSTANCE), script


@pytest.mark.parametrize("form", TokenForm)
@given(digits=st.integers(0, 10**20 - 1).map(lambda number: f"{number:020d}"))
def test_a_token_is_read_by_the_meter_as_it_was_written(form: TokenForm, digits: str) -> None:
    assert digits_of(octets_of(Row(digits), form), form) == digits


@pytest.mark.parametrize(
    ("form", "octets"),
    [
        (TokenForm.ASCII, b"00000000001234567890".hex()),
        (TokenForm.BCD, "00000000001234567890"),
        (TokenForm.BINARY, f"{1234567890:018x}"),
    ],
)
def test_the_octets_of_a_token_are_what_its_form_says(form: TokenForm, octets: str) -> None:
    assert octets_of(Row("00000000001234567890"), form).hex() == octets


def test_a_token_goes_in_and_its_state_and_octets_come_back() -> None:
    optical = Optical(processing=1.0)
    meter = associated(optical, 1, LLS)
    meter.open()
    own = TokenGateway(meter, INSTANCE)
    octets = octets_of(Row(optical.rows[0]), TokenForm.ASCII)
    assert own.token() == b""
    assert own.enter(octets) is ServiceResult.SUCCESS
    assert own.token() == octets
    state = own.status()
    assert state is not None
    assert state.code is StatusCode.RECEIVED
    optical.hand.wait(2.0)
    assert own.status() == TokenStatus(StatusCode.EXECUTION_OK, "00000010")


@pytest.mark.parametrize("code", StatusCode)
def test_a_state_ends_with_its_execution_or_a_failure(code: StatusCode) -> None:
    own, _ = gateway(GetResponse(structure(Data(Tag.ENUM, int(code)), Data(Tag.BIT_STRING, ""))))
    state = own.status()
    assert state == TokenStatus(code, "")
    assert code.ended is (3 <= code <= 7)
    assert str(state).startswith(str(int(code)))


@pytest.mark.parametrize(
    "value",
    [
        structure(Data(Tag.ENUM, 9), Data(Tag.BIT_STRING, "")),
        structure(Data(Tag.UNSIGNED, 3), Data(Tag.BIT_STRING, "")),
        structure(Data(Tag.ENUM, 3), Data(Tag.OCTET_STRING, b"")),
        structure(Data(Tag.ENUM, 3)),
        Data(Tag.ENUM, 3),
        Data(Tag.NULL),
    ],
)
def test_what_is_no_state_is_refused(value: Data) -> None:
    own, _ = gateway(GetResponse(value))
    with pytest.raises(MeterAnswersWrong, match="state of a token"):
        own.status()


def test_what_may_not_be_read_is_not_known() -> None:
    own, _ = gateway(*(GetResponse(None, ServiceResult.READ_WRITE_DENIED) for _ in range(2)))
    assert own.status() is None
    assert own.token() is None


def test_a_token_that_is_none_is_refused() -> None:
    own, _ = gateway(GetResponse(Data(Tag.UNSIGNED, 3)))
    with pytest.raises(MeterAnswersWrong, match="no octet string"):
        own.token()


def test_an_entering_is_one_action_and_what_it_returns_does_not_matter() -> None:
    own, script = gateway(ActionResponse(0, Data(Tag.NULL)), ActionResponse(ServiceResult.TEMPORARY_FAILURE))
    assert own.enter(b"1") is ServiceResult.SUCCESS
    assert own.enter(b"1") is ServiceResult.TEMPORARY_FAILURE
    assert len(script.asked) == 3
    request = read_apdu(script.asked[1])
    assert getattr(request, "descriptor", None) == Descriptor(115, INSTANCE, 1)
    assert getattr(request, "data", None) == octet_string(b"1")
