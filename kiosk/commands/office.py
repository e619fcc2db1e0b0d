"""`krn office`: load worklists and ready-made rows, make a demo province, report progress, say what a meter holds."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from kiosk.opening import make_register, office_config, open_register
from krn_engine.demo import DemoProvince
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.vault import KdfCost
from krn_engine.office.contract import Blocked, Due, Found, NothingToDo, Standing, Statement, Unclear
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import ImportRefused, TakesAway
from krn_engine.register.importer import ImportReport, import_worklist

DEMO_PASSPHRASE = "demo, not a secret"  # noqa: S105  it guards invented keys, and says so
DEMO_COST = KdfCost(log2_n=10)
PLACE = "krn office"
"""Where a statement was made that came from the command line."""
SHOWN = 50
"""How many refused lines a terminal shows; --json has more of them."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn office import|demo|report|holds|retract|forget-rows`."""
    parser = subparsers.add_parser(
        "office", help="load worklists, make demo data, report progress, state a meter's KRN"
    )
    commands = parser.add_subparsers(required=True, metavar="import|demo|report|holds|retract|forget-rows")
    add = commands.add_parser("import", help="put a worklist (CSV or XLSX) into the register")
    add.add_argument("file", type=Path)
    add.add_argument("--new", action="store_true", help="make the register; one that is there already is refused")
    add.add_argument("--skip-bad", action="store_true", help="go on without the lines that are refused")
    add.add_argument("--accept", action="store_true", help="do what the list takes away or moves, which is told first")
    add.set_defaults(run=run_import)
    demo = commands.add_parser("demo", help="make a plainly invented province: register, vault, passphrase")
    demo.add_argument("--customers", type=int, default=64, metavar="N")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--out", type=Path, required=True, help="folder to make it in")
    demo.set_defaults(run=run_demo)
    report = commands.add_parser("report", help="how far the campaign is")
    report.set_defaults(run=run_report)
    holds = commands.add_parser("holds", help="say which KRN a meter holds: a record, which the office goes by")
    holds.add_argument("--krn", type=int, required=True, metavar="N", help="1 to 9")
    retract = commands.add_parser("retract", help="take back what customers claimed of a meter")
    retract.set_defaults(krn=None)
    for command in (holds, retract):
        command.add_argument("meter", metavar="METER", help="meter number (11 or 13 digits)")
        command.add_argument("--because", required=True, metavar="TEXT", help="why: it stands in the meter's history")
        command.add_argument("--by", required=True, metavar="NAME", help="who says it")
        command.set_defaults(run=run_state)
    forget = commands.add_parser("forget-rows", help="take the sealed rows out of a register whose key is lost")
    forget.add_argument("--accept", action="store_true", help="do it; without this word it is only told")
    forget.set_defaults(run=run_forget)
    for command in (report, holds, retract):
        command.add_argument("--campaign", type=Path, help="campaign file (default: the built-in one)")
    for command in (add, report, holds, retract, forget):
        command.add_argument("--register", help="path of the SQLite file, or a database URL (that of the settings)")
        command.add_argument("--config", type=Path, help="configuration file (that of this machine, for its register)")
        command.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


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


def run_demo(args: argparse.Namespace) -> int:
    """A register and a vault in a new folder."""
    if args.customers < 1:
        raise ImportRefused("a province has at least one customer")
    folder: Path = args.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ImportRefused(f"{folder} is not empty: name a new folder, so that nothing is written over")
    except OSError as error:
        raise ImportRefused(f"{folder} cannot be made ({error}): name a new folder") from error
    province = DemoProvince(args.customers, args.seed)
    with Register.create(sqlite_url(folder / "register.db")) as register:
        province.load(register)
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(DEMO_PASSPHRASE + "\n", encoding="utf-8")
    province.vault.write(folder / "vault", DEMO_PASSPHRASE, DEMO_COST)
    (folder / "kiosk.toml").write_text(_demo_config(folder.resolve()), encoding="utf-8")
    print(f"{args.customers} invented customers in {folder}: krn upgrade ID --config {folder / 'kiosk.toml'}")
    return 0


def _demo_config(folder: Path) -> str:
    return (
        f'register = "{sqlite_url(folder / "register.db")}"\n'
        f'vault = "{folder / "vault"}"\n'
        f'passphrase_file = "{folder / "passphrase"}"\n'
        'vault_guarded = true\nplace = "demo"\npanel = "window"\nfullscreen = false\n'
    )


def run_report(args: argparse.Namespace) -> int:
    """Progress of the campaign."""
    with open_register(office_config(args.register, args.config)) as register:
        progress = LocalOffice(register, _campaign(args)).progress()
    document = asdict(progress) | {"percent": round(progress.percent, 2)}
    document["rows_accepted_today"] = progress.rows_accepted_today
    document["days"] = {str(day.day): day.rows_accepted for day in progress.days}
    if args.json:
        print(json.dumps(document, indent=2, default=str))
        return 0
    del document["days"]
    for name, value in document.items():
        print(f"{name.replace('_', ' '):20} {value}")
    return 0


def run_state(args: argparse.Namespace) -> int:
    """Put a statement on record, and tell how the meter stands by it."""
    with open_register(office_config(args.register, args.config)) as register:
        office = LocalOffice(register, _campaign(args))
        office.state(args.meter, Statement.said(args.krn, args.because, args.by, PLACE))
        found = office.find(args.meter)
    if not isinstance(found, Found):
        return 0
    document = {"meter_number": found.meter_number, "krn": found.krn, "standing": _standing(found.standing)}
    if args.json:
        print(json.dumps(document, indent=2))
    else:
        print(f"meter {found.meter_number}: KRN {found.krn or '?'}, {document['standing']}")
    return 0


def run_forget(args: argparse.Namespace) -> int:
    """Take sealed rows out. It needs no key, and the settings only to find the register."""
    register = office_config(args.register, args.config).register
    found = Register.forget_rows(register, accept=args.accept)
    if args.json:
        print(json.dumps(asdict(found) | {"forgotten": args.accept}, indent=2))
    else:
        print(f"sealed: the ready-made rows of {found.ready} meters, and {found.issued} key changes that were issued")
        if args.accept:
            print("they are taken out; all else stays. Import the lists with ready-made rows again")
    if not args.accept:
        raise TakesAway("their rows would be taken out, so nothing was done: --accept does it")
    return 0


def _standing(standing: Standing) -> str:
    match standing:
        case Due(rows, claimed=True):
            return f"{rows} rows to go, claimed by a customer"
        case Due(rows):
            return f"{rows} rows to go"
        case NothingToDo():
            return "up to date"
        case Blocked(reason):
            return f"blocked: {reason}"
        case Unclear(code, message):
            return f"unclear: {message} [{code}]"


def _campaign(args: argparse.Namespace) -> Campaign:
    return Campaign.default() if args.campaign is None else Campaign.read(args.campaign)
