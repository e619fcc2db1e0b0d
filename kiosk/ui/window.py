"""The window, and a panel that is mounted turned: what is drawn upright is turned on its way to the glass."""

import os
from typing import NamedTuple

import pygame
from pygame import Surface

from kiosk.errors import NoScreen
from kiosk.view.panels import Panel


class Window(NamedTuple):
    """A surface to draw on, upright, and by how much it is turned when it is shown."""

    panel: Panel
    surface: Surface
    turn: int = 0
    """Degrees clockwise: 0, 90, 180 or 270."""

    def show(self) -> None:
        """Bring the picture to the screen; one that is drawn in memory only stays there."""
        display = pygame.display.get_surface()
        if display is None or (display is not self.surface and not self.turn):
            return
        if self.turn:
            # pygame turns the other way round.
            display.blit(pygame.transform.rotate(self.surface, -self.turn), (0, 0))
        pygame.display.flip()


def open_window(panel: Panel, *, fullscreen: bool, turn: int = 0) -> Window:
    """The window of a panel; raises NoScreen if none can be opened."""
    flags = pygame.FULLSCREEN | pygame.SCALED if fullscreen else 0
    size = (panel.height, panel.width) if turn in (90, 270) else (panel.width, panel.height)
    try:
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption("KRN")
        display = pygame.display.set_mode(size, flags)
    except pygame.error as error:
        raise NoScreen(f"no screen can be opened ({error}): check the cable, the driver and SDL_VIDEODRIVER") from error
    return Window(panel, Surface((panel.width, panel.height)) if turn else display, turn)


def turned_back(x: float, y: float, turn: int) -> tuple[float, float]:
    """From shares of the glass, 0 to 1, to shares of the upright picture."""
    match turn:
        case 90:
            return y, 1.0 - x
        case 180:
            return 1.0 - x, 1.0 - y
        case 270:
            return 1.0 - y, x
        case _:
            return x, y


_NO_SCREEN = ("dummy", "offscreen")


def has_display() -> bool:
    """True where a window can really be opened: the variables of a desktop may be left over from one that is gone."""
    named = os.environ.get("SDL_VIDEODRIVER")
    if named in _NO_SCREEN or not (named or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        pygame.display.init()
    except pygame.error:
        return False
    opened = pygame.display.get_driver() not in _NO_SCREEN
    if not opened:
        pygame.display.quit()
    return opened
