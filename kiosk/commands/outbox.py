"""`krn outbox`: what a kiosk has put on record and its office does not have yet, or has refused. It asks nobody."""

import argparse
import json
import sys
from pathlib import Path

from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config
from krn_engine.office.offline.delivery import Entry
from krn_engine.office.offline.file import NAME
from krn_engine.office.offline.reading import readable_copy
from krn_engine.office.offline.tables import Kept


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn outbox`."""
    parser = subparsers.add_parser("outbox")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--left", type=Path, metavar="FOLDER", help="what was left for an office of before")
    parser.add_argument("--json", action="store_true", help="whole facts, as they are delivered")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """One line a fact, the oldest first. It needs no key and no network."""
    state = _state(args.config) if args.left is None else args.left
    if args.left is not None and not (state / NAME).is_file():
        raise ConfigInvalid(f"there is no outbox in {state}")
    with readable_copy(state) as (copy, can_be_written):
        entries = copy.entries()
        lost = int(copy.kept(Kept.LOST) or 0)
        uncounted = copy.kept(Kept.UNCOUNTED) is not None
    if lost or uncounted:
        number = "nobody can tell how many" if uncounted else str(lost)
        told = f"a damaged card took facts for the office ({number}): keep its copy-damaged-* files"
        print(f"krn: {told}", file=sys.stderr)
    if not can_be_written:
        print("krn: this card takes nothing any more: keep what is listed here, then change it", file=sys.stderr)
    if args.json:
        print(json.dumps([_document(entry) for entry in entries], indent=2, ensure_ascii=False))
        return 0
    for entry in entries:
        print(_line(entry))
    if not entries and not lost and not uncounted:
        print("the office has everything")
    return 0


def _state(file: Path | None) -> Path:
    config = Config.read(file)
    if config.office_url is None or config.state is None:
        raise ConfigInvalid("this kiosk has no outbox: it belongs to no office on the network (office_url)")
    if not config.state.is_dir():
        raise ConfigInvalid(f"there is no folder {config.state}: has this kiosk been set up (krn setup)?")
    return config.state


def _line(entry: Entry) -> str:
    fact = entry.fact
    state = f"refused {entry.code}: {entry.message}" if entry.refused_at is not None else "waiting"
    return f"{fact.at.astimezone():%Y-%m-%d %H:%M} {fact.kind.value:10} {entry.meter_number or '-':13} {state}"


def _document(entry: Entry) -> dict[str, object]:
    fact = entry.fact
    return {
        "n": fact.n,
        "kind": fact.kind.value,
        "uuid": fact.uuid,
        "at": fact.at.isoformat(),
        "body": fact.body,
        "refused_at": None if entry.refused_at is None else entry.refused_at.isoformat(),
        "code": entry.code,
        "message": entry.message,
    }
