"""Somebody's own fingers as the adapter."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from hardware.adapter import MeterRegister, Outcome, Submission
from hardware.by_hand import ByHand
from hardware.errors import AdapterBusy, AdapterClosed, NotARow

ROW = "73786976294838206463"


@pytest.fixture
def hand() -> Iterator[ByHand]:
    with ByHand("generic-4x3") as adapter:
        yield adapter


@pytest.fixture
def pool(hand: ByHand) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads
        hand.close()


def begun(
    hand: ByHand, pool: ThreadPoolExecutor, cancel: threading.Event | None = None, deadline: float = 20.0
) -> "Future[Submission]":
    """A row that is waited for."""
    row = pool.submit(hand.submit, ROW, deadline=deadline, cancel=cancel or threading.Event())
    while hand.row is None:
        assert not row.done()
    return row


def test_a_row_is_shown_until_it_is_keyed_and_its_answer_is_nobodys_yet(hand: ByHand, pool: ThreadPoolExecutor) -> None:
    row = begun(hand, pool)
    assert hand.row == ROW
    assert not row.done()
    hand.keyed()
    assert hand.row is None
    assert row.result(5.0) == Submission(Outcome.UNKNOWN)


def test_a_word_too_early_is_not_kept_for_the_next_row(hand: ByHand, pool: ThreadPoolExecutor) -> None:
    hand.keyed()
    row = begun(hand, pool)
    with pytest.raises(TimeoutError):
        row.result(0.2)
    hand.keyed()
    row.result(5.0)


@pytest.mark.parametrize("how", ["cancel", "abort", "close", "deadline"])
def test_a_row_that_is_not_waited_for_any_more_is_unknown(hand: ByHand, pool: ThreadPoolExecutor, how: str) -> None:
    cancel = threading.Event()
    row = begun(hand, pool, cancel, deadline=0.3 if how == "deadline" else 20.0)
    if how == "cancel":
        cancel.set()
    elif how != "deadline":
        getattr(hand, how)()
    assert row.result(5.0).outcome is Outcome.UNKNOWN
    assert hand.row is None


def test_one_row_at_a_time(hand: ByHand, pool: ThreadPoolExecutor) -> None:
    row = begun(hand, pool)
    with pytest.raises(AdapterBusy):
        hand.submit(ROW, deadline=1.0, cancel=threading.Event())
    hand.keyed()
    row.result(5.0)


def test_only_rows_are_shown(hand: ByHand) -> None:
    with pytest.raises(NotARow):
        hand.submit("123", deadline=1.0, cancel=threading.Event())


def test_an_adapter_by_hand_sees_nothing_of_the_meter(hand: ByHand) -> None:
    assert hand.read(MeterRegister.KRN) is None
    assert (hand.probe().meter_number, hand.probe().krn) == (None, None)
    assert hand.read_result().outcome is Outcome.UNKNOWN
    assert hand.tools is None


def test_a_closed_one_takes_no_row(hand: ByHand) -> None:
    hand.close()
    with pytest.raises(AdapterClosed):
        hand.submit(ROW, deadline=1.0, cancel=threading.Event())


def test_nobody_is_hurried_and_the_meter_still_remembers(hand: ByHand) -> None:
    ten_seconds_a_key = 21 * 10.0
    assert ten_seconds_a_key <= hand.row_seconds <= hand.section_timeout / 2
