"""The application's loop, driven through pygame's own event queue."""

import time
from pathlib import Path

import pygame
import pytest

from hardware.person import NO
from kiosk.app import SETTLING_SECONDS
from kiosk.flow import messages
from kiosk.screens.id_pad import IdPadScreen
from kiosk.ui.curtain import DARK_AFTER
from kiosk.ui.text import Painter
from kiosk.ui.widgets import Look
from kiosk.view.choices import Choice, Entered, Scanned
from kiosk.view.parts import Message, RowState, Sight
from kiosk.view.views import HomeView, IdleView, IdPadView, TypingView, View, WaitView
from krn_engine.row import Row
from tests.support.app import Driven
from tests.support.sample_views import METER, VIEWS


@pytest.fixture
def driven() -> Driven:
    return Driven()


def test_a_tap_reaches_the_flow_once(driven: Driven) -> None:
    driven.tap("start")
    assert driven.flow.chosen == [Choice.START]
    assert driven.flow.touches == 2


def test_touch_and_the_mouse_event_made_from_it_count_once(driven: Driven) -> None:
    start = next(b for b in driven.app.screen.buttons if b.name == "start").rect.center
    driven.driver.tap("start")
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.event.Event(kind, pos=start, button=1, touch=True))
    driven.step()
    assert driven.flow.chosen == [Choice.START]


def test_a_bouncing_finger_does_not_choose_on_the_next_screen(driven: Driven) -> None:
    driven.flow.view = VIEWS["confirm"]
    driven.step(seconds=1)
    driven.driver.tap("yes")
    driven.step(seconds=0.2)
    assert driven.flow.chosen == []
    driven.driver.tap("yes")
    driven.step(seconds=0.4)
    assert driven.flow.chosen == [Choice.YES]


def test_a_finger_that_turns_a_page_ends_nothing_on_the_next(driven: Driven) -> None:
    driven.flow.sight = Sight(large=True)
    driven.flow.view = VIEWS["thanks"]
    driven.step(seconds=1)
    driven.tap("more")
    driven.step(seconds=1)
    # Where the page was turned the button stands that ends it.
    driven.driver.tap("less")
    driven.step(seconds=1)
    driven.driver.tap("more")
    driven.step(seconds=0.1)
    driven.driver.tap("done")
    driven.step(seconds=0.2)
    assert driven.flow.chosen == []
    driven.driver.tap("done")
    driven.step(seconds=0.5)
    assert driven.flow.chosen == [Choice.DONE]


def test_the_answer_to_one_question_is_none_to_the_next_at_the_same_place(driven: Driven) -> None:
    """Two questions are one kind of screen: whoever taps twice answers one of them, however long the second tap is."""
    driven.flow.view = VIEWS["question-periksa"]
    driven.step()
    driven.step()
    driven.tap("answer-no")
    driven.flow.view = VIEWS["question-token"]
    driven.step(0.01)
    driven.driver.finger("answer-no", pygame.FINGERDOWN)
    driven.step(0.3)
    driven.driver.finger("answer-no", pygame.FINGERUP)
    driven.step(0.6)
    assert driven.flow.chosen == [Entered(NO)]
    driven.tap("answer-no")
    assert driven.flow.chosen == [Entered(NO)] * 2


def test_whoever_taps_twice_to_begin_types_no_digit() -> None:
    """On an upright panel a key lies where the button was. A tap elsewhere is somebody who is quick."""
    driven = Driven(panel="td2")
    driven.step()
    start = next(button.rect.center for button in driven.app.screen.buttons if button.name == "start")
    driven.driver.tap("start")
    driven.flow.view = VIEWS["pad"]
    driven.app.step()
    pad = driven.app.screen
    assert isinstance(pad, IdPadScreen)
    [under] = [button.name for button in pad.buttons if button.rect.collidepoint(start)]
    for key, typed in ((under, ""), ("digit-1", "1")):
        driven.driver.tap(key)
        driven.step(0.1)
        assert pad.typed == typed
    driven.step(0.5)
    driven.driver.tap(under)
    driven.step(0.1)
    assert pad.typed == f"1{under[-1]}"


def test_an_idle_question_that_counts_down_can_be_answered_at_any_moment(driven: Driven) -> None:
    driven.flow.view = IdleView(30)
    driven.step()
    driven.flow.view = IdleView(29)
    driven.step()
    driven.driver.tap("yes")
    driven.step(0.1)
    assert driven.flow.chosen == [Choice.YES]


