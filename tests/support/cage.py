"""What cage shows of a kiosk inside of a virtual X screen, and how it is started there."""

import time

import pygame

from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.texts import Texts
from kiosk.view.panels import Panel
from kiosk.view.parts import NO_HEAD, Head
from kiosk.view.views import View
from tests.support.window import VirtualScreen

OUTPUT = (1024, 768)
"""What cage makes of itself inside of an X screen."""
PATIENCE = 60.0
ALIKE = 6.0
"""By how much, of 255, two pictures may differ on average: one was made smaller by cage, one by us."""
SETTINGS = {
    "WLR_BACKENDS": "x11",
    "WLR_RENDERER": "pixman",
    "WLR_LIBINPUT_NO_DEVICES": "1",
    "SDL_VIDEODRIVER": "wayland",
}
"""In place of a seat and a graphics card."""
COMMAND = ("cage", "-d", "--", "env", "-u", "DISPLAY")
"""The kiosk's command follows: it must not find the X screen."""
pygame.font.init()


def wait_for(screen: VirtualScreen, view: View, panel: Panel, head: Head = NO_HEAD) -> None:
    """Until cage shows this view; raises AssertionError, and leaves a picture, if it never does."""
    pygame.font.init()
    expected = _scaled(view, panel, head)
    place = expected.get_rect(center=(OUTPUT[0] // 2, OUTPUT[1] // 2))
    end = time.monotonic() + PATIENCE
    while (found := _difference(screen.picture().subsurface(place), expected)) > ALIKE:
        if time.monotonic() > end:
            pygame.image.save(screen.picture(), "cage-seen.png")
            raise AssertionError(f"cage never showed {type(view).__name__} ({found:.1f}); see cage-seen.png")
        time.sleep(0.2)


def _scaled(view: View, panel: Panel, head: Head) -> pygame.Surface:
    """The screen, as large as the output has room for."""
    surface = pygame.Surface((panel.width, panel.height))
    screen_for(view, Ui(panel, Texts("id"), head=head)).draw(surface)
    return pygame.transform.smoothscale(surface, (OUTPUT[0], OUTPUT[0] * panel.height // panel.width))


def _difference(one: pygame.Surface, other: pygame.Surface) -> float:
    """Of each byte, on average: what one has more than the other, and the other more than the one."""
    more = sum(map(sum, (_less(one, other), _less(other, one))))
    return more / (3 * one.get_width() * one.get_height())


def _less(one: pygame.Surface, other: pygame.Surface) -> bytes:
    """Each byte of the first less that of the second, and no less than 0."""
    assert one.get_size() == other.get_size()
    left = pygame.Surface(one.get_size(), depth=24)
    left.blit(one, (0, 0))
    left.blit(other, (0, 0), special_flags=pygame.BLEND_RGB_SUB)
    return pygame.image.tobytes(left, "RGB")
