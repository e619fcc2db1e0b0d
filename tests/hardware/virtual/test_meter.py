"""The virtual meter's keys and display."""

import pytest

from hardware.virtual.meter import BACKSPACE, ENTER, Habits
from hardware.virtual.texts import ENGLISH
from krn_engine.demo import DemoCase
from krn_engine.sts.codec import encode
from krn_engine.sts.results import TokenResult
from krn_engine.sts.tid import Tid
from krn_engine.sts.tokens import ManagementKind, ManagementToken
from tests.support.bench import Typed


def test_four_rows_say_benar_and_04_shows_the_new_krn() -> None:
    typed = Typed()
    assert typed.key_in("04") == "1"
    credit = typed.key_in("37")
    for row in typed.rows:
        assert typed.key_in(row) == "BENAR"
    assert typed.key_in("04") == "3"
    assert typed.key_in("37") == credit
    assert typed.key_in("64") == "4"
    assert typed.key_in("65").replace(" ", "") == typed.rows[3]
    assert typed.key_in("67").replace(" ", "") == typed.rows[1]


def test_the_virtual_meter_answers_short_codes() -> None:
    typed = Typed()
    assert typed.key_in("75") == str(typed.meter.state.drn)
    assert typed.key_in("77") == "999007"
    assert typed.key_in("08") == "NORMAL"
    assert typed.key_in("65") == "----"
    assert typed.key_in("99") == "----"
    assert typed.key_in("123456") == "----"


def test_a_result_is_shown_for_three_seconds_and_then_the_credit() -> None:
    typed = Typed()
    assert typed.key_in(typed.rows[0]) == "BENAR"
    typed.clock.wait(2.9)
    assert typed.meter.display == "BENAR"
    typed.clock.wait(0.2)
    assert typed.meter.display.endswith(" kWh")


def test_digits_appear_backspace_takes_one_and_waiting_takes_all() -> None:
    typed = Typed()
    assert typed.key_in("1234", enter=False) == "1234"
    typed.meter.press(BACKSPACE)
    assert typed.meter.display == "123"
    typed.clock.wait(20.1)
    assert typed.meter.display.endswith(" kWh")
    assert typed.key_in("7", enter=False) == "7"
    assert typed.key_in("1" * 30, enter=False) == "7" + "1" * 19


def test_enter_on_nothing_does_nothing() -> None:
    typed = Typed()
    before = typed.meter.state
    typed.meter.press(ENTER)
    assert typed.meter.state == before
    with pytest.raises(ValueError, match="no key"):
        typed.meter.press("A")


def test_wrong_rows_lock_the_keypad_but_not_the_short_codes() -> None:
    typed = Typed()
    for _ in range(3):
        assert typed.key_in(typed.rows[2]) == "SALAH"
    assert typed.meter.last_result is TokenResult.CRC_ERROR
    assert typed.key_in(typed.rows[0], gap=0.1) == "TERKUNCI 8"
    assert typed.key_in("04", gap=0.1) == "1"
    typed.clock.wait(10)
    assert typed.key_in(typed.rows[0]) == "BENAR"


def test_periksa_takes_nothing_but_its_cure() -> None:
    typed = Typed(DemoCase.PERIKSA)
    assert typed.meter.display == "PERIKSA"
    assert typed.key_in("08") == "PERIKSA"
    before = typed.meter.state
    assert typed.key_in(typed.rows[0]) == "PERIKSA"
    assert typed.meter.state == before
    state = typed.meter.state
    cure = ManagementToken(ManagementKind.CLEAR_TAMPER, 3, Tid(state.tids[-1].minutes + 1), 0)
    assert typed.key_in(encode(cure, state.key.cipher(state.tables))) == "BENAR"
    assert typed.key_in(typed.rows[0]) == "BENAR"
    mild = Typed(DemoCase.PERIKSA, habits=Habits(tamper_blocks=False))
    assert mild.key_in(mild.rows[0]) == "BENAR"


def test_english_display() -> None:
    typed = Typed(texts=ENGLISH)
    assert typed.key_in(typed.rows[0]) == "ACCEPT"
    assert typed.key_in("1" * 20) == "REJECT"


def test_power_cut_forgets_the_entry_and_keeps_the_key() -> None:
    typed = Typed()
    for row in typed.rows[:2]:
        typed.key_in(row)
    typed.key_in("12345", enter=False)
    typed.meter.power_cut()
    assert typed.meter.display.endswith(" kWh")
    assert typed.key_in("04") == "2"
    assert typed.key_in(typed.rows[2]) == "BENAR"
