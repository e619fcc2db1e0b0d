"""`krn bench`: the figures this project promises, measured."""

import argparse
import json
import sys

from kiosk.bench.groups import GROUPS, measure


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn bench`."""
    parser = subparsers.add_parser("bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"groups: {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--quick", action="store_true", help="only try whether they can be measured, in seconds")
    parser.add_argument("--meters", type=int, metavar="N", help="how many meters the groups office and register have")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 if a group failed."""
    unknown = [name for name in args.names if name not in GROUPS]
    if unknown:
        args.parser.error(f"no such group: {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    measured = measure(args.names, quick=args.quick, meters=args.meters)
    if args.json:
        print(json.dumps(measured.document(), indent=2))
    else:
        print(measured.machine)
        for figure in measured.figures:
            low, high = figure.spread
            print(f"{figure.name:24} {figure.value:>12,.3f} {figure.unit:8} ({low:,.3f} to {high:,.3f})")
    for failed in measured.failed:
        print(f"krn: error: the group {failed.group} failed: {failed.reason}", file=sys.stderr)
    return 1 if measured.failed else 0
