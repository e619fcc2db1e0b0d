"""`krn out-of-service`: the still picture of a kiosk that cannot start, with the reason."""

import argparse
import os
import time

from hardware.notify import Pulse
from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config
from kiosk.view.panels import PANELS

UNKNOWN = "SYS-00"
REASONS = {
    "exit-code": "SYS-01",
    "signal": "SYS-02",
    "core-dump": "SYS-02",
    "watchdog": "SYS-03",
    "start-limit-hit": "SYS-04",
    "timeout": "SYS-05",
    "oom-kill": "SYS-06",
}
"""What systemd says of a unit that failed (MONITOR_SERVICE_RESULT, systemd.exec(5)), and our code for it."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn out-of-service`."""
    parser = subparsers.add_parser("out-of-service")
    parser.add_argument("--seconds", type=float, default=600.0, help="for how long (600)")
    parser.add_argument("--panel", choices=PANELS, help="the screen, if the configuration does not say")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Until the time is over; then systemd tries the kiosk again."""
    from kiosk.app import App  # noqa: PLC0415  pygame is slow to import and other commands have none
    from kiosk.flow.out_of_service import OutOfServiceFlow  # noqa: PLC0415
    from kiosk.ui.window import open_window  # noqa: PLC0415

    try:
        config = Config.read(None)
    except ConfigInvalid:
        # That may be the very reason.
        config = Config("")
    code = REASONS.get(os.environ.get("MONITOR_SERVICE_RESULT", ""), UNKNOWN)
    window = open_window(PANELS[args.panel or config.panel], fullscreen=config.fullscreen, turn=config.turn)
    flow = OutOfServiceFlow(code, time.monotonic(), args.seconds)
    App(flow, window, pulse=Pulse(), help_line=config.help_line, counter=config.counter).run()
    return 0
