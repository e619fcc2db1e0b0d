"""`krn`, the one command. Exit status: 0 done, 1 the job failed (said as `krn: error: …`), 2 wrong use."""

import argparse
import importlib
import io
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kiosk.errors import InputInvalid, needs
from krn_engine.errors import Refusal
from krn_engine.interruption import hear

GROUPS = {
    "office": "load worklists, make demo data, report progress, state a meter's KRN, serve kiosks",
}
"""Words before commands that have modules of their own, and what they are about."""
COMMANDS: Mapping[str, tuple[str, str]] = {
    "kiosk": ("kiosk", "the touchscreen application"),
    "upgrade": ("upgrade", "look a customer up, issue the rows and type them into a meter"),
    "rows": ("interop", "key change requests to rows, as JSON lines from standard input"),
    "decode": ("interop", "tokens to their fields, as JSON lines from standard input"),
    "office import": ("office_import", "put a worklist (CSV or XLSX) into the register"),
    "office demo": ("office_demo", "make a plainly invented province: register, vault, passphrase"),
    "office report": ("office_report", "how far the campaign is"),
    "office holds": ("office", "say which KRN a meter holds: a record, which the office goes by"),
    "office retract": ("office", "take back what customers claimed of a meter"),
    "office forget-rows": ("office", "take the sealed rows out of a register whose key is lost"),
    "office serve": ("office_service", "be the office of many kiosks, over HTTP"),
    "office enrol": ("office_service", "make a code by which a kiosk gets its token"),
    "office audit": ("office_audit", "is the sealed log whole? its entries, its checkpoints, their key"),
    "office kiosks": ("kiosks", "who is enrolled, and how each kiosk is; let one in no more"),
    "office orders": ("orders", "work orders of officers: what is open, lists of it, and their results"),
    "office people": ("people", "who signs in by name, with a PIN or a password"),
    "chat": ("chat", "try the conversation of the chat: each line of the input is a message"),
    "vault": ("vault", "vending keys and operational tables at rest"),
    "bulk": ("bulk", "rows for a whole worklist or register, in one go"),
    "meter": ("meter", "the meter process, and tools for a connected meter"),
    "doctor": ("doctor", "is this kiosk ready? if not: what to do, and exit status 1"),
    "setup": ("setup", "write the settings of this kiosk, question by question"),
    "backup": ("backup", "copy the register while it is in use, checked and on disk"),
    "restore": ("restore", "put a copy of the register back, while the kiosk is stopped"),
    "out-of-service": ("out_of_service", "show that this kiosk is out of service"),
    "outbox": ("outbox", "what this kiosk's office does not have yet, and what it refused"),
    "pin": ("pin", "make the technician's PIN; asks for it, or reads it from a pipe"),
    "bench": ("bench", "measure the figures this project promises (docs/figures.md)"),
}
"""Each command: the module of `kiosk.commands` that adds its parser and runs it, and what `krn --help` says of it."""


_Places: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit status. Without arguments: that of this process, which ends then."""
    if arguments is not None:
        return _status(arguments)
    try:
        return _status(sys.argv[1:])
    finally:
        # All is done and said: Ctrl-C while Python takes itself apart ends it at once, without a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _status(arguments: Sequence[str]) -> int:
    _let_names_of_files_through()
    _leave_no_core()
    try:
        hear()
        args = parser_for(arguments).parse_args(arguments)
        _require_text(args)
        status: int = args.run(args)
    except Refusal as error:
        if os.environ.get("DEBUG"):
            raise
        print(f"krn: error: {error.message} [{error.code}]", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        needed = needs(error)
        if needed is None or os.environ.get("DEBUG"):
            raise
        print(f"krn: error: {needed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("krn: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away: nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _require_text(args: argparse.Namespace) -> None:
    """Python keeps bytes that are no UTF-8 as halves of characters, which nothing can write: here they end.

    Names of files may have such bytes; they are paths. Raises InputInvalid.
    """
    for name, value in vars(args).items():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and any("\ud800" <= sign <= "\udfff" for sign in word):
                raise InputInvalid(
                    f"what is given for {name.replace('_', '-')} is not UTF-8 text: type it anew, in a terminal that "
                    "is set to UTF-8"
                )


def _leave_no_core() -> None:
    """Keys and rows are in the memory of many commands: what is left of one that crashes must not lie on a disk."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def _let_names_of_files_through() -> None:
    """A path is printed as the bytes that it has."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="surrogateescape")


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command that these arguments ask for; of the others it knows the names and what they do.

    Only the module of that command is imported: help needs none, a terminal no pygame, and who counts no vault.
    """
    parser = argparse.ArgumentParser(prog="krn", description="Find a prepayment meter, issue and type its KRN upgrade")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version of the program and leave")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    words = [word for word in arguments if word != "--"][:2]
    asked = next((command for command in (" ".join(words), *words[:1]) if command in COMMANDS), None)
    if asked is not None:
        group = asked.rpartition(" ")[0]
        places = _group(subparsers, group) if group else subparsers
        importlib.import_module(f"kiosk.commands.{COMMANDS[asked][0]}").add_parser(places)
        return parser
    places_of = {"": subparsers}
    for command, (_, text) in COMMANDS.items():
        group, _, name = command.rpartition(" ")
        if group not in places_of:
            places_of[group] = _group(subparsers, group)
        places_of[group].add_parser(name, help=text)
    return parser


def _group(subparsers: _Places, name: str) -> _Places:
    return subparsers.add_parser(name, help=GROUPS[name]).add_subparsers(required=True, metavar="COMMAND")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: no other command waits for it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        print(f"{parser.prog} {importlib.import_module('kiosk.version').version()}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
