"""The Token gateway of the virtual meter: what it says of a token, and when."""

import pytest

from hardware.optical.gateway import StatusCode
from hardware.optical.model import TokenForm
from hardware.virtual.optical.token_gateway import NO_TOKEN, Status, Taken, TokenGateway, digits_of
from krn_engine.demo import DemoCase
from krn_engine.sts.codec import encode
from krn_engine.sts.identity import Krn
from krn_engine.sts.results import TokenResult
from krn_engine.sts.tid import Tid
from krn_engine.sts.tokens import CreditKind, CreditToken, ManagementKind, ManagementToken, Token
from tests.support.bench import Typed

DONE = StatusCode.EXECUTION_OK


class Gated(Typed):
    """A demo meter with a Token gateway."""

    def __init__(self, case: DemoCase = DemoCase.FOUR_ROWS, **settings: object) -> None:
        super().__init__(case)
        self.gateway = TokenGateway(self.meter, self.clock, **settings)  # type: ignore[arg-type]

    def enter(self, digits: str) -> Status:
        assert self.gateway.enter(digits.encode("ascii")) is Taken.RECEIVED
        return self.gateway.status

    def code(self) -> StatusCode:
        """The status code now."""
        return self.gateway.status.code

    def token(self, token: Token) -> str:
        """The 20 digits of a token for this meter."""
        state = self.meter.state
        return encode(token, state.key.cipher(state.tables))

    def tid(self, later: int = 0) -> Tid:
        """A TID that this meter does not know."""
        return Tid(self.meter.state.tids[-1].minutes + 1 + later)


def test_four_rows_are_executed_and_the_meter_says_which_section_it_waits_for() -> None:
    gated = Gated()
    said = [gated.enter(row) for row in gated.rows]
    assert [status.code for status in said] == [DONE] * 4
    assert [status.result for status in said] == [TokenResult.FIRST_KCT, TokenResult.ACCEPT] * 2
    assert gated.meter.state.key.krn == Krn(3)
    assert gated.meter.display == "BENAR", "the meter shows it as if it had been keyed in"
    assert gated.gateway.token == gated.rows[3].encode("ascii")


def test_each_stage_of_the_standard_fails_in_its_own_way() -> None:
    gated = Gated()
    assert gated.enter("123") == Status(StatusCode.FORMAT_FAILURE, TokenResult.FORMAT_ERROR)
    assert gated.enter("9" * 20) == Status(StatusCode.FORMAT_FAILURE, TokenResult.FORMAT_ERROR)
    assert gated.enter(gated.rows[2]) == Status(StatusCode.AUTHENTICATION_FAILURE, TokenResult.CRC_ERROR)
    credit = gated.token(CreditToken(CreditKind.ELECTRICITY, 1, gated.tid(), 100))
    assert gated.enter(credit) == Status(DONE, TokenResult.ACCEPT)
    assert gated.enter(credit) == Status(StatusCode.VALIDATION_FAILURE, TokenResult.USED_ERROR)
    water = gated.token(CreditToken(CreditKind.WATER, 1, gated.tid(), 100))
    assert gated.enter(water) == Status(StatusCode.EXECUTION_FAILURE, TokenResult.FUNCTION_ERROR)


def test_a_lock_out_is_said_by_its_own_result_and_reads_nothing() -> None:
    gated = Gated()
    for _ in range(3):
        gated.enter(gated.rows[2])
    assert gated.gateway.locked_for == 10
    assert gated.enter(gated.rows[0]) == Status(StatusCode.EXECUTION_FAILURE, TokenResult.LOCKOUT)
    assert gated.meter.state.sections == ()
    gated.clock.wait(10)
    assert gated.gateway.locked_for == 0
    assert gated.enter(gated.rows[0]) == Status(DONE, TokenResult.FIRST_KCT)


def test_an_opened_meter_executes_nothing_but_its_cure() -> None:
    gated = Gated(DemoCase.PERIKSA)
    before = gated.meter.state
    assert gated.enter(gated.rows[0]) == Status(StatusCode.EXECUTION_FAILURE, TokenResult.NONE)
    assert gated.meter.state == before
    assert gated.enter(gated.token(ManagementToken(ManagementKind.CLEAR_TAMPER, 3, gated.tid(), 0))).code is DONE
    assert gated.enter(gated.rows[0]).code is DONE


def test_a_slow_meter_says_received_then_format_ok_and_then_what_became_of_it() -> None:
    gated = Gated(processing=4.0)
    assert gated.enter(gated.rows[0]).code is StatusCode.RECEIVED
    assert gated.gateway.enter(gated.rows[1].encode("ascii")) is Taken.BUSY
    assert gated.gateway.entered == 1
    gated.clock.wait(1.9)
    assert gated.code() is StatusCode.RECEIVED
    gated.clock.wait(0.2)
    assert gated.code() is StatusCode.FORMAT_OK
    assert gated.meter.state.sections == ()
    gated.clock.wait(1.9)
    assert gated.gateway.status == Status(DONE, TokenResult.FIRST_KCT)
    assert gated.gateway.enter(gated.rows[1].encode("ascii")) is Taken.RECEIVED


def test_what_a_power_cut_interrupts_is_gone_and_the_attributes_tell_of_the_token_before_it() -> None:
    gated = Gated(processing=4.0)
    assert gated.gateway.status == NO_TOKEN
    gated.enter(gated.rows[0])
    gated.clock.wait(5)
    assert gated.code() is DONE
    gated.enter(gated.rows[1])
    gated.gateway.power_cut()
    gated.clock.wait(5)
    assert gated.gateway.token == gated.rows[0].encode("ascii")
    assert gated.gateway.status == Status(DONE, TokenResult.FIRST_KCT)
    assert gated.meter.state.key.krn == Krn(1)


def test_a_power_cut_after_a_token_was_processed_takes_nothing_of_it() -> None:
    gated = Gated(processing=4.0)
    gated.enter(gated.rows[0])
    gated.clock.wait(4)
    gated.gateway.power_cut()
    assert gated.gateway.status == Status(DONE, TokenResult.FIRST_KCT)


@pytest.mark.parametrize(
    ("form", "octets"),
    [
        (TokenForm.ASCII, b"01234567890123456789"),
        (TokenForm.BCD, bytes.fromhex("01234567890123456789")),
        (TokenForm.BINARY, (1234567890123456789).to_bytes(9, "big")),
    ],
)
def test_a_token_is_read_in_its_form_and_in_no_other(form: TokenForm, octets: bytes) -> None:
    assert digits_of(octets, form) == "01234567890123456789"
    assert [digits_of(octets, other) for other in TokenForm if other is not form] == [None, None]
    assert digits_of(b"", form) is None
    assert digits_of(octets + b"0", form) is None


def test_octets_that_are_no_digits_are_no_token() -> None:
    assert digits_of(b"\xb2" * 20, TokenForm.ASCII) is None, "a superscript is a digit to Python, and none to a meter"
    assert digits_of(b"\xaa" * 10, TokenForm.BCD) is None
    assert digits_of(b"\xff" * 9, TokenForm.BINARY) is None, "that number has more than 20 digits"


def test_a_gateway_prints_no_token() -> None:
    gated = Gated(processing=4.0)
    gated.enter(gated.rows[0])
    assert gated.rows[0] not in repr(gated.gateway)
