"""`krn bench` on the emulated Pi, whose clock counts instructions: one nanosecond each (qemu's icount).

python -m tests.pi.bench
"""

import json
import sys
import tempfile
from pathlib import Path

from tests.pi.image import built, with_kiosk
from tests.pi.machine import pi

COUNTED = ("-icount", "shift=0,sleep=off")
MEASURING = 1800.0
"""Seconds of the host."""
NOTE = """A second of this machine's clock is a thousand million instructions, of all its cores together, and waiting
takes no time of the host: seconds are instructions and say nothing of a real Pi's cache, card or screen. Megabytes are
what they are."""


def main() -> int:
    """Print every figure."""
    image = with_kiosk(built())
    with (
        tempfile.TemporaryDirectory(prefix="krn-pi-") as name,
        pi(image, Path(name), "figures", more=COUNTED) as machine,
    ):
        machine.until("MEASURED|ENDED", MEASURING)
        told = [line.removeprefix("FIGURE ") for _, line in machine.serial if line.startswith("FIGURE ")]
        whole = any(line.startswith("MEASURED") for _, line in machine.serial)
        said = [line for _, line in machine.serial]
    for figure in map(json.loads, told):
        print(f"{figure['name']:24} {figure['value']:12,.3f} {figure['unit']}")
    if not whole:
        print("\n".join(said[-20:]))
        return 1
    print(NOTE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
