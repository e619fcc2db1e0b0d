"""`krn kiosk`: the touchscreen application; with --demo on invented data, and without a display in the terminal."""

import argparse
import os
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.notify import Pulse
from hardware.virtual.adapter import Pace
from hardware.virtual.printer import VirtualPrinter
from hardware.voice import find_voice
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import demo_workplace
from kiosk.errors import ConfigInvalid, NoScreen
from kiosk.event_log import Event
from kiosk.settings.config import Config
from kiosk.view.panels import PANELS
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.errors import KrnError

if TYPE_CHECKING:
    from kiosk.heartbeat import Heart
    from kiosk.ui.window import Window

WATCHABLE = Pace(press=0.05, gap=0.05)
"""Slow enough to watch, fast enough for a demonstration."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn kiosk`."""
    parser = subparsers.add_parser("kiosk")
    parser.add_argument("--demo", action="store_true", help="an invented province and virtual meters, in a window")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--panel", choices=PANELS, help="the screen: 7, 10, td2 (Touch Display 2) or a window")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until the window is closed."""
    from kiosk.ui.window import has_display  # noqa: PLC0415  pygame is slow to import and other commands have none

    if args.demo and not has_display():
        from kiosk.demo.tour import run_tour  # noqa: PLC0415

        return run_tour()
    if _run_until_closed(args):
        # Staff asked for it: the same program from its beginning, with nothing left of this one.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  the command that started us
    return 0


def _run_until_closed(args: argparse.Namespace) -> bool:
    """True if it is to be started anew."""
    pulse = Pulse()
    if args.demo:
        from kiosk.ui.slip_picture import to_folder  # noqa: PLC0415  it needs pygame

        printer = VirtualPrinter(to_folder(Path("demo-output")))
        with demo_workplace(Wire(pace=WATCHABLE), printer=printer, voice=find_voice("default"), light=True) as here:
            return _run_app(here, Config("", panel=args.panel or "window", fullscreen=False), pulse)
    config = Config("", panel=args.panel or "10")
    told = ""
    while True:
        try:
            config = Config.read(args.config, has_demo=True)
            if args.panel:
                config = replace(config, panel=args.panel)
            with configured_workplace(config) as here:
                return _run_app(here, config, pulse)
        except NoScreen:
            raise
        except KrnError as error:
            if isinstance(error, ConfigInvalid) and not pulse.heard:
                # Somebody at a terminal reads what is wrong; in an office it has to be on the screen.
                raise
            reason = f"out of service: {error.message} [{error.code}]"
            if reason != told:
                # It is tried every few seconds, and a card has a limited life.
                told = reason
                print(reason, flush=True)
            if not _wait_out_of_service(error, config, pulse):
                return False


def _run_app(here: Workplace, config: Config, pulse: Pulse) -> bool:
    from kiosk.app import App  # noqa: PLC0415
    from kiosk.flow.flow import Flow  # noqa: PLC0415

    heart = _heart(here)
    flow = Flow(here if heart is None else replace(here, closed=heart.closed), time.monotonic())
    if heart is not None:
        heart.alone = lambda: flow.alone
    here.events.note(Event.STARTED)
    app = App(
        flow,
        _window(config),
        voice=here.voice,
        pulse=pulse,
        help_line=here.help_line,
        counter=here.counter,
        demo=here.demo,
    )
    with nullcontext() if heart is None else heart.beating():
        app.run()
    return flow.over


def _heart(here: Workplace) -> "Heart | None":
    """What tells the office of this kiosk; None: its office is here."""
    if here.link is None:
        return None
    from kiosk.heartbeat import Heart  # noqa: PLC0415  it asks across a network, which takes long to import

    return Heart(here, here.link)


def _wait_out_of_service(error: KrnError, config: Config, pulse: Pulse) -> bool:
    """Show the reason for a while; True when it is time to try again, False when the window was closed."""
    from kiosk.app import App  # noqa: PLC0415
    from kiosk.flow.out_of_service import OutOfServiceFlow  # noqa: PLC0415

    flow = OutOfServiceFlow(error.code, time.monotonic())
    App(flow, _window(config), pulse=pulse, help_line=config.help_line, counter=config.counter).run()
    return flow.over


def _window(config: Config) -> "Window":
    from kiosk.ui.window import open_window  # noqa: PLC0415

    return open_window(PANELS[config.panel], fullscreen=config.fullscreen, turn=config.turn)
