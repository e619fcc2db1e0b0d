"""Fingers, mouse and keys become one stream."""

import pygame
import pytest

from kiosk.ui.input import InputAdapter, InputEvent, KeyPress, PointerDown, PointerMove, PointerUp
from kiosk.ui.window import Window, open_window
from kiosk.view.panels import PANELS, TURNS


def finger(kind: int, x: float, y: float, which: int = 1) -> pygame.event.Event:
    return pygame.event.Event(kind, touch_id=7, finger_id=which, x=x, y=y, dx=0.0, dy=0.0)


def mouse(kind: int, button: int = 1, *, touch: bool = False) -> pygame.event.Event:
    return pygame.event.Event(kind, pos=(10, 20), button=button, touch=touch)


@pytest.fixture
def adapter() -> InputAdapter:
    return InputAdapter(800, 480)


def test_a_finger_is_a_pointer_on_the_panel(adapter: InputAdapter) -> None:
    assert adapter.translate(finger(pygame.FINGERDOWN, 0.5, 0.25)) == PointerDown(400, 120)
    assert adapter.translate(finger(pygame.FINGERUP, 0.5, 0.25)) == PointerUp(400, 120)


def test_a_finger_outside_the_panel_is_put_on_its_edge(adapter: InputAdapter) -> None:
    assert adapter.translate(finger(pygame.FINGERDOWN, 15.98, -0.1)) == PointerDown(799, 0)


def test_a_second_finger_does_not_count(adapter: InputAdapter) -> None:
    adapter.translate(finger(pygame.FINGERDOWN, 0.1, 0.1, 1))
    assert adapter.translate(finger(pygame.FINGERDOWN, 0.9, 0.9, 2)) is None
    assert adapter.translate(finger(pygame.FINGERUP, 0.9, 0.9, 2)) is None
    assert adapter.translate(finger(pygame.FINGERUP, 0.1, 0.1, 1)) == PointerUp(80, 48)


def test_the_finger_that_counts_moves_and_no_other(adapter: InputAdapter) -> None:
    assert adapter.translate(finger(pygame.FINGERMOTION, 0.5, 0.25, 1)) is None
    adapter.translate(finger(pygame.FINGERDOWN, 0.1, 0.1, 1))
    assert adapter.translate(finger(pygame.FINGERMOTION, 0.5, 0.25, 1)) == PointerMove(400, 120)
    assert adapter.translate(finger(pygame.FINGERMOTION, 0.5, 0.25, 2)) is None
    assert adapter.translate(finger(pygame.FINGERUP, 0.5, 0.25, 1)) == PointerUp(400, 120)


def test_a_mouse_moves_while_its_button_is_held(adapter: InputAdapter) -> None:
    def moved(held: int) -> InputEvent | None:
        return adapter.translate(
            pygame.event.Event(pygame.MOUSEMOTION, pos=(10, 20), buttons=(held, 0, 0), touch=False)
        )

    assert (moved(0), moved(1)) == (None, PointerMove(10, 20))


def test_the_mouse_is_a_pointer_on_the_panel(adapter: InputAdapter) -> None:
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
def test_keys_have_names_of_their_own(adapter: InputAdapter, key: int, name: str) -> None:
    assert adapter.translate(pygame.event.Event(pygame.KEYDOWN, key=key)) == KeyPress(name)


def test_what_is_not_for_us(adapter: InputAdapter) -> None:
    assert adapter.translate(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a)) is None
    assert adapter.translate(pygame.event.Event(pygame.MOUSEMOTION, pos=(1, 1), rel=(0, 0), buttons=(0, 0, 0))) is None


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_panel_is_touched_where_it_shows(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dot is drawn upright, turned on its way to the glass, touched there, and found where it was drawn."""
    panel = PANELS["td2-turned"]
    glass = (panel.height, panel.width) if turn in (90, 270) else (panel.width, panel.height)
    display = pygame.Surface(glass)
    monkeypatch.setattr(pygame.display, "get_surface", lambda: display)
    monkeypatch.setattr(pygame.display, "flip", lambda: None)
    upright = pygame.Surface((panel.width, panel.height)) if turn else display
    drawn = (250, 600)
    pygame.draw.rect(upright, (255, 255, 255), pygame.Rect(drawn[0] - 4, drawn[1] - 4, 9, 9))
    Window(panel, upright, turn).show()
    x, y = pygame.mask.from_threshold(display, (255, 255, 255), (1, 1, 1)).centroid()
    adapter = InputAdapter(panel.width, panel.height, turn)
    shares = {"touch_id": 1, "finger_id": 1, "x": x / glass[0], "y": y / glass[1]}
    finger = adapter.translate(pygame.event.Event(pygame.FINGERDOWN, shares))
    mouse = adapter.translate(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=(x, y), touch=False))
    for at in (finger, mouse):
        assert isinstance(at, PointerDown)
        assert abs(at.x - drawn[0]) <= 2
        assert abs(at.y - drawn[1]) <= 2


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_window_has_the_size_of_the_glass(turn: int) -> None:
    window = open_window(PANELS["td2-turned"], fullscreen=False, turn=turn)
    assert pygame.display.get_surface().get_size() == ((720, 1280) if turn in (90, 270) else (1280, 720))
    assert window.surface.get_size() == (1280, 720)


def test_a_touch_beside_the_glass_is_at_its_edge() -> None:
    """Some drivers tell of shares below 0 and over 1."""
    adapter = InputAdapter(1280, 720, 90)
    far = {"touch_id": 1, "finger_id": 1, "x": 15.98, "y": -3.0}
    assert adapter.translate(pygame.event.Event(pygame.FINGERDOWN, far)) == PointerDown(0, 0)
