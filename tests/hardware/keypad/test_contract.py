"""The contract of `MeterAdapter`, kept by the keypad adapter: one row at a time, closed means closed."""

import threading
from typing import Any

import pytest

from hardware.adapter import MeterRegister, Outcome, Source
from hardware.errors import AdapterBusy, AdapterClosed, NoSuchKey, NotARow, NotCalibrated
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.forms import LinesForm
from hardware.keypad.models import read_profile
from hardware.keypad.profile import Timing
from hardware.virtual.adapter import VirtualAdapter
from hardware.virtual.bench import Senses
from tests.support.bench import GO, OnBench


class TestContract:
    def test_what_is_no_row_is_not_typed(self) -> None:
        on_bench = OnBench()
        with on_bench.bench.connect() as adapter:
            for row in ("1" * 19, "1" * 21, "1" * 19 + "x", "²" * 20):
                with pytest.raises(NotARow):
                    adapter.submit(row, deadline=90, cancel=GO)
        assert on_bench.bench.wiring.closures == []

    def test_a_second_row_is_refused_and_not_queued(self) -> None:
        on_bench = OnBench()
        with on_bench.bench.connect() as adapter:
            refused = []

            def watch(_event: Any) -> None:
                for call in (
                    lambda: adapter.submit(on_bench.rows[1], deadline=90, cancel=GO),
                    lambda: adapter.read(MeterRegister.KRN),
                    adapter.read_result,
                ):
                    with pytest.raises(AdapterBusy):
                        call()
                    refused.append(True)

            assert adapter.submit(on_bench.rows[0], deadline=90, cancel=GO, watch=watch).outcome is Outcome.ACCEPTED
        assert len(refused) == 3 * 21
        assert [entry.digits for entry in on_bench.meter.entries] == [on_bench.rows[0]]

    def test_a_closed_adapter_does_nothing(self) -> None:
        on_bench = OnBench()
        adapter = on_bench.bench.connect()
        adapter.close()
        adapter.close()
        with pytest.raises(AdapterClosed):
            adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
        with pytest.raises(AdapterClosed):
            adapter.probe()
        # Its lines are free again.
        with on_bench.bench.connect() as again:
            assert again.submit(on_bench.rows[0], deadline=90, cancel=GO).outcome is Outcome.ACCEPTED

    def test_closing_in_the_middle_of_a_row_ends_it(self) -> None:
        on_bench = OnBench()
        adapter = on_bench.bench.connect()
        answers = []
        typing = threading.Event()
        closing = threading.Event()

        def watch(event: Any) -> None:
            if event.done == 5:
                typing.set()
                closing.wait(5)

        def type_row() -> None:
            answers.append(adapter.submit(on_bench.rows[0], deadline=90, cancel=GO, watch=watch))

        thread = threading.Thread(target=type_row)
        thread.start()
        typing.wait(5)
        closer = threading.Thread(target=adapter.close)
        closer.start()
        while not adapter._closed.is_set():
            pass
        closing.set()
        closer.join(5)
        thread.join(5)
        assert [answer.outcome for answer in answers] == [Outcome.FAULT]
        assert on_bench.pressed("enter") == 0
        assert on_bench.bench.wiring._places == frozenset()

    def test_a_form_that_lacks_a_key_of_the_model_is_refused(self) -> None:
        on_bench = OnBench()
        profile = read_profile("generic-4x3")
        factory = on_bench.bench.connect().contacts.pin_factory
        factory.reset()
        form = LinesForm(27, {"1": 17})
        with (
            ContactMatrix(form, profile.layout, pin_factory=factory) as contacts,
            pytest.raises(NoSuchKey, match="enter"),
        ):
            KeypadAdapter(contacts, profile)

    def test_read_result_looks_again(self) -> None:
        on_bench = OnBench()
        with on_bench.bench.connect() as adapter:
            adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
            assert adapter.read_result().outcome is Outcome.ACCEPTED
            on_bench.clock.wait(10)
            assert adapter.read_result().outcome is Outcome.UNKNOWN

    def test_the_conlog_like_model_is_asked_for_its_last_result(self) -> None:
        on_bench = OnBench("conlog-like")
        with on_bench.bench.connect() as adapter:
            adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
            on_bench.clock.wait(10)
            again = adapter.read_result()
        assert (again.outcome, again.result) == (Outcome.PARTIAL, "1stKCT")
        assert again.evidence is not None
        assert again.evidence.source is Source.STATUS_CODE


class TestCalibrate:
    """From the adapter's side; how the pace is found is test_calibrate's."""

    def test_the_next_row_is_typed_at_the_pace_that_was_found(self) -> None:
        on_bench = OnBench()
        kept: list[Timing] = []
        adapter = on_bench.bench.connect()
        adapter._keep = kept.append
        with adapter:
            found = adapter.calibrate(deadline=3600, cancel=GO)
            assert on_bench.meter.entries == []
            answer = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
        assert [(timing.press, timing.gap) for timing in kept] == [(found.press, found.gap)]
        assert found.press < on_bench.bench.profile.timing.press
        assert answer.outcome is Outcome.ACCEPTED
        assert {round(press.length, 3) for press in answer.presses} == {round(found.press, 3)}

    @pytest.mark.parametrize("why", ["cancelled", "too long", "no camera"])
    def test_otherwise_the_pace_is_as_it_was(self, why: str) -> None:
        on_bench = OnBench(senses=Senses(()) if why == "no camera" else Senses())
        cancel = threading.Event()
        if why == "cancelled":
            cancel.set()
        with on_bench.bench.connect() as adapter:
            with pytest.raises(NotCalibrated):
                adapter.calibrate(deadline=1 if why == "too long" else 3600, cancel=cancel)
            before = on_bench.clock()
            answer = adapter.submit(on_bench.rows[0], deadline=900, cancel=GO)
        # What is left of the digits in the entry is forgotten before the first key.
        assert on_bench.clock() - before > on_bench.bench.profile.entry_timeout
        assert {round(press.length, 3) for press in answer.presses} == {on_bench.bench.profile.timing.press}
        assert [entry.digits for entry in on_bench.meter.entries] == [on_bench.rows[0]]

    def test_without_a_keypad_there_is_nothing_to_find(self) -> None:
        with VirtualAdapter(OnBench().meter) as adapter:
            assert adapter.tools is None
        with OnBench().bench.connect() as keypad:
            assert keypad.tools is keypad
