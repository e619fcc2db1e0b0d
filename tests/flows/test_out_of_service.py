"""A kiosk that cannot open its office says why, and tries again."""

import argparse
from pathlib import Path

import pygame
import pytest

from kiosk import app as app_module
from kiosk.commands import kiosk as command
from kiosk.flow.notices import RETRY_SECONDS
from kiosk.flow.out_of_service import OutOfServiceFlow
from kiosk.settings.config import Config
from kiosk.view.choices import Choice
from kiosk.view.views import OutOfServiceView
from kiosk.workplace import configured_workplace
from krn_engine.register.errors import RegisterDamaged


def test_it_ends_when_it_is_time_to_try_again() -> None:
    flow = OutOfServiceFlow("REG-02", 100.0)
    assert isinstance(flow.view, OutOfServiceView)
    assert flow.view.code == "REG-02"
    flow.choose(Choice.HOME)
    flow.touched(101.0)
    flow.tick(100.0 + RETRY_SECONDS - 0.1)
    assert not flow.over
    flow.tick(100.0 + RETRY_SECONDS)
    assert flow.over


def test_a_damaged_register_is_shown_and_never_started_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    (tmp_path / "register.db").write_bytes(b"not a database at all " * 400)
    before = (tmp_path / "register.db").read_bytes()
    seen: list[object] = []
    original = app_module.App.step

    def step_and_leave(self: app_module.App, first: pygame.event.Event | None = None) -> None:
        original(self, first)
        seen.append(self._view)
        self.running = False

    monkeypatch.setattr(app_module.App, "step", step_and_leave)
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'register = "sqlite:///{tmp_path / "register.db"}"\npanel = "7"\nfullscreen = false\n')
    assert command._run_until_closed(argparse.Namespace(demo=False, config=settings, panel=None)) is False
    assert isinstance(seen[-1], OutOfServiceView)
    assert "REG-02" in capsys.readouterr().out
    config = Config(f"sqlite:///{tmp_path / 'register.db'}")
    with pytest.raises(RegisterDamaged), configured_workplace(config):
        pass
    assert (tmp_path / "register.db").read_bytes() == before
