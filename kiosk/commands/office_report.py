"""`krn office report`: how far the campaign is, in a terminal, as JSON, and as files to send."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.commands.arguments import add_campaign, add_json, add_register, asked_campaign
from kiosk.opening import office_config, open_register
from krn_engine.office.contract import Progress
from krn_engine.office.local import LocalOffice
from krn_engine.office.report.document import document
from krn_engine.office.report.files import require_free, write
from krn_engine.office.report.gather import CampaignReport
from krn_engine.office.words.texts import INDONESIAN, LANGUAGES, Texts

UNKNOWN = "unknown"
NOT_SHOWN = ("at", "campaign", "over_time", "reference", "pace", "units")
"""Parts of the document that are told in sentences of their own, or in JSON alone."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn office report`."""
    report = commands.add_parser("report")
    report.add_argument("--units", action="store_true", help="each unit by itself too")
    report.add_argument(
        "--recount", action="store_true", help="count every meter anew first, and say if that was needed"
    )
    add_campaign(report)
    add_register(report)
    add_json(report)
    report.add_argument("--html", type=Path, metavar="FILE", help="write a page that needs no network and prints on A4")
    report.add_argument("--xlsx", type=Path, metavar="FILE", help="write a workbook, with a sheet for each subject")
    report.add_argument("--force", action="store_true", help="write over files that are there")
    report.add_argument("--language", choices=LANGUAGES, default=INDONESIAN, help="of the files (id)")
    report.set_defaults(run=run_report)


def run_report(args: argparse.Namespace) -> int:
    """Progress of the campaign."""
    files = [path for path in (args.html, args.xlsx) if path is not None]
    for path in files:
        # Before all of it is counted.
        require_free(path, replace=args.force)
    config = office_config(args.register, args.config)
    with open_register(config) as register:
        if args.recount and not register.recount():
            print("what was kept was not what counting gives: it is now", file=sys.stderr)
        office = LocalOffice(register, asked_campaign(args, config))
        progress, report = office.progress(), office.reporter.report()
    _write(args, report)
    if args.json:
        print(json.dumps(_document(progress, report, units=args.units), indent=2, default=str))
    else:
        _tell(progress, report, units=args.units)
    return 0


def _write(args: argparse.Namespace, report: CampaignReport) -> None:
    """The files that are asked for. What makes them is installed where an office is, and not on a kiosk."""
    say = Texts(args.language)
    if args.html is not None:
        from krn_engine.office.report import page  # noqa: PLC0415

        write(args.html, page.file(report, say), replace=args.force)
    if args.xlsx is not None:
        from krn_engine.office.report.workbook import workbook  # noqa: PLC0415

        write(args.xlsx, workbook(report, say), replace=args.force)


def _document(progress: Progress, report: CampaignReport, *, units: bool) -> dict[str, Any]:
    """Names are never taken away: others read them."""
    told = asdict(progress) | {"percent": round(progress.percent, 2)}
    told["rows_accepted_today"] = progress.rows_accepted_today
    told["days"] = {str(day.day): day.rows_accepted for day in progress.days}
    return told | document(report, units=units)


def _tell(progress: Progress, report: CampaignReport, *, units: bool) -> None:
    told = _document(progress, report, units=units)
    del told["days"]
    for name, value in told.items():
        if name not in NOT_SHOWN and value != {}:
            shown = ", ".join(f"{reason} {meters}" for reason, meters in value.items()) if _is_table(value) else value
            print(f"{name.replace('_', ' '):20} {shown}")
    pace = told["pace"]
    for name in ("deadline", "days_left", "done_on"):
        print(f"{name.replace('_', ' '):20} {_known(pace[name])}")
    for name in ("needed", "last_7_days", "last_14_days"):
        a_day = UNKNOWN if pace[name] is None else f"{pace[name]} meters a day"
        print(f"{'pace ' + name.replace('_', ' '):20} {a_day}")
    seed = report.reference
    print(
        f"{'to compare':20} the campaign that this began with stood at {seed.percent:.2f} % of {seed.meters} meters: "
        f"{seed.done} done, {seed.left} left"
    )
    for unit, numbers in told.get("units", {}).items():
        shown = ", ".join(f"{name} {value}" for name, value in numbers.items() if value and not _is_table(value))
        print(f"unit {unit or 'not known':15} {shown}")


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _known(value: object) -> object:
    return UNKNOWN if value is None else value
