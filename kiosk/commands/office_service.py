"""`krn office serve|enrol`: the office for kiosks across a network, and codes for new ones."""

import argparse
import json
from pathlib import Path
from typing import Any

from hardware.notify import Pulse
from kiosk.clock import require_clock
from kiosk.commands.arguments import add_json, add_register
from kiosk.commands.kiosks import audited_register, callers_database
from kiosk.errors import InputInvalid
from kiosk.opening import office_config
from krn_engine.office.access.callers import Callers
from krn_engine.office.audit.telling import Teller
from krn_engine.office.wire.asked import CALLER_NAME, NEW_CODE_ANSWER, UNIT, Scope
from krn_engine.office.wire.shapes import Shape

PORT = 8443
MOST_WORKERS = 32


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add them to `krn office`."""
    serve = commands.add_parser("serve")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    serve.add_argument("--port", type=int, default=PORT, help=f"port ({PORT}; 0: a free one)")
    serve.add_argument("--fd", type=int, help="listen on a socket that is open already, from systemd")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes (1); several need PostgreSQL")
    serve.add_argument("--certificate", type=Path, help="certificate of this office, with its chain (PEM)")
    serve.add_argument("--key", type=Path, help="its key (PEM, no password)")
    serve.add_argument(
        "--behind-proxy", action="store_true", help="a proxy on this machine says where somebody comes from (X-Real-IP)"
    )
    serve.set_defaults(run=run_serve)
    enrol = commands.add_parser("enrol")
    enrol.add_argument("name", metavar="NAME", help="name of the kiosk: letters, digits, - and _")
    enrol.add_argument("--scope", choices=[scope.value for scope in Scope], default=Scope.KIOSK.value)
    units = enrol.add_mutually_exclusive_group(required=True)
    units.add_argument(
        "--unit", action="append", metavar="UNIT", help="a unit whose customers it sees; repeat it for more"
    )
    units.add_argument("--all-units", action="store_true", help="it sees the customers of all units")
    enrol.set_defaults(run=run_enrol)
    for command in (serve, enrol):
        add_register(command)
    add_json(enrol)


def run_serve(args: argparse.Namespace) -> int:
    """Until it is told to end."""
    # What serves is installed where an office is, and nowhere else; and it takes long to import.
    from kiosk import serving  # noqa: PLC0415
    from krn_engine.office.server.processes import Listening, run_one, run_several  # noqa: PLC0415

    if not 1 <= args.workers <= MOST_WORKERS:
        raise InputInvalid(f"a service has 1 to {MOST_WORKERS} processes")
    require_clock()
    config = office_config(args.register, args.config)
    if args.workers > 1 and config.register_file is not None:
        raise InputInvalid("several processes need a register on PostgreSQL: a SQLite file has one writer at a time")
    at = Listening(args.host, args.port, args.fd, args.certificate, args.key, args.behind_proxy)
    pulse = Pulse()
    with at.opened() as listening:
        told = _Once(f"listening on {at.url(listening)}")

        def ready() -> None:
            told.say()
            pulse.ready()

        if args.workers == 1:
            with serving.service_of(config, behind_proxy=args.behind_proxy) as service:
                run_one(serving.app_of(service), at, listening, ready, pulse.beat)
            return 0
        with serving.service_of(config):
            # It opens, so that what is wrong is told once, and here.
            pass
        with serving.told_by_environment(args.register, args.config, behind_proxy=args.behind_proxy):
            run_several(serving.FACTORY, args.workers, at, listening, ready, pulse.beat)
    return 0


class _Once:
    """A line that is printed the first time."""

    def __init__(self, line: str) -> None:
        self._line = line

    def say(self) -> None:
        """Print it, if it was not."""
        if self._line:
            print(self._line, flush=True)
            self._line = ""


def run_enrol(args: argparse.Namespace) -> int:
    """Print the code, this once."""
    name = _read(
        CALLER_NAME, args.name, "a name has 1 to 32 letters, digits, - and _, and begins with none of the last"
    )
    units = [_read(UNIT, unit, "a unit has 1 to 16 characters") for unit in args.unit or ()]
    with callers_database(args) as database, audited_register(args) as register:
        made = Callers(database, tell=Teller(register)).make_code(name, Scope(args.scope), units)
    if args.json:
        print(json.dumps(NEW_CODE_ANSWER.write(made), indent=2))
    else:
        ends = made.expires_at.astimezone()
        print(f"code for {name}: {made.code!s}, until {ends:%H:%M}, once, and for 5 tries")
    return 0


def _read(shape: Shape[Any], text: str, says: str) -> Any:
    try:
        return shape.read(text)
    except ValueError:
        raise InputInvalid(says) from None
