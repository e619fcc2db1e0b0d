"""The table of journeys: each ends at home, and a customer's takes less than a minute."""

import time

from kiosk.demo.workplace import DemoWorkplace
from kiosk.view.views import HomeView, IdPadView, QuestionView, RowsView, View
from krn_engine.demo import DemoCase
from tests.support.journeys import Journey, journeys, walked

TOUCH, THOUGHT = 1.1, 1.35
"""Seconds of a touch (an average non-typist's key), and of deciding what comes next: Card, Moran and Newell, "The
keystroke-level model for user performance time with interactive systems", CACM 23 (1980), table 1."""
MINUTE = 60.0


def test_every_journey_ends_at_home(here: DemoWorkplace) -> None:
    for name, journey in journeys(here).items():
        person = walked(journey, here)
        assert isinstance(person.view, HomeView), name
        assert len(person.seen) == len(journey.steps), name


def seconds_of(views: list[View], digits: int) -> float:
    """By the model: a thought for every screen and a touch to leave it, and a touch for each digit."""
    touches = len(views) - 1 + digits
    return touches * TOUCH + len(views) * THOUGHT


def test_somebody_who_knows_their_number_has_the_rows_within_a_minute(here: DemoWorkplace) -> None:
    journey = journeys(here)["four rows to take away"]
    start = time.monotonic()
    person = walked(journey, here)
    waited = time.monotonic() - start
    digits = len(here.province.first(DemoCase.FOUR_ROWS).idpel)
    assert seconds_of(person.seen, digits) + waited < MINUTE


def test_one_decision_a_screen(here: DemoWorkplace) -> None:
    """A question is a screen of its own, and between home and the rows there are no more than four."""
    seen = walked(journeys(here)["four rows to take away"], here).seen
    before = seen[1 : next(number for number, view in enumerate(seen) if isinstance(view, RowsView))]
    assert sum(isinstance(view, QuestionView) for view in before) == 2
    assert len(before) == 4
    assert isinstance(before[0], IdPadView)


def test_a_journey_that_does_not_end_at_home_is_found(here: DemoWorkplace) -> None:
    journey = journeys(here)["two rows"]
    assert not isinstance(walked(Journey(journey.steps[:-2]), here).view, HomeView)
