"""What systemd hears: ready once, alive while the loop goes round, and nothing where nobody listens."""

import socket
from pathlib import Path

import pytest

from hardware.notify import Pulse
from hardware.virtual.clock import HandClock


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(str(path))
        self._line.setblocking(False)

    def heard(self) -> list[str]:
        told = []
        while True:
            try:
                told.append(self._line.recv(1000).decode())
            except BlockingIOError:
                return told

    def close(self) -> None:
        self._line.close()


@pytest.fixture
def systemd(tmp_path: Path) -> "Systemd":
    return Systemd(tmp_path / "notify")


def test_ready_is_told_once(systemd: Systemd) -> None:
    pulse = Pulse({"NOTIFY_SOCKET": str(systemd.path)})
    pulse.ready()
    pulse.ready()
    assert systemd.heard() == ["READY=1"]
    systemd.close()


def test_beats_come_at_a_quarter_of_the_watchdogs_time(systemd: Systemd) -> None:
    clock = HandClock()
    pulse = Pulse({"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "20000000"}, clock)
    assert pulse.rest == 5.0
    for _ in range(100):
        pulse.beat()
        clock.wait(0.25)
    assert systemd.heard() == ["WATCHDOG=1"] * 5
    systemd.close()


def test_a_loop_that_hangs_is_missed(systemd: Systemd) -> None:
    clock = HandClock()
    pulse = Pulse({"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "20000000"}, clock)
    pulse.beat()
    clock.wait(60)
    assert systemd.heard() == ["WATCHDOG=1"]
    systemd.close()


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "?"}, {"NOTIFY_SOCKET": "/nowhere/notify"}])
def test_where_nobody_listens_nothing_happens(environment: dict[str, str]) -> None:
    pulse = Pulse(environment)
    pulse.ready()
    pulse.beat()
    assert pulse.rest is None
