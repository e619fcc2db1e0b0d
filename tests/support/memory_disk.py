"""A folder that lies in memory, for what writes much and wants each byte on a disk: there it waits for none."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOM = 3
"""Gigabytes that it may come to hold: a Debian with the kiosk holds less than two."""
FREE = 8
"""Gigabytes of memory that must be free: two such folders, and the tests beside them."""


@contextmanager
def in_memory(folder: Path) -> Iterator[Path]:
    """Its content is gone afterwards. Without the right to mount, or the room, it lies where it lay."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}g,mode=755", "tmpfs", str(folder)]
    mounted = _free() >= FREE and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_disk(folder: Path, place: Path) -> Iterator[None]:
    """What lies in `folder` lies in `place`, which is empty: systemd-creds keeps no secret in memory."""
    shutil.copytree(folder, place, symlinks=True, dirs_exist_ok=True)
    mounted = subprocess.run(["mount", "--bind", str(place), str(folder)], capture_output=True, check=False)
    try:
        yield
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def _free() -> float:
    """Gigabytes."""
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(told["MemAvailable"].split()[0]) / 1e6
