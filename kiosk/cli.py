"""`krn`, the one command. Exit status: 0 done, 1 the job failed (said as `krn: error: …`), 2 wrong use."""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from kiosk.errors import InputInvalid
from kiosk.version import version
from krn_engine.errors import Refusal

COMMANDS = (
    "kiosk",
    "upgrade",
    "interop",
    "office",
    "vault",
    "meter",
    "doctor",
    "setup",
    "backup",
    "restore",
    "out_of_service",
    "pin",
    "bench",
)
"""Modules of `kiosk.commands`; each adds its own parsers."""
_EXTRAS = dict.fromkeys(("pygame", "babel", "gpiozero", "segno", "escpos"), "kiosk") | {"openpyxl": "office"}
"""Packages that only some machines have, and the extra that brings them."""
_OWNERS = {"rows": "interop", "decode": "interop", "out-of-service": "out_of_service"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _let_names_of_files_through()
    args = _parser(arguments).parse_args(arguments)
    try:
        _require_text(args)
        status: int = args.run(args)
    except Refusal as error:
        if os.environ.get("DEBUG"):
            raise
        print(f"krn: error: {error.message} [{error.code}]", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS or os.environ.get("DEBUG"):
            raise
        extra = _EXTRAS[error.name]
        print(
            f"krn: error: this needs {error.name}, which is not installed: install krn-kiosk[{extra}]", file=sys.stderr
        )
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


def _let_names_of_files_through() -> None:
    """A path is printed as the bytes that it has."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="surrogateescape")


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    """Only the module of the command that is asked for is imported: a terminal needs no pygame, nor an office."""
    parser = argparse.ArgumentParser(prog="krn", description="Find a prepayment meter, issue and type its KRN upgrade")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version of the program and leave")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    asked = _OWNERS.get(arguments[0], arguments[0]) if arguments else ""
    for name in () if asked == "--version" else (asked,) if asked in COMMANDS else COMMANDS:
        importlib.import_module(f"kiosk.commands.{name}").add_parser(subparsers)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: no other command waits for it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        print(f"{parser.prog} {version()}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
