"""The keypad adapter on a virtual bench: what it types, what it may say of it, and what it never does."""

import itertools
import threading
from typing import Any

import pytest

from hardware.adapter import MeterRegister, Outcome, Source
from hardware.keypad.models import models
from hardware.virtual.bench import MATRIX, TONE_PIN, Senses
from hardware.virtual.faults import Fault
from tests.support.bench import FORMS, GO, OnBench


@pytest.mark.parametrize(("model", "form"), list(itertools.product(models(), FORMS)))
def test_every_model_on_every_form_takes_four_rows(model: str, form: str) -> None:
    on_bench = OnBench(model, FORMS[form])
    with on_bench.bench.connect() as adapter:
        answers = [adapter.submit(row, deadline=90, cancel=GO) for row in on_bench.rows]
        krn = adapter.read(MeterRegister.KRN)
    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * 4
    assert {answer.evidence.source for answer in answers if answer.evidence} == {Source.PICTURE}
    assert int(on_bench.meter.state.key.krn) == 3
    assert krn is None or krn.seen == "3"
    presses = answers[0].presses
    assert "".join(press.key for press in presses)[:20] == on_bench.rows[0]
    assert all(0.1 < press.length < 0.2 for press in presses)


def test_the_probe_tells_number_and_krn_where_they_can_be_read() -> None:
    on_bench = OnBench()
    with on_bench.bench.connect() as adapter:
        probe = adapter.probe()
    assert (probe.model, probe.meter_number, probe.krn) == ("generic-4x3", str(on_bench.meter.state.drn), 1)
    blind = OnBench(senses=Senses(()))
    with blind.bench.connect() as adapter:
        probe = adapter.probe()
    assert (probe.meter_number, probe.krn) == (None, None)


@pytest.mark.parametrize(
    ("senses", "outcome", "source"),
    [
        (("camera",), Outcome.ACCEPTED, Source.PICTURE),
        (("tone",), Outcome.ACCEPTED, Source.TONE),
        (("camera", "tone"), Outcome.ACCEPTED, Source.PICTURE),
        ((), Outcome.UNKNOWN, None),
    ],
)
def test_no_evidence_means_unknown(senses: tuple[str, ...], outcome: Outcome, source: Source | None) -> None:
    on_bench = OnBench(senses=Senses(senses))
    with on_bench.bench.connect() as adapter:
        answer = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
    assert (answer.outcome, answer.evidence and answer.evidence.source) == (outcome, source)


def test_a_mute_meter_with_a_tone_line_alone_is_unknown() -> None:
    on_bench = OnBench(senses=Senses(("tone",)), faults=frozenset({Fault.MUTE}))
    with on_bench.bench.connect() as adapter:
        assert adapter.submit(on_bench.rows[0], deadline=90, cancel=GO).outcome is Outcome.UNKNOWN


def test_refusals_are_counted_and_the_lock_out_told_before_it_is_typed_into() -> None:
    on_bench = OnBench()
    wrong = "0" * 19 + "1"
    with on_bench.bench.connect() as adapter:
        answers = [adapter.submit(wrong, deadline=90, cancel=GO) for _ in range(4)]
    assert [answer.outcome for answer in answers[:3]] == [Outcome.REJECTED] * 3
    assert [answer.locked_for for answer in answers[:2]] == [0.0, 0.0]
    told = answers[2].locked_for
    assert told == pytest.approx(on_bench.bench.profile.lockout.first, abs=1.0)
    assert answers[3].outcome is Outcome.LOCKED_OUT
    assert answers[3].locked_for >= on_bench.meter.state.locked_until - on_bench.clock()


