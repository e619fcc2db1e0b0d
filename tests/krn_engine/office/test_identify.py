"""What people type when they are asked for a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krn_engine.office.identify import Idpel, IdProblem, MeterNumber, NotAnId, identify
from tests.support.ids import malformed_ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("991234567890", Idpel("991234567890")),
        ("#991234567890", Idpel("991234567890")),
        ("99 1234 5678 90", Idpel("991234567890")),
        ("99-1234.5678\N{EN DASH}90 ", Idpel("991234567890")),
        ("000000000001", Idpel("000000000001")),
        ("11111111115", MeterNumber("11111111115", True)),
        ("#1111 1111 115", MeterNumber("11111111115", True)),
        ("11111111113", MeterNumber("11111111113", False)),
        ("", NotAnId(IdProblem.EMPTY)),
        ("#", NotAnId(IdProblem.EMPTY)),
        ("1234", NotAnId(IdProblem.TOO_SHORT)),
        ("1234567890", NotAnId(IdProblem.TOO_SHORT)),
        ("1234567890123", NotAnId(IdProblem.TOO_LONG)),
        ("1" * 19, NotAnId(IdProblem.TOO_LONG)),
        ("1" * 20, NotAnId(IdProblem.TOKEN)),
        ("1234 5678 9012 3456 7890", NotAnId(IdProblem.TOKEN)),
        ("1" * 21, NotAnId(IdProblem.TOO_LONG)),
        ("99123456789O", NotAnId(IdProblem.NOT_DIGITS)),
        ("1.3E+11", NotAnId(IdProblem.NOT_DIGITS)),
        ("\N{ARABIC-INDIC DIGIT ONE}" * 12, NotAnId(IdProblem.NOT_DIGITS)),
        ("99123456789\N{SUPERSCRIPT TWO}", NotAnId(IdProblem.NOT_DIGITS)),
        ("'; DROP TABLE meters; --", NotAnId(IdProblem.NOT_DIGITS)),
    ],
)
def test_identify(text: str, expected: object) -> None:
    assert identify(text) == expected


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    result = identify(text)
    if isinstance(result, NotAnId):
        assert result.message
        assert result.code.startswith("ID-")


def test_200_malformed_ids_are_each_told_what_an_id_looks_like() -> None:
    for text in malformed_ids(200):
        result = identify(text)
        assert isinstance(result, NotAnId), text
        assert "12-digit" in result.message
        assert "11-digit" in result.message
