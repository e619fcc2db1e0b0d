"""A kernel, a device tree and a small root for an emulated Raspberry Pi 3B, built of Debian's own arm64 packages.

Built once into a folder (.pi), as root, on Debian with Python 3.11; what changes from test to test is appended.
"""

import gzip
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import distribution
from pathlib import Path

from tests.support.lock import locked

ROOT = Path(__file__).parents[2]
GUEST = Path(__file__).with_name("guest")
FOLDER = ROOT / ".pi"
PACKAGES = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libc6", "libgcc-s1", "libexpat1"),
    *("zlib1g", "libbz2-1.0", "libffi8", "liblzma5", "libssl3", "libsqlite3-0", "libuuid1", "libstdc++6", "libcrypt1"),
    "busybox-static",
)
WHEELS = ("gpiozero", "colorzero", "lgpio", "sqlalchemy", "typing-extensions", "pycryptodome", "alembic", "mako")
WHEELS_BESIDE = ("markupsafe",)
PLATFORMS = [f"manylinux_2_{glibc}_aarch64" for glibc in (34, 28, 17)] + ["manylinux2014_aarch64"]
TOOLS = {"dpkg-deb": "dpkg", "fdtput": "device-tree-compiler", "cpio": "cpio", "qemu-system-aarch64": "qemu-system-arm"}
MODULES = ("bcm2835_wdt", "crc16", "crc32c_generic", "libcrc32c", "mbcache", "jbd2", "ext4", "bcm2835")
REVISION = "0xa02082"
"""A Raspberry Pi 3B 1.2; the firmware of a real one writes it into the device tree."""

INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm /run /tmp /card
mount -t tmpfs tmp /tmp
insmod /modules/bcm2835_wdt.ko
for word in $(cat /proc/cmdline); do case $word in run=*) run=${word#run=};; esac; done
cd /tmp
PYTHONPATH=/project LG_WD=/tmp PYTHONUNBUFFERED=1 /usr/bin/python3.11 -W ignore /project/tests/pi/guest/$run.py
echo "ENDED $?"
sync
reboot -f
"""


@dataclass(frozen=True)
class Image:
    """What qemu is started with."""

    kernel: Path
    tree: Path
    base: Path
    beside: tuple[Path, ...] = ()
    """What is appended to the base."""

    def with_tests(self, folder: Path) -> Path:
        """The root with the project as it is now; written to `folder`."""
        staged = folder / "appended"
        shutil.rmtree(staged, ignore_errors=True)
        project = staged / "project"
        for package in ("hardware", "kiosk", "krn_engine"):
            shutil.copytree(ROOT / package, project / package, ignore=shutil.ignore_patterns("__pycache__"))
        guest = project / "tests/pi/guest"
        shutil.copytree(GUEST, guest, ignore=shutil.ignore_patterns("__pycache__"))
        for above in (guest.parent, guest.parent.parent):
            (above / "__init__.py").touch()
        _compile(project)
        (staged / "init").write_text(INIT)
        (staged / "init").chmod(0o755)
        whole = folder / "root.cpio.gz"
        whole.write_bytes(b"".join(part.read_bytes() for part in (self.base, *self.beside)) + _packed(staged))
        return whole


def require_tools() -> None:
    """Raises SystemExit that says what to install."""
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"needs {', '.join(missing)}: apt-get install {' '.join(missing)}")
    if sys.version_info[:2] != (3, 11):
        raise SystemExit("the emulated machine has Python 3.11, and what it runs is compiled here: use Python 3.11")
    if os.geteuid():
        raise SystemExit("Debian's packages for another processor are fetched by root: run it as root")


def built(folder: Path = FOLDER) -> Image:
    """The image, built if it is not there."""
    require_tools()
    image = Image(folder / "vmlinuz", folder / "pi3b.dtb", folder / "base.cpio.gz")
    if not image.base.exists():
        folder.mkdir(exist_ok=True)
        _build(folder, image)
    return image


def with_kiosk(image: Image, folder: Path = FOLDER) -> Image:
    """The image with every package that a kiosk installs, from the lock file."""
    archive = folder / "kiosk.cpio.gz"
    if not archive.exists():
        root, wheels = folder / "kiosk", folder / "kiosk-wheels"
        shutil.rmtree(root, ignore_errors=True)
        packages = root / "usr/lib/python3/dist-packages"
        packages.mkdir(parents=True)
        lock = root / "kiosk.txt"
        lock.write_text(locked("kiosk", "3.11", "aarch64"))
        _unzip(wheels, packages, "--require-hashes", "-r", str(lock))
        lock.unlink()
        # Only its needs: its size is counted from its folders.
        ours = packages / "krn_kiosk-0.dist-info"
        ours.mkdir()
        (ours / "METADATA").write_text(distribution("krn-kiosk").read_text("METADATA") or "")
        _compile(root / "usr/lib")
        archive.write_bytes(_packed(root))
    return replace(image, beside=(archive,))


def _build(folder: Path, image: Image) -> None:
    debs, tree = folder / "debs", folder / "kernel"
    kernel = _download(debs)
    subprocess.run(["dpkg-deb", "-x", str(kernel), str(tree)], check=True)
    shutil.copy(next((tree / "boot").glob("vmlinuz-*")), image.kernel)
    shutil.copy(next(tree.glob("usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb")), image.tree)
    subprocess.run(["fdtput", "-p", "-t", "x", str(image.tree), "/system", "linux,revision", REVISION], check=True)
    root = folder / "root"
    shutil.rmtree(root, ignore_errors=True)
    for name in ("bin", "sbin", "lib"):
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    for deb in sorted(debs.glob("*.deb")):
        if deb != kernel:
            _unpack(deb, root, folder / "unpacked")
    for module in MODULES:
        found = next(tree.glob(f"lib/modules/*/kernel/**/{module}.ko"))
        (root / "modules").mkdir(exist_ok=True)
        shutil.copy(found, root / "modules")
    packages = root / "usr/lib/python3/dist-packages"
    packages.mkdir(parents=True)
    _unzip(folder / "wheels", packages, *WHEELS, *WHEELS_BESIDE)
    for name in ("proc", "sys", "dev"):
        (root / name).mkdir()
    _compile(root / "usr/lib")
    image.base.write_bytes(_packed(root))


def _download(debs: Path) -> Path:
    """Debian's packages for arm64; gives the kernel's."""
    debs.mkdir(exist_ok=True)
    subprocess.run(["dpkg", "--add-architecture", "arm64"], check=True)
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    pattern = r"^linux-image-6\.1\.0-[0-9]+-arm64$"
    names = subprocess.run(["apt-cache", "search", "--names-only", pattern], capture_output=True, text=True, check=True)
    kernel = max((line.split()[0] for line in names.stdout.splitlines()), key=lambda name: int(name.split("-")[3]))
    wanted = [f"{name}:arm64" for name in (kernel, *PACKAGES)]
    subprocess.run(["apt-get", "download", "-qq", *wanted], cwd=debs, check=True)
    return next(debs.glob(f"{kernel}_*.deb"))


def _unpack(deb: Path, root: Path, beside: Path) -> None:
    """Into a root whose /bin and /lib are those of /usr, which older packages do not know."""
    shutil.rmtree(beside, ignore_errors=True)
    subprocess.run(["dpkg-deb", "-x", str(deb), str(beside)], check=True)
    shutil.rmtree(beside / "usr/share", ignore_errors=True)
    for top in beside.iterdir():
        target = root / "usr" / top.name if top.name in ("bin", "sbin", "lib") else root / top.name
        shutil.copytree(top, target, symlinks=True, dirs_exist_ok=True)


def _unzip(wheels: Path, packages: Path, *wanted: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(wheels)]
    platforms = [f"--platform={platform}" for platform in PLATFORMS]
    subprocess.run([*command, "--python-version", "3.11", *platforms, *wanted], check=True)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)


def _compile(folder: Path) -> None:
    """Here, for it takes the emulated machine seconds; marked so that it does not look at the sources' times."""
    mode = ["--invalidation-mode", "unchecked-hash"]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *mode, str(folder)], check=False)


def _packed(folder: Path) -> bytes:
    names = subprocess.run(["find", ".", "-print0"], cwd=folder, capture_output=True, check=True).stdout
    archive = ["cpio", "--null", "-o", "-H", "newc", "--quiet", "-R", "0:0"]
    made = subprocess.run(archive, cwd=folder, input=names, capture_output=True, check=True).stdout
    return gzip.compress(made, 6)
