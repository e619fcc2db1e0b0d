"""What a session by light said, held against what the meter and its Token gateway really went through."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.adapter import Outcome
from hardware.virtual.faults import Fault
from hardware.virtual.meter import Entry
from hardware.virtual.optical.bench import OpticalBench
from hardware.virtual.optical.token_gateway import digits_of
from kiosk.upgrade.events import TAKEN, Ending, Report, RowAnswer, RowStarted, SessionEvent
from krn_engine.office.contract import Issued
from tests.campaigns.audit import done_again, lockouts_caused

TARGET = 3
SINS = (
    "wrong outcome reported",
    "token sent twice without a person's word",
    "another meter was given a row",
    "lock-out caused by the kiosk",
    "done pair given again by itself",
    "wrong reason given",
    "secret in a log",
)
NO_PERSON_NEEDED = (Outcome.FAULT, Outcome.LOCKED_OUT)
"""Answers after which the meter surely has not read a row."""


@dataclass(frozen=True)
class _Window:
    """One row of the session: what was said of it, when, and what the meter was given meanwhile."""

    answer: RowAnswer
    start: float
    end: float
    heard: list[str | None]


@dataclass
class OpticalAuditor:
    """Watches one session on one bench. `sins` must stay empty. `witness`: how many words of a person there were."""

    bench: OpticalBench
    issued: Issued
    faults: frozenset[object]
    witness: Callable[[], int]
    sins: Counter[str] = field(default_factory=Counter)
    _current: tuple[int, float, int] = (0, 0.0, 0)
    _windows: list[_Window] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._entries_before = len(self.meter_entries)
        self._heard_before = len(self.bench.gateway.heard)
        self._words_before = self.witness()
        self._locked_at_first = self.bench.meter.state.locked_until > self.bench.clock()

    @property
    def meter_entries(self) -> list[Entry]:
        return self.bench.meter.entries

    def watch(self, event: SessionEvent) -> None:
        """To be given to the session."""
        now = self.bench.clock()
        if isinstance(event, RowStarted):
            self._current = event.row, now, len(self.bench.gateway.heard)
        elif isinstance(event, RowAnswer):
            _, start, heard = self._current
            self._windows.append(_Window(event, start, now, self._digits(heard)))

    def judge(self, report: Report | None, refusal: str) -> None:
        """After the session; `report` is None where a refusal ended it."""
        for window in self._windows:
            self._judge_row(window)
        if report is None:
            if not refusal or not self.faults:
                self._sin("wrong reason given")
        else:
            self._judge_ending(report)
        self._judge_lockout()
        self._judge_sent()
        self._judge_done_pairs()

    def _sin(self, name: str) -> None:
        assert name in SINS
        self.sins[name] += 1

    def _judge_row(self, window: _Window) -> None:
        row = self.issued.rows[window.answer.row - 1]
        entries = [one for one in self.meter_entries if window.start <= one.at <= window.end]
        taken = [one.digits for one in entries if one.result.accepted]
        outcome = window.answer.submission.outcome
        if outcome in TAKEN:
            if taken != [row]:
                self._sin("wrong outcome reported")
        elif outcome is not Outcome.UNKNOWN and taken:
            self._sin("wrong outcome reported")
        if outcome is Outcome.FAULT and row in window.heard:
            # FAULT says that the meter was not given the row.
            self._sin("wrong outcome reported")

    def _digits(self, since: int) -> list[str | None]:
        """What was handed over from this place on."""
        return [digits_of(octets, self.bench.form) for octets in self.bench.gateway.heard[since:]]

    def _judge_sent(self) -> None:
        """A row goes to the meter once, but for a person's word, or a change that is begun again because it is known
        that its first rows are in and the next one never came to the meter."""
        answers: dict[int, list[Outcome]] = {}
        for window in self._windows:
            answers.setdefault(window.answer.row, []).append(window.answer.submission.outcome)
        for digits, times in Counter(self._digits(self._heard_before)).items():
            if times == 1:
                continue
            row = next((n for n, row in enumerate(self.issued.rows, 1) if row == digits), 0)
            known = all(outcome in (*TAKEN, *NO_PERSON_NEEDED) for outcome in answers.get(row, [Outcome.UNKNOWN])[:-1])
            if not known and self.witness() == self._words_before:
                self._sin("token sent twice without a person's word")
            if times > len(answers.get(row, [])):
                # More often than it was asked for: the adapter did it by itself.
                self._sin("token sent twice without a person's word")

    def _judge_ending(self, report: Report) -> None:
        meter = self.bench.meter
        right_meter = str(meter.state.drn) == self.issued.meter_number
        there = right_meter and int(meter.state.key.krn) == TARGET
        if report.ending is Ending.UPGRADED and not there:
            self._sin("wrong outcome reported")
        if report.krn is not None and report.krn != int(meter.state.key.krn):
            self._sin("wrong outcome reported")
        refused = [entry for entry in self.meter_entries[self._entries_before :] if not entry.result.accepted]
        standing = {Fault.LOCKED_OUT, Fault.PERIKSA, Fault.WRONG_KEY_STATE, Fault.WRONG_METER}
        reasons = {
            Ending.UPGRADED: there,
            Ending.REFUSED: bool(refused) or meter.state.tampered,
            Ending.LOCKED_OUT: Fault.LOCKED_OUT in self.faults,
            Ending.UNKNOWN: any(answer.submission.outcome is Outcome.UNKNOWN for answer in report.answers[-1:])
            or not report.answers,
            Ending.FAULT: bool(self.faults - standing),
            Ending.PERIKSA: meter.state.tampered,
            Ending.WRONG_METER: not right_meter or bool(self.faults - standing),
            Ending.WRONG_KRN: bool(self.faults & {Fault.WRONG_KEY_STATE, Fault.WRONG_METER}),
            Ending.NOT_PROVED: not there,
            Ending.TOO_SLOW: bool(self.faults - standing),
            Ending.CANCELLED: False,
        }
        if not reasons[report.ending]:
            self._sin("wrong reason given")

    def _judge_lockout(self) -> None:
        for _ in range(lockouts_caused(self.meter_entries[self._entries_before :], self._locked_at_first)):
            self._sin("lock-out caused by the kiosk")

    def _judge_done_pairs(self) -> None:
        """A pair that went in may never be handed over again."""
        for _ in range(done_again(self.meter_entries, self.issued)):
            self._sin("done pair given again by itself")
