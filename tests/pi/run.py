"""An emulated Raspberry Pi types a row through its real GPIO driver; what its lines do is seen from outside.

python -m tests.pi.run
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from hardware.keypad.forms import MatrixForm
from hardware.keypad.models import read_profile
from hardware.virtual.clock import HandClock
from hardware.virtual.keypad import Scan, ScannedKeypad
from hardware.virtual.meter import Habits, VirtualMeter
from hardware.virtual.wiring import Wiring
from krn_engine.demo import DemoProvince
from tests.pi.guest.adapter import MODEL, ROW
from tests.pi.image import built
from tests.pi.machine import Edge, Pi, pi

FORM = MatrixForm(27, (16, 17, 18, 19), (20, 21, 22))
LINES = {"enable": 27, "row of 5": 17, "column of 5": 21}
WAYS = ("SIGKILL", "SIGTERM", "SIGSTOP", "end of the press")
NOTE = """These are Debian's kernel and qemu's chip. Raspberry Pi's own kernels leave a released line driven unless
strict_gpiod is set (raspberrypi/linux, pull requests 6117 and 6150): there a killed process leaves its key pressed, and
a stopped one does everywhere. Only the adapter's monostable ends such a press. qemu keeps the level of a released line,
so it is not told."""


def entry_of(edges: list[Edge]) -> tuple[str, list[float]]:
    """What a scanned keypad at the far end of these lines has in its entry when Enter comes, and each press's seconds.

    The meter scans every 10 ms and wants three equal samples: the host's stamps jitter by some milliseconds.
    """
    clock = HandClock()
    meter = VirtualMeter(DemoProvince(1).meter_state(next(iter(DemoProvince(1)))), clock, habits=Habits())
    keypad = ScannedKeypad(meter, read_profile(MODEL).layout, clock, Scan(0.01, 3))
    wiring = Wiring(FORM, read_profile(MODEL).layout, keypad, clock)
    start = edges[0].at - clock() if edges else 0.0
    for edge in edges:
        clock.wait(max(0.0, edge.at - start - clock()))
        wiring.drive(edge.pin, edge.high, edge.at - start)
    clock.wait(1.0)
    entered = wiring.keypad.meter.entries
    return entered[0].digits if entered else wiring.keypad.meter.entry, [c.up - c.down for c in wiring.closures]


def main() -> int:
    """A row, then four ways to end a press; 1 if the row is not spelled."""
    image = built()
    with tempfile.TemporaryDirectory(prefix="krn-pi-") as name:
        folder = Path(name)
        with pi(image, folder, "type_row") as machine:
            start = time.monotonic()
            machine.until("TYPING")
            opened = time.monotonic() - start
            told = machine.until("TYPED|ENDED")
            entry, presses = entry_of(machine.observer.edges)
        print(f"booted and opened its lines in {opened:.1f} s; {told}")
        lengths = [1000 * press for press in presses]
        print(f"seen from outside: {len(machine.observer.edges)} edges, {len(presses)} presses")
        if presses:
            low, middle, high = min(lengths), statistics.median(lengths), max(lengths)
            print(f"press lengths: {low:.1f} / {middle:.1f} / {high:.1f} ms (shortest, median, longest)")
        right = entry == ROW
        print(f"the virtual keypad at their end reads {entry}: {'the row' if right else f'NOT {ROW}'}")
        with pi(image, folder, "held") as machine:
            _ends(machine)
    print(NOTE)
    return 0 if right else 1


def _ends(machine: Pi) -> None:
    print(f"{'a press ended by':18}" + "".join(f"{name:>24}" for name in LINES))
    for way in WAYS:
        machine.until(f"HELD {way}")
        before = {name: machine.observer.function(pin) for name, pin in LINES.items()}
        machine.until(f"AFTER {way}")
        after = {name: machine.observer.function(pin) for name, pin in LINES.items()}
        driven = {name: machine.observer.level(pin) for name, pin in LINES.items()}
        cells = (
            f"{before[name]} -> {after[name]}{' high' if after[name] == 'output' and driven[name] else ''}"
            for name in LINES
        )
        print(f"{way:18}" + "".join(f"{cell:>24}" for cell in cells))


if __name__ == "__main__":
    sys.exit(main())
