"""What is read aloud, when, and to whom: from the keys to a voice that writes down what it is told."""

import pygame
import pytest

from kiosk.flow.meter.person import YES_NO
from kiosk.reader import digits_aloud
from kiosk.view.choices import Choice
from kiosk.view.parts import Message, RowState
from kiosk.view.views import HomeView, IdleView, IdPadView, QuestionView, RowsView, TypingView, View
from tests.support.app import Driven
from tests.support.sample_views import METER, ROWS, VIEWS


class Heard:
    """A voice that keeps what it says."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, int]] = []
        self.stops = 0

    def say(self, text: str, language: str, volume: int) -> None:
        self.said.append((text, language, volume))

    def stop(self) -> None:
        self.stops += 1


class Listener(Driven):
    """Somebody who hears the kiosk; the flow answers to LISTEN and LOUDER as the real one does."""

    def __init__(self, view: View | None = None) -> None:
        self.heard = Heard()
        super().__init__(voice=self.heard)
        if view is not None:
            self.see(view)

    def see(self, view: View) -> None:
        self.flow.view = view
        self.step()

    def key(self, code: int, pause: float = 2.0) -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=0))
        self.step(pause)

    @property
    def last(self) -> str:
        return self.heard.said[-1][0] if self.heard.said else ""


def listening(view: View) -> Listener:
    person = Listener(view)
    person.key(pygame.K_KP_DIVIDE)
    return person


def test_nothing_is_said_until_somebody_asks() -> None:
    person = Listener(VIEWS["confirm"])
    assert person.heard.said == []
    person.key(pygame.K_KP_DIVIDE)
    assert "Garis miring" in person.last
    assert "Ya, ini meter saya" in person.last


def test_each_new_screen_is_read_once() -> None:
    person = listening(HomeView())
    before = len(person.heard.said)
    person.step()
    person.see(IdPadView())
    person.step()
    assert len(person.heard.said) == before + 1
    assert person.last.startswith("Masukkan nomor Anda.")
    assert person.last.endswith("Tombol: Kembali, Di mana nomornya?")


def test_a_row_is_read_digit_by_digit_in_fours() -> None:
    person = listening(VIEWS["rows-first-alone"])
    assert "7 3 7 8, 6 9 7 6, 2 9 4 8, 3 8 2 0, 6 4 6 3." in person.last


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("88888888888", "8 8 8 8, 8 8 8 8, 8 8 8"),
        ("W*** S***", "W S"),
        ("hubungi 123", "hubungi 123"),
        ("R1 / 1.300 VA", "R1 / 1.300 VA"),
    ],
)
def test_numbers_are_read_aloud_digit_by_digit(text: str, said: str) -> None:
    assert digits_aloud(text) == said


def test_the_key_repeats_and_twice_at_once_is_louder() -> None:
    person = listening(VIEWS["confirm"])
    person.key(pygame.K_KP_DIVIDE)
    assert person.flow.hearing.volume == 2
    person.key(pygame.K_KP_DIVIDE, pause=0.3)
    assert person.flow.hearing.volume == 3
    assert person.heard.said[-1][2] == 3
    assert "Ya, ini meter saya" in person.last


def test_a_touch_beside_every_button_repeats() -> None:
    person = listening(VIEWS["confirm"])
    before = len(person.heard.said)
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.event.Event(kind, button=1, pos=(2, 2), touch=False))
    person.step()
    assert len(person.heard.said) == before + 1
    assert "Ya, ini meter saya" in person.last


def test_digits_are_echoed_but_for_a_pin() -> None:
    person = listening(IdPadView())
    person.key(pygame.K_7)
    assert person.last == "7"
    person.see(IdPadView(secret=True))
    said = len(person.heard.said)
    person.key(pygame.K_8)
    assert [text for text, _, _ in person.heard.said[said:]] == [""]


def test_the_focus_is_told() -> None:
    person = listening(VIEWS["confirm"])
    person.key(pygame.K_KP_PLUS)
    assert person.last in {button.label for button in person.app.screen.buttons}


def continued_from(row: str) -> QuestionView:
    """A view with a value that cannot be hashed."""
    return QuestionView(Message("Lanjutkan dari kode {row}", {"row": row}), YES_NO)


def test_the_same_screen_made_anew_is_not_told_again() -> None:
    person = listening(continued_from("3"))
    before = len(person.heard.said)
    person.see(continued_from("3"))
    assert len(person.heard.said) == before
    person.see(continued_from("4"))
    assert len(person.heard.said) == before + 1


def test_another_row_in_the_same_place_is_told() -> None:
    person = listening(RowsView((ROWS[0], ROWS[1]), 0, ((1, 2),), 10))
    person.see(RowsView((ROWS[2], ROWS[3]), 0, ((1, 2),), 10))
    assert "2 8 8 8, 8 8 8 8" in person.last


def test_typing_is_told_row_by_row_and_not_key_by_key() -> None:
    states = (RowState.TYPING, RowState.WAITING)
    person = listening(TypingView(states, ROWS[0], 3, METER))
    before = len(person.heard.said)
    for pressed in range(4, 20):
        person.see(TypingView(states, ROWS[0], pressed, METER))
    assert len(person.heard.said) == before
    assert "7 3 7 8. 6 9 7 6" not in person.last
    person.see(TypingView((RowState.ACCEPTED, RowState.TYPING), ROWS[1], 0, METER))
    assert len(person.heard.said) == before + 1
    assert "Kode 1: BENAR" in person.last


def test_the_countdown_is_told_once() -> None:
    person = listening(VIEWS["confirm"])
    before = len(person.heard.said)
    for seconds in range(30, 20, -1):
        person.see(IdleView(seconds))
    assert len(person.heard.said) == before + 1


def test_it_speaks_the_language_of_the_screen() -> None:
    person = listening(VIEWS["confirm"])
    person.flow.language = "en"
    person.step()
    person.see(IdPadView())
    assert person.heard.said[-1][1] == "en"


def test_a_finger_interrupts_and_home_is_silent() -> None:
    person = listening(VIEWS["confirm"])
    stops = person.heard.stops
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(2, 2), touch=False))
    person.step()
    assert person.heard.stops == stops + 1
    person.flow.choose(Choice.LISTEN)
    person.see(HomeView())
    assert person.heard.stops > stops + 1
    said = len(person.heard.said)
    person.see(IdPadView())
    assert len(person.heard.said) == said


def test_without_a_voice_the_key_does_nothing() -> None:
    driven = Driven()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_KP_DIVIDE, mod=0))
    driven.step()
    assert driven.flow.chosen == []
