"""`krn backup`: a copy of the register, and of who is enrolled at an office, while they go on."""

import argparse
from datetime import datetime
from pathlib import Path

from kiosk.errors import ConfigInvalid
from kiosk.opening import require_register
from kiosk.settings.config import Config
from krn_engine.office.access.backup import back_up_callers
from krn_engine.register.backup import KEPT, back_up


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn backup`."""
    parser = subparsers.add_parser("backup")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--to", type=Path, help="folder of the copies (setting backups)")
    parser.add_argument("--keep", type=int, default=KEPT, help=f"how many copies to keep ({KEPT})")
    parser.add_argument(
        "--where", action="store_true", help="copy nothing: print the register's file, or nothing if it is in no file"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy, and say where the copy is."""
    config = Config.read(args.config)
    if args.where:
        if config.office_url is None and config.register_file is not None:
            print(config.register_file.absolute())
        return 0
    require_register(config)
    folder = args.to or config.backups
    if config.register_file is None:
        raise ConfigInvalid("this register is no SQLite file: use the backup of its database (pg_dump)")
    if folder is None or args.keep < 1:
        raise ConfigInvalid("say where to: set backups in the configuration, or use --to; and keep at least one copy")
    copy = back_up(config.register_file, folder, datetime.now().astimezone(), args.keep)
    print(copy)
    # Of an office: who is enrolled. Whoever starts this reads one line, and that is the register's copy.
    back_up_callers(config.register_file, copy)
    return 0
