"""No digit of a row in the `repr` of a view, of what a session tells, or in a traceback that renders its locals."""

import re
import time
import traceback
from collections.abc import Iterable

import pytest

from hardware.adapter import EntryProgress, Outcome, Press, RowEntry, Submission
from hardware.errors import MeterProcessGone
from hardware.virtual.adapter import Pace
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.flow.customer.slip import qr_text, slip_of
from kiosk.upgrade.events import Ending, Report, RowAnswer
from kiosk.upgrade.session import UpgradeSession
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import KeyInView, RehearsalView, RowsView, TakeAwayView, TypingView, View
from krn_engine.demo import DEMO_DAY, DemoCase
from krn_engine.row import Row
from tests.support.journeys import journeys, to_rows, walked
from tests.support.sample_views import ROWS, VIEWS
from tests.support.scripted import OK, Scripted, number
from tests.support.walker import Walker

LOOKED_FOR = 8
"""Digits in a row that are looked for: fewer stand in a meter's number too."""
CANARY = Row("91827364554637281900")


def shown_of(rows: Iterable[str], text: str) -> set[str]:
    """What of the rows can be read in a text, whatever stands between its digits."""
    squeezed = re.sub(r"[^0-9A-Za-z]", "", text)
    key_by_key = "".join(re.findall(r"'([0-9])'", text))
    parts = {row[place : place + LOOKED_FOR] for row in rows for place in range(len(row) - LOOKED_FOR + 1)}
    return {part for part in parts if part in squeezed or part in key_by_key}


def test_the_search_finds_a_row() -> None:
    assert shown_of([CANARY], f"{[{'key': key, 'at': 0.1} for key in CANARY]}")
    assert shown_of([CANARY], "row=9182 7364 5546 3728 1900")
    assert not shown_of([CANARY], "99100000001")


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_no_view_prints_a_row(view: View) -> None:
    # The other two are all zeros and eights, as are sample numbers of meters.
    assert not shown_of((ROWS[0], ROWS[3]), repr(view))


def test_no_view_of_any_journey_prints_a_row(here: DemoWorkplace) -> None:
    views = [view for journey in journeys(here).values() for view in walked(journey, here).seen]
    rows = {row for view in views if isinstance(view, RowsView) for row in view.rows}
    assert len(rows) > 12
    assert {RowsView, RehearsalView, TakeAwayView, KeyInView, TypingView} <= {type(view) for view in views}
    for view in views:
        assert not shown_of(rows, repr(view)), type(view).__name__


@pytest.mark.slow
def test_the_display_of_a_meter_that_is_typed_into_is_not_printed() -> None:
    with demo_workplace(Wire(pace=Pace(0.001, 0.001))) as kiosk:
        person = Walker(kiosk)
        person.walk(to_rows(kiosk, DemoCase.FOUR_ROWS))
        rows_view = person.see(RowsView)
        person.flow.choose(Choice.TYPE)
        displays: set[str] = set()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            person.flow.tick(0.0)
            view = person.flow.view
            if isinstance(view, TypingView):
                displays.add(view.meter.display)
                assert not shown_of(rows_view.rows, repr(view))
                if view.finished:
                    break
        assert any(shown_of(rows_view.rows, display) for display in displays)


def test_what_a_session_tells_prints_no_row() -> None:
    submission = Submission(Outcome.ACCEPTED, presses=tuple(Press(key, 0.0, 0.05) for key in CANARY))
    answer = RowAnswer(1, submission)
    keys = [EntryProgress(place, 21, key, CANARY[:place]) for place, key in enumerate(CANARY, 1)]
    for told in (submission, answer, Report(Ending.UPGRADED, (answer,), 3), keys, Entered(CANARY)):
        assert not shown_of([CANARY], repr(told))


class Failing(Scripted):
    """Its meter process dies with the second row in hand."""

    def _submit(self, entry: RowEntry) -> Submission:
        if self.typed:
            raise MeterProcessGone("the meter process is gone")
        return super()._submit(entry)


def test_a_traceback_with_its_locals_shows_no_row(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "request")
    session = UpgradeSession(here.office, issued, Failing([OK]), place="test")
    with pytest.raises(MeterProcessGone) as raised:
        session.run()
    told = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
    assert "row = <Row>" in told
    assert not shown_of(issued.rows, told)


def test_a_slip_and_a_code_print_no_row(here: DemoWorkplace) -> None:
    issued = here.office.issue(number(here, DemoCase.FOUR_ROWS), "request")
    slip = slip_of(issued, "PLN", "123", DEMO_DAY)
    assert shown_of(issued.rows, "".join(line.text for line in slip))
    assert not shown_of(issued.rows, repr((slip, qr_text(issued))))
    assert not shown_of(issued.rows, repr(issued))
