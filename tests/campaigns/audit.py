"""What a session said, held against what the meter and its wires really went through."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from hardware.adapter import Outcome
from hardware.keypad.contacts import LONGEST_HOLD
from hardware.keypad.forms import place_of
from hardware.virtual.bench import Bench
from hardware.virtual.faults import Fault
from hardware.virtual.meter import Entry
from kiosk.upgrade.events import TAKEN, Ending, Report, RowAnswer, RowStarted, SessionEvent
from krn_engine.office.contract import Issued

TARGET = 3
SINS = (
    "wrong outcome reported",
    "key held over its limit",
    "Enter pressed after a known typing fault",
    "lock-out caused by the kiosk",
    "done pair retyped by itself",
    "wrong reason given",
)


def lockouts_caused(entries: Sequence[Entry], locked_at_first: bool) -> int:
    """How many of these entries were refused after so many refusals in a row that the meter locks, or stays locked."""
    caused = refused = 0
    for entry in entries:
        if entry.result.accepted:
            refused = 0
        elif entry.result.name != "LOCKOUT":
            refused += 1
        if refused >= (2 if locked_at_first else 3):
            caused += 1
    return caused


def done_again(entries: Sequence[Entry], issued: Issued) -> int:
    """How many of these entries are rows of a key change that was in already."""
    done: set[str] = set()
    again = 0
    for entry in entries:
        again += entry.digits in done
        if entry.key_changed:
            done |= {row for change in issued.changes if entry.digits in change.rows for row in change.rows}
    return again


@dataclass
class Auditor:
    """Watches one session on one bench. `sins` must stay empty."""

    bench: Bench
    issued: Issued
    faults: frozenset[Fault]
    sins: Counter[str] = field(default_factory=Counter)
    _started: dict[int, float] = field(default_factory=dict)
    _current: tuple[int, float] = (0, 0.0)
    _windows: list[tuple[RowAnswer, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._entries_before = len(self.meter_entries)
        self._closures_before = len(self.bench.wiring.closures)
        self._locked_at_first = self.bench.meter.state.locked_until > self.bench.clock()

    @property
    def meter_entries(self) -> list[Entry]:
        return self.bench.wiring.keypad.meter.entries

    def watch(self, event: SessionEvent) -> None:
        """To be given to the session."""
        if isinstance(event, RowStarted):
            self._current = event.row, self.bench.clock()
        elif isinstance(event, RowAnswer):
            self._windows.append((event, self._current[1], self.bench.clock()))

    def judge(self, report: Report) -> None:
        """After the session."""
        for answer, start, end in self._windows:
            self._judge_row(answer, start, end)
        self._judge_ending(report)
        self._judge_wires()
        self._judge_lockout()
        self._judge_done_pairs()

    def _sin(self, name: str) -> None:
        assert name in SINS
        self.sins[name] += 1

    def _judge_row(self, answer: RowAnswer, start: float, end: float) -> None:
        row = self.issued.rows[answer.row - 1]
        entries = [entry for entry in self.meter_entries if start <= entry.at <= end]
        taken = [entry for entry in entries if entry.result.accepted]
        outcome = answer.submission.outcome
        if outcome in TAKEN:
            if [entry.digits for entry in taken] != [row]:
                self._sin("wrong outcome reported")
        elif outcome is not Outcome.UNKNOWN and taken:
            self._sin("wrong outcome reported")
        if outcome is Outcome.FAULT and self._submitted(start, end):
            self._sin("Enter pressed after a known typing fault")

    def _submitted(self, start: float, end: float) -> bool:
        """Were the contacts that submit a row closed in this time?"""
        profile = self.bench.profile
        pressed = [
            place for closure in self.bench.wiring.closures if start <= closure.down <= end for place in closure.places
        ]
        if profile.enter:
            return place_of(profile.enter, profile.layout) in pressed
        digits = {place_of(digit, profile.layout) for digit in "0123456789"}
        return sum(place in digits for place in pressed) >= 20

    def _judge_ending(self, report: Report) -> None:
        meter = self.bench.wiring.keypad.meter
        right_meter = str(meter.state.drn) == self.issued.meter_number
        there = right_meter and int(meter.state.key.krn) == TARGET
        if report.ending is Ending.UPGRADED and not there:
            self._sin("wrong outcome reported")
        if report.krn is not None and report.krn != int(meter.state.key.krn):
            self._sin("wrong outcome reported")
        refused = [entry for entry in self.meter_entries[self._entries_before :] if not entry.result.accepted]
        keypad = self.faults - {Fault.MUTE, Fault.LOCKED_OUT, Fault.PERIKSA, Fault.WRONG_KEY_STATE, Fault.WRONG_METER}
        reasons = {
            Ending.UPGRADED: there,
            Ending.REFUSED: bool(refused) or meter.state.tampered,
            Ending.LOCKED_OUT: Fault.LOCKED_OUT in self.faults,
            Ending.UNKNOWN: any(answer.submission.outcome is Outcome.UNKNOWN for answer in report.answers[-1:])
            or not report.answers,
            Ending.FAULT: bool(keypad),
            Ending.PERIKSA: meter.state.tampered,
            Ending.WRONG_METER: not right_meter,
            Ending.WRONG_KRN: bool(self.faults & {Fault.WRONG_KEY_STATE, Fault.WRONG_METER}),
            Ending.NOT_PROVED: not there,
            Ending.TOO_SLOW: False,
            Ending.CANCELLED: False,
        }
        if not reasons[report.ending]:
            self._sin("wrong reason given")

    def _judge_wires(self) -> None:
        for closure in self.bench.wiring.closures[self._closures_before :]:
            if closure.up - closure.down > LONGEST_HOLD or len(closure.places) > 1:
                self._sin("key held over its limit")

    def _judge_lockout(self) -> None:
        for _ in range(lockouts_caused(self.meter_entries[self._entries_before :], self._locked_at_first)):
            self._sin("lock-out caused by the kiosk")

    def _judge_done_pairs(self) -> None:
        """A pair that went in through these contacts may never be seen again on them."""
        for _ in range(done_again(self.meter_entries, self.issued)):
            self._sin("done pair retyped by itself")
