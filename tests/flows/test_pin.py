"""The technician's PIN: made, kept, tried slowly."""

from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from hardware.virtual.clock import HandClock
from kiosk.demo.workplace import DemoWorkplace
from kiosk.errors import PinRefused
from kiosk.flow import messages
from kiosk.limits.pin import FIRST_PAUSE, FREE_TRIES, LONGEST_PAUSE, Pin, write_pin
from kiosk.view.choices import Choice, Entered
from kiosk.view.views import HomeView, IdPadView, RowsView, TypingView
from krn_engine.demo import DemoCase
from tests.flows.journeys import to_rows
from tests.flows.walker import At, Walker
from tests.kiosk.test_screens import drawn, tap

RIGHT, WRONG = "271828", "314159"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "pin"
    write_pin(path, RIGHT)
    return path


class TestPin:
    def test_the_right_one_is_right_and_no_other(self, kept: Path) -> None:
        pin = Pin(kept)
        assert pin.check(RIGHT)
        assert not pin.check(WRONG)
        assert not pin.check("")
        assert pin.check(RIGHT)

    def test_neither_the_pin_nor_its_length_is_in_the_file(self, kept: Path) -> None:
        assert RIGHT not in kept.read_text()
        assert kept.stat().st_mode & 0o777 == 0o600
        first = kept.read_text()
        write_pin(kept, RIGHT)
        assert kept.read_text() != first

    def test_it_is_tried_slowly_and_a_restart_forgives_nothing(self, kept: Path, tmp_path: Path) -> None:
        clock = HandClock()
        misses = tmp_path / "state" / "misses.json"
        pin = Pin(kept, misses, clock)
        for _ in range(FREE_TRIES):
            assert not pin.check(WRONG)
            assert pin.pause() == 0.0
        assert not pin.check(WRONG)
        assert pin.pause() == FIRST_PAUSE
        again = Pin(kept, misses, clock)
        assert again.pause() == FIRST_PAUSE
        # While the pause lasts even the right one is not tried.
        assert not again.check(RIGHT)
        clock.now += FIRST_PAUSE
        assert not again.check(WRONG)
        assert again.pause() == pytest.approx(2 * FIRST_PAUSE)
        clock.now += LONGEST_PAUSE
        assert again.check(RIGHT)

    @pytest.mark.parametrize("pin", ["", "12345", "1" * 13, "12345x", "111111", "121212", "²²²²²²"])
    def test_what_is_no_pin(self, tmp_path: Path, pin: str) -> None:
        with pytest.raises(PinRefused):
            write_pin(tmp_path / "pin", pin)
        assert not (tmp_path / "pin").exists()

    @pytest.mark.parametrize("content", ["", "scrypt", "md5 1 2 3 00 00", "scrypt 1 2 3 zz zz", "271828"])
    def test_what_is_no_file_of_one(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "pin"
        path.write_text(content)
        path.chmod(0o600)
        with pytest.raises(PinRefused, match="krn pin"):
            Pin(path)

    def test_a_file_that_others_read(self, kept: Path) -> None:
        kept.chmod(0o644)
        with pytest.raises(PinRefused, match="others can read"):
            Pin(kept)


class TestFlow:
    def at_pin(self, here: DemoWorkplace, kept: Path, clock: HandClock, case: DemoCase = DemoCase.TWO_ROWS) -> Walker:
        person = Walker(replace(here, pin=Pin(kept, None, clock)))
        person.walk([*to_rows(here, case), At(RowsView, Choice.TYPE), At(IdPadView)])
        return person

    def test_only_with_the_pin_is_anything_typed(self, here: DemoWorkplace, kept: Path) -> None:
        person = self.at_pin(here, kept, HandClock())
        view = person.walk([At(IdPadView, Entered(WRONG)), At(IdPadView)])
        assert isinstance(view, IdPadView)
        assert (view.problem, view.typed, view.secret) == (messages.WRONG_PIN, "", True)
        assert isinstance(person.walk([At(IdPadView, Entered(RIGHT)), At(TypingView)]), TypingView)

    def test_it_is_asked_for_again_the_next_time(self, here: DemoWorkplace, kept: Path) -> None:
        person = self.at_pin(here, kept, HandClock())
        person.walk([At(IdPadView, Choice.HOME), At(HomeView)])
        again = self.at_pin(here, kept, HandClock(), DemoCase.EA11)
        assert isinstance(again.wait(100.0), HomeView)

    def test_too_many_tries_are_said_and_not_tried(self, here: DemoWorkplace, kept: Path) -> None:
        clock = HandClock()
        person = self.at_pin(here, kept, clock)
        person.walk([At(IdPadView, Entered(WRONG))] * (FREE_TRIES + 1))
        person.flow.choose(Entered(RIGHT))
        view = person.view
        assert isinstance(view, IdPadView)
        assert view.problem == messages.too_often(FIRST_PAUSE)
        clock.now += FIRST_PAUSE
        assert isinstance(person.walk([At(IdPadView, Entered(RIGHT)), At(TypingView)]), TypingView)


def test_no_digit_of_it_is_seen() -> None:
    screen = drawn(IdPadView(secret=True))
    for digit in RIGHT:
        tap(screen, f"digit-{digit}")
    screen.draw(pygame.Surface((1280, 800)))
    said = [text for text, _ in screen.lines]
    assert "*" * len(RIGHT) in said
    assert not any(RIGHT[:3] in text for text in said)
