"""A register that another program holds: an answer of the meter waits for it, and no row begins without it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware.virtual.clock import HandClock
from kiosk.demo.workplace import DemoWorkplace
from kiosk.upgrade.events import Checking, Ending, Report, RowAnswer, RowStarted, SessionEvent
from kiosk.upgrade.session import LONGEST_BUSY, UpgradeSession
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Issued, RowOutcome
from krn_engine.register import database
from krn_engine.register.errors import RegisterBusy
from tests.support.scripted import NO, OK, Scripted, number

A, P, R, S, U = RowOutcome.ACCEPTED, RowOutcome.PARTIAL, RowOutcome.REJECTED, RowOutcome.STARTED, RowOutcome.UNKNOWN


@pytest.fixture(autouse=True)
def _refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.0)


class Holder:
    """Another program, which holds the register's lock until somebody has waited for so many seconds."""

    def __init__(self, path: Path, clock: HandClock) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._clock = clock
        self._left = 0.0
        self.close = self._connection.close

    def hold(self, seconds: float) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._left = seconds

    def wait(self, seconds: float) -> None:
        self._clock.wait(seconds)
        self._left -= seconds
        if self._left <= 0 and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def holder(here: DemoWorkplace, tmp_path: Path, clock: HandClock) -> Iterator[Holder]:
    with closing(Holder(tmp_path / "register.db", clock)) as other:
        yield other


def recorded(tmp_path: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(tmp_path / "register.db")) as connection:
        found = connection.execute(
            "SELECT section, outcome FROM outcomes WHERE attempt_id NOT LIKE 'demo-%' ORDER BY id"
        )
        return [(section, outcome) for section, outcome in found]


def run(
    here: DemoWorkplace,
    issued: Issued,
    adapter: Scripted,
    holder: Holder,
    clock: HandClock,
    watch: Callable[[SessionEvent], None] = lambda event: None,
) -> Report:
    session = UpgradeSession(here.office, issued, adapter, place="test", clock=clock, wait=holder.wait, watch=watch)
    return session.run()


def test_an_answer_waits_and_the_session_goes_on(
    here: DemoWorkplace, tmp_path: Path, holder: Holder, clock: HandClock
) -> None:
    """The register is taken while row 1 is typed, for 3 s; nothing overtakes the answer."""
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    seen: list[tuple[str, list[tuple[int, str]]]] = []

    def watch(event: SessionEvent) -> None:
        if isinstance(event, RowStarted | RowAnswer):
            seen.append((f"{type(event).__name__} {event.row}", recorded(tmp_path)))

    adapter = Scripted([OK, OK], after_row=lambda: None if len(adapter.typed) > 1 else holder.hold(3.0))
    report = run(here, issued, adapter, holder, clock, watch)
    assert (report.ending, clock.now) == (Ending.UPGRADED, 1003.0)
    row_1, row_2 = [(1, S.value), (1, A.value)], [(2, S.value), (2, A.value)]
    assert recorded(tmp_path) == row_1 + row_2
    # What is shown was on disk by then.
    assert seen == [
        ("RowStarted 1", row_1[:1]),
        ("RowAnswer 1", row_1),
        ("RowStarted 2", row_1 + row_2[:1]),
        ("RowAnswer 2", row_1 + row_2),
    ]


def test_the_session_does_not_end_before_the_last_answer_is_on_disk(
    here: DemoWorkplace, tmp_path: Path, holder: Holder, clock: HandClock
) -> None:
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    told: list[SessionEvent] = []
    adapter = Scripted([OK, OK], after_row=lambda: None if len(adapter.typed) < 2 else holder.hold(3600.0))
    assert run(here, issued, adapter, holder, clock, told.append).ending is Ending.UPGRADED
    assert clock.now == 4600.0
    assert [type(event) for event in told[-3:]] == [Checking, Checking, RowAnswer]
    assert recorded(tmp_path)[-1] == (2, A.value)


def test_no_row_begins_without_its_record(
    here: DemoWorkplace, tmp_path: Path, holder: Holder, clock: HandClock
) -> None:
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    holder.hold(LONGEST_BUSY * 2)
    adapter = Scripted([OK, OK])
    with pytest.raises(RegisterBusy):
        run(here, issued, adapter, holder, clock)
    assert (adapter.typed, recorded(tmp_path)) == ([], [])


@pytest.mark.parametrize(
    ("after", "begun"),
    [(1.0, []), (0.25, [(2, S.value), (2, RowOutcome.FAULT.value)])],
    ids=["held longer than that", "let go in the last moment"],
)
def test_a_pair_that_waited_too_long_starts_again(
    here: DemoWorkplace, tmp_path: Path, holder: Holder, clock: HandClock, after: float, begun: list[tuple[int, str]]
) -> None:
    """A row that began on record and was not typed any more is known not to be in the meter."""
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")
    adapter = Scripted([OK, OK, OK], after_row=lambda: None if len(adapter.typed) > 1 else holder.hold(too_long))
    too_long = adapter.section_timeout - adapter.row_seconds + after
    assert run(here, issued, adapter, holder, clock).ending is Ending.UPGRADED
    assert adapter.typed == [issued.rows[0], *issued.rows]
    row_1, row_2 = [(1, S.value), (1, A.value)], [(2, S.value), (2, A.value)]
    assert recorded(tmp_path) == [*row_1, *begun, *row_1, *row_2]


def test_what_was_kept_outlives_a_stop(here: DemoWorkplace, tmp_path: Path, holder: Holder, clock: HandClock) -> None:
    """Somebody leaves while the register is held: the refusal of row 1 is on record all the same."""
    issued = here.office.issue(number(here, DemoCase.TWO_ROWS), "r1")

    def after_row() -> None:
        holder.hold(5.0)
        session.cancel()

    adapter = Scripted([NO], after_row=after_row)
    session = UpgradeSession(here.office, issued, adapter, place="test", clock=clock, wait=holder.wait)
    assert session.run().ending is Ending.CANCELLED
    assert recorded(tmp_path) == [(1, S.value), (1, R.value)]


def test_a_crash_while_an_answer_is_kept_leaves_unknown(here: DemoWorkplace, holder: Holder, clock: HandClock) -> None:
    """Never done, and never retyped by itself."""
    meter = number(here, DemoCase.TWO_ROWS)
    issued = here.office.issue(meter, "r1")

    class Killed(BaseException):
        pass

    def killed(_seconds: float) -> None:
        raise Killed

    adapter = Scripted([OK, OK], after_row=lambda: holder.hold(1.0))
    session = UpgradeSession(here.office, issued, adapter, place="test", clock=clock, wait=killed)
    with pytest.raises(Killed):
        session.run()
    holder.wait(1.0)
    again = here.office.issue(meter, "r2")
    assert again.changes[0].outcomes == (U, None)
