"""`krn restore`: put a copy of the register back; the file that it replaces stays beside it.

The kiosk tells that its register is older than it was, as of any older file, until `krn restore --accept`.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from kiosk.errors import ConfigInvalid
from kiosk.opening import require_register
from kiosk.settings.config import Config
from kiosk.workplace import configured_workplace
from krn_engine.office.access.backup import FILE, copy_of_callers, put_callers_back
from krn_engine.register.audit.restored import note_restored
from krn_engine.register.backup import put_back
from krn_engine.register.database import Register
from krn_engine.register.errors import RegisterMissing


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn restore`."""
    parser = subparsers.add_parser("restore")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("copy", type=Path, nargs="?", help="a file that krn backup made")
    what.add_argument("--accept", action="store_true", help="register and vault are right, although older than before")
    parser.add_argument(
        "--callers",
        action="store_true",
        help="also who is enrolled at this office, as it was then: who was revoked since is let in again",
    )
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Put it back, and say where the replaced file is; or accept what was put back."""
    config = Config.read(args.config)
    require_register(config)
    if args.accept:
        return _accept(config)
    register = config.register_file
    if register is None:
        raise ConfigInvalid("this register is no SQLite file: restore it by the tools of its database")
    of_callers = copy_of_callers(args.copy)
    if args.callers and of_callers is None:
        raise RegisterMissing(f"beside {args.copy} there is no copy of who was enrolled: nothing was changed")
    # Where there is no list of who is enrolled, or somebody says so: an older one lets in who was revoked since.
    with_callers = args.callers or not register.with_name(FILE).exists()
    service = "krn-office" if register.with_name(FILE).exists() else "krn-kiosk"
    replaced = put_back(args.copy, register, service)
    kept = "there was none before" if replaced is None else f"the file before is kept as {replaced}"
    print(f"{args.copy} is the register now; {kept}")
    with Register.open_without_rows(config.register) as opened:
        note_restored(opened, datetime.now(UTC), callers=with_callers and of_callers is not None)
    if of_callers is not None:
        _put_callers_back(of_callers, register, wanted=with_callers)
    print("the kiosk tells that its register is older than it was, until krn restore --accept")
    return 0


def _put_callers_back(of_callers: Path, register: Path, *, wanted: bool) -> None:
    if not wanted:
        print("who is enrolled is as it was; --callers puts that back too")
        return
    replaced = put_callers_back(of_callers, register)
    kept = "there was none before" if replaced is None else f"the file before is kept as {replaced}"
    print(f"{of_callers} says who is enrolled now; {kept}. Look at it: krn office kiosks")


def _accept(config: Config) -> int:
    with configured_workplace(config) as here:
        older = here.generations.older
        here.generations.accept()
    print(", ".join(f"the {kept.value} is accepted as it is" for kept in older) or "nothing is older than it was")
    return 0
