"""`krn office audit`: is the sealed log whole, what stands in it, and the key that signs its checkpoints."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.commands.arguments import add_json, add_register
from kiosk.commands.audit_accepting import add_parser as add_accept
from kiosk.errors import InputInvalid
from kiosk.opening import office_config
from kiosk.settings.config import Config
from krn_engine.office.access.callers import Callers
from krn_engine.office.access.database import Database
from krn_engine.office.access.differing import Differing
from krn_engine.office.audit.checkpoints import Checkpoint, require_newest
from krn_engine.office.audit.errors import AuditBroken, AuditKeyUnusable, CheckpointInvalid
from krn_engine.office.audit.keeper import Keeper
from krn_engine.office.audit.key import PublicKey, key_from_system, make_key
from krn_engine.office.audit.listing import Entry, entries_after
from krn_engine.office.audit.verify import BeyondEnd, Verdict
from krn_engine.office.audit.whole import Remembered, look
from krn_engine.office.net_errors import WireBroken
from krn_engine.office.wire.audit import CHECKPOINT
from krn_engine.office.wire.text import from_bytes
from krn_engine.register.database import Register

MOST = 2**53
SHOWN = 20
"""Faults that a terminal shows; --json has more of them."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it to `krn office`."""
    parser = commands.add_parser("audit")
    parts = parser.add_subparsers(required=True, metavar="COMMAND")
    check = parts.add_parser("verify", help="look at every entry; exit status 1 if anything does not fit")
    check.add_argument(
        "--checkpoint", type=Path, action="append", default=[], metavar="FILE", help="one kept elsewhere"
    )
    check.add_argument(
        "--from", type=_number, dest="start", default=1, metavar="N", help="believe the entries before N"
    )
    check.add_argument(
        "--public-key",
        type=Path,
        action="append",
        default=[],
        metavar="F",
        help="file with a public key that the office has or had (that of the settings)",
    )
    check.set_defaults(run=run_verify)
    entries = parts.add_parser("list", help="the entries, the oldest first")
    entries.add_argument("--after", type=_number, default=0, metavar="N", help="those with higher numbers")
    entries.add_argument("--meter", metavar="NUMBER", help="those of one meter")
    entries.set_defaults(run=run_list)
    point = parts.add_parser("checkpoint", help="the newest checkpoint as JSON, to be kept elsewhere; signs if it can")
    point.set_defaults(run=run_checkpoint)
    key = parts.add_parser("key", help="make the key that signs checkpoints, or show its public half")
    key.add_argument("--out", type=Path, metavar="FILE", help="make a new one, in this file")
    key.set_defaults(run=run_key)
    accept = add_accept(parts)
    for command in (check, entries, point, key, accept):
        add_register(command)
    for command in (check, entries, key):
        add_json(command)


def _number(text: str) -> int:
    """The number of an entry, as a database can look for it."""
    if not text.isdecimal() or int(text) > MOST:
        raise argparse.ArgumentTypeError(f"the number of an entry is 0 to {MOST}")
    return int(text)


def run_verify(args: argparse.Namespace) -> int:
    """0 if it is whole."""
    config = office_config(args.register, args.config)
    public = _public(args, config)
    brought = [_read(path) for path in args.checkpoint]
    with Register.open_without_rows(config.register) as register:
        remembered, differing = _remembered(config.register)
        with register.read() as connection:
            try:
                verdict = look(connection, public, remembered, differing, start=args.start, brought=brought)
            except BeyondEnd as beyond:
                raise InputInvalid(f"the audit ends at entry {beyond}: name an entry up to there") from None
    if args.json:
        print(json.dumps(asdict(verdict) | {"whole": verdict.whole}, indent=2))
    else:
        _tell(verdict)
    if not verdict.whole:
        raise AuditBroken(
            f"the audit does not fit: {verdict.faults[0]}. Keep the database as it is, and tell its owner"
        )
    return 0


