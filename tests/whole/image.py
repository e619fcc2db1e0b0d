"""A whole Debian 12 with the kiosk in it, put there by the project's own installer, as a disk for an emulated machine.

The Debian underneath is built once into a folder (.whole), as root; the project as it is now is installed anew each
time.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.debian import INCLUDED, ROOT, Machine, ok

FOLDER = ROOT / ".whole"
SUITE = "bookworm"
MORE = ("linux-image-amd64", "systemd-sysv", "dbus")
"""What a Raspberry Pi OS Lite has, and a container has not: a kernel, an init, and how to ask it for something."""
TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "mkfs.ext4": "e2fsprogs",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
}
SIZE = "3G"
ANSWERS = "7\nKANTOR UJI\n\nKios 1\nn\ny\n\n" + 4 * "n\n"
"""Panel, name, telephone number, place, then: a vault, and nothing connected."""
SEAL = ("systemd-creds", "encrypt", "--with-key=host", "--name=krn-vault")
"""Bound to the disk alone: the emulated machine has no TPM."""
HAND = """[Unit]
Description=A technician's shell on the second serial line, for the test
DefaultDependencies=no
After=systemd-remount-fs.service

[Service]
ExecStart=/bin/sh /usr/local/lib/krn-hand
StandardInput=tty
StandardOutput=tty
StandardError=tty
Environment=TERM=dumb SYSTEMD_COLORS=0 SYSTEMD_PAGER=cat
TTYPath=/dev/ttyS1
Restart=always

[Install]
WantedBy=sysinit.target
"""
SHELL = """stty raw -echo
printf '\nHAND\n'
while IFS= read -r line; do
  (eval "$line") </dev/null 2>&1
  printf '\nDONE %d\n' $?
done
"""


@dataclass(frozen=True)
class Image:
    """What qemu is started with; the disk is only read."""

    kernel: Path
    initrd: Path
    disk: Path


def require_tools() -> None:
    """Raises SystemExit that says what to install."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"needs {', '.join(missing)}: apt-get install {' '.join(missing)}")
    if os.geteuid():
        raise SystemExit("a Debian is built by root: run it as root")


def built(folder: Path = FOLDER) -> Image:
    """The image of the project as it is now."""
    require_tools()
    folder.mkdir(exist_ok=True)
    root = folder / "root"
    machine = _debian(folder / "debian")
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(machine.root), str(root)], check=True)
    machine.root = root
    machine.take(ROOT)
    _install(machine)
    boot = root / "boot"
    image = Image(folder / "vmlinuz", folder / "initrd", folder / "disk.ext4")
    shutil.copy(next(boot.glob("vmlinuz-*")), image.kernel)
    shutil.copy(next(boot.glob("initrd.img-*")), image.initrd)
    image.disk.unlink(missing_ok=True)
    subprocess.run(["mkfs.ext4", "-q", "-L", "whole", "-d", str(root), str(image.disk), SIZE], check=True)
    shutil.rmtree(root)
    return image


def _debian(root: Path) -> Machine:
    """Built anew when the installer asks for other packages; its wheels are fetched anew for another lock file."""
    machine = Machine(root)
    packages, lock = " ".join((*INCLUDED, *MORE)), (ROOT / "requirements/kiosk.txt").read_text()
    made_of, fetched_of = root.with_name("packages.txt"), root.with_name("lock.txt")
    if not made_of.exists() or made_of.read_text() != packages:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        Machine.made(root, SUITE, MORE)
        made_of.write_text(packages)
        fetched_of.write_text(lock)
    if fetched_of.read_text() != lock:
        machine.fetch(SUITE)
        fetched_of.write_text(lock)
    return machine


def _install(machine: Machine) -> None:
    """A kiosk in a demo province, whose passphrase systemd has, and a way in for the test."""
    ok(machine.install())
    ok(machine.run("krn", "setup", answers=ANSWERS))
    ok(machine.run("krn", "office", "demo", "--out", "/tmp/demo"))
    ok(machine.run(*SEAL, "/tmp/demo/passphrase", "/etc/credstore.encrypted/krn-vault"))
    ok(machine.run("sh", "-c", "cp /tmp/demo/register.db /tmp/demo/vault /var/lib/krn/ && rm -r /tmp/demo"))
    ok(machine.run("systemd-tmpfiles", "--create", "krn.conf"))
    (machine.root / "etc/fstab").write_text("/dev/vda / ext4 defaults 0 1\n")
    (machine.root / "etc/hostname").write_text("kiosk\n")
    (machine.root / "etc/systemd/system/krn-hand.service").write_text(HAND)
    (machine.root / "usr/local/lib/krn-hand").write_text(SHELL)
    ok(machine.run("systemctl", "enable", "--quiet", "krn-hand.service"))
    for beside in ("src", "wheels"):
        shutil.rmtree(machine.root / beside)
