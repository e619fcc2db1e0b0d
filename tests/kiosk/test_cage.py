"""The window as the kiosk's service shows it: inside of cage, by Wayland, over the whole output."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygame
import pytest

from kiosk.flow.views import HomeView, IdPadView, View
from kiosk.screens import screen_for
from kiosk.screens.base import Ui
from kiosk.ui.texts import Texts
from kiosk.ui.theme import PANELS
from tests.kiosk.test_cli import Out, krn
from tests.kiosk.test_window import VirtualScreen

PANEL = PANELS["10"]
OUTPUT = (1024, 768)
"""What cage makes of itself inside of an X screen."""
PATIENCE = 60.0
ALIKE = 6.0
"""By how much, of 255, two pictures may differ on average: one was made smaller by cage, one by us."""
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("cage", "Xvfb", "Xwayland", "xdotool"))),
    reason="needs a compositor: apt-get install cage xwayland libwayland-egl1 xvfb xdotool",
)


def as_somebody() -> list[str]:
    """cage does not start for root: in a name space of its own its user is another, with the same files."""
    return [] if os.geteuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


@contextmanager
def in_cage(screen: VirtualScreen, folder: Path, config: Path) -> Iterator[None]:
    """The kiosk as `krn-kiosk.service` starts it, but for the seat and the graphics card."""
    (folder / "run").mkdir(mode=0o700)
    settings = {"WLR_BACKENDS": "x11", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
    environment = screen.environment | settings | {"XDG_RUNTIME_DIR": str(folder / "run"), "SDL_VIDEODRIVER": "wayland"}
    kiosk = ["env", "-u", "DISPLAY", sys.executable, "-m", "kiosk.cli", "kiosk", "--config", str(config)]
    with (folder / "said").open("w") as said:
        cage = subprocess.Popen([*as_somebody(), "cage", "-d", "-s", "--", *kiosk], env=environment, stderr=said)
        try:
            yield
        finally:
            cage.terminate()
            cage.wait(10)


def scaled(view: View) -> pygame.Surface:
    """The screen, as large as the output has room for."""
    surface = pygame.Surface((PANEL.width, PANEL.height))
    screen_for(view, Ui(PANEL, Texts("id"))).draw(surface)
    return pygame.transform.smoothscale(surface, (OUTPUT[0], OUTPUT[0] * PANEL.height // PANEL.width))


def difference(one: pygame.Surface, other: pygame.Surface) -> float:
    """Of each byte, on average."""
    first, second = (pygame.image.tobytes(surface, "RGB") for surface in (one, other))
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / len(first)


def wait_for(screen: VirtualScreen, view: View) -> None:
    expected = scaled(view)
    place = expected.get_rect(center=(OUTPUT[0] // 2, OUTPUT[1] // 2))
    end = time.monotonic() + PATIENCE
    while (found := difference(screen.picture().subsurface(place), expected)) > ALIKE:
        if time.monotonic() > end:
            pygame.image.save(screen.picture(), "cage-seen.png")
            raise AssertionError(f"cage never showed {type(view).__name__} ({found:.1f}); see cage-seen.png")
        time.sleep(0.2)


def test_the_home_screen_is_there_and_can_be_pressed(tmp_path: Path, capsys: Out) -> None:
    krn(capsys, "office", "demo", "--customers", "64", "--out", str(tmp_path / "demo"))
    config = tmp_path / "demo/kiosk.toml"
    config.write_text(config.read_text().replace("fullscreen = false", "fullscreen = true"))
    assert "fullscreen = true" in config.read_text()
    screen = VirtualScreen(tmp_path)
    try:
        with in_cage(screen, tmp_path, config):
            wait_for(screen, HomeView())
            time.sleep(0.6)
            screen.point("mousemove", "512", "520", "click", "1")
            wait_for(screen, IdPadView())
    finally:
        screen.close()