def _remembered(register: str) -> tuple[list[Remembered], tuple[Differing, ...]]:
    """What kiosks sent back, and of that what did not fit. A copy of a register has none beside it."""
    if not Database.has_callers(register):
        return [], ()
    with Database.of_callers(register) as access:
        return Callers(access).remembered()


def _tell(verdict: Verdict) -> None:
    for fault in verdict.faults[:SHOWN]:
        print(fault)
    if len(verdict.faults) > SHOWN:
        print(f"… and {len(verdict.faults) - SHOWN} more")
    for remark in verdict.remarks:
        print(f"note: {remark}")
    waiting = f", {verdict.waiting} wait to be sealed" if verdict.waiting else ""
    fit = f"{verdict.fit} of {verdict.checkpoints} checkpoints fit"
    print(f"{verdict.entries} entries whole from {verdict.first} on, head {verdict.head}, {fit}{waiting}")


def run_list(args: argparse.Namespace) -> int:
    """As they come: a register has more of them than a machine has memory."""
    config = office_config(args.register, args.config)
    with Register.open_without_rows(config.register) as register, register.read() as connection:
        found = entries_after(connection, args.after, args.meter)
        odd = _list_json(found) if args.json else _list(found)
    if odd:
        raise AuditBroken(f"{len(odd)} entries cannot be read, the first at {odd[0]}: krn office audit verify")
    return 0


def _list(found: Iterator[Entry]) -> list[Any]:
    """The numbers of those that cannot be read."""
    odd = []
    for entry in found:
        if entry.told is None:
            odd.append(entry.seq)
        print(f"{entry.seq!s:>8} cannot be read" if entry.told is None else _line(entry.seq, entry.told))
    return odd


def _list_json(found: Iterator[Entry]) -> list[Any]:
    odd = []
    print("[", end="")
    for number, entry in enumerate(found):
        if entry.told is None:
            odd.append(entry.seq)
        told = {"event": None} if entry.told is None else entry.told
        print(",\n" if number else "\n", json.dumps(told | {"seq": entry.seq}, default=str), sep="", end="")
    print("\n]")
    return odd


def _line(seq: int, told: dict[str, Any]) -> str:
    event, at, actor, meter = (told.pop(name) for name in ("event", "at", "actor", "meter"))
    about = "" if meter is None else f" meter {meter}"
    return f"{seq!s:>8} {at} {actor!s:12} {event}{about} {json.dumps(told, sort_keys=True)}"


def run_checkpoint(args: argparse.Namespace) -> int:
    """Print one JSON document."""
    config = office_config(args.register, args.config)
    with Register.open_without_rows(config.register) as register:
        Keeper(register, key_from_system(config.audit_key)).sign_now()
        with register.read() as connection:
            print(json.dumps(CHECKPOINT.write(require_newest(connection)), indent=2))
    return 0


def run_key(args: argparse.Namespace) -> int:
    """Print the public half: it is no secret."""
    key = make_key(args.out) if args.out else key_from_system(office_config(args.register, args.config).audit_key)
    if key is None:
        raise AuditKeyUnusable("there is no key: make one with --out FILE, and name it in the setting audit_key")
    if args.json:
        print(json.dumps({"public_key": key.public.digits}, indent=2))
    else:
        print(key.public.digits)
    return 0


def _public(args: argparse.Namespace, config: Config) -> list[PublicKey]:
    if args.public_key:
        return [PublicKey.read(path) for path in args.public_key]
    key = key_from_system(config.audit_key)
    return [] if key is None else [key.public]


def _read(path: Path) -> Checkpoint:
    """Raises CheckpointInvalid."""
    try:
        return CHECKPOINT.read(from_bytes(path.read_bytes()))
    except WireBroken as error:
        raise CheckpointInvalid(f"{path.name} holds no checkpoint ({error.message})") from error
    except OSError as error:
        raise CheckpointInvalid(f"the checkpoint {path} cannot be read: {error.strerror}") from error
