"""The installer in a throw-away Debian: install, again, upgrade, a failed upgrade, take away; all on one machine."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from kiosk.view.panels import PANELS
from kiosk.view.views import HomeView
from tests.support.cage import COMMAND, SETTINGS, wait_for
from tests.support.debian import ARCHITECTURE, ROOT, SHIPPED, Machine, listed, ok
from tests.support.memory_disk import in_memory, on_disk
from tests.support.window import VirtualScreen

ROWS_KEY = "etc/credstore.encrypted/krn-rows"
WANTED = "apt-get install mmdebstrap, and be root"


GOING_BACK = (
    "test_an_upgrade_that_fails_changes_nothing",
    "test_an_upgrade_that_cannot_open_the_data_goes_back",
    "test_an_upgrade_goes_back_to_its_own_copy_and_to_no_other",
    "test_an_upgrade_without_a_copy_changes_nothing",
)
"""Tests of what the installer does when an upgrade fails: each installs a release, and needs ten seconds."""
_LATER = "\nfrom krn_engine.register.errors import RegisterTooNew\n\n_opens = Register.open.__func__\n\n\n"
"""Begins what a later release has at the end of the file that opens a register."""


class InstallerTests:
    """What a file of tests has for one Debian: two files, so that two cores have one each."""

    suite: ClassVar[str]
    pytestmark: ClassVar = [
        pytest.mark.slow,
        pytest.mark.skipif(shutil.which("mmdebstrap") is None or os.geteuid() != 0, reason=WANTED),
        pytest.mark.timeout(7200 if ARCHITECTURE else 900),
    ]

    @pytest.fixture(scope="class")
    @classmethod
    def machine(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
        secrets = tmp_path_factory.mktemp("secrets")
        with in_memory(tmp_path_factory.mktemp("machine")) as root:
            machine = Machine.unpacked(root, cls.suite)
            with on_disk(root / "var/lib/systemd", secrets):
                yield machine

    def test_from_nothing_to_a_kiosk(self, machine: Machine) -> None:
        boot = machine.root / "boot/firmware/config.txt"
        boot.parent.mkdir(parents=True)
        boot.write_text("arm_64bit=1\n")
        assert "run krn setup" in ok(machine.install())
        # Panel, name, place, then: no office on the network, no vault, a keypad adapter, no optical head, no printer,
        # no headphones, the pins, a PIN.
        ok(machine.run("krn", "setup", answers="7\nKANTOR UJI\n\nKios 1\nn\nn\ny\nn\nn\nn\n\n\n\n271828\n"))
        before = machine.tree()
        assert "installed" in ok(machine.install())
        assert {name: state for name, state in machine.tree().items() if name in before} == before
        again = machine.tree()
        ok(machine.install())
        assert machine.tree() == again, "twice is once"
        assert boot.read_text().count("dtparam=strict_gpiod") == 1

    def test_the_program_tells_the_version_that_its_release_is_named_by(self, machine: Machine) -> None:
        version = ok(machine.run("krn", "--version")).removeprefix("krn ").strip()
        assert machine.current.startswith(f"/opt/krn/releases/{version}-")

    def test_a_pi_whose_debian_has_no_lgpio_is_told_so(self, machine: Machine) -> None:
        """Only where the lock file has none: up to Python 3.12 Debian is not asked for it."""
        before, stubs = machine.current, machine.root / "usr/local/sbin"
        for name, does in {"uname": "echo aarch64", "apt-get": 'case "$*" in *lgpio*) exit 100 ;; esac'}.items():
            (stubs / name).write_text(f"#!/bin/sh\n{does}\n")
            (stubs / name).chmod(0o755)
        done = machine.run("sh", "/src/systemd/install.sh", "--no-start")
        for name in ("uname", "apt-get"):
            (stubs / name).unlink()
        python = ok(machine.run("python3", "-c", "import sys; print(sys.version_info >= (3, 13))")).strip()
        assert (done.returncode, "python3-lgpio" in done.stderr) == ((1, True) if python == "True" else (0, False))
        assert machine.current == before

    def test_the_units_are_without_fault(self, machine: Machine) -> None:
        names = sorted(path.name for path in (machine.root / "etc/systemd/system").glob("krn*"))
        assert len(names) > 10
        done = machine.run("systemd-analyze", "verify", *(f"/etc/systemd/system/{name}" for name in names))
        assert (done.returncode, done.stderr.strip()) == (0, "")

    def test_the_lobby_is_closed(self, machine: Machine) -> None:
        """By the files themselves; what they do is seen on a whole system (make whole)."""
        units = machine.root / "etc/systemd/system"
        for unit in listed("MASKED"):
            assert (units / unit).readlink() == Path("/dev/null"), unit
        assert machine.run("systemctl", "is-enabled", "ctrl-alt-del.target").stdout.strip() == "masked"
        # Without a running system it reads the same files as one that starts.
        told = ok(
            machine.run("sh", "-c", "systemd-analyze cat-config sysctl.d | grep -v '^#' | grep kernel.sysrq | tail -1")
        )
        assert told.split("=")[1].strip() == "0"
        told = ok(machine.run("systemd-analyze", "cat-config", "systemd/system.conf"))
        assert "\nCtrlAltDelBurstAction=none\n" in told
        told = ok(machine.run("systemd-analyze", "cat-config", "systemd/logind.conf"))
        assert {"NAutoVTs=0", "ReserveVT=0", "HandlePowerKey=ignore"} <= set(told.splitlines())
        assert (machine.root / "etc/udev/rules.d/90-krn-usb.rules").exists()
        assert ok(machine.run("test", "-x", "/opt/krn/current/systemd/usb-mounted.sh")) == ""

    def test_the_kiosk_can_read_what_is_its_own_and_nothing_else(self, machine: Machine) -> None:
        def as_kiosk(*command: str) -> int:
            return machine.run("runuser", "-u", "krn-kiosk", "--", *command).returncode

        assert as_kiosk("krn", "doctor", "--opens") == 0
        assert as_kiosk("cat", "/etc/krn/pin") == 0
        assert as_kiosk("sh", "-c", "echo x >> /etc/krn/kiosk.toml") != 0
        assert as_kiosk("touch", "/var/lib/krn-meter/journal") != 0
        assert machine.run("runuser", "-u", "krn-meter", "--", "cat", "/var/lib/krn/register.db").returncode != 0

    @pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs a virtual screen: apt-get install xvfb")
    def test_the_home_screen_comes_up_with_what_was_installed(self, machine: Machine, tmp_path: Path) -> None:
        """No library is missing: neither to make a window, nor when a pointer enters it."""
        ok(machine.run("install", "-d", "-o", "krn-kiosk", "-m", "700", "/run/krn-kiosk"))
        screen = VirtualScreen(tmp_path)
        display = screen.environment["DISPLAY"]
        # The machine has a network of its own, and so only finds an X screen whose socket lies in its files.
        sockets, shared = (machine.root / name for name in ("tmp/.X11-unix", "dev/shm"))
        for folder in (sockets, shared):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o1777)
        seen = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', "/tmp/.X11-unix"]
        inside, environment = machine.inside(
            ["runuser", "-u", "krn-kiosk", "--", *COMMAND, "krn", "kiosk"],
            **SETTINGS,
            DISPLAY=display,
            XDG_RUNTIME_DIR="/run/krn-kiosk",
        )
        with (tmp_path / "said").open("w") as said:
            cage = subprocess.Popen([*seen, str(sockets), *inside], env=environment, stdout=said, stderr=said)
            try:
                wait_for(screen, HomeView(has_staff=True), PANELS["7"])
                time.sleep(1.0)
                assert cage.poll() is None, (tmp_path / "said").read_text()
                wait_for(screen, HomeView(has_staff=True), PANELS["7"])
            finally:
                cage.kill()
                cage.wait(10)
                screen.close()

    def test_an_upgrade_keeps_data_and_settings(self, machine: Machine, tmp_path: Path) -> None:
        register, settings = (machine.root / name for name in ("var/lib/krn/register.db", "etc/krn/kiosk.toml"))
        known = settings.read_bytes()
        before = machine.current
        machine.take(changed(tmp_path, "kiosk/__init__.py", "# a later release\n"))
        ok(machine.install())
        assert machine.current != before
        assert settings.read_bytes() == known
        assert register.exists()
        assert list((machine.root / "var/lib/krn/backups").glob("register-*.db"))
        assert (machine.root / before.lstrip("/")).exists(), "the release before is there to go back to"

    @pytest.mark.parametrize(
        ("file", "fault"),
        [
            ("krn_engine/sts/__init__.py", "raise RuntimeError('this release is broken')\n"),
            ("krn_engine/register/database.py", "raise RuntimeError('the register does not open')\n"),
        ],
    )
    def test_an_upgrade_that_fails_changes_nothing(
        self, machine: Machine, tmp_path: Path, file: str, fault: str
    ) -> None:
        before, tree = machine.current, machine.tree()
        machine.take(changed(tmp_path, file, fault))
        done = machine.install()
        assert done.returncode == 1
        assert "krn: error:" in done.stderr
        assert machine.current == before
        left = machine.tree()
        assert {name: left[name] for name in tree} == tree
        assert ok(machine.run("krn", "--help"))

    def test_an_upgrade_that_cannot_open_the_data_goes_back(self, machine: Machine, tmp_path: Path) -> None:
        """It works on demo data, so that only this kiosk's own register shows the fault."""
        before = machine.current
        fault = f"{_LATER}def _refuse(cls, url, seal=None):\n    raise RegisterTooNew('no')\n\n\n"
        machine.take(
            changed(tmp_path, "krn_engine/register/database.py", f"{fault}Register.open = classmethod(_refuse)\n")
        )
        done = machine.install()
        assert done.returncode == 1
        assert "the one before runs again" in done.stderr
        assert machine.current == before
        assert machine.run("runuser", "-u", "krn-kiosk", "--", "krn", "doctor", "--opens").returncode == 0

    def test_an_upgrade_goes_back_to_its_own_copy_and_to_no_other(self, machine: Machine, tmp_path: Path) -> None:
        """The register was migrated before the new release failed; copies with later names lie in the folder."""
        data = machine.root / "var/lib/krn"
        decoy = data / "backups/register-2199-01-01-000000.db"
        decoy.write_bytes(b"newest by its name")
        before = machine.current
        fault = (
            f"{_LATER}def _migrates(cls, url, seal=None):\n"
            "    with _opens(cls, url).write() as connection:\n"
            "        connection.exec_driver_sql(\"UPDATE alembic_version SET version_num = '9999'\")\n"
            "    raise RegisterTooNew('no')\n\n\n"
        )
        later = f"{fault}Register.open = classmethod(_migrates)\n"
        machine.take(changed(tmp_path, "krn_engine/register/database.py", later))
        done = machine.install()
        assert (done.returncode, machine.current) == (1, before), done.stderr
        assert machine.run("runuser", "-u", "krn-kiosk", "--", "krn", "doctor", "--opens").returncode == 0
        (replaced,) = data.glob("register.db.replaced-*")
        assert str(replaced.relative_to(data)) in done.stdout
        assert b"9999" in replaced.read_bytes()
        assert decoy.exists()

    def test_an_upgrade_without_a_copy_changes_nothing(self, machine: Machine, tmp_path: Path) -> None:
        backups = machine.root / "var/lib/krn/backups"
        backups.rename(backups.with_name("elsewhere"))
        backups.write_bytes(b"no folder")
        later = changed(tmp_path, "systemd/60-krn.rules", "# a rule of a later release\n")
        before, tree, rules = machine.current, machine.tree(), machine.root / "etc/udev/rules.d/60-krn.rules"
        machine.take(later)
        done = machine.install()
        assert (done.returncode, machine.current) == (1, before)
        assert "nothing was changed" in done.stderr
        assert "later release" not in rules.read_text()
        left = machine.tree()
        assert {name: left[name] for name in tree} == tree
        backups.unlink()
        backups.with_name("elsewhere").rename(backups)

    def test_taking_it_away_leaves_data_unless_told(self, machine: Machine) -> None:
        assert not (machine.root / ROWS_KEY).exists(), "an image gets no key: all that are made of it would share it"
        ok(machine.install("--uninstall"))
        assert not (machine.root / "opt/krn").exists()
        assert not list((machine.root / "etc").rglob("*krn*.*"))
        assert not any((machine.root / "etc/systemd/system" / unit).is_symlink() for unit in listed("MASKED"))
        assert (machine.root / "var/lib/krn/register.db").exists()
        assert (machine.root / "etc/krn/kiosk.toml").exists()
        ok(machine.install("--uninstall", "--purge"))
        assert not (machine.root / "var/lib/krn").exists()
        assert not (machine.root / "etc/krn").exists()

    def test_a_new_machine_gets_a_key_for_its_rows_and_keeps_it(self, machine: Machine) -> None:
        assert "run krn setup" in ok(machine.run("sh", "/src/systemd/install.sh", "--no-apt"))
        key = machine.root / ROWS_KEY
        ok(machine.run("systemd-creds", "decrypt", "--name=krn-rows", f"/{ROWS_KEY}", "/tmp/rows"))
        assert len((machine.root / "tmp/rows").read_bytes()) == 32
        ok(machine.run("krn", "setup", answers="7\nKANTOR UJI\n\nKios 1\n" + 6 * "n\n"))
        assert 'rows_key = "credential"' in (machine.root / "etc/krn/kiosk.toml").read_text()
        known = key.read_bytes()
        assert "the first start looks" in ok(machine.run("sh", "/src/systemd/install.sh", "--no-apt"))
        assert key.read_bytes() == known
        opens = ("krn", "doctor", "--opens")
        ok(
            machine.run(
                "sh", "-c", "mkdir /tmp/given; cp /tmp/rows /tmp/given/krn-rows; chown -R krn-kiosk: /tmp/given"
            )
        )
        assert "ISS-06" in machine.run("runuser", "-u", "krn-kiosk", "--", *opens).stderr
        ok(machine.run("runuser", "-u", "krn-kiosk", "--", "env", "CREDENTIALS_DIRECTORY=/tmp/given", *opens))
        ok(machine.install("--uninstall"))
        assert key.exists()
        ok(machine.install("--uninstall", "--purge"))
        assert not key.exists()

    def test_from_nothing_to_an_office(self, machine: Machine) -> None:
        assert "no settings yet" in ok(machine.install("--office"))
        before = machine.tree()
        ok(machine.install("--office"))
        assert machine.tree() == before, "twice is once"
        units = ("/etc/systemd/system/krn-office.socket", "/etc/systemd/system/krn-office.service")
        done = machine.run("systemd-analyze", "verify", *units)
        assert (done.returncode, done.stderr.strip()) == (0, "")
        assert not list((machine.root / "etc/systemd/system").glob("krn-kiosk*"))
        assert "is an office" in machine.install().stderr
        # It has no library of a kiosk, and serves: on a register of its own, until it is told to end.
        assert machine.run("/opt/krn/current/venv/bin/python", "-c", "import pygame").returncode != 0
        ok(
            machine.run(
                "runuser", "-u", "krn-office", "--", "krn", "office", "demo", "--out", "/var/lib/krn-office/demo"
            )
        )
        serve = "krn office serve --port 0 --config /var/lib/krn-office/demo/kiosk.toml"
        said = machine.run("runuser", "-u", "krn-office", "--", "timeout", "--preserve-status", "20", *serve.split())
        assert (said.returncode, "listening on http://127" in said.stdout) == (0, True), said.stderr
        ok(machine.install("--uninstall"))
        assert not list((machine.root / "etc").rglob("*krn*.*"))
        ok(machine.install("--uninstall", "--purge"))
        assert not (machine.root / "var/lib/krn-office").exists()


def changed(folder: Path, file: str, addition: str) -> Path:
    """The project with something added to one of its files."""
    for name in SHIPPED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    path = folder / file
    path.write_text(path.read_text() + addition)
    return folder
