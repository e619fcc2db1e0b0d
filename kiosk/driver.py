"""Drives the application as a person would, by events of SDL's own queue: for tests, the tour and the bench."""

from pathlib import Path

import pygame

from kiosk.app import App
from kiosk.ui.window import turned_back


class Driver:
    """One person's finger and eyes. `app.step()` has to follow: the application takes the events in its own time."""

    def __init__(self, app: App) -> None:
        self._app = app

    def tap(self, name: str) -> None:
        """Put a finger on the button of this name, and lift it; raises LookupError if the screen has none."""
        for kind in (pygame.FINGERDOWN, pygame.FINGERUP):
            self.finger(name, kind)

    def finger(self, name: str, kind: int) -> None:
        """A finger goes down on the button of this name (FINGERDOWN), or up there; raises LookupError as above."""
        window, buttons = self._app.window, self._app.screen.buttons
        for button in buttons:
            if button.name == name:
                x, y = button.rect.centerx / window.panel.width, button.rect.centery / window.panel.height
                x, y = turned_back(x, y, -window.turn % 360)
                pygame.event.post(pygame.event.Event(kind, touch_id=1, finger_id=1, x=x, y=y, dx=0, dy=0))
                return
        raise LookupError(f"no button {name!r} on this screen, only {[button.name for button in buttons]}")

    def save_picture(self, path: Path) -> None:
        """Save what is shown, as PNG."""
        pygame.image.save(self._app.window.surface, str(path))
