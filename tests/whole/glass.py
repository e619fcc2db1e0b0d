"""What should stand on the glass, and waiting until it does: never after a fixed time, only when it stands still."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pygame

from hardware.virtual.clock import HandClock
from kiosk.app import App
from kiosk.demo.workplace import demo_workplace
from kiosk.driver import Driver
from kiosk.flow.flow import Flow
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.texts import Texts
from kiosk.ui.window import open_window
from kiosk.view.panels import PANELS
from kiosk.view.views import View, WaitView
from kiosk.workplace import Workplace

pygame.font.init()
PANEL = PANELS["7"]
ALIKE = 0.002
"""Share of pixels that may differ: a pointer's own picture."""
LOOK_SECONDS = 0.5
WAITED_SECONDS = 20.0


def share_that_differs(one: pygame.Surface, other: pygame.Surface) -> float:
    """Of all pixels; 1 where the two are not equally large."""
    if one.get_size() != other.get_size():
        return 1.0
    first, second = (pygame.image.tobytes(surface, "RGB") for surface in (one, other))
    differ = sum(first[at : at + 3] != second[at : at + 3] for at in range(0, len(first), 3)) if first != second else 0
    return differ / (len(first) // 3)


class NeverShown(AssertionError):
    """The glass did not come to rest on what was expected; `seen` is what stood there last."""

    def __init__(self, what: str, seen: pygame.Surface) -> None:
        super().__init__(f"the glass never stood still on {what}")
        self.seen = seen


def wait_for(
    look: Callable[[], pygame.Surface],
    expected: pygame.Surface,
    what: str,
    patience: float,
    rest: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """Until two pictures in a row are equal and are the expected one; gives the seconds. Raises NeverShown."""
    start = clock()
    before = look()
    while True:
        rest(LOOK_SECONDS)
        now = look()
        stands = share_that_differs(before, now) == 0.0
        if stands and share_that_differs(now, expected) <= ALIKE:
            return clock() - start
        if clock() - start > patience:
            raise NeverShown(what, now)
        before = now


def drawn(view: View) -> pygame.Surface:
    """A view as the kiosk draws it on this panel."""
    surface = pygame.Surface((PANEL.width, PANEL.height))
    screen_for(view, Ui(PANEL, Texts("id"))).draw(surface)
    return surface


class Twin:
    """The same application on the same invented province, in this process: it is touched where the glass is touched."""

    def __init__(self, here: Workplace) -> None:
        self._here = here
        self.begin()

    def begin(self) -> None:
        """Start it anew, as after a power cut; what is on record stays."""
        self._clock = HandClock()
        self._app = App(Flow(self._here, self._clock()), open_window(PANEL, fullscreen=False), self._clock)
        pygame.event.clear()
        self._settle()

    def place(self, name: str) -> tuple[int, int]:
        """The middle of a button; raises LookupError if the screen has none of this name."""
        for button in self._app.screen.buttons:
            if button.name == name:
                return button.rect.center
        raise LookupError(f"no button {name!r}, only {[button.name for button in self._app.screen.buttons]}")

    def first_of(self, *names: str) -> str:
        """The first of these buttons that the screen has; raises LookupError if it has none."""
        there = {button.name for button in self._app.screen.buttons}
        for name in names:
            if name in there:
                return name
        raise LookupError(f"none of {', '.join(names)}, only {', '.join(sorted(there))}")

    def tap(self, name: str) -> None:
        """Touch it, and let it work until nothing is under way."""
        Driver(self._app).tap(name)
        self._settle()

    @property
    def picture(self) -> pygame.Surface:
        """What should stand on the glass."""
        return self._app.window.surface

    @property
    def view(self) -> str:
        """The name of what is shown."""
        return type(self._app.screen.view).__name__

    def _settle(self) -> None:
        end = time.monotonic() + WAITED_SECONDS
        while True:
            self._clock.wait(1.0)
            self._app.step()
            if not isinstance(self._app.screen.view, WaitView):
                return
            if time.monotonic() > end:
                raise TimeoutError("the application does not come to an end with its work")
            time.sleep(0.01)


@contextmanager
def twin() -> Iterator[Twin]:
    """Without a keypad adapter, printer and headphones, as the image was set up."""
    with demo_workplace() as here:
        yield Twin(replace(here, connect=None, printer=None, demo=False))
