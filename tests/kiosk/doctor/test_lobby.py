"""What must be out of reach in a lobby: each lock closed, open, and not to be seen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.demo.workplace import DemoWorkplace
from kiosk.doctor import lobby
from kiosk.view.parts import Mood
from tests.support.workplaces import demo_in


@pytest.fixture
def here(tmp_path: Path) -> Iterator[DemoWorkplace]:
    with demo_in(tmp_path) as workplace:
        yield replace(workplace, demo=False)


class Machine:
    """An installed kiosk in a folder, every lock of it closed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.units, self.processes, self.buses = (folder / name for name in ("units", "proc", "buses"))
        self.sysrq = folder / "sysrq"
        for path, name in (
            (self.units, "UNITS"),
            (self.processes, "PROCESSES"),
            (self.sysrq, "SYSRQ"),
            (self.buses, "BUSES"),
        ):
            monkeypatch.setattr(lobby, name, path)
        self.units.mkdir()
        (self.units / lobby.INSTALLED).touch()
        for unit in (*lobby.LOGINS, lobby.CTRL_ALT_DEL):
            (self.units / unit).symlink_to("/dev/null")
        self.sysrq.write_text("0\n")
        self.runs(12, "/usr/bin/cage", "-d", "--", "krn", "-s")
        self.usb("usb1", lobby.DEFAULT, "0")

    def runs(self, number: int, *command: str) -> None:
        folder = self.processes / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cmdline").write_text("\0".join((*command, "")))

    def usb(self, device: str, file: str, says: str) -> None:
        (self.buses / device).mkdir(parents=True, exist_ok=True)
        (self.buses / device / file).write_text(f"{says}\n")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    folder = tmp_path / "machine"
    folder.mkdir()
    return Machine(folder, monkeypatch)


def states(here: DemoWorkplace) -> dict[str, Mood]:
    return {check.part: check.mood for check in lobby.check_lobby(here)}


PARTS = ("consoles", "logins", "ctrl-alt-del", "sysrq", "usb")


def test_every_lock_is_closed(here: DemoWorkplace, machine: Machine) -> None:
    assert states(here) == dict.fromkeys(PARTS, Mood.GOOD)


@pytest.mark.parametrize("part", PARTS)
def test_a_lock_that_is_open_is_told_alone(here: DemoWorkplace, machine: Machine, part: str) -> None:
    match part:
        case "consoles":
            machine.runs(13, "cage", "-d", "-s", "--", "krn", "kiosk")
        case "logins":
            (machine.units / lobby.LOGINS[-1]).unlink()
        case "ctrl-alt-del":
            (machine.units / lobby.CTRL_ALT_DEL).unlink()
        case "sysrq":
            machine.sysrq.write_text("438\n")
        case "usb":
            machine.usb("usb2", lobby.DEFAULT, "1")
    assert states(here) == dict.fromkeys(PARTS, Mood.GOOD) | {part: Mood.CAREFUL}
    assert all(check.advice for check in lobby.check_lobby(here) if check.mood is not Mood.GOOD)


def test_refused_devices_are_counted(here: DemoWorkplace, machine: Machine) -> None:
    machine.usb("1-1:1.0", "authorized", "0")
    machine.usb("1-2:1.0", "authorized", "1")
    (told,) = (check.says for check in lobby.check_lobby(here) if check.part == "usb")
    assert told.values["refused"] == "1"


def test_what_cannot_be_seen_has_no_line(here: DemoWorkplace, machine: Machine) -> None:
    """In the kiosk's own unit the kernel's settings are out of sight; a machine may have no USB."""
    machine.sysrq.unlink()
    (machine.processes / "12/cmdline").unlink()
    (machine.buses / "usb1" / lobby.DEFAULT).unlink()
    assert set(states(here)) == {"logins", "ctrl-alt-del"}


def test_a_machine_that_is_no_kiosk_has_no_lobby(here: DemoWorkplace, machine: Machine) -> None:
    assert states(replace(here, demo=True)) == {}
    (machine.units / lobby.INSTALLED).unlink()
    assert states(here) == {}
