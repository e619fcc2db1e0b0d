"""The search for the fastest timing: near the meter's floor, without a mistake, and nothing is ever submitted."""

import itertools
import random
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.errors import NotCalibrated, ProfileInvalid
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.calibrate import STEP, Calibration, Judge, Trial
from hardware.keypad.models import models, read_profile, store_timing
from hardware.keypad.profile import Timing
from hardware.keypad.typist import Typist
from hardware.virtual.bench import Bench
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import Dice, Fault
from hardware.virtual.keypad import Scan
from hardware.virtual.meter import Habits, VirtualMeter
from tests.support.bench import PROVINCE, OnBench

FLOOR_SHARE = 1.3
"""How near the meter's own floor a calibrated timing comes."""


def bench_of(model: str, scan: Scan, *, faults: frozenset[Fault] = frozenset(), seed: int = 0) -> Bench:
    clock = HandClock()
    habits = Habits(auto_accept=model == "auto-accept")
    meter = VirtualMeter(PROVINCE.meter_state(next(iter(PROVINCE))), clock, habits=habits)
    return Bench(meter, read_profile(model), clock, clock.wait, scan=scan, dice=Dice(faults, seed))


def calibrate(bench: Bench, adapter: KeypadAdapter, judge: Judge | None = None) -> Timing:
    def by_camera(digits: str) -> bool | None:
        shown = adapter.text()
        return None if shown is None else shown == digits[-bench.profile.digits_shown :]

    return Calibration(
        adapter.contacts, bench.profile, judge or by_camera, clock=bench.clock, wait=bench.wait, seed=1
    ).run()


@pytest.mark.slow
@pytest.mark.parametrize("model", models())
@pytest.mark.parametrize("scan", [Scan(0.02, 3), Scan(0.01, 4), Scan(0.005, 2), Scan(0.03, 3)], ids=str)
def test_it_comes_near_the_meters_own_floor_and_submits_nothing(model: str, scan: Scan) -> None:
    bench = bench_of(model, scan)
    with bench.connect() as adapter:
        timing = calibrate(bench, adapter)
    assert bench.meter.entries == []
    for seconds in (timing.press, timing.gap, timing.repeat_gap):
        # The search ends at steps of 2 ms: that is a part of a floor of 10 ms.
        assert scan.floor < seconds <= scan.floor * FLOOR_SHARE + 0.002
    assert timing.shortest_press <= timing.press <= timing.longest_press


@pytest.mark.slow
def test_at_the_calibrated_timing_1000_rows_are_read_without_an_error() -> None:
    """Typed and read from the entry, not submitted: this is about keys, and no meter takes 1,000 rows."""
    bench = bench_of("generic-4x3", Scan())
    with bench.connect() as adapter:
        timing = calibrate(bench, adapter)
        typist = Typist(adapter.contacts, bench.profile.with_timing(timing), clock=bench.clock, wait=bench.wait)
        source = random.Random(3)
        for _ in range(1000):
            row = "".join(source.choice("0123456789") for _ in range(20))
            assert typist.type(row).fault is None
            assert bench.wiring.keypad.meter.entry == row
            typist.take_back(20)
            # The meter's scan and the keys do not run in step.
            bench.wait(source.random() * 0.02)
    assert bench.meter.entries == []


@pytest.mark.parametrize("fault", [Fault.DEAD_ROW, Fault.SLOW_SCAN])
def test_a_meter_that_does_not_read_the_safe_timing_is_not_calibrated(fault: Fault) -> None:
    bench = bench_of("generic-4x3", Scan(), faults=frozenset({fault}))
    with bench.connect() as adapter, pytest.raises(NotCalibrated, match="even the safe timing"):
        calibrate(bench, adapter)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.LOST_KEY, Fault.DOUBLED_KEY])
def test_a_keypad_that_now_and_then_loses_or_doubles_a_key_gets_no_fast_timing(fault: Fault) -> None:
    for seed in range(5):
        bench = bench_of("generic-4x3", Scan(), faults=frozenset({fault}), seed=seed)
        with bench.connect() as adapter, pytest.raises(NotCalibrated):
            calibrate(bench, adapter)
        assert bench.meter.entries == []


def test_who_cannot_tell_ends_the_search() -> None:
    bench = bench_of("generic-4x3", Scan())
    with bench.connect() as adapter, pytest.raises(NotCalibrated, match="nobody could tell"):
        calibrate(bench, adapter, lambda _digits: None)


class TestKept:
    def test_a_stored_timing_is_the_models_from_then_on(self, tmp_path: Path) -> None:
        safe = read_profile("generic-4x3")
        faster = replace(safe.timing, press=0.07, gap=0.071, repeat_gap=0.072, before_enter=0.073)
        store_timing("generic-4x3", faster, tmp_path / "new")
        assert read_profile("generic-4x3", tmp_path / "new").timing == faster
        assert read_profile("auto-accept", tmp_path / "new").timing == safe.timing
        assert read_profile("generic-4x3").timing == safe.timing

    @pytest.mark.parametrize(
        "text", ["press = ", "press = 'quick'", "press = 0.6", "speed = 1", "press = 0.01\nshortest_press = 0.05"]
    )
    def test_a_timing_that_cannot_be_is_refused(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "generic-4x3.timing.toml").write_text(text)
        with pytest.raises(ProfileInvalid):
            read_profile("generic-4x3", tmp_path)


def test_it_tells_what_it_tries_and_for_how_long() -> None:
    """First the press, then the gap, then both at length; the safe timing is no trial."""
    on_bench = OnBench()
    told: list[tuple[Trial, float, bool]] = []
    with on_bench.bench.connect() as adapter:
        profile = on_bench.bench.profile

        def judge(digits: str) -> bool | None:
            shown = adapter.text()
            return None if shown is None else shown == digits

        timing = Calibration(
            adapter.contacts,
            profile,
            judge,
            clock=on_bench.clock,
            wait=on_bench.clock.wait,
            tell=lambda trial, seconds, right: told.append((trial, seconds, right)),
        ).run()
    assert [trial for trial, _ in itertools.groupby(trial for trial, _, _ in told)] == [
        Trial.PRESS,
        Trial.GAP,
        Trial.BOTH,
    ]
    assert told[0][1] == pytest.approx(profile.timing.press * STEP)
    assert told[0][2]
    gaps = [seconds for trial, seconds, _ in told if trial is Trial.GAP]
    assert gaps[0] == pytest.approx(max(profile.timing.gap, profile.timing.repeat_gap) * STEP)
    assert min(gaps) < timing.gap
    assert told[-1][1] == pytest.approx(timing.press)
    assert told[-1][2]
