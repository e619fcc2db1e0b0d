"""The figures of the kiosk and the meter process on this machine, one round each."""

import importlib
import json
import time
from dataclasses import asdict
from pathlib import Path

GROUPS = [importlib.import_module(f"kiosk.bench.{name}") for name in ("footprint", "processes", "screen")]

for group in GROUPS:
    vars(group)["ROUNDS"] = 1
# This machine has no clock of its own, and a kiosk does not open in 1970.
time.clock_settime(time.CLOCK_REALTIME, Path(__file__).stat().st_mtime)
footprint, processes, screen = GROUPS
for figure in (*footprint.footprint(), *processes.processes()):
    print(f"FIGURE {json.dumps(asdict(figure))}", flush=True)
# Of the screen only its first: an idle home.
print(f"FIGURE {json.dumps(asdict(next(screen.screen())))}", flush=True)
print("MEASURED", flush=True)
