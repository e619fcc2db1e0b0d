"""Fingers, mouse and keys become one stream."""

import pygame
import pytest

from kiosk.ui.input import InputAdapter, KeyPress, PointerDown, PointerUp


def finger(kind: int, x: float, y: float, which: int = 1) -> pygame.event.Event:
    return pygame.event.Event(kind, touch_id=7, finger_id=which, x=x, y=y, dx=0.0, dy=0.0)


def mouse(kind: int, button: int = 1, *, touch: bool = False) -> pygame.event.Event:
    return pygame.event.Event(kind, pos=(10, 20), button=button, touch=touch)


@pytest.fixture
def adapter() -> InputAdapter:
    return InputAdapter(800, 480)


def test_a_finger(adapter: InputAdapter) -> None:
    assert adapter.translate(finger(pygame.FINGERDOWN, 0.5, 0.25)) == PointerDown(400, 120)
    assert adapter.translate(finger(pygame.FINGERUP, 0.5, 0.25)) == PointerUp(400, 120)


def test_a_finger_outside_the_panel_is_put_on_its_edge(adapter: InputAdapter) -> None:
    assert adapter.translate(finger(pygame.FINGERDOWN, 15.98, -0.1)) == PointerDown(799, 0)


def test_a_second_finger_does_not_count(adapter: InputAdapter) -> None:
    adapter.translate(finger(pygame.FINGERDOWN, 0.1, 0.1, 1))
    assert adapter.translate(finger(pygame.FINGERDOWN, 0.9, 0.9, 2)) is None
    assert adapter.translate(finger(pygame.FINGERUP, 0.9, 0.9, 2)) is None
    assert adapter.translate(finger(pygame.FINGERUP, 0.1, 0.1, 1)) == PointerUp(80, 48)


def test_mouse(adapter: InputAdapter) -> None:
    assert adapter.translate(mouse(pygame.MOUSEBUTTONDOWN)) == PointerDown(10, 20)
    assert adapter.translate(mouse(pygame.MOUSEBUTTONUP)) == PointerUp(10, 20)
    assert adapter.translate(mouse(pygame.MOUSEBUTTONDOWN, 3)) is None
    assert adapter.translate(mouse(pygame.MOUSEBUTTONDOWN, touch=True)) is None


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (pygame.K_0, "0"),
        (pygame.K_KP9, "9"),
        (pygame.K_RETURN, "enter"),
        (pygame.K_KP_ENTER, "enter"),
        (pygame.K_BACKSPACE, "backspace"),
        (pygame.K_ESCAPE, "escape"),
    ],
)
def test_keys(adapter: InputAdapter, key: int, name: str) -> None:
    assert adapter.translate(pygame.event.Event(pygame.KEYDOWN, key=key)) == KeyPress(name)


def test_what_is_not_for_us(adapter: InputAdapter) -> None:
    assert adapter.translate(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a)) is None
    assert adapter.translate(pygame.event.Event(pygame.MOUSEMOTION, pos=(1, 1), rel=(0, 0), buttons=(0, 0, 0))) is None
