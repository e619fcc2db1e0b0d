"""The SD card: its drivers, and its file system at /card."""

import subprocess
import time
from pathlib import Path

CARD = Path("/card")
DEVICE = Path("/dev/mmcblk0")
MODULES = ("crc16", "crc32c_generic", "libcrc32c", "mbcache", "jbd2", "ext4", "bcm2835")


def mounted() -> Path:
    """Mount it; an interrupted journal of the file system is worked through by the kernel."""
    for module in MODULES:
        subprocess.run(["/bin/insmod", f"/modules/{module}.ko"], check=True)
    end = time.monotonic() + 30
    while not DEVICE.exists() and time.monotonic() < end:
        time.sleep(0.05)
    subprocess.run(["/bin/mount", "-t", "ext4", "-o", "noatime", str(DEVICE), str(CARD)], check=True)
    return CARD
