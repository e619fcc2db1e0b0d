"""Where the technician's PIN is asked for, and what of it is seen."""

from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from hardware.virtual.clock import HandClock
from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow import messages
from kiosk.limits.pin import FIRST_PAUSE, FREE_TRIES, Pin, write_pin
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import HomeView, IdPadView, RowsView, TypingView
from krn_engine.demo import DemoCase
from tests.support.journeys import to_rows
from tests.support.screens import drawn, tap
from tests.support.walker import At, Walker

RIGHT, WRONG = "271828", "314159"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "pin"
    write_pin(path, RIGHT)
    return path


class TestFlow:
    def at_pin(self, here: DemoWorkplace, kept: Path, clock: HandClock, case: DemoCase = DemoCase.TWO_ROWS) -> Walker:
        person = Walker(replace(here, pin=Pin(kept, None, clock)))
        person.walk([*to_rows(here, case), At(RowsView, Choice.TYPE), At(IdPadView)])
        return person

    def test_whoever_has_no_pin_goes_back_to_the_codes(self, here: DemoWorkplace, kept: Path) -> None:
        person = self.at_pin(here, kept, HandClock())
        person.walk([At(IdPadView, Entered(WRONG)), At(IdPadView, Choice.PREVIOUS)])
        assert len(person.see(RowsView).rows) == 2

    def test_only_with_the_pin_is_anything_typed(self, here: DemoWorkplace, kept: Path) -> None:
        person = self.at_pin(here, kept, HandClock())
        person.walk([At(IdPadView, Entered(WRONG)), At(IdPadView)])
        view = person.see(IdPadView)
        assert (view.problem, view.typed, view.secret) == (messages.WRONG_PIN, "", True)
        person.walk([At(IdPadView, Entered(RIGHT)), At(TypingView)])
        person.see(TypingView)

    def test_it_is_asked_for_again_the_next_time(self, here: DemoWorkplace, kept: Path) -> None:
        person = self.at_pin(here, kept, HandClock())
        person.walk([At(IdPadView, Choice.HOME), At(HomeView)])
        again = self.at_pin(here, kept, HandClock(), DemoCase.EA11)
        again.wait(100.0)
        again.see(HomeView)

    def test_too_many_tries_are_said_and_not_tried(self, here: DemoWorkplace, kept: Path) -> None:
        clock = HandClock()
        person = self.at_pin(here, kept, clock)
        person.walk([At(IdPadView, Entered(WRONG))] * (FREE_TRIES + 1))
        person.flow.choose(Entered(RIGHT))
        view = person.see(IdPadView)
        assert view.problem == messages.too_often(FIRST_PAUSE)
        assert view.paused
        clock.now += FIRST_PAUSE
        person.walk([At(IdPadView, Entered(RIGHT)), At(TypingView)])
        person.see(TypingView)


def test_no_digit_of_it_is_seen() -> None:
    screen = drawn(IdPadView(secret=True))
    for digit in RIGHT:
        tap(screen, f"digit-{digit}")
    screen.draw(pygame.Surface((1280, 800)))
    said = [text for text, _ in screen.lines] + screen.said
    assert not any(RIGHT[:3] in text for text in said)
