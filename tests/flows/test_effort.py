"""What a journey costs a person, by the keystroke-level model."""

import time

from hardware.person import NO
from kiosk.demo.workplace import DemoWorkplace
from kiosk.view.choices import Entered, Scanned
from kiosk.view.views import HomeView, IdPadView, QuestionView
from tests.support.effort import COPY, DECIDE, TAP, seconds
from tests.support.journeys import PRINTED, journeys, walked
from tests.support.walker import At

PROMISED = 50.0


def test_four_codes_are_in_the_hand_in_less_than_50_seconds(here: DemoWorkplace) -> None:
    """With what the kiosk itself works on the way."""
    journey = journeys(here)[PRINTED]
    start = time.monotonic()
    walked(journey, here)
    assert seconds(journey.steps) + time.monotonic() - start < PROMISED


def test_nobody_who_comes_back_takes_longer(here: DemoWorkplace) -> None:
    """With the number typed once more, and whatever the meter said."""
    back = {name: seconds(journey.steps) for name, journey in journeys(here).items() if "coming back" in name}
    assert len(back) > 5
    assert max(back.values()) < PROMISED


def test_what_is_chosen_is_counted_and_what_is_seen_is_not() -> None:
    assert seconds([At(HomeView), At(QuestionView, Entered(NO))]) == DECIDE + TAP
    typed = seconds([At(IdPadView, Entered("0" * 12))])
    assert typed == 2 * DECIDE + TAP + 12 * COPY
    assert seconds([At(HomeView, Scanned("0" * 12))]) < typed