def test_nothing_is_drawn_while_nothing_changes(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    original = Painter.text

    def counted(self: Painter, text: str, *args: object, **kwargs: object) -> int:
        drawn.append(text)
        return original(self, text, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Painter, "text", counted)
    driven.step()
    driven.step()
    assert drawn == []
    driven.flow.view = WaitView(Message("Mencari data Anda…"))
    driven.step()
    assert "Mencari data Anda…" in drawn


def test_the_language_changes_the_words(driven: Driven) -> None:
    before = {button.label for button in driven.app.screen.buttons}
    driven.flow.language = "en"
    driven.step()
    assert {button.label for button in driven.app.screen.buttons} != before


def test_typing_keeps_its_screen_and_the_pad_its_digits(driven: Driven) -> None:
    first = TypingView((RowState.TYPING,), Row("1" * 20), 1, METER)
    driven.flow.view = first
    driven.step()
    screen = driven.app.screen
    driven.flow.view = TypingView((RowState.TYPING,), Row("1" * 20), 2, METER)
    driven.step()
    assert driven.app.screen is screen
    driven.flow.view = IdPadView()
    driven.step()
    driven.tap("digit-7")
    assert isinstance(driven.app.screen, IdPadScreen)
    assert driven.app.screen.typed == "7"
    driven.flow.view = IdPadView("7", Message("x"))
    driven.step()
    assert isinstance(driven.app.screen, IdPadScreen)
    assert driven.app.screen.typed == "7"


def test_a_broken_screen_becomes_an_error_screen(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("kiosk.screens.id_pad.IdPadScreen.paint", broken)
    driven.flow.view = IdPadView()
    driven.step()
    driven.step()
    assert [type(error) for error in driven.flow.errors] == [ZeroDivisionError]
    assert [button.name for button in driven.app.screen.buttons if button.look is not Look.TOOL] == ["home"]


def test_closing_the_window_ends_it(driven: Driven) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    driven.step()
    assert not driven.app.running


def test_pictures_and_unknown_buttons(driven: Driven, tmp_path: Path) -> None:
    driven.driver.save_picture(tmp_path / "home.png")
    assert (tmp_path / "home.png").stat().st_size > 1000
    with pytest.raises(LookupError, match="start"):
        driven.driver.tap("nothing")


def test_the_first_frames_are_drawn_again_and_then_no_more(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    """A compositor may lose the first one: a kiosk that draws nothing while nothing changes would stay black."""
    shown: list[float] = []
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(driven.app, "_flip", lambda: shown.append(now[0]))

    def wait() -> None:
        now[0] += 0.25
        driven.app.running = now[0] < 10.0

    monkeypatch.setattr(driven.app, "_wait", wait)
    driven.app.run()
    assert len(shown) > 8
    assert max(shown) <= SETTLING_SECONDS + 0.25


def show(driven: Driven, view: View) -> None:
    driven.flow.view = view
    driven.step()


def post(key: int) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0, unicode=""))
    pygame.event.post(pygame.event.Event(pygame.KEYUP, key=key, mod=0, unicode=""))


def press(driven: Driven, key: int) -> None:
    post(key)
    driven.step()


def test_a_pause_counts_down_and_the_pad_keeps_its_digits(driven: Driven) -> None:
    for seconds in range(30, 26, -1):
        show(driven, IdPadView(problem=messages.too_often(seconds), secret=True, paused=True))
        press(driven, pygame.K_KP1)
        driven.step(0.1)
    screen = driven.app.screen
    assert isinstance(screen, IdPadScreen)
    assert screen.typed == "1111"
    assert [button.enabled for button in screen.buttons if button.name == "next"] == [False]


def test_a_card_that_is_scanned_at_a_pin_is_no_pin(driven: Driven) -> None:
    show(driven, IdPadView(secret=True))
    for digit in "990000023757":
        post(getattr(pygame, f"K_KP{digit}"))
    driven.step(0.1)
    screen = driven.app.screen
    assert isinstance(screen, IdPadScreen)
    assert screen.typed == ""
    press(driven, pygame.K_KP7)
    driven.step(0.1)
    assert screen.typed == "7"


def test_the_first_digit_of_a_card_wakes_the_screen_and_is_not_lost(driven: Driven) -> None:
    show(driven, HomeView())
    driven.step(DARK_AFTER + 1)
    for digit in "990000023757":
        post(getattr(pygame, f"K_KP{digit}"))
    for _ in range(2):
        driven.step(0.1)
    assert Scanned("990000023757") in driven.flow.chosen
