"""The optical fault campaign in short, and an auditor that finds every sin it is there for."""

from collections.abc import Iterator

import pytest

from hardware.adapter import Evidence, Outcome, Source, Submission
from hardware.virtual.clock import HandClock
from hardware.virtual.faults import Fault
from hardware.virtual.meter import VirtualMeter
from hardware.virtual.optical.bench import OpticalBench
from hardware.virtual.optical.faults import OpticalFault
from kiosk.upgrade.events import Ending, Report, RowAnswer, RowStarted
from krn_engine.demo import DemoCase, DemoProvince
from tests.campaigns.audit_optical import SINS, OpticalAuditor
from tests.campaigns.faults import an_office
from tests.campaigns.faults_optical import _tells, run
from tests.campaigns.scenes_optical import COMBINATIONS, AtThePort
from tests.support.optical import KEYS, LOCK, PASSWORD


@pytest.mark.slow
def test_no_session_by_light_sins_and_whoever_comes_back_is_upgraded() -> None:
    faults = {fault for combination in COMBINATIONS for fault in combination}
    assert faults >= {*OpticalFault, *AtThePort, Fault.LOCKED_OUT, Fault.PERIKSA, Fault.WRONG_METER}
    sessions = len(COMBINATIONS)
    account = run(sessions, seed=20)
    assert account.guilty == []
    assert set(account.sins) == set(SINS)
    assert sum(account.sins.values()) == 0
    assert sum(account.endings.values()) + sum(account.refusals.values()) == sessions
    # It is no achievement to do nothing wrong by doing nothing.
    assert account.endings[Ending.UPGRADED.value] > sessions / 4
    assert account.again == {Ending.UPGRADED.value: sessions - account.endings[Ending.UPGRADED.value]}


class Watched:
    """A session's bench and auditor, without a session: the tests play one."""

    def __init__(self, bench: OpticalBench, clock: HandClock, auditor: OpticalAuditor, rows: tuple[str, ...]) -> None:
        self.bench = bench
        self.clock = clock
        self.auditor = auditor
        self.rows = rows
        self.words = 0

    def give(self, row: str) -> None:
        self.clock.wait(1.0)
        self.bench.gateway.enter(row.encode("ascii"))

    def start(self, row: int) -> None:
        self.clock.wait(1.0)
        self.auditor.watch(RowStarted(row))

    def say(self, row: int, outcome: Outcome) -> None:
        answer = RowAnswer(row, Submission(outcome, Evidence(Source.STATUS_CODE, "?", "test")))
        self.auditor.watch(answer)

    def row(self, number: int, outcome: Outcome) -> None:
        """A row that is started, given and answered."""
        self.start(number)
        self.give(self.rows[number - 1])
        self.say(number, outcome)

    def sins_of(self, ending: Ending | None, krn: int | None = None, refusal: str = "") -> set[str]:
        self.auditor.judge(None if ending is None else Report(ending, (), krn), refusal)
        return {name for name, count in self.auditor.sins.items() if count}


@pytest.fixture
def watched() -> Iterator[Watched]:
    province = DemoProvince(16)
    customer = province.first(DemoCase.FOUR_ROWS)
    clock = HandClock()
    bench = OpticalBench(VirtualMeter(province.meter_state(customer), clock), clock, lock=LOCK)
    with an_office(province) as office:
        issued = office.issue(customer.meter_number, "audit")
        seen: list[Watched] = []
        auditor = OpticalAuditor(bench, issued, frozenset(), witness=lambda: seen[0].words if seen else 0)
        seen.append(Watched(bench, clock, auditor, issued.rows))
        yield seen[0]


class TestAuditor:
    def test_an_honest_session_is_free_of_sin(self, watched: Watched) -> None:
        for number in range(1, 5):
            watched.row(number, Outcome.ACCEPTED)
        assert watched.sins_of(Ending.UPGRADED, 3) == set()

    def test_accepted_and_never_given(self, watched: Watched) -> None:
        watched.start(1)
        watched.say(1, Outcome.ACCEPTED)
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN)

    @pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.LOCKED_OUT, Outcome.FAULT])
    def test_said_to_be_refused_or_not_given_and_taken(self, watched: Watched, outcome: Outcome) -> None:
        watched.row(1, outcome)
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN)

    def test_said_not_to_be_given_and_refused(self, watched: Watched) -> None:
        watched.row(3, Outcome.FAULT)
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN)

    def test_upgraded_and_still_old(self, watched: Watched) -> None:
        assert "wrong outcome reported" in watched.sins_of(Ending.UPGRADED)

    def test_another_krn_than_the_meters(self, watched: Watched) -> None:
        assert "wrong outcome reported" in watched.sins_of(Ending.UNKNOWN, 2)

    def test_given_twice_though_nobody_knows_what_became_of_it(self, watched: Watched) -> None:
        watched.row(1, Outcome.UNKNOWN)
        watched.row(1, Outcome.PARTIAL)
        assert watched.sins_of(Ending.UNKNOWN) == {"token sent twice without a person's word"}

    def test_given_twice_by_a_persons_word(self, watched: Watched) -> None:
        watched.row(1, Outcome.UNKNOWN)
        watched.words = 1
        watched.row(1, Outcome.PARTIAL)
        assert watched.sins_of(Ending.UNKNOWN) == set()

    def test_given_twice_in_one_attempt(self, watched: Watched) -> None:
        watched.start(1)
        watched.give(watched.rows[0])
        watched.give(watched.rows[0])
        watched.say(1, Outcome.UNKNOWN)
        assert watched.sins_of(Ending.UNKNOWN) == {"token sent twice without a person's word"}

    def test_begun_again_where_everything_is_known(self, watched: Watched) -> None:
        watched.row(1, Outcome.PARTIAL)
        watched.start(2)
        watched.say(2, Outcome.FAULT)
        watched.row(1, Outcome.PARTIAL)
        watched.row(2, Outcome.ACCEPTED)
        assert watched.sins_of(Ending.UNKNOWN) == set()

    def test_a_lock_out(self, watched: Watched) -> None:
        for _ in range(3):
            watched.row(3, Outcome.REJECTED)
            watched.words += 1
        assert watched.sins_of(Ending.REFUSED) == {"lock-out caused by the kiosk"}

    def test_a_done_pair_given_again(self, watched: Watched) -> None:
        for number in (1, 2):
            watched.row(number, Outcome.ACCEPTED)
        watched.row(1, Outcome.REJECTED)
        assert watched.sins_of(Ending.REFUSED) == {"done pair given again by itself"}

    @pytest.mark.parametrize("ending", [Ending.LOCKED_OUT, Ending.PERIKSA, Ending.WRONG_METER, Ending.FAULT, None])
    def test_a_reason_that_is_none(self, watched: Watched, ending: Ending | None) -> None:
        assert watched.sins_of(ending, refusal="HW-22 no answer") == {"wrong reason given"}

    def test_a_secret_that_was_told(self, watched: Watched) -> None:
        issued = watched.auditor.issued
        for secret in (watched.rows[2], PASSWORD.decode(), KEYS.encryption.hex(), watched.rows[0].encode().hex()):
            assert _tells(("a line", f"before {secret!s} behind"), issued)
        assert not _tells(("a line", repr(watched.rows), repr(KEYS)), issued)
