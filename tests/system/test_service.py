"""The two processes as systemd runs them: ready, alive, hung, started anew when nobody is there."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.notify import Pulse
from kiosk.app import App
from kiosk.commands import kiosk as command
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.errors import ConfigInvalid
from kiosk.event_log import EventLog
from kiosk.flow.flow import ALONE_SECONDS, Flow
from kiosk.settings.config import Config
from kiosk.ui.window import open_window
from kiosk.view.choices import Choice
from kiosk.view.panels import PANELS
from kiosk.view.views import HomeView, IdPadView
from kiosk.workplace import configured_workplace
from krn_engine.register.database import Register, sqlite_url
from tests.support.cli import krn

WATCHDOG = 0.8
"""Seconds; the units say 20."""


@contextmanager
def service(tmp_path: Path, *command: str) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """A process with systemd's variables, and the socket on which it is heard."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(str(tmp_path / "notify"))
    line.settimeout(20)
    environment = os.environ | {
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": str(int(WATCHDOG * 1e6)),
        "RUNTIME_DIRECTORY": str(tmp_path),
    }
    process = subprocess.Popen([sys.executable, "-m", "kiosk.cli", *command], env=environment)
    try:
        yield process, line
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(10)
        line.close()


def silent(line: socket.socket) -> bool:
    """True if nothing is heard for a whole watchdog's time; what was sent before may still lie in the socket."""
    try:
        for _ in range(10):
            line.recv(100)
    except TimeoutError:
        return True
    return False


def kiosk_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert krn(capsys, "office", "demo", "--customers", "16", "--out", str(tmp_path / "demo"))[0] == 0
    return ["kiosk", "--config", str(tmp_path / "demo/kiosk.toml")]


def meter_command(tmp_path: Path) -> list[str]:
    paths = ["--socket", str(tmp_path / "socket"), "--journal", str(tmp_path / "journal")]
    return ["meter", "serve", "--demo", *paths]


@pytest.mark.slow
@pytest.mark.parametrize("which", ["kiosk", "meter"])
def test_it_is_ready_then_alive_and_a_hang_is_heard_as_silence(
    which: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = kiosk_command(tmp_path, capsys) if which == "kiosk" else meter_command(tmp_path)
    with service(tmp_path, *arguments) as (process, line):
        assert line.recv(100) == b"READY=1"
        for _ in range(3):
            assert line.recv(100) == b"WATCHDOG=1"
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.1)
        line.settimeout(WATCHDOG)
        assert silent(line)


def test_it_is_ready_when_its_picture_is_there_and_not_before(here: DemoWorkplace) -> None:
    told: list[str] = []

    class Told(Pulse):
        def _tell(self, state: str) -> None:
            told.append(state)

    app = App(Flow(here), open_window(PANELS["7"], fullscreen=False), pulse=Told({}))
    assert told == []
    app.step()
    assert told == ["READY=1"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[DemoWorkplace]:
    with demo_workplace(folder=tmp_path) as workplace:
        yield workplace


def test_a_restart_waits_until_nobody_is_there(here: DemoWorkplace, tmp_path: Path) -> None:
    wanted = tmp_path / "restart"
    events = EventLog()
    flow = Flow(replace(here, restart_file=wanted, events=events))
    flow.choose(Choice.START)
    wanted.touch()
    for now in (10.0, 59.0):
        flow.tick(now)
        assert isinstance(flow.view, IdPadView)
    flow.choose(Choice.HOME)
    flow.tick(59.0 + ALONE_SECONDS - 1.0)
    assert isinstance(flow.view, HomeView)
    assert not flow.over
    flow.tick(59.0 + ALONE_SECONDS)
    assert flow.over


def test_without_the_file_it_goes_on_for_ever(here: DemoWorkplace, tmp_path: Path) -> None:
    flow = Flow(replace(here, restart_file=tmp_path / "restart"))
    flow.tick(1e6)
    assert not flow.over


def test_a_restart_is_the_same_command_in_the_same_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What systemd watches keeps its number."""
    started: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(command, "_run_until_closed", lambda _args: True)
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.append((path, arguments)))
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "kiosk.cli", "kiosk"])
    assert command.run(argparse.Namespace(demo=False)) == 0
    assert started == [(sys.executable, [sys.executable, "-m", "kiosk.cli", "kiosk"])]


def test_what_asked_for_a_restart_is_forgotten_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    (tmp_path / "restart").touch()
    Register.create(sqlite_url(tmp_path / "register.db")).close()
    with configured_workplace(Config(sqlite_url(tmp_path / "register.db"))) as workplace:
        assert workplace.restart_file == tmp_path / "restart"
        assert not (tmp_path / "restart").exists()


def test_a_kiosk_that_waits_says_why_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It tries every few seconds; its journal lies on a card."""
    reasons = iter(["no vault", "no vault", "no register", "no register", "no vault"])

    def read(_path: Path | None, **_: bool) -> Config:
        raise ConfigInvalid(next(reasons))

    monkeypatch.setattr(Config, "read", read)
    monkeypatch.setattr(command, "_wait_out_of_service", lambda *_: True)
    monkeypatch.setattr(command, "Pulse", lambda: Pulse({"NOTIFY_SOCKET": "/no/where"}))
    with pytest.raises(StopIteration):
        command.run(argparse.Namespace(demo=False, config=None, panel=None))
    told = [line.removeprefix("out of service: ") for line in capsys.readouterr().out.splitlines()]
    assert told == ["no vault [KSK-01]", "no register [KSK-01]", "no vault [KSK-01]"]
