"""`krn restore`: put a copy of the register back; the file that it replaces stays beside it."""

import argparse
from pathlib import Path

from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config
from krn_engine.register.backup import put_back


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn restore`."""
    parser = subparsers.add_parser("restore", help="put a copy of the register back, while the kiosk is stopped")
    parser.add_argument("copy", type=Path, help="a file that krn backup made")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Put it back, and say where the replaced file is."""
    register = Config.read(args.config).register_file
    if register is None:
        raise ConfigInvalid("this register is no SQLite file: restore it by the tools of its database")
    replaced = put_back(args.copy, register)
    kept = "there was none before" if replaced is None else f"the file before is kept as {replaced}"
    print(f"{args.copy} is the register now; {kept}")
    return 0
