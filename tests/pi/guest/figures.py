"""The figures of the kiosk and the meter process on this machine, one round each."""

import json
import time
from dataclasses import asdict
from pathlib import Path

from kiosk.bench import footprint, processes, screen

# This machine has no clock of its own, and a kiosk does not open in 1970.
time.clock_settime(time.CLOCK_REALTIME, Path(__file__).stat().st_mtime)
for figure in (*footprint.figures(rounds=1), *processes.figures(rounds=1)):
    print(f"FIGURE {json.dumps(asdict(figure))}", flush=True)
# Of the screen only its first: an idle home.
print(f"FIGURE {json.dumps(asdict(next(screen.figures(rounds=1))))}", flush=True)
print("MEASURED", flush=True)