class TestFault:
    def test_a_lost_key_is_seen_before_enter_and_the_entry_is_cleared(self) -> None:
        for seed in range(60):
            on_bench = OnBench(faults=frozenset({Fault.LOST_KEY}), seed=seed)
            with on_bench.bench.connect() as adapter:
                answer = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
            if answer.outcome is Outcome.FAULT:
                assert answer.evidence is not None
                assert "other digits" in answer.evidence.seen
                assert on_bench.pressed("enter") == 0
                assert on_bench.meter.entries == []
                # The keys that clear may be lost too: then the meter forgets by itself, and the adapter waits for it.
                with on_bench.bench.connect() as again:
                    assert again.text() is not None
                return
        raise AssertionError("no key was lost in 60 rows")

    @pytest.mark.parametrize("stop", ["cancel", "abort", "deadline"])
    def test_a_row_that_is_stopped_is_not_submitted(self, stop: str) -> None:
        on_bench = OnBench()
        cancel = threading.Event()
        with on_bench.bench.connect() as adapter:

            def watch(event: Any) -> None:
                if event.done == 7 and stop == "cancel":
                    cancel.set()
                elif event.done == 7 and stop == "abort":
                    adapter.abort()

            deadline = 2.0 if stop == "deadline" else 90.0
            answer = adapter.submit(on_bench.rows[0], deadline=deadline, cancel=cancel, watch=watch)
            assert answer.outcome is Outcome.FAULT
            assert on_bench.pressed("enter") == 0
            assert on_bench.meter.entry == ""
            assert on_bench.meter.entries == []
            # What was typed was taken back, but nobody proved it: the next row waits until the meter has forgotten.
            before = on_bench.clock.now
            assert adapter.submit(on_bench.rows[0], deadline=90, cancel=GO).outcome is Outcome.ACCEPTED
            assert on_bench.clock.now - before > on_bench.bench.profile.entry_timeout

    def test_settled_saves_that_wait(self) -> None:
        on_bench = OnBench(senses=Senses(()))
        with on_bench.bench.connect() as adapter:
            adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
            adapter.settled()
            before = on_bench.clock.now
            adapter.submit(on_bench.rows[1], deadline=90, cancel=GO)
            assert on_bench.clock.now - before < 10.0
            before = on_bench.clock.now
            adapter.submit(on_bench.rows[2], deadline=90, cancel=GO)
            assert on_bench.clock.now - before > on_bench.bench.profile.entry_timeout

    def test_a_contact_that_is_opened_by_somebody_else_ends_the_row(self) -> None:
        on_bench = OnBench()
        with on_bench.bench.connect() as adapter:
            waited = itertools.count()
            real = on_bench.clock.wait

            def wait(seconds: float) -> None:
                real(seconds)
                if next(waited) == 12:
                    adapter.release_all()

            adapter._typist._wait = wait
            answer = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
        assert answer.outcome is Outcome.FAULT
        assert on_bench.pressed("enter") == 0

    def test_a_power_cut_at_the_last_digit_is_seen_before_enter(self) -> None:
        on_bench = OnBench(faults=frozenset({Fault.POWER_CUT}))
        on_bench.bench.dice._cut_at = 20
        with on_bench.bench.connect() as adapter:
            answer = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
        assert (answer.outcome, on_bench.pressed("enter")) == (Outcome.FAULT, 0)

    def test_a_bad_last_press_is_unknown_because_it_submits(self) -> None:
        on_bench = OnBench(senses=Senses(()))
        with on_bench.bench.connect() as adapter:
            keys = itertools.count(1)
            real = on_bench.clock.wait
            press = on_bench.bench.profile.timing.press

            def wait(seconds: float) -> None:
                # The 21st press is Enter: this machine sleeps through its end.
                last = seconds == press and next(keys) == 21
                real(0.65 if last else seconds)

            adapter._typist._wait = wait
            answer = adapter.submit(on_bench.rows[0], deadline=90, cancel=GO)
        assert answer.outcome is Outcome.UNKNOWN
        assert len(answer.presses) == 21


def test_a_register_is_not_read_from_an_entry_that_holds_something() -> None:
    on_bench = OnBench()
    with on_bench.bench.connect() as adapter:
        for key in "123":
            on_bench.meter.press(key)
        assert adapter.read(MeterRegister.KRN) is None
        assert on_bench.meter.entries == []
        # The next question waits until the meter has forgotten what stood there.
        krn = adapter.read(MeterRegister.KRN)
        assert krn is not None
        assert krn.seen == "1"


def test_the_tone_line_is_not_among_the_contacts() -> None:
    assert TONE_PIN not in {27, *MATRIX.lines.values()}
