"""Screens drawn in memory, pressed and looked at."""

from typing import Any

import pygame

from kiosk.screens import screen_for
from kiosk.screens.base import Screen, Ui
from kiosk.ui.input import PointerDown, PointerUp
from kiosk.ui.texts import Texts
from kiosk.view.panels import PANELS, Panel
from kiosk.view.parts import NO_HEAD, PLAIN, SILENT, Head, Hearing, Sight
from kiosk.view.views import View

SIZES = [panel for name, panel in PANELS.items() if name != "window"]
pygame.font.init()


def drawn(
    view: View,
    panel: Panel = PANELS["10"],
    language: str = "id",
    sight: Sight = PLAIN,
    head: Head = NO_HEAD,
    hearing: Hearing = SILENT,
) -> Screen[Any]:
    """`hearing` that is on: on a kiosk with a voice."""
    screen = screen_for(view, Ui(panel, Texts(language), sight, hearing, head, can_listen=hearing.on))
    screen.draw(pygame.Surface((panel.width, panel.height)))
    return screen


def tap(screen: Screen[Any], name: str) -> object:
    button = next(button for button in screen.buttons if button.name == name)
    assert screen.handle(PointerDown(*button.rect.center)) is None
    return screen.handle(PointerUp(*button.rect.center))


def pixels(screen: Screen[Any]) -> bytes:
    surface = pygame.Surface((1280, 800))
    screen.draw(surface)
    return pygame.image.tobytes(surface, "RGB")
