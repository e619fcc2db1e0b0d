"""`krn pin`: make the technician's PIN."""

import argparse
import getpass
import sys
from pathlib import Path

from kiosk.errors import PinRefused
from kiosk.limits.pin import write_pin


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn pin`."""
    parser = subparsers.add_parser("pin")
    parser.add_argument("file", type=Path, help="where to keep it (technician_pin in the configuration)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask twice, and keep it."""
    if sys.stdin.isatty():
        pin = getpass.getpass("New PIN: ")
        if getpass.getpass("Once more: ") != pin:
            raise PinRefused("the two are not the same: nothing was changed")
    else:
        pin = sys.stdin.readline().strip()
    try:
        write_pin(args.file, pin)
    except OSError as error:
        raise PinRefused(f"the PIN cannot be kept: {error}") from error
    print(f"kept in {args.file}")
    return 0
