"""`krn office kiosks`: who is enrolled at an office, how each kiosk is, and letting one in no more."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.commands.arguments import add_json, add_register
from kiosk.opening import office_config
from krn_engine.office.access.callers import Callers, Revoked
from krn_engine.office.access.database import Database
from krn_engine.office.access.heartbeats import Heard
from krn_engine.office.audit.telling import Teller
from krn_engine.office.wire.asked import CALLER, PAGE, Caller
from krn_engine.office.wire.heartbeat import HEARTBEAT, Line, LineState
from krn_engine.register.database import Register


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it to `krn office`."""
    kiosks = commands.add_parser("kiosks")
    kiosks.add_argument(
        "--revoke", metavar="NAME", help="let it in no more, from its next request on; a code for it is void"
    )
    kiosks.add_argument("--ill", action="store_true", help="only kiosks that cannot work, or say nothing")
    add_register(kiosks)
    add_json(kiosks)
    kiosks.set_defaults(run=run)


_REVOKED = {
    Revoked.CALLER: "it is let in no more",
    Revoked.CODE: "nobody was let in by this name; the code that was made for it is withdrawn",
    Revoked.NOTHING: "it was revoked before, and nothing changed",
}


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    heard: Heard | None
    silent: bool
    ill: bool


def run(args: argparse.Namespace) -> int:
    """Everybody who is enrolled, by name."""
    with callers_database(args) as database:
        callers = Callers(database)
        if args.revoke is not None:
            with audited_register(args) as register:
                told = _REVOKED[Callers(database, tell=Teller(register)).revoke(args.revoke)]
            print(f"{args.revoke}: {told}", file=sys.stderr)
        known = [one for one in _all(callers) if one.ill or not args.ill]
    if args.json:
        print(json.dumps([_document(one) for one in known], indent=2))
        return 0
    for one in known:
        print(_line(one))
    if not known:
        print("no kiosk is ill" if args.ill else "nobody is enrolled")
    return 0


def callers_database(args: argparse.Namespace) -> Database:
    """Who is enrolled at the office that the arguments name. Raises what finding it raises."""
    config = office_config(args.register, args.config)
    # Without a register there is no office that anybody could be enrolled at; the key of its rows is not needed for it.
    Register.require_one(config.register)
    return Database.of_callers(config.register)


def audited_register(args: argparse.Namespace) -> Register:
    """The register in whose audit it is told who is let in, and who is not any more."""
    return Register.open_without_rows(office_config(args.register, args.config).register)


def _all(callers: Callers) -> Iterator[_Known]:
    beats = callers.heartbeats
    heard = beats.heard()
    after = ""
    while True:
        page = callers.page(after, PAGE)
        for caller in page.callers:
            last = heard.get(caller.name)
            yield _Known(caller, last, beats.is_silent(caller, last), beats.is_ill(caller, last))
        after = page.next
        if not after:
            return


def _document(one: _Known) -> dict[str, Any]:
    told: dict[str, Any] = CALLER.write(one.caller)
    heard = None if one.heard is None else HEARTBEAT.write(one.heard.said)
    at = None if one.heard is None else one.heard.at.isoformat()
    return told | {"ill": one.ill, "silent": one.ill and one.silent, "heard_at": at, "heartbeat": heard}


def _line(one: _Known) -> str:
    caller = one.caller
    units = ", ".join(caller.units) or "all units"
    begin = f"{caller.name:32} {caller.scope.value:8} {units}"
    if caller.revoked_at is not None:
        return f"{begin}: revoked {_at(caller.revoked_at)}"
    told = [f"last seen {_at(caller.last_seen)}"]
    if one.heard is not None:
        told.append(f"version {one.heard.said.version}")
        told += [f"{said}: {', '.join(_told(line) for line in lines)}" for said, lines in _odd(one.heard) if lines]
        if one.heard.said.outbox is not None and one.heard.said.outbox.refused:
            told.append(f"{one.heard.said.outbox.refused} refused facts to look at")
    if one.ill and one.silent:
        told.append("ILL: says nothing")
    return f"{begin}: {', '.join(told)}"


def _odd(heard: Heard) -> Iterator[tuple[str, list[Line]]]:
    for said, state in (("ILL", LineState.FAIL), ("look", LineState.WARN)):
        yield said, [line for line in heard.said.lines if line.state is state]


def _told(line: Line) -> str:
    return f"{line.part} {line.code}".rstrip()


def _at(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"
