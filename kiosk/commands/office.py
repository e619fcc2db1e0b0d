"""`krn office holds|retract|forget-rows`: what is said of a meter, and rows that nobody can open."""

import argparse
import json
from dataclasses import asdict

from kiosk.commands.arguments import add_campaign, add_json, add_register, asked_campaign
from kiosk.opening import office_config, open_register
from krn_engine.office.contract import Blocked, Due, Found, NothingToDo, Standing, Statement, Unclear
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register
from krn_engine.register.errors import TakesAway

PLACE = "krn office"
"""Where a statement was made that came from the command line."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn office holds|retract|forget-rows`."""
    holds = commands.add_parser("holds")
    holds.add_argument("--krn", type=int, required=True, metavar="N", help="1 to 9")
    retract = commands.add_parser("retract")
    retract.set_defaults(krn=None)
    for command in (holds, retract):
        command.add_argument("meter", metavar="METER", help="meter number (11 or 13 digits)")
        command.add_argument("--because", required=True, metavar="TEXT", help="why: it stands in the meter's history")
        command.add_argument("--by", required=True, metavar="NAME", help="who says it")
        command.set_defaults(run=run_state)
    forget = commands.add_parser("forget-rows")
    forget.add_argument("--accept", action="store_true", help="do it; without this word it is only told")
    forget.set_defaults(run=run_forget)
    for command in (holds, retract):
        add_campaign(command)
    for command in (holds, retract, forget):
        add_register(command)
        add_json(command)


def run_state(args: argparse.Namespace) -> int:
    """Put a statement on record, and tell how the meter stands by it."""
    config = office_config(args.register, args.config)
    with open_register(config) as register:
        office = LocalOffice(register, asked_campaign(args, config))
        office.state(args.meter, Statement.said(args.krn, args.because, args.by, PLACE))
        found = office.find(args.meter)
    if not isinstance(found, Found):
        return 0
    document = {"meter_number": found.meter_number, "krn": found.krn, "standing": _standing(found.standing)}
    if args.json:
        print(json.dumps(document, indent=2))
    else:
        print(f"meter {found.meter_number}: KRN {found.krn or '?'}, {document['standing']}")
    return 0


def run_forget(args: argparse.Namespace) -> int:
    """Take sealed rows out. It needs no key, and the settings only to find the register."""
    register = office_config(args.register, args.config).register
    found = Register.forget_rows(register, accept=args.accept)
    if args.json:
        print(json.dumps(asdict(found) | {"forgotten": args.accept}, indent=2))
    else:
        print(f"sealed: the ready-made rows of {found.ready} meters, and {found.issued} key changes that were issued")
        if args.accept:
            print("they are taken out; all else stays. Import the lists with ready-made rows again")
    if not args.accept:
        raise TakesAway("their rows would be taken out, so nothing was done: --accept does it")
    return 0


def _standing(standing: Standing) -> str:
    match standing:
        case Due(rows, claimed=True):
            return f"{rows} rows to go, claimed by a customer"
        case Due(rows, partly_claimed=True):
            return f"{rows} rows to go, some of them claimed by a customer"
        case Due(rows):
            return f"{rows} rows to go"
        case NothingToDo():
            return "up to date"
        case Blocked(reason):
            return f"blocked: {reason}"
        case Unclear(code, message):
            return f"unclear: {message} [{code}]"
