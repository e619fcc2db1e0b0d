"""`krn office import`: load worklists and ready-made rows."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from kiosk.commands.arguments import add_json, add_register
from kiosk.opening import make_register, office_config, open_register
from krn_engine.register.errors import ImportRefused, TakesAway
from krn_engine.register.importer import ImportReport, import_worklist

SHOWN = 50
"""How many refused lines a terminal shows; --json has more of them."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it to `krn office`."""
    add = commands.add_parser("import")
    add.add_argument("file", type=Path)
    add.add_argument("--new", action="store_true", help="make the register; one that is there already is refused")
    add.add_argument("--skip-bad", action="store_true", help="go on without the lines that are refused")
    add.add_argument("--accept", action="store_true", help="do what the list takes away or moves, which is told first")
    add_register(add)
    add_json(add)
    add.set_defaults(run=run_import)


def run_import(args: argparse.Namespace) -> int:
    """0 if the file was stored, whole or without its refused lines."""
    config = office_config(args.register, args.config)
    with make_register(config) if args.new else open_register(config) as register:
        progress = _bar if sys.stderr.isatty() and not args.json else None
        report = import_worklist(
            register, args.file, skip_bad=args.skip_bad, accept=args.accept, progress=progress, units=config.units or ()
        )
    if args.json:
        print(json.dumps(asdict(report), indent=2, ensure_ascii=False))
    else:
        _tell(report)
    if report.stored:
        return 0
    if report.takes_away:
        raise TakesAway("the list would take away or move what is on record, so nothing was stored: --accept does it")
    raise ImportRefused(
        f"{report.refused_count} lines were refused, so nothing was stored: correct them, or use --skip-bad"
    )


def _tell(report: ImportReport) -> None:
    for line in report.refused[:SHOWN]:
        print(f"line {line.number}: {line.reason} [{line.code}]")
    if report.refused_count > SHOWN:
        print(f"… and {report.refused_count - SHOWN} more lines")
    if report.ignored_columns:
        print(f"columns not used: {', '.join(report.ignored_columns)}")
    if report.other_units:
        print(f"{report.other_units} lines name other units; they were left out")
    if report.odd_check_digits:
        print(f"{report.odd_check_digits} meter numbers do not fit their check digit; they were taken")
    for taken in report.takes_away:
        print(f"{taken.kind}: {taken.count}")
        for known in taken.first:
            print(f"  line {known.number}: {known.what}")
        if taken.count > len(taken.first):
            print(f"  … and {taken.count - len(taken.first)} more lines")
    print(f"{report.taken} customers stored, {report.refused_count} lines refused")


def _bar(done: int, size: int) -> None:
    share = min(1.0, done / size) if size else 1.0
    print(
        f"\r[{'#' * round(30 * share):30}] {share:4.0%}", end="\n" if share == 1.0 else "", file=sys.stderr, flush=True
    )
