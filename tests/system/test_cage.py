"""The window as the kiosk's service shows it: inside of cage, by Wayland, over the whole output."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.view.panels import PANELS
from kiosk.view.parts import Head, Stage
from kiosk.view.views import HomeView, IdPadView
from tests.support.cage import COMMAND, SETTINGS, wait_for
from tests.support.cli import Out, krn
from tests.support.window import VirtualScreen

PANEL = PANELS["10"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, ("cage", "Xvfb", "Xwayland", "xdotool"))),
        reason="needs a compositor: apt-get install cage xwayland libwayland-egl1 libwayland-cursor0 xvfb xdotool",
    ),
]


def as_somebody() -> list[str]:
    """cage does not start for root: in a name space of its own its user is another, with the same files."""
    return [] if os.geteuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


@contextmanager
def in_cage(screen: VirtualScreen, folder: Path, config: Path) -> Iterator[None]:
    """The kiosk as `krn-kiosk.service` starts it, but for the seat and the graphics card."""
    (folder / "run").mkdir(mode=0o700)
    environment = screen.environment | SETTINGS | {"XDG_RUNTIME_DIR": str(folder / "run")}
    kiosk = [sys.executable, "-m", "kiosk.cli", "kiosk", "--config", str(config)]
    with (folder / "said").open("w") as said:
        cage = subprocess.Popen([*as_somebody(), *COMMAND, *kiosk], env=environment, stderr=said)
        try:
            yield
        finally:
            cage.terminate()
            cage.wait(10)


def test_the_home_screen_is_there_and_can_be_pressed(tmp_path: Path, capsys: Out) -> None:
    krn(capsys, "office", "demo", "--customers", "64", "--out", str(tmp_path / "demo"))
    config = tmp_path / "demo/kiosk.toml"
    config.write_text(config.read_text().replace("fullscreen = false", "fullscreen = true"))
    assert "fullscreen = true" in config.read_text()
    screen = VirtualScreen(tmp_path)
    try:
        with in_cage(screen, tmp_path, config):
            wait_for(screen, HomeView(), PANEL)
            time.sleep(0.6)
            screen.point("mousemove", "218", "585", "click", "1")
            wait_for(screen, IdPadView(), PANEL, Head(Stage.NUMBER))
    finally:
        screen.close()
