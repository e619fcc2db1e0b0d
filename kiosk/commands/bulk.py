"""`krn bulk`: the rows of a whole worklist, or of the register, in one go."""

import argparse
import json
import os
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from kiosk.commands.arguments import add_campaign, add_json, add_register, asked_campaign
from kiosk.opening import office_config, open_register, vault_of
from krn_engine.bulk.issuing import Issuer, Issuing
from krn_engine.bulk.job import Done, Job, MeterSource, Progress, require_free, run
from krn_engine.bulk.reading import WorklistSource
from krn_engine.bulk.recipients import recipients_of
from krn_engine.bulk.records import RegisterSource, require_units
from krn_engine.bulk.workers import Workers
from krn_engine.issuing.sources.opening import open_sources

LARGE = 20_000_000
"""Bytes of a worklist from which on several processes are worth their start."""
BEGINS_ANEW = (
    "without vending keys on this machine nothing of this job can be kept closed: if it is interrupted, it begins anew"
)
OTHER_JOB = (
    "what was begun of this file was another job (its meters or what is known of them, the campaign, vending keys, "
    "tables or recipients were others): it begins anew"
)
PLAIN = "{path} holds the rows of {count} meters and is not encrypted: whoever gets it can change those meters' keys"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn bulk`."""
    parser = subparsers.add_parser(
        "bulk",
        description="Rows for a whole worklist or register, in a file that another office imports. The same command "
        "goes on with a job that was interrupted. That rows of a register leave is in its audit; a worklist has none.",
    )
    parser.add_argument("--worklist", type=Path, metavar="FILE", help="CSV or XLSX (default: the register's meters)")
    parser.add_argument(
        "--unit",
        action="append",
        default=[],
        dest="units",
        metavar="UNIT",
        help="only its meters, and those that have no unit; may be said again",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file for the rows")
    parser.add_argument(
        "--issue",
        action="store_true",
        help="put the rows on record as issued, for kiosks to give; on PostgreSQL several machines share the work",
    )
    readers = parser.add_mutually_exclusive_group()
    readers.add_argument(
        "--to",
        action="append",
        metavar="RECIPIENT",
        help="who can read it: a public key in the age format (age1…), or a file of such; may be said again",
    )
    readers.add_argument(
        "--plain", action="store_true", help="not encrypted: whoever gets the file can change the keys of its meters"
    )
    parser.add_argument(
        "--workers", type=_at_least_one, metavar="N", help="processes that make rows (a large list: one for each core)"
    )
    add_campaign(parser)
    add_register(parser)
    add_json(parser)
    parser.set_defaults(run=run_bulk, parser=parser)


def run_bulk(args: argparse.Namespace) -> int:
    """0 once the file is there and what should be on record is, whatever meters were refused."""
    _require_sense(args)
    recipients = recipients_of(args.to) if args.to else None
    config = office_config(args.register, args.config)
    campaign = asked_campaign(args, config)
    told: dict[str, object] = {}
    with ExitStack() as open_:
        register = None if args.worklist is not None else open_.enter_context(open_register(config))
        vault = vault_of(config)
        sources = open_.enter_context(closing(open_sources(config.sources, vault)))
        bar = open_.enter_context(_Bars(shown=sys.stderr.isatty() and not args.json))
        units = tuple(args.units)
        meters: MeterSource
        if register is None:
            meters = WorklistSource(args.worklist, units)
        else:
            require_units(register, units)
            meters = RegisterSource(register, campaign, sources, datetime.now(UTC), units, config.register)
        if args.out is not None:
            # Before anything is issued, which may take long.
            require_free(args.out)
        if register is not None and args.issue:
            told |= _issued(Issuer(register, campaign, sources, units).run(bar.of("meters")))
        if args.out is not None:
            number = _cores_that_pay(meters) if args.workers is None else args.workers
            workers = open_.enter_context(Workers(number)) if number > 1 else None
            job = Job(meters, campaign, sources, vault, args.out, recipients, workers=workers, at=datetime.now(UTC))
            if not job.goes_on:
                _tell(BEGINS_ANEW)
            progress = bar.of("B" if register is None else "customers")
            told |= _written(job, run(job, progress, begun_anew=partial(_tell, OTHER_JOB)))
    if args.json:
        print(json.dumps(told, indent=2))
    else:
        for name, value in told.items():
            print(f"{name.replace('_', ' '):20} {_said(value)}")
    return 0


def _tell(sentence: str) -> None:
    print(f"krn: {sentence}", file=sys.stderr)


def _require_sense(args: argparse.Namespace) -> None:
    """Ends the program for options that do not go together."""
    if args.worklist is not None and args.issue:
        args.parser.error("--issue works on the register: import the list first (krn office import)")
    if args.out is None and not args.issue:
        args.parser.error("--out FILE says where the rows go; only --issue needs no file")
    if (args.out is None) != (not args.to and not args.plain):
        args.parser.error("--out FILE goes with --to RECIPIENT, or with --plain")


def _said(value: object) -> object:
    """Counts by code as people read them."""
    if not isinstance(value, dict):
        return value
    return ", ".join(f"{code} {count}" for code, count in sorted(value.items())) or "none"


def _cores_that_pay(meters: MeterSource) -> int:
    """As many as there are for a large list; a small one is done before a process has begun."""
    large = isinstance(meters, WorklistSource) and meters.size > LARGE
    return os.cpu_count() or 1 if large else 1


def _issued(done: Issuing) -> dict[str, object]:
    return {
        "issued_meters": done.meters,
        "issued_key_changes": done.changes,
        "meters_not_issued": sum(done.refused.values()),
        "codes_not_issued": dict(done.refused),
    }


def _written(job: Job, done: Done) -> dict[str, object]:
    if job.recipients is None:
        print(f"krn: warning: {PLAIN.format(path=job.out, count=done.counts.made)}", file=sys.stderr)
    return {
        "meters_with_rows": done.counts.made,
        "meters_without": sum(done.counts.refused.values()),
        "codes_without": dict(done.counts.refused),
        "went_on": done.continued,
        "rows": str(job.out),
        "why_without": str(job.report),
    }


def _at_least_one(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on is needed")
    return number


_NARROW = 60
"""Columns of a terminal that have no room for a bar beside its figures: their end was cut off."""
_WITHOUT_BAR = "{percentage:3.0f}% {remaining} {n_fmt}/{total_fmt} {rate_fmt}"


class _Bars:
    """How far it is, with the rate and the time that is left, where somebody looks on."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._bars: list[tqdm[NoReturn]] = []

    def of(self, unit: str) -> Progress:
        """A bar of its own, of this unit."""
        bar: tqdm[NoReturn] = tqdm(disable=not self._shown, unit=unit, unit_scale=True, file=sys.stderr)
        if self._shown and bar.ncols is not None and bar.ncols < _NARROW:
            bar.bar_format = _WITHOUT_BAR
        self._bars.append(bar)

        def told(done: int, size: int) -> None:
            bar.total = size or None
            bar.update(done - bar.n)

        return told

    def __enter__(self) -> "_Bars":
        return self

    def __exit__(self, *exc: object) -> None:
        for bar in self._bars:
            bar.close()
