"""`krn vault`: vending keys and operational tables at rest."""

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any

from krn_engine.issuing import passphrase
from krn_engine.issuing.errors import SourceLocked, VaultExists
from krn_engine.issuing.key_file import KeyFile, read_key_file, read_tables_file
from krn_engine.issuing.secret import Secret, secret_of
from krn_engine.issuing.sources.held_key import key_table, padded, require_protected
from krn_engine.issuing.sources.opening import PIN_CREDENTIAL, writable_module
from krn_engine.issuing.vault import Vault, VaultEntry, check_value


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn vault init|import|list|to-module`."""
    parser = subparsers.add_parser("vault")
    commands = parser.add_subparsers(required=True, metavar="init|import|list|to-module")
    init = _command(commands, "init", "make an empty vault", run_init)
    add = _command(commands, "import", "put a key file (TOML or CSV) into the vault", run_import)
    listing = _command(commands, "list", "name the keys and their check values, never the keys", run_list)
    module = _command(commands, "to-module", "put the DKGA04 keys of a key file into a PKCS#11 module", run_to_module)
    module.add_argument("file", type=Path, help="key file (TOML or CSV)")
    module.add_argument("--library", type=Path, required=True, help="the library of the module's maker")
    module.add_argument("--token", required=True, help="the label of the token")
    module.add_argument("--pin-file", type=Path, help="file that holds the user PIN (else asked)")
    add.add_argument("file", type=Path, nargs="?", help="key file")
    add.add_argument("--tables", type=Path, help="operational EA07 tables: JSON with S1, S2 and P")
    listing.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    for command in (init, add, listing):
        command.add_argument("--vault", type=Path, required=True, help="the vault file")
        command.add_argument(
            "--passphrase-file",
            type=Path,
            help="file that holds the passphrase (else the systemd credential, or asked)",
        )


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, run: Any
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text)
    command.set_defaults(run=run)
    return command


def run_init(args: argparse.Namespace) -> int:
    """Make an empty vault; refuses to take the place of one."""
    if args.vault.exists():
        raise VaultExists(f"there is a vault at {args.vault} already: nothing was changed")
    interactive = args.passphrase_file is None and sys.stdin.isatty()
    secret = passphrase.choose() if interactive else passphrase.from_system(args.passphrase_file)
    passphrase.require_long_enough(secret)
    Vault().write(args.vault, secret)
    print(f"made an empty vault at {args.vault}")
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Read the key file first: a wrong one asks for no passphrase and touches no vault."""
    given = KeyFile(()) if args.file is None else read_key_file(args.file)
    tables = given.tables if args.tables is None else read_tables_file(args.tables)
    secret = passphrase.from_system(args.passphrase_file)
    vault, added = Vault.read(args.vault, secret).adding(given.entries, tables)
    vault.write(args.vault, secret)
    for entry in added.new:
        print(f"new      {_line(entry)}")
    for entry in added.already:
        print(f"already  {_line(entry)}")
    print(f"{len(added.new)} new, {len(added.already)} there already; tables: {'yes' if vault.tables else 'none'}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Names, attributes and check values."""
    vault = Vault.read(args.vault, passphrase.from_system(args.passphrase_file))
    if args.json:
        document = {"keys": [_fields(entry) for entry in vault.keys], "tables": vault.tables is not None}
        print(json.dumps(document, indent=2))
        return 0
    for entry in vault.keys:
        print(_line(entry))
    print(f"{len(vault.keys)} keys; tables: {'yes' if vault.tables else 'none'}")
    return 0


def run_to_module(args: argparse.Namespace) -> int:
    """Put each key in under a label of its own, and print what the file of the sources says of it."""
    entries = read_key_file(args.file).entries
    for entry in entries:
        require_protected(entry.key)
    module = writable_module(args.library, args.token, lambda: _pin(args.pin_file))
    for entry in entries:
        label = f"krn-{entry.key.sgc}-{entry.key.krn}-{entry.key.kt:d}"
        module.put(label, padded(entry.key.value))
        print(key_table(label, entry))
    module.close()
    return 0


def _pin(file: Path | None) -> Secret:
    if file is None and sys.stdin.isatty():
        return Secret(getpass.getpass("User PIN of the PKCS#11 module: "))
    return secret_of(file, PIN_CREDENTIAL, "PIN", SourceLocked)


def _fields(entry: VaultEntry) -> dict[str, object]:
    key = entry.key
    return {
        **key.attributes,
        "expires": None if entry.expires is None else entry.expires.isoformat(),
        "check_value": check_value(key),
    }


def _line(entry: VaultEntry) -> str:
    key = entry.key
    expires = "" if entry.expires is None else f"  expires {entry.expires:%d-%m-%Y}"
    return (
        f"SGC {key.sgc}  KRN {key.krn}  {key.kt.name}  {key.dkga.name}  base {key.base_date:d}  KEN {int(key.ken)}"
        f"  check value {check_value(key)}{expires}"
    )
