"""The contract of `MeterAdapter`, held by the virtual one."""

import threading
from collections.abc import Callable

import pytest

from hardware.adapter import EntryProgress, Outcome, Source
from hardware.errors import AdapterBusy, AdapterClosed, NotARow
from hardware.virtual.adapter import Pace, VirtualAdapter
from hardware.virtual.meter import ENTER
from krn_engine.demo import DemoCase
from tests.support.bench import Typed


def adapter_for(typed: Typed, wait: Callable[[float], None] | None = None) -> VirtualAdapter:
    return VirtualAdapter(typed.meter, Pace(), clock=typed.clock, wait=wait or typed.clock.wait)


def test_a_row_is_typed_and_answered_with_evidence() -> None:
    typed = Typed()
    seen: list[EntryProgress] = []
    with adapter_for(typed) as adapter:
        answer = adapter.submit(typed.rows[0], deadline=60, cancel=threading.Event(), watch=seen.append)
    assert answer.outcome is Outcome.ACCEPTED
    assert answer.result == "1stKCT"
    assert answer.evidence is not None
    assert (answer.evidence.source, answer.evidence.seen) == (Source.DISPLAY, "BENAR")
    assert "".join(press.key for press in answer.presses) == typed.rows[0] + ENTER
    assert all(press.length == pytest.approx(0.12) for press in answer.presses)
    assert [event.done for event in seen] == list(range(1, 22))
    assert seen[3].display == typed.rows[0][:4]


def test_the_virtual_adapter_tells_every_outcome() -> None:
    typed = Typed()
    cancel = threading.Event()
    adapter = adapter_for(typed)
    assert adapter.submit(typed.rows[3], deadline=60, cancel=cancel).outcome is Outcome.REJECTED
    assert adapter.read_result().outcome is Outcome.REJECTED
    adapter.submit(typed.rows[3], deadline=60, cancel=cancel)
    third = adapter.submit(typed.rows[3], deadline=60, cancel=cancel)
    assert third.outcome is Outcome.REJECTED
    assert third.locked_for == pytest.approx(10, abs=0.5)
    locked = adapter.submit(typed.rows[0], deadline=60, cancel=cancel)
    assert locked.outcome is Outcome.LOCKED_OUT
    assert 0 < locked.locked_for < 10
    typed.clock.wait(5)
    assert adapter.read_result().outcome is Outcome.UNKNOWN


def test_periksa_is_a_refusal() -> None:
    typed = Typed(DemoCase.PERIKSA)
    answer = adapter_for(typed).submit(typed.rows[0], deadline=60, cancel=threading.Event())
    assert answer.outcome is Outcome.REJECTED
    assert answer.evidence is not None
    assert answer.evidence.seen == "PERIKSA"


def test_stopping_before_enter_clears_the_entry() -> None:
    typed = Typed()
    cancel = threading.Event()
    adapter = adapter_for(typed)
    before = typed.meter.state

    def stop_at_ten(event: EntryProgress) -> None:
        if event.done == 10:
            cancel.set()

    answer = adapter.submit(typed.rows[0], deadline=60, cancel=cancel, watch=stop_at_ten)
    assert answer.outcome is Outcome.FAULT
    assert len(answer.presses) == 10
    assert typed.meter.entry == ""
    assert typed.meter.state == before
    late = adapter.submit(typed.rows[0], deadline=2.0, cancel=threading.Event())
    assert late.outcome is Outcome.FAULT
    assert typed.meter.entry == ""

    def abort(event: EntryProgress) -> None:
        adapter.abort()

    assert adapter.submit(typed.rows[0], deadline=60, cancel=threading.Event(), watch=abort).outcome is Outcome.FAULT


def test_a_second_row_is_refused_not_queued() -> None:
    typed = Typed()
    typing, go_on = threading.Event(), threading.Event()

    def hold(_seconds: float) -> None:
        typing.set()
        go_on.wait(5)

    adapter = adapter_for(typed, hold)
    thread = threading.Thread(target=adapter.submit, args=(typed.rows[0],), kwargs={"deadline": 60, "cancel": typing})
    thread.start()
    typing.wait(5)
    with pytest.raises(AdapterBusy):
        adapter.submit(typed.rows[0], deadline=60, cancel=threading.Event())
    go_on.set()
    thread.join(5)


@pytest.mark.parametrize("row", ["", "1" * 19, "1" * 21, "1" * 19 + "x", "1234 5678 9012 34567"])
def test_what_is_no_row_is_not_typed(row: str) -> None:
    typed = Typed()
    with pytest.raises(NotARow):
        adapter_for(typed).submit(row, deadline=60, cancel=threading.Event())
    assert typed.meter.entry == ""


def test_a_closed_adapter_does_nothing() -> None:
    typed = Typed()
    adapter = adapter_for(typed)
    assert adapter.probe().krn == 1
    assert adapter.tools is None
    adapter.close()
    adapter.close()
    for act in (adapter.probe, adapter.read_result):
        with pytest.raises(AdapterClosed):
            act()
    with pytest.raises(AdapterClosed):
        adapter.submit(typed.rows[0], deadline=60, cancel=threading.Event())
