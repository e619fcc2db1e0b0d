"""A row is text to whoever shows it, and nothing to whoever prints what holds it."""

import json
import logging
import traceback

import pytest

from krn_engine.office.contract import Issued, IssuedChange
from krn_engine.row import Hidden, Row, grouped

DIGITS = "71828182845904523536"
ROW = Row(DIGITS)


def test_a_row_is_its_digits() -> None:
    assert ROW == DIGITS
    assert hash(ROW) == hash(DIGITS)
    assert str(ROW) == DIGITS
    assert "".join([ROW]) == DIGITS
    assert (ROW[:4], len(ROW)) == ("7182", 20)
    assert json.loads(json.dumps([ROW], indent=2)) == [DIGITS]
    assert grouped(ROW) == "7182 8182 8459 0452 3536"


def test_printed_in_fours() -> None:
    assert grouped("12345678901234567890") == "1234 5678 9012 3456 7890"
    assert grouped("123456") == "1234 56"


@pytest.mark.parametrize("digits", ["", "1" * 19, "1" * 21, "1" * 19 + "x", "٣" * 20, "1234 5678 9012 3456"])
def test_nothing_else_is_a_row(digits: str) -> None:
    with pytest.raises(ValueError, match="a row has 20 digits") as refused:
        Row(digits)
    assert digits[:4] not in str(refused.value) or not digits


@pytest.mark.parametrize("text", [ROW, Hidden(f"1) {grouped(DIGITS)}")])
def test_it_prints_its_kind(text: Hidden) -> None:
    kind = f"<{type(text).__name__}>"
    assert repr(text) == f"{text}" == kind
    assert f"{text:>10}" == kind.rjust(10)
    assert repr([text]) == f"[{kind}]"


def test_what_holds_rows_prints_none(caplog: pytest.LogCaptureFixture) -> None:
    issued = Issued("request", "99100000001", (IssuedChange("id", 1, 2, (ROW, ROW)),), 10)
    logging.getLogger("test").warning("%s %r %s", issued, issued.changes, issued.rows)
    try:
        raise ValueError(f"what is {ROW} of {issued}?")
    except ValueError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    for text in (caplog.text, told):
        assert "<Row>" in text
        assert DIGITS[:8] not in text
