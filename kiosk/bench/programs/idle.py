"""Prints the share of one core, in percent, that the kiosk uses while its home screen stands and nobody touches it.

python -m kiosk.bench.programs.idle SECONDS
"""

import os
import sys
import threading
import time

from kiosk.app import App
from kiosk.demo.workplace import demo_workplace
from kiosk.flow.flow import Flow
from kiosk.ui.window import open_window
from kiosk.view.panels import PANELS

REST_SECONDS = 1.0
"""Between the first frame and the measurement."""


def main() -> None:
    """Measure for some seconds."""
    seconds = float(sys.argv[1])
    with demo_workplace() as here:
        app = App(Flow(here, time.monotonic()), open_window(PANELS["10"], fullscreen=False))
        app.step()
        time.sleep(REST_SECONDS)

        def end() -> None:
            app.running = False

        threading.Timer(seconds, end).start()
        before, start = _processor_seconds(), time.monotonic()
        app.run()
        print(100.0 * (_processor_seconds() - before) / (time.monotonic() - start))


def _processor_seconds() -> float:
    """What this process has used so far."""
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    main()
