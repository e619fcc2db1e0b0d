"""The help line of the settings is the one that screens name, of a kiosk that works and of one that cannot."""

from pathlib import Path

import pygame
import pytest

from kiosk.app import App
from kiosk.cli import main
from kiosk.settings.config import Config
from kiosk.ui.window import Window
from kiosk.view.panels import PANELS
from krn_engine.register.database import Register, sqlite_url

NUMBER = "0800 1234"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text of each application's first picture; the window is closed after it."""
    texts: list[str] = []

    def run(app: App) -> None:
        app.step()
        assert app._screen is not None
        texts.extend(text for text, _ in app._screen.lines)

    pygame.display.init()
    monkeypatch.setattr(App, "run", run)
    window = Window(PANELS["7"], pygame.Surface((800, 480)))
    monkeypatch.setattr("kiosk.ui.window.open_window", lambda *_, **__: window)
    return texts


def config_file(folder: Path) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(f'register = "{sqlite_url(folder / "register.db")}"\npanel = "7"\nhelp_line = "{NUMBER}"\n')
    return path


def test_the_home_screen_names_it(tmp_path: Path, shown: list[str]) -> None:
    config = config_file(tmp_path)
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    assert main(["kiosk", "--config", str(config)]) == 0
    assert f"Bantuan: {NUMBER}" in " ".join(shown)


def test_a_kiosk_without_its_register_names_it(tmp_path: Path, shown: list[str]) -> None:
    assert main(["kiosk", "--config", str(config_file(tmp_path))]) == 0
    assert f"hubungi {NUMBER}." in " ".join(shown)


def test_the_still_picture_names_it(tmp_path: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config.read(config_file(tmp_path))
    monkeypatch.setattr(Config, "read", lambda _path: config)
    assert main(["out-of-service"]) == 0
    assert f"hubungi {NUMBER}." in " ".join(shown)
