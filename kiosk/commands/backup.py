"""`krn backup`: a copy of the register, while the kiosk goes on."""

import argparse
from datetime import datetime
from pathlib import Path

from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config
from krn_engine.register.backup import KEPT, back_up


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn backup`."""
    parser = subparsers.add_parser("backup", help="copy the register while it is in use, checked and on disk")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--to", type=Path, help="folder of the copies (setting backups)")
    parser.add_argument("--keep", type=int, default=KEPT, help=f"how many copies to keep ({KEPT})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy, and say where the copy is."""
    config = Config.read(args.config)
    folder = args.to or config.backups
    if config.register_file is None:
        raise ConfigInvalid("this register is no SQLite file: use the backup of its database (pg_dump)")
    if folder is None or args.keep < 1:
        raise ConfigInvalid("say where to: set backups in the configuration, or use --to; and keep at least one copy")
    print(back_up(config.register_file, folder, datetime.now().astimezone(), args.keep))
    return 0
