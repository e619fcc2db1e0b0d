"""Fingers, mouse and keyboard as one stream of plain events, in which no touch counts twice.

SDL invents mouse events from touches and the other way round. Both are switched off before it starts, and a mouse
event that says it comes from a touch is dropped all the same.
"""

import os
from dataclasses import dataclass

import pygame

from kiosk.ui.window import turned_back

os.environ["SDL_TOUCH_MOUSE_EVENTS"] = "0"
os.environ["SDL_MOUSE_TOUCH_EVENTS"] = "0"


@dataclass(frozen=True, slots=True)
class PointerDown:
    """A finger or the mouse went down here, in pixels of the surface."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class PointerUp:
    """A finger or the mouse button went up at this place."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class PointerMove:
    """The finger, or the mouse with its button held, moved to this place."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key: "0" to "9", "enter", "backspace", "escape", "forward" or "back" (the focus goes to another button), or
    "listen" (read it aloud).
    """

    key: str


InputEvent = PointerDown | PointerUp | PointerMove | KeyPress

# A keypad of digits has + and - for the focus, * for away, . for erase and / for reading aloud.
_KEYS = {
    pygame.K_RETURN: "enter",
    pygame.K_KP_ENTER: "enter",
    pygame.K_BACKSPACE: "backspace",
    pygame.K_DELETE: "backspace",
    pygame.K_KP_PERIOD: "backspace",
    pygame.K_ESCAPE: "escape",
    pygame.K_KP_MULTIPLY: "escape",
    pygame.K_KP_DIVIDE: "listen",
    pygame.K_SLASH: "listen",
    pygame.K_F1: "listen",
    pygame.K_TAB: "forward",
    pygame.K_RIGHT: "forward",
    pygame.K_DOWN: "forward",
    pygame.K_KP_PLUS: "forward",
    pygame.K_LEFT: "back",
    pygame.K_UP: "back",
    pygame.K_KP_MINUS: "back",
    **{getattr(pygame, f"K_{digit}"): str(digit) for digit in range(10)},
    **{getattr(pygame, f"K_KP{digit}"): str(digit) for digit in range(10)},
}


class InputAdapter:
    """Turns pygame's events into ours. Only one finger counts at a time: the first one down."""

    def __init__(self, width: int, height: int, turn: int = 0) -> None:
        """Size of the upright picture, and by how many degrees it is turned when it is shown."""
        self._size = (width, height)
        self._turn = turn
        self._finger: tuple[int, int] | None = None

    def translate(self, event: pygame.event.Event) -> InputEvent | None:
        """The input event of an SDL event; None for one that the kiosk does not use."""
        if event.type == pygame.KEYDOWN:
            key = _KEYS.get(event.key)
            if key == "forward" and getattr(event, "mod", 0) & pygame.KMOD_SHIFT:
                key = "back"
            return None if key is None else KeyPress(key)
        if event.type in (pygame.FINGERDOWN, pygame.FINGERUP, pygame.FINGERMOTION):
            return self._from_finger(event)
        if event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            if getattr(event, "touch", False) or event.button != 1:
                return None
            at = self._at_mouse(*event.pos)
            return PointerDown(*at) if event.type == pygame.MOUSEBUTTONDOWN else PointerUp(*at)
        if event.type == pygame.MOUSEMOTION and not getattr(event, "touch", False) and event.buttons[0]:
            return PointerMove(*self._at_mouse(*event.pos))
        return None

    def _from_finger(self, event: pygame.event.Event) -> InputEvent | None:
        finger = (event.touch_id, event.finger_id)
        x, y = self._at(event.x, event.y)
        if event.type == pygame.FINGERDOWN:
            if self._finger is not None:
                return None
            self._finger = finger
            return PointerDown(x, y)
        if finger != self._finger:
            return None
        if event.type == pygame.FINGERMOTION:
            return PointerMove(x, y)
        self._finger = None
        return PointerUp(x, y)

    def _at_mouse(self, x: int, y: int) -> tuple[int, int]:
        width, height = self._size if self._turn % 180 == 0 else reversed(self._size)
        return self._at(x / width, y / height)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        """From shares of the glass to a pixel of the upright picture: some drivers tell of places beside the glass."""
        shares = zip(turned_back(x, y, self._turn), self._size, strict=True)
        across, down = (min(max(round(share * size), 0), size - 1) for share, size in shares)
        return across, down
