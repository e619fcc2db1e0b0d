"""The fault campaign in short, and an auditor that finds every sin it is there for."""

from collections.abc import Iterator

import pytest

from hardware.adapter import Evidence, Outcome, Source, Submission
from hardware.keypad.models import read_profile
from hardware.virtual.bench import Bench
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import Fault
from hardware.virtual.meter import ENTER, VirtualMeter
from hardware.virtual.wiring import Closure
from kiosk.upgrade.events import Ending, Report, RowAnswer, RowStarted
from krn_engine.demo import DemoCase, DemoProvince
from tests.campaigns.audit import SINS, Auditor
from tests.campaigns.faults import COMBINATIONS, an_office, run

SESSIONS = 2 * len(COMBINATIONS)


@pytest.mark.slow
def test_no_session_sins_and_whoever_comes_back_is_upgraded() -> None:
    assert {fault for faults in COMBINATIONS for fault in faults} == set(Fault)
    endings, sins, again, guilty = run(SESSIONS, seed=20)
    assert guilty == []
    assert set(sins) == set(SINS)
    assert sum(sins.values()) == 0
    assert sum(endings.values()) == SESSIONS
    # It is no achievement to do nothing wrong by doing nothing.
    assert endings[Ending.UPGRADED.value] > SESSIONS / 8
    assert again == {Ending.UPGRADED.value: SESSIONS - endings[Ending.UPGRADED.value]}


class Watched:
    """A session's bench and auditor, without a session: the tests play one."""

    def __init__(self, bench: Bench, auditor: Auditor, rows: tuple[str, ...]) -> None:
        self.bench = bench
        self.auditor = auditor
        self.rows = rows

    @property
    def meter(self) -> VirtualMeter:
        return self.bench.wiring.keypad.meter

    def key_in(self, row: str) -> None:
        for key in (*row, ENTER):
            self.bench.wait(0.2)
            self.meter.press(key)

    def say(self, row: int, outcome: Outcome) -> None:
        """The session reports a row that began before everything."""
        answer = RowAnswer(row, Submission(outcome, Evidence(Source.DISPLAY, "?", "test")))
        self.auditor.watch(answer)

    def sins_of(self, ending: Ending, krn: int | None = None) -> set[str]:
        self.auditor.judge(Report(ending, (), krn))
        return {name for name, count in self.auditor.sins.items() if count}


@pytest.fixture
def watched() -> Iterator[Watched]:
    province = DemoProvince(16)
    customer = province.first(DemoCase.FOUR_ROWS)
    clock = HandClock()
    meter = VirtualMeter(province.meter_state(customer), clock)
    bench = Bench(meter, read_profile("generic-4x3"), clock, clock.wait)
    with an_office(province) as office:
        issued = office.issue(customer.meter_number, "audit")
        auditor = Auditor(bench, issued, frozenset())
        auditor.watch(RowStarted(1))
        yield Watched(bench, auditor, issued.rows)


class TestAuditor:
    def test_an_honest_session_is_free_of_sin(self, watched: Watched) -> None:
        for number, row in enumerate(watched.rows, 1):
            watched.auditor.watch(RowStarted(number))
            watched.key_in(row)
            watched.say(number, Outcome.ACCEPTED)
            watched.bench.wait(1.0)
        assert watched.sins_of(Ending.UPGRADED, 3) == set()

    def test_accepted_and_never_typed(self, watched: Watched) -> None:
        watched.say(1, Outcome.ACCEPTED)
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN)

    def test_rejected_and_taken(self, watched: Watched) -> None:
        watched.key_in(watched.rows[0])
        watched.say(1, Outcome.REJECTED)
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN)

    def test_upgraded_and_still_old(self, watched: Watched) -> None:
        assert "wrong outcome reported" in watched.sins_of(Ending.UPGRADED)

    def test_another_krn_than_the_meters(self, watched: Watched) -> None:
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN, 2)

    def test_a_key_that_is_held(self, watched: Watched) -> None:
        now = watched.bench.clock()
        watched.bench.wiring.closures.append(Closure(frozenset({(0, 0)}), now, now + 0.8))
        assert watched.sins_of(Ending.UNKNOWN) == {"key held over its limit"}

    def test_two_keys_at_once(self, watched: Watched) -> None:
        now = watched.bench.clock()
        watched.bench.wiring.closures.append(Closure(frozenset({(0, 0), (1, 1)}), now, now + 0.1))
        assert watched.sins_of(Ending.UNKNOWN) == {"key held over its limit"}

    def test_enter_after_a_fault(self, watched: Watched) -> None:
        now = watched.bench.clock()
        watched.bench.wiring.closures.append(Closure(frozenset({(3, 2)}), now, now + 0.1))
        watched.say(1, Outcome.FAULT)
        assert watched.sins_of(Ending.UNKNOWN) == {"Enter pressed after a known typing fault"}

    def test_a_lock_out(self, watched: Watched) -> None:
        for _ in range(3):
            watched.key_in("0" * 19 + "1")
        assert watched.sins_of(Ending.REFUSED) == {"lock-out caused by the kiosk"}

    def test_a_done_pair_typed_again(self, watched: Watched) -> None:
        for row in watched.rows[:2]:
            watched.key_in(row)
        watched.key_in(watched.rows[0])
        assert watched.sins_of(Ending.REFUSED) == {"done pair retyped by itself"}

    @pytest.mark.parametrize("ending", [Ending.LOCKED_OUT, Ending.PERIKSA, Ending.WRONG_METER, Ending.REFUSED])
    def test_a_reason_that_is_none(self, watched: Watched, ending: Ending) -> None:
        assert watched.sins_of(ending) == {"wrong reason given"}
