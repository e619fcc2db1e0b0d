"""A scanner's burst is one number on whatever screen; what a person keys, at whatever pace, stays keys."""

import pytest

from kiosk.ui.input import KeyPress
from kiosk.ui.scan import ENTER_SECONDS, FASTER_THAN_FINGERS, LEAST, Scan
from kiosk.view.choices import Scanned

NUMBER = "99100000001"
ENTER = KeyPress("enter")


def burst(scan: Scan, digits: str, *, typing: bool, pace: float = 0.004, at: float = 10.0) -> list[KeyPress | Scanned]:
    happened = []
    for place, digit in enumerate(digits):
        happened += scan.key(KeyPress(digit), at + place * pace, typing=typing)
    return happened


@pytest.mark.parametrize("pace", [0.0, 0.004, 0.05])
def test_a_burst_presses_nothing_where_nothing_is_typed(pace: float) -> None:
    scan = Scan()
    assert burst(scan, NUMBER, typing=False, pace=pace) == []
    assert scan.key(ENTER, 10.0 + len(NUMBER) * pace, typing=False) == [Scanned(NUMBER)]


def test_a_scanner_without_an_end_is_understood_when_it_is_silent() -> None:
    scan = Scan()
    burst(scan, NUMBER, typing=False)
    assert scan.until is not None
    assert scan.due(scan.until - 0.001) == []
    assert scan.due(scan.until + 0.001) == [Scanned(NUMBER)]
    assert scan.until is None


def test_where_digits_are_typed_they_are_seen_at_once_and_then_are_one_number() -> None:
    scan = Scan()
    assert burst(scan, NUMBER, typing=True) == [KeyPress(digit) for digit in NUMBER]
    assert scan.key(ENTER, 10.05, typing=True) == [Scanned(NUMBER)]


def test_the_scanners_own_enter_presses_nothing_on_what_it_brought_up() -> None:
    scan = Scan()
    burst(scan, NUMBER, typing=True)
    assert scan.key(ENTER, 10.05, typing=True) == [Scanned(NUMBER)]
    assert scan.key(ENTER, 10.05 + ENTER_SECONDS - 0.01, typing=False) == []
    assert scan.key(ENTER, 10.06 + ENTER_SECONDS, typing=False) == [ENTER]
    late = Scan()
    burst(late, NUMBER, typing=False)
    last = 10.0 + 0.004 * (len(NUMBER) - 1)
    assert late.due(last + 0.1) == [Scanned(NUMBER)]
    assert late.key(ENTER, last + ENTER_SECONDS - 0.01, typing=False) == []


@pytest.mark.parametrize("typing", [True, False])
def test_a_persons_keys_all_arrive_once_and_in_order(typing: bool) -> None:
    """As fast as anybody keys, and with the two keys that a busy loop may hand over at once."""
    scan, happened, now = Scan(), [], 10.0
    for digit in "1" * LEAST + "23":
        happened += scan.key(KeyPress(digit), now, typing=typing)
        now += FASTER_THAN_FINGERS + 0.04
    happened += scan.key(KeyPress("4"), now, typing=typing) + scan.key(KeyPress("1"), now, typing=typing)
    happened += scan.key(ENTER, now + 0.2, typing=typing)
    assert happened == [*[KeyPress(digit) for digit in "1" * LEAST + "2341"], ENTER]


def test_a_key_that_is_no_digit_ends_what_was_held() -> None:
    scan = Scan()
    assert scan.key(KeyPress("2"), 1.0, typing=False) == []
    assert scan.key(KeyPress("forward"), 1.01, typing=False) == [KeyPress("2"), KeyPress("forward")]
    assert scan.until is None


def test_nothing_that_was_scanned_is_printed() -> None:
    assert NUMBER not in repr(Scanned(NUMBER))


@pytest.mark.parametrize("typing", [False, True])
def test_the_key_that_woke_the_screen_belongs_to_the_scan(typing: bool) -> None:
    scan = Scan()
    scan.woken(KeyPress("9"), 9.996)
    seen = burst(scan, "90000000000", typing=typing)
    assert [event.key for event in seen if isinstance(event, KeyPress)] == list("90000000000" if typing else "")
    assert scan.key(ENTER, 10.05, typing=typing) == [Scanned("990000000000")]


def test_the_key_that_woke_the_screen_does_nothing_alone() -> None:
    scan = Scan()
    for key in ("9", "enter"):
        scan.woken(KeyPress(key), 10.0)
    assert scan.due(11.0) == []
    assert scan.key(KeyPress("1"), 12.0, typing=False) == []
    assert scan.due(13.0) == [KeyPress("1")]
