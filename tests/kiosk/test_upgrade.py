"""The upgrade session's rules, on the virtual meter and on an adapter that says what it is told to."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hardware.adapter import Evidence, MeterAdapter, Outcome, Probe, Source, Submission, Watch
from hardware.virtual.adapter import Pace
from kiosk import upgrade
from kiosk.upgrade import Ending, Event, Report, RowStarted, UpgradeSession, Waiting, has_unknown
from kiosk.workplace import Workplace, demo_workplace
from krn_engine.office.demo import DemoCase
from krn_engine.office.office import Found, Issued, NothingToDo, RowOutcome

INSTANT = Pace(0, 0)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workplace]:
    with demo_workplace(pace=INSTANT, folder=tmp_path) as workplace:
        yield workplace


def number(here: Workplace, case: DemoCase) -> str:
    assert here.demo is not None
    return here.demo.first(case).meter_number


def on_virtual_meter(here: Workplace, case: DemoCase) -> Report:
    assert here.connect is not None
    meter = number(here, case)
    with here.connect(meter) as adapter:
        return UpgradeSession(here.office, here.office.issue(meter, f"r-{case.name}"), adapter, place="test").run()


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        (DemoCase.FOUR_ROWS, 4),
        (DemoCase.TWO_ROWS, 2),
        (DemoCase.EA11, 4),
        (DemoCase.HALF_DONE, 2),
        (DemoCase.READY_MADE, 4),
    ],
)
def test_every_case_ends_upgraded(here: Workplace, case: DemoCase, rows: int) -> None:
    report = on_virtual_meter(here, case)
    assert (report.ending, report.krn) == (Ending.UPGRADED, 3)
    assert [answer.submission.outcome for answer in report.answers] == [Outcome.ACCEPTED] * rows
    found = here.office.find(number(here, case))
    assert isinstance(found, Found)
    assert isinstance(found.standing, NothingToDo)


def test_periksa_stops_at_two_refusals(here: Workplace) -> None:
    report = on_virtual_meter(here, DemoCase.PERIKSA)
    assert (report.ending, report.krn) == (Ending.REFUSED, 1)
    assert [answer.row for answer in report.answers] == [1, 1]


@dataclass
class Scripted(MeterAdapter):
    """Gives these outcomes one after the other."""

    outcomes: list[Outcome]
    locked_for: float = 0.0
    typed: list[str] = field(default_factory=list)

    def probe(self) -> Probe:
        return Probe("scripted", None, None)

    def submit(self, token: str, *, deadline: float, cancel: threading.Event, watch: Watch | None = None) -> Submission:
        self.typed.append(token)
        outcome = self.outcomes.pop(0)
        seen = None if outcome is Outcome.UNKNOWN else Evidence(Source.DISPLAY, outcome.name, "script")
        locked = self.locked_for if outcome in (Outcome.REJECTED, Outcome.LOCKED_OUT) else 0.0
        return Submission(outcome, seen, locked_for=locked)

    def read_result(self) -> Submission:
        return Submission(Outcome.UNKNOWN)

    def abort(self) -> None:
        pass

    def release_all(self) -> None:
        pass

    def close(self) -> None:
        pass


OK, NO, LOCK, LOST, BAD = (
    Outcome.ACCEPTED,
    Outcome.REJECTED,
    Outcome.LOCKED_OUT,
    Outcome.UNKNOWN,
    Outcome.FAULT,
)


@pytest.mark.parametrize(
    ("outcomes", "ending", "rows"),
    [
        ([OK, OK, OK, OK], Ending.UPGRADED, [1, 2, 3, 4]),
        ([Outcome.PARTIAL, OK, Outcome.PARTIAL, OK], Ending.UPGRADED, [1, 2, 3, 4]),
        ([OK, NO, OK, OK, OK], Ending.UPGRADED, [1, 2, 2, 3, 4]),
        ([NO, NO], Ending.REFUSED, [1, 1]),
        ([NO, OK, OK, NO], Ending.REFUSED, [1, 1, 2, 3]),
        ([OK, LOST], Ending.UNKNOWN, [1, 2]),
        ([OK, OK, BAD], Ending.FAULT, [1, 2, 3]),
        ([LOCK, OK, OK, OK, OK], Ending.UPGRADED, [1, 1, 2, 3, 4]),
    ],
)
def test_rules(here: Workplace, outcomes: list[Outcome], ending: Ending, rows: list[int]) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted(list(outcomes))
    started: list[int] = []

    def watch(event: Event) -> None:
        if isinstance(event, RowStarted):
            started.append(event.row)

    report = UpgradeSession(here.office, issued, adapter, place="test", watch=watch).run()
    assert report.ending is ending
    assert [answer.row for answer in report.answers] == rows == started
    assert adapter.typed == [issued.rows[row - 1] for row in rows]


def test_a_lock_out_is_counted_down_or_ends_the_session(here: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Event, "wait", lambda _self, _seconds=None: False)
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    waits: list[int] = []

    def watch(event: Event) -> None:
        if isinstance(event, Waiting):
            waits.append(event.seconds)

    adapter = Scripted([LOCK, OK, OK, OK, OK], locked_for=2.5)
    assert UpgradeSession(here.office, issued, adapter, place="t", watch=watch).run().ending is Ending.UPGRADED
    assert waits == [3, 2, 1]
    two_rows = here.office.issue(number(here, DemoCase.TWO_ROWS), "r2")
    long = Scripted([LOCK], locked_for=upgrade.LONGEST_WAIT + 1)
    assert UpgradeSession(here.office, two_rows, long, place="t").run().ending is Ending.LOCKED_OUT


def test_a_row_is_on_record_before_its_first_key(here: Workplace) -> None:
    """If the process dies while a row is typed, the record says UNKNOWN, and nobody types it again by himself."""
    meter = number(here, DemoCase.FOUR_ROWS)
    issued = here.office.issue(meter, "r1")

    class Dies(Scripted):
        def submit(
            self, token: str, *, deadline: float, cancel: threading.Event, watch: Watch | None = None
        ) -> Submission:
            raise SystemExit

    with pytest.raises(SystemExit):
        UpgradeSession(here.office, issued, Dies([]), place="test").run()
    again: Issued = here.office.issue(meter, "r2")
    assert again.changes[0].outcomes == (RowOutcome.UNKNOWN, None)
    assert has_unknown(again)
    untouched = Scripted([OK] * 4)
    assert UpgradeSession(here.office, again, untouched, place="test").run().ending is Ending.UNKNOWN
    assert untouched.typed == []


def test_a_half_typed_pair_starts_again_from_its_first_row(here: Workplace) -> None:
    meter = number(here, DemoCase.FOUR_ROWS)
    first = Scripted([OK, OK, OK, BAD])
    issued = here.office.issue(meter, "r1")
    assert UpgradeSession(here.office, issued, first, place="test").run().ending is Ending.FAULT
    rest = here.office.issue(meter, "r2")
    second = Scripted([OK, OK])
    assert UpgradeSession(here.office, rest, second, place="test").run().ending is Ending.UPGRADED
    assert second.typed == list(issued.rows[2:])


def test_cancel_before_it_begins(here: Workplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "r1")
    adapter = Scripted([OK] * 4)
    session = UpgradeSession(here.office, issued, adapter, place="test")
    session.cancel()
    assert session.run().ending is Ending.CANCELLED
    assert adapter.typed == []
