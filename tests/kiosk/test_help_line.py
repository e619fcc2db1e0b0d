"""The help line of the settings is the one that screens name, of a kiosk that works and of one that cannot."""

from pathlib import Path

import pytest

from kiosk.app import App
from kiosk.cli import main
from kiosk.settings.config import Config
from kiosk.settings.file import config_text
from kiosk.view.choices import Choice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.setting import Value

NUMBER = "0800 1234"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text of each application's first picture, and of the same in another language; then it is closed."""
    texts: list[str] = []

    def run(app: App) -> None:
        for _ in range(2):
            app.step()
            assert app._screen is not None
            texts.extend(text for text, _ in app._screen.lines)
            app._flow.choose(Choice.LANGUAGE)

    monkeypatch.setattr(App, "run", run)
    return texts


def config_file(folder: Path) -> Path:
    path = folder / "kiosk.toml"
    settings: dict[str, Value] = {
        "register": sqlite_url(folder / "register.db"),
        "help_line": NUMBER,
        "panel": "7",
        "fullscreen": False,
    }
    path.write_text(config_text(settings))
    return path


def test_the_home_screen_names_it(tmp_path: Path, shown: list[str]) -> None:
    config = config_file(tmp_path)
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    assert main(["kiosk", "--config", str(config)]) == 0
    assert f"Bantuan: PLN {NUMBER}" in " ".join(shown)
    assert f"Help: PLN {NUMBER}" in " ".join(shown)


def test_a_kiosk_without_its_register_names_it(tmp_path: Path, shown: list[str]) -> None:
    assert main(["kiosk", "--config", str(config_file(tmp_path))]) == 0
    assert f"hubungi {NUMBER}." in " ".join(shown)


def test_the_still_picture_names_it(tmp_path: Path, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    config = Config.read(config_file(tmp_path))
    monkeypatch.setattr(Config, "read", lambda _path: config)
    assert main(["out-of-service"]) == 0
    assert f"hubungi {NUMBER}." in " ".join(shown)
