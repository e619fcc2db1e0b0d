"""The number of the last answer, held to the standard's own results: the keypad adapter may not import them."""

import pytest

from hardware.adapter import Evidence, Outcome, Source
from hardware.keypad.status import _NAMES, status_of
from krn_engine.sts.results import TokenResult

OUTCOMES = {
    TokenResult.ACCEPT: Outcome.ACCEPTED,
    TokenResult.FIRST_KCT: Outcome.PARTIAL,
    TokenResult.SECOND_KCT: Outcome.PARTIAL,
    TokenResult.LOCKOUT: Outcome.LOCKED_OUT,
    TokenResult.NOT_READY: Outcome.UNKNOWN,
}
"""Every other result is a refusal."""


def test_the_names_are_the_standards_in_the_standards_order() -> None:
    numbers = {int(result): result.standard_name for result in TokenResult if result is not TokenResult.NONE}
    assert dict(enumerate(_NAMES[1:], 1)) == numbers


@pytest.mark.parametrize("result", [result for result in TokenResult if result is not TokenResult.NONE])
def test_each_result_has_its_outcome(result: TokenResult) -> None:
    told = status_of(Evidence(Source.PICTURE, str(int(result)), "camera"))
    assert (told.outcome, told.result) == (OUTCOMES.get(result, Outcome.REJECTED), result.standard_name)
    assert told.evidence == Evidence(Source.STATUS_CODE, str(int(result)), "camera")


@pytest.mark.parametrize("shown", ["0", "17", "255", "", "x", "-1"])
def test_a_reserved_number_tells_nothing(shown: str) -> None:
    assert status_of(Evidence(Source.PICTURE, shown, "camera")).outcome is Outcome.UNKNOWN
    assert status_of(None).outcome is Outcome.UNKNOWN
