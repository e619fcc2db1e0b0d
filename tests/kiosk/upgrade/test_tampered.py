"""A meter in its tamper state is handed over after one entry at most, whatever its model's word for PERIKSA is."""

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.adapter import MeterRegister
from hardware.keypad.profile import Words
from hardware.virtual.bench import Bench
from hardware.virtual.faults import Fault
from hardware.virtual.texts import INDONESIAN
from kiosk.demo.meters import DemoMeters, Wire
from kiosk.demo.workplace import DemoWorkplace
from kiosk.upgrade.events import Ending, Report
from kiosk.upgrade.session import UpgradeSession
from krn_engine.demo import DemoCase
from krn_engine.office.contract import RowOutcome
from tests.support.meter_process import Process
from tests.support.scripted import number


def bench_that_says(here: DemoWorkplace, word: str, words: Words, *, has_code: bool) -> Bench:
    """The first four-row customer's meter, its cover opened, behind the keypad of a profile with these words."""
    wire = Wire(gpio=True, real_time=False, faults=frozenset({Fault.PERIKSA}))
    bench = DemoMeters(here.province, wire).bench(number(here, DemoCase.FOUR_ROWS))
    bench.meter.texts = replace(INDONESIAN, tampered=word)
    codes = dict(bench.profile.codes)
    if not has_code:
        del codes[MeterRegister.TAMPER]
    bench.profile = replace(bench.profile, words=words, codes=codes)
    return bench


def upgraded(here: DemoWorkplace, bench: Bench) -> Report:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    with bench.connect() as adapter:
        session = UpgradeSession(here.office, issued, adapter, place="t", clock=bench.clock, wait=bench.wait)
        return session.run()


@pytest.mark.parametrize(("word", "known"), [("RUSAK", "RUSAK"), ("rUSAk", "RUSAK"), ("bUkA", "BUKA")])
@pytest.mark.parametrize(("has_code", "entries"), [(False, 1), (True, 0)])
def test_the_profiles_own_word_for_periksa_ends_the_session(
    here: DemoWorkplace, word: str, known: str, has_code: bool, entries: int
) -> None:
    bench = bench_that_says(here, word, Words(tampered=(known,)), has_code=has_code)
    report = upgraded(here, bench)
    assert (report.ending, len(report.answers)) == (Ending.PERIKSA, entries)
    assert all(answer.submission.tampered for answer in report.answers)
    again = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r2")
    assert again.changes[0].outcomes[0] is (RowOutcome.REJECTED if entries else None)


def test_a_word_that_the_profile_does_not_know_is_no_tamper_state(here: DemoWorkplace) -> None:
    """Only the count of tokens taken tells then that the row is not in: twice, which is a fault of the typing."""
    report = upgraded(here, bench_that_says(here, "BUKA", Words(), has_code=False))
    assert (report.ending, len(report.answers)) == (Ending.FAULT, 2)
    assert not any(answer.submission.tampered for answer in report.answers)


def test_the_meter_process_tells_the_tamper_state_too(here: DemoWorkplace, tmp_path: Path) -> None:
    """The kiosk's end knows no words: the state crosses the socket as a value, with a row and when it is asked for."""
    bench = bench_that_says(here, "rUSAk", Words(tampered=("RUSAK",)), has_code=True)
    process = Process(tmp_path, open=lambda _model: bench.connect())
    try:
        with process.connect() as adapter:
            assert adapter.tampered() is True
            issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
            session = UpgradeSession(here.office, issued, adapter, place="t", clock=bench.clock, wait=bench.wait)
            assert session.run().ending is Ending.PERIKSA
        bench.profile = replace(bench.profile, codes={})
        with process.connect() as adapter:
            assert adapter.tampered() is None
            report = UpgradeSession(here.office, issued, adapter, place="t", clock=bench.clock, wait=bench.wait).run()
            assert (report.ending, len(report.answers)) == (Ending.PERIKSA, 1)
        bench.meter.texts = INDONESIAN
        bench.meter.state = replace(bench.meter.state, tampered=False)
        bench.profile = replace(bench.profile, words=Words(), codes={MeterRegister.TAMPER: "08"})
        with process.connect() as adapter:
            assert adapter.tampered() is False
    finally:
        process.stop()
