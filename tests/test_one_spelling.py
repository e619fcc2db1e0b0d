"""Facts are spelt once; those that no import leads from one place to the other say the same in each."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from hardware.adapter import SECTION_TIMEOUT, Evidence, Outcome, Source
from hardware.keypad.status import status_of
from krn_engine.issuing.campaign import MINUTES_FOR_A_CHANGE
from krn_engine.issuing.key_state import KeyState
from krn_engine.register.cells import KEY_COLUMNS
from krn_engine.register.seal import KEY_BYTES, Seal
from krn_engine.register.tables import KEPT_ROWS, meters
from krn_engine.register.worklist import ROW_COLUMNS
from krn_engine.row import BENAR, ROW_DIGITS, SALAH
from krn_engine.sts.framing import MAX_TOKEN, to_digits
from krn_engine.sts.identity import BaseDate, Ken, KeyType, Krn, Sgc
from krn_engine.sts.keys import ATTRIBUTES, Dkga, VendingKey
from krn_engine.sts.meter_state import MeterRules
from krn_engine.sts.results import TokenResult

ROOT = Path(__file__).parents[1]
KEY = VendingKey(Sgc("999007"), Krn(1), KeyType.DUTK, Dkga.DKGA02, BaseDate.Y1993, Ken(255), bytes(8))


def test_a_row_has_as_many_digits_everywhere() -> None:
    assert ROW_DIGITS == len(str(MAX_TOKEN)) == len(to_digits(0, 0))
    sealed = Seal(bytes(KEY_BYTES)).close(" ".join(["0" * ROW_DIGITS] * len(ROW_COLUMNS)))
    assert len(sealed) <= KEPT_ROWS.length  # type: ignore[operator]


@pytest.mark.parametrize("result", TokenResult)
def test_the_hardware_knows_the_results_by_the_standards_names(result: TokenResult) -> None:
    """The import contract keeps the standard out of the hardware, so it has the names once more."""
    told = status_of(Evidence(Source.DISPLAY, str(int(result)), "test"))
    if result is TokenResult.NONE:
        assert (told.outcome, told.result) == (Outcome.UNKNOWN, None)
    else:
        assert told.result == result.standard_name
        assert (told.outcome in (Outcome.ACCEPTED, Outcome.PARTIAL)) == result.accepted


def test_the_hardware_knows_no_result_that_the_standard_does_not() -> None:
    assert status_of(Evidence(Source.DISPLAY, str(len(TokenResult)), "test")).result is None


def test_a_key_state_has_the_same_fields_in_worklist_register_and_record() -> None:
    names = [field.name for field in fields(KeyState)]
    assert [*names, "ken"] == list(KEY_COLUMNS)
    assert set(KEY_COLUMNS) <= set(meters.c.keys())
    state = KeyState.parse("07/02/123456/01/1/2/1993")
    assert list(state.to_record()) == names
    assert KeyState.of_record(state.to_record()) == state


def test_a_vending_key_has_the_same_attributes_in_every_file() -> None:
    assert tuple(KEY.attributes) == ATTRIBUTES
    assert VendingKey.of_attributes(KEY.attributes, KEY.value) == KEY


def test_what_a_meter_says_is_spelt_once() -> None:
    """Alone; the sentences that have it in them are sentences of their own."""
    found = [
        (path.relative_to(ROOT).as_posix(), node.value)
        for package in ("krn_engine", "hardware", "kiosk")
        for path in (ROOT / package).rglob("*.py")
        if any(word in (text := path.read_text(encoding="utf-8")) for word in (BENAR, SALAH))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and node.value in (BENAR, SALAH)
    ]
    assert found == [("krn_engine/row.py", BENAR), ("krn_engine/row.py", SALAH)]


def test_a_meter_remembers_a_section_for_as_long_everywhere() -> None:
    """The import contract keeps the engine's figures out of the hardware."""
    assert SECTION_TIMEOUT == MeterRules().section_timeout == MINUTES_FOR_A_CHANGE * 60
    for path in (ROOT / "hardware").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text if "section_timeout: " in text else "")):
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "section_timeout":
                assert node.value is None or ast.unparse(node.value) == "SECTION_TIMEOUT", path
