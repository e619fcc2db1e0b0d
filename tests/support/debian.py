"""A throw-away Debian with the project and its wheels in it, in which the project's own installer is run."""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.support.lock import locked

ROOT = Path(__file__).parents[2]
SUITES = {"bookworm": "3.11", "trixie": "3.13"}
"""The Debians that a Raspberry Pi OS is made of, and the Python of each."""
ARCHITECTURE = os.environ.get("KRN_ARCHITECTURE", "")
"""Debian's name of another processor, emulated by qemu-user-static (make install-arm64); empty: this machine's."""
MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}
"""What the kernel, and so pip, calls a processor."""
PLATFORMS = {"arm64": [f"manylinux_2_{glibc}_aarch64" for glibc in (34, 28, 17)] + ["manylinux2014_aarch64"]}
MIRROR = "http://deb.debian.org/debian"
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "krn-kiosk"
"""Where plain Debians are kept from one run to the next, half a gigabyte each."""


def listed(name: str) -> list[str]:
    """A list of the installer's."""
    found = re.search(f'^{name}="(.+)"$', (ROOT / "systemd/install.sh").read_text(), re.MULTILINE)
    assert found is not None
    return found[1].split()


INCLUDED = ("python3", "systemd", "udev", *listed("PACKAGES"))
"""A Raspberry Pi OS Lite, and what the installer adds to it: what runs on more was not tried."""
TAR = ("--numeric-owner", "--xattrs", "--xattrs-include=*")
SHIPPED = (
    "kiosk",
    "hardware",
    "krn_engine",
    "systemd",
    "docs",
    "requirements",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)


def ok(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _bootstrap(root: Path, suite: str, more: Sequence[str] = ()) -> None:
    root.chmod(0o755)
    packages = f"--include={','.join((*INCLUDED, *more))}"
    other = [f"--arch={ARCHITECTURE}"] if ARCHITECTURE else []
    command = ["mmdebstrap", "--quiet", "--mode=root", "--format=directory", "--variant=minbase", *other]
    # A machine has an identity, which is what its credentials are encrypted with beside a key.
    command.append("--skip=cleanup/reproducible")
    subprocess.run([*command, packages, suite, str(root), MIRROR], check=True)


def _state(suite: str) -> str:
    """What a Debian is made of, in short: all that is published of it, and what is taken of that."""
    with urllib.request.urlopen(f"{MIRROR}/dists/{suite}/InRelease", timeout=60) as published:
        content = published.read()
    return hashlib.sha256(content + " ".join(INCLUDED).encode()).hexdigest()[:16]


def _keep(root: Path, kept: Path) -> None:
    """Pack it, whole or not at all, in the place of what was kept of this Debian before."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        packed = Path(folder) / kept.name
        subprocess.run(["tar", *TAR, "-cf", str(packed), "-C", str(root), "."], check=True)
        for older in kept.parent.glob(f"{kept.name.rpartition('-')[0]}-*.tar"):
            older.unlink()
        packed.rename(kept)


class Machine:
    """A Debian in a folder, with the project in /src and the wheels of the lock file beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def made(cls, root: Path, suite: str, more: Sequence[str] = ()) -> Self:
        """A new one; `more`: packages beside those of the installer."""
        _bootstrap(root, suite, more)
        return cls._ready(root, suite)

    @classmethod
    def unpacked(cls, root: Path, suite: str) -> Self:
        """As `made`, from a Debian that is kept: the same one as long as Debian publishes no other."""
        kept = KEPT / f"{suite}-{ARCHITECTURE or platform.machine()}-{_state(suite)}.tar"
        if kept.exists():
            subprocess.run(["tar", *TAR, "-xf", str(kept), "-C", str(root)], check=True)
        else:
            _bootstrap(root, suite)
            _keep(root, kept)
        return cls._ready(root, suite)

    @classmethod
    def _ready(cls, root: Path, suite: str) -> Self:
        machine = cls(root)
        machine.fetch(suite)
        machine.take(ROOT)
        return machine

    def fetch(self, suite: str) -> None:
        """The wheels of the two lock files by which the installer installs, beside the project."""
        wheels = self.root / "wheels"
        shutil.rmtree(wheels, ignore_errors=True)
        only = ["--only-binary=:all:", "--python-version", SUITES[suite], "--no-deps", "--require-hashes"]
        only += [f"--platform={name}" for name in PLATFORMS.get(ARCHITECTURE, ())]
        wheels.mkdir()
        for extra in ("kiosk", "server"):
            lock = wheels / f"{extra}.txt"
            lock.write_text(locked(extra, SUITES[suite], MACHINES.get(ARCHITECTURE, platform.machine())))
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", *only, "-r", str(lock), "-d", str(wheels)], check=True
            )

    def take(self, project: Path) -> None:
        """Another state of the project in /src."""
        source = self.root / "src"
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        for name in SHIPPED:
            path = project / name
            if path.is_dir():
                shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, source / name)

    def run(self, *command: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        """Inside of it; without any network."""
        inside, environment = self.inside(command)
        return subprocess.run(inside, env=environment, input=answers, capture_output=True, text=True, check=False)

    def inside(self, command: Sequence[str], **variables: str) -> tuple[list[str], dict[str, str]]:
        """How a command is run inside of it: what to start here, and its environment."""
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": "/wheels",
            "LC_ALL": "C.UTF-8",
        }
        inside = ["unshare", "--net", "--pid", "--fork", f"--root={self.root}", "--mount-proc", *command]
        return inside, environment | variables

    def install(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run("sh", "/src/systemd/install.sh", "--no-apt", "--no-start", *options)

    @property
    def current(self) -> str:
        return str((self.root / "opt/krn/current").readlink())

    def tree(self) -> dict[str, tuple[int, int, int]]:
        """Mode and owner of everything that the installer made, but for the insides of the releases."""
        found = {}
        for top in (
            "etc/krn",
            "etc/systemd/system",
            "etc/systemd/system.conf.d",
            "etc/systemd/logind.conf.d",
            "etc/sysctl.d",
            "etc/udev/rules.d",
            "usr/lib/sysusers.d",
            "var/lib/krn",
            "opt/krn",
        ):
            for path in sorted((self.root / top).rglob("*")):
                name = str(path.relative_to(self.root))
                if name.count("/") < 4 and "krn" in name:
                    state = path.lstat()
                    found[name] = (state.st_mode, state.st_uid, state.st_gid)
        return found
