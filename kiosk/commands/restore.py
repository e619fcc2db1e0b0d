"""`krn restore`: put a copy of the register back; the file that it replaces stays beside it.

The kiosk tells that its register is older than it was, as of any older file, until `krn restore --accept`.
"""

import argparse
from pathlib import Path

from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config
from kiosk.workplace import configured_workplace
from krn_engine.register.backup import put_back


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn restore`."""
    parser = subparsers.add_parser("restore", help="put a copy of the register back, while the kiosk is stopped")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("copy", type=Path, nargs="?", help="a file that krn backup made")
    what.add_argument("--accept", action="store_true", help="register and vault are right, although older than before")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Put it back, and say where the replaced file is; or accept what was put back."""
    config = Config.read(args.config)
    if args.accept:
        return _accept(config)
    register = config.register_file
    if register is None:
        raise ConfigInvalid("this register is no SQLite file: restore it by the tools of its database")
    replaced = put_back(args.copy, register)
    kept = "there was none before" if replaced is None else f"the file before is kept as {replaced}"
    print(f"{args.copy} is the register now; {kept}")
    print("the kiosk tells that its register is older than it was, until krn restore --accept")
    return 0


def _accept(config: Config) -> int:
    with configured_workplace(config) as here:
        older = here.generations.older
        here.generations.accept()
    print(", ".join(f"the {kept.value} is accepted as it is" for kept in older) or "nothing is older than it was")
    return 0
