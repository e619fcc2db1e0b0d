"""The table of journeys: each ends at home, and none asks two things at once."""

from kiosk.demo.workplace import DemoWorkplace
from kiosk.view.views import HomeView, IdPadView, QuestionView, RowsView
from tests.support.journeys import PRINTED, Journey, journeys, walked


def test_every_journey_ends_at_home(here: DemoWorkplace) -> None:
    for name, journey in journeys(here).items():
        person = walked(journey, here)
        assert isinstance(person.view, HomeView), name
        assert len(person.seen) == len(journey.steps), name


def test_one_decision_a_screen(here: DemoWorkplace) -> None:
    """A question is a screen of its own, and between home and the rows there are no more than four."""
    seen = walked(journeys(here)[PRINTED], here).seen
    before = seen[1 : next(number for number, view in enumerate(seen) if isinstance(view, RowsView))]
    assert sum(isinstance(view, QuestionView) for view in before) == 2
    assert len(before) == 4
    assert isinstance(before[0], IdPadView)


def test_a_journey_that_does_not_end_at_home_is_found(here: DemoWorkplace) -> None:
    journey = journeys(here)["two rows"]
    assert not isinstance(walked(Journey(journey.steps[:-2]), here).view, HomeView)
