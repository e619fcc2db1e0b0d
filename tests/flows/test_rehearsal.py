"""A rehearsal: what is pressed, what the picture of a meter says, and that nothing of it goes anywhere."""

from dataclasses import replace

import pytest

from kiosk.demo.workplace import DemoWorkplace
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import RehearsalView, RowsView
from krn_engine.demo import DemoCase
from tests.support.journeys import to_rows
from tests.support.walker import At, Walker


@pytest.fixture
def person(here: DemoWorkplace) -> Walker:
    """In an office where no meter can be connected."""
    walker = Walker(replace(here, connect=None))
    walker.walk([*to_rows(here, DemoCase.FOUR_ROWS), At(RowsView, Choice.REHEARSE), At(RehearsalView)])
    return walker


def seen(person: Walker) -> RehearsalView:
    return person.see(RehearsalView)


def press(person: Walker, *keys: str) -> RehearsalView:
    for key in keys:
        person.flow.choose(Entered(key))
    return seen(person)


def test_the_row_says_benar(person: Walker) -> None:
    row = seen(person).row
    view = press(person, *row)
    assert (view.done, view.wrong, view.meter.display) == (20, False, row)
    view = press(person, "next")
    assert (view.over, view.meter.display) == (True, "BENAR")
    person.walk([At(RehearsalView, Choice.NEXT), At(RowsView)])
    rows = person.see(RowsView)
    assert rows.index == 0


def test_a_wrong_digit_is_seen_at_once_and_erased(person: Walker) -> None:
    row = seen(person).row
    wrong = str((int(row[3]) + 1) % 10)
    view = press(person, *row[:3], wrong)
    assert (view.done, view.wrong) == (3, True)
    view = press(person, "erase")
    assert (view.done, view.wrong) == (3, False)
    # With a wrong digit there is one thing to do: no heap of digits comes behind it.
    view = press(person, wrong, *row[4:])
    assert (view.done, view.wrong, view.meter.display) == (3, True, row[:3] + wrong)
    view = press(person, "next")
    assert (view.over, view.meter.display, view.done) == (False, "SALAH", 0)
    assert press(person, *row, "next").over


def test_enter_on_nothing_says_nothing_and_no_digit_too_many_counts(person: Walker) -> None:
    assert seen(person).meter.display == ""
    assert press(person, "next").meter.display == ""
    row = seen(person).row
    assert press(person, *row, "5", "5", "next").over
    # It is over: further keys change nothing.
    assert press(person, "1", "erase", "next").meter.display == "BENAR"


def test_nothing_of_it_is_recorded(here: DemoWorkplace, person: Walker) -> None:
    press(person, *seen(person).row, "next")
    issued = here.office.issue(here.province.first(DemoCase.FOUR_ROWS).meter_number, "after")
    assert all(outcome is None for change in issued.changes for outcome in change.outcomes)
    person.walk([At(RehearsalView, Choice.PREVIOUS)])
    person.see(RowsView)
