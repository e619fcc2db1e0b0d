"""`krn doctor`: is this kiosk ready? One line a part."""

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from kiosk.demo.workplace import demo_workplace
from kiosk.doctor import examine
from kiosk.doctor.check import Check
from kiosk.doctor.closed_office import ClosedOffice
from kiosk.errors import ConfigInvalid, PinRefused
from kiosk.opening import open_register, seal_of
from kiosk.settings.config import Config
from kiosk.ui.texts import Texts
from kiosk.view.parts import Message, Mood
from kiosk.workplace import opened_workplace, workplace_around
from krn_engine.credential import FOLDER
from krn_engine.errors import KrnError
from krn_engine.issuing.errors import (
    CampaignInvalid,
    KeyNotProtected,
    PassphraseRefused,
    RowsKeyMissing,
    SourcesInvalid,
    VaultError,
)
from krn_engine.office.contract import Office
from krn_engine.office.net_errors import NotEnrolled

AS_THE_KIOSK = "if the kiosk alone is given it, sudo krn-doctor looks in the kiosk's place"
_SIGNS = {Mood.GOOD: "ok", Mood.CAREFUL: "look", Mood.BAD: "BAD"}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn doctor`."""
    parser = subparsers.add_parser("doctor")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--demo", action="store_true", help="of the demo, on this machine")
    parser.add_argument(
        "--opens", action="store_true", help="only whether the register opens; an older one is migrated"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at every part; 1 if one is bad."""
    if args.opens:
        config = Config.read(args.config, has_demo=True)
        if config.office_url is None:
            with open_register(config) as register:
                register.require_whole()
        return 0
    checks = _checks(args)
    say = Texts("en")
    if args.json:
        print(json.dumps({"ready": _ready(checks), "checks": [_document(check, say) for check in checks]}, indent=2))
    else:
        for check in checks:
            print(f"{_SIGNS[check.mood]:<5} {say(check.says)}")
            if check.advice:
                print(f"      {check.advice}")
    return 0 if _ready(checks) else 1


def _document(check: Check, say: Texts) -> dict[str, str]:
    told = {"part": check.part, "state": check.mood.name.lower(), "says": say(check.says)}
    return told | {"advice": check.advice} if check.advice else told


def _ready(checks: list[Check]) -> bool:
    return all(check.mood is not Mood.BAD for check in checks)


def _checks(args: argparse.Namespace) -> list[Check]:
    if args.demo:
        with demo_workplace() as here:
            return list(examine(here))
    try:
        config = Config.read(args.config, has_demo=True)
    except ConfigInvalid as error:
        return [_not_opened(error, is_the_kiosks=False)]
    return _examined(config, _opened)


def _is_the_kiosks(error: KrnError, config: Config) -> bool:
    """Whether what is missing is perhaps there in the kiosk's own place, which this is not."""
    if os.environ.get(FOLDER):
        return False
    if isinstance(error, NotEnrolled):
        return isinstance(error.__cause__, PermissionError)
    if isinstance(error, PassphraseRefused):
        return config.passphrase_file is None or isinstance(error.__cause__, PermissionError)
    return isinstance(error, RowsKeyMissing) and config.rows_key == "credential"


def _not_opened(error: KrnError, *, is_the_kiosks: bool) -> Check:
    advice = f"{error.message}; {AS_THE_KIOSK}" if is_the_kiosks else error.message
    return Check("start", Mood.BAD, Message("Kios tidak dapat dibuka: {code}", {"code": error.code}), advice)


def _opened(config: Config) -> list[Check]:
    with opened_workplace(config) as here:
        return list(examine(here))


def _examined(config: Config, look: Callable[[Config], list[Check]]) -> list[Check]:
    """All parts, by `look`; of what cannot be opened, what is wrong with it, and all the others."""
    fault: KrnError
    hidden: tuple[str, ...] = ()
    try:
        return look(config)
    except VaultError as error:
        # Its file of the sources may lean on the vault: what it says then is no fault of its own.
        fault, config = error, replace(config, vault=None, sources=None)
    except (SourcesInvalid, KeyNotProtected) as error:
        fault, config = error, replace(config, sources=None)
    except CampaignInvalid as error:
        # How many records are incomplete is told by a campaign.
        fault, config, hidden = error, replace(config, campaign=None), ("records",)
    except PinRefused as error:
        fault, config, hidden = error, replace(config, technician_pin=None), ("pin",)
    except KrnError as error:
        fault, look, hidden = error, partial(_around, ClosedOffice(error)), ("office", "rows", "units")
    found = [fault, *_key_faults(fault, config)] if "rows" in hidden else [fault]
    return [
        *(_not_opened(error, is_the_kiosks=_is_the_kiosks(error, config)) for error in found),
        *(check for check in _examined(config, look) if check.part not in hidden),
    ]


def _key_faults(fault: KrnError, config: Config) -> list[KrnError]:
    """What is wrong with the key of the rows, where the register's own fault came first."""
    try:
        seal_of(config)
    except RowsKeyMissing as error:
        return [] if isinstance(fault, RowsKeyMissing) else [error]
    return []


def _around(office: Office, config: Config) -> list[Check]:
    return list(examine(workplace_around(config, office)))
