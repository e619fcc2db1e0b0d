"""`krn office people`: who signs in at the office by name, with a PIN or a password."""

import argparse
import getpass
import json
import sys

from kiosk.commands.arguments import add_json, add_register
from kiosk.commands.kiosks import audited_register, callers_database
from kiosk.errors import InputInvalid
from krn_engine.office.audit.telling import Teller
from krn_engine.office.wire.asked import CALLER_NAME, UNIT, Scope
from krn_engine.office.wire.people import PERSON, Person


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn office people add|list|remove|password`."""
    parser = commands.add_parser("people")
    people = parser.add_subparsers(required=True, metavar="COMMAND")
    add = people.add_parser("add", help="somebody new; asks for the PIN or password, or reads it from a pipe")
    scopes = [scope.value for scope in Scope if scope is not Scope.KIOSK]
    add.add_argument("--scope", choices=scopes, default=Scope.OFFICER.value, help="what this person may ask (officer)")
    units = add.add_mutually_exclusive_group(required=True)
    units.add_argument("--unit", action="append", metavar="UNIT", help="a unit whose customers are seen; repeat it")
    units.add_argument("--all-units", action="store_true", help="the customers of all units are seen")
    add.set_defaults(run=run_add)
    listed = people.add_parser("list", help="everybody, by name")
    add_json(listed)
    listed.set_defaults(run=run_list)
    remove = people.add_parser("remove", help="let this person in no more, from the next request on")
    remove.set_defaults(run=run_remove)
    password = people.add_parser("password", help="another PIN or password; what is signed in ends, a lock is undone")
    password.set_defaults(run=run_password)
    for command in (add, remove, password):
        command.add_argument("name", metavar="NAME", help="letters, digits, - and _")
    for command in (add, listed, remove, password):
        add_register(command)


def run_add(args: argparse.Namespace) -> int:
    """Ask for the secret, and keep its hash."""
    # What hashes is installed where an office serves, and nowhere else.
    from krn_engine.office.access.people import People  # noqa: PLC0415

    name = _name(args.name)
    if not all(UNIT.fits(unit) for unit in args.unit or ()):
        raise InputInvalid("a unit has 1 to 16 characters")
    with callers_database(args) as database, audited_register(args) as register:
        People(database, tell=Teller(register)).add(name, Scope(args.scope), args.unit or (), _asked())
    print(f"{name.lower()} can sign in")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Nothing of their secrets."""
    from krn_engine.office.access.people import People  # noqa: PLC0415

    with callers_database(args) as database:
        people = People(database).all()
    if args.json:
        print(json.dumps([PERSON.write(person) for person in people], indent=2))
        return 0
    for person in people:
        print(_line(person))
    if not people:
        print("nobody can sign in")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """The name stays in the list: what was said by it stays too."""
    from krn_engine.office.access.people import People  # noqa: PLC0415

    name = _name(args.name)
    with callers_database(args) as database, audited_register(args) as register:
        People(database, tell=Teller(register)).remove(name)
    print(f"{name.lower()} can sign in no more")
    return 0


def run_password(args: argparse.Namespace) -> int:
    """Ask for the new one."""
    from krn_engine.office.access.people import People  # noqa: PLC0415

    name = _name(args.name)
    with callers_database(args) as database, audited_register(args) as register:
        People(database, tell=Teller(register)).set_secret(name, _asked())
    print(f"{name.lower()} has another PIN or password now")
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    secret = getpass.getpass("New PIN or password: ")
    if getpass.getpass("Once more: ") != secret:
        raise InputInvalid("the two are not the same: nothing was changed")
    return secret


def _name(given: str) -> str:
    if not CALLER_NAME.fits(given):
        raise InputInvalid("a name has 1 to 32 letters, digits, - and _, and begins with none of the last")
    return given


def _line(person: Person) -> str:
    units = ", ".join(person.units) or "all units"
    if person.removed_at is not None:
        return f"{person.name:32} {person.scope.value:8} {units}: removed {person.removed_at.astimezone():%Y-%m-%d}"
    seen = "never" if person.last_seen is None else f"{person.last_seen.astimezone():%Y-%m-%d %H:%M}"
    return f"{person.name:32} {person.scope.value:8} {units}: last signed in {seen}"
