"""`krn office orders`: what officers have to do at meters, out as lists and back as results."""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from kiosk.commands.arguments import add_json, add_register
from kiosk.errors import InputInvalid
from kiosk.opening import campaign_of, office_config, open_register, vault_of
from krn_engine.durable import new_file
from krn_engine.issuing.sources.opening import open_sources
from krn_engine.office.access.database import Database
from krn_engine.office.access.people import People
from krn_engine.office.local import LocalOffice
from krn_engine.office.orders.errors import ListNotWritten, ListThere, ResultsRefused
from krn_engine.office.orders.finding import MOST, OpenOrders, Orders
from krn_engine.office.orders.making import ListMaker
from krn_engine.office.orders.marks import Marks
from krn_engine.office.orders.order import Order, OrderList, Why
from krn_engine.office.orders.results import Results, ResultsReport
from krn_engine.office.wire.asked import CALLER_NAME
from krn_engine.office.words.texts import INDONESIAN, LANGUAGES, Texts

FORMATS = ("xlsx", "csv", "pdf")
OF_A_DAY = 60
"""Orders of a list, unless more are asked for: what one officer can do."""
SHOWN = 50
"""Lines that a terminal shows; --json has all."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn office orders list|make|results`."""
    parser = commands.add_parser("orders")
    orders = parser.add_subparsers(required=True, metavar="COMMAND")
    listed = orders.add_parser("list", help="what is open in a unit")
    listed.set_defaults(run=run_list)
    made = orders.add_parser("make", help="a list for an officer, with the rows, as a spreadsheet and on paper")
    made.add_argument("--officer", required=True, metavar="NAME", help="who goes: what comes back is this one's word")
    made.add_argument("--new-name", action="store_true", help="an officer who does not sign in here by that name")
    made.add_argument(
        "--out", type=Path, required=True, action="append", metavar="FILE", help="a new file; repeat it for others"
    )
    made.add_argument("--format", choices=FORMATS, help="of the file (by its name: .xlsx, .csv, .pdf)")
    made.add_argument("--language", choices=LANGUAGES, default=INDONESIAN, help="of the words on it (id)")
    made.set_defaults(run=run_make)
    for command in (listed, made):
        command.add_argument("unit", metavar="UNIT", help="the unit, as the worklists call it")
        command.add_argument(
            "--why", action="append", choices=[why.value for why in Why], help="only such orders; repeat it"
        )
        command.add_argument(
            "--limit", type=int, default=OF_A_DAY, metavar="N", help=f"the N most pressing ones ({OF_A_DAY})"
        )
    results = orders.add_parser("results", help="put a list on record that came back filled in (CSV or XLSX)")
    results.add_argument("file", type=Path)
    results.add_argument("--skip-bad", action="store_true", help="go on without the lines that are refused")
    results.set_defaults(run=run_results)
    for command in (listed, made, results):
        add_register(command)
        add_json(command)


def run_list(args: argparse.Namespace) -> int:
    """What is open now."""
    config = office_config(args.register, args.config)
    with open_register(config) as register:
        orders = Orders(register, campaign_of(config), _now)
        found = orders.of_unit(args.unit, _limit(args), _whys(args))
    if args.json:
        document = {
            "orders": [_document(order) for order in found.orders],
            "more": found.more,
            "damaged": found.damaged,
        }
        print(json.dumps(document, indent=2))
        return 0
    _tell(found)
    return 0


def run_make(args: argparse.Namespace) -> int:
    """The same orders in each of the files."""
    if not CALLER_NAME.fits(args.officer):
        raise InputInvalid("an officer's name has 1 to 32 letters, digits, - and _, and begins with none of the last")
    writers = {out: _writer(out, args) for out in args.out}
    config = office_config(args.register, args.config)
    sources = open_sources(config.sources, vault_of(config))
    try:
        with open_register(config) as register, Database.of_callers(config.register) as kept:
            _require_officer(args.officer, kept, is_new=args.new_name)
            marks = Marks(kept.orders_key())
            campaign = campaign_of(config)
            office = LocalOffice(register, campaign, sources=sources)
            maker = ListMaker(register, office, Orders(register, campaign, _now), marks)
            made = maker.make(args.unit, args.officer, _limit(args), _whys(args))
    finally:
        sources.close()
    for out, write in writers.items():
        _keep(out, write(made, Texts(args.language)))
    without = sum(bool(line.refusal) for line in made.lines)
    if args.json:
        told = {
            "list": made.id,
            "orders": len(made.lines),
            "without_rows": without,
            "files": [str(out) for out in writers],
        }
        print(json.dumps(told, indent=2))
        return 0
    print(f"list {made.id}: {len(made.lines)} orders for {made.officer}")
    for line in made.lines:
        if line.refusal:
            print(f"  no {line.number}: its rows were refused [{line.refusal}]")
    return 0


def run_results(args: argparse.Namespace) -> int:
    """0 if the file was stored, whole or without its refused lines."""
    config = office_config(args.register, args.config)
    sources = open_sources(config.sources, vault_of(config))
    try:
        with open_register(config) as register, Database.of_callers(config.register) as kept:
            office = LocalOffice(register, campaign_of(config), sources=sources)
            report = Results(register, office, Marks(kept.orders_key())).take(args.file, skip_bad=args.skip_bad)
    finally:
        sources.close()
    if args.json:
        print(json.dumps(asdict(report), indent=2, ensure_ascii=False))
    else:
        _tell_results(report)
    if not report.stored:
        raise ResultsRefused(
            f"{len(report.refused)} lines were refused, so nothing was stored: correct them, or use --skip-bad"
        )
    return 0


def _require_officer(name: str, kept: Database, *, is_new: bool) -> None:
    """What comes back is kept as this one's word. Raises InputInvalid for a name of nobody, where people sign in."""
    names = [person.name for person in People(kept).all() if person.removed_at is None]
    if is_new or not names or name.lower() in names:
        return
    close = get_close_matches(name.lower(), names, n=3)
    told = f"; close to it: {', '.join(close)}" if close else ""
    raise InputInvalid(f"nobody here is called {name}{told}. For an officer who does not sign in say --new-name too")


# --- files


def _writer(out: Path, args: argparse.Namespace) -> Callable[[OrderList, Texts], bytes]:
    """How a file is written. Raises InputInvalid, ListThere: before any row is given out."""
    kind = out.suffix.lower().removeprefix(".") if args.format is None else args.format
    if kind not in FORMATS or (args.format is not None and len(args.out) > 1):
        raise InputInvalid("name files that end in .xlsx, .csv or .pdf, or one file and its --format")
    if out.exists() or out.is_symlink():
        raise ListThere(f"there is a file at {out} already: name another one, nothing is written over")
    if not out.absolute().parent.is_dir():
        raise ListNotWritten(f"there is no folder {out.absolute().parent}: make it, or name another one")
    return _writers()[kind]


def _writers() -> Mapping[str, Callable[[OrderList, Texts], bytes]]:
    # What draws paper is slow to import, and nobody else of this command needs it.
    from krn_engine.office.orders.paper import as_pdf  # noqa: PLC0415
    from krn_engine.office.orders.sheets import as_csv, as_xlsx  # noqa: PLC0415

    return {"csv": as_csv, "xlsx": as_xlsx, "pdf": as_pdf}


def _keep(out: Path, content: bytes) -> None:
    """In a file that its owner alone can read: rows and numbers are in it."""
    try:
        new_file(out, content)
    except FileExistsError:
        raise ListThere(f"there is a file at {out} already: name another one, nothing is written over") from None
    except OSError as error:
        raise ListNotWritten(f"the list cannot be written to {out}: {error.strerror}. Make it again") from None


# --- asking and telling


def _now() -> datetime:
    return datetime.now(UTC)


def _limit(args: argparse.Namespace) -> int:
    if not 1 <= args.limit <= MOST:
        raise InputInvalid(f"a list has 1 to {MOST} orders")
    limit: int = args.limit
    return limit


def _whys(args: argparse.Namespace) -> list[Why]:
    return [Why(why) for why in args.why or ()]


def _document(order: Order) -> dict[str, object]:
    return {
        "meter_number": order.meter_number,
        "idpel": order.idpel,
        "whys": [why.value for why in order.whys],
        "code": order.code,
        "told_at": None if order.told_at is None else order.told_at.isoformat(),
        "rows": order.rows,
    }


def _tell(found: OpenOrders) -> None:
    for order in found.orders[:SHOWN]:
        whys = ", ".join(why.value for why in order.whys)
        print(f"{order.meter_number}  {order.rows} rows  {whys} {order.code}".rstrip())
    if len(found.orders) > SHOWN:
        print(f"… and {len(found.orders) - SHOWN} more lines")
    counted = Counter(order.whys[0] for order in found.orders)
    told = ", ".join(f"{why.value} {counted[why]}" for why in Why if counted[why])
    print(f"{len(found.orders)} orders{': ' if told else ''}{told}; {found.more} more are open")
    if found.damaged:
        print(f"{found.damaged} meters have damaged records, and are in no list: krn doctor")


def _tell_results(report: ResultsReport) -> None:
    for line in report.refused[:SHOWN]:
        print(f"line {line.number}: {line.reason} [{line.code}]")
    if len(report.refused) > SHOWN:
        print(f"… and {len(report.refused) - SHOWN} more lines")
    print(
        f"{report.taken} results on record (each once, however often it comes), {report.known} of meters that were "
        f"proved already, {report.conflicts} that say otherwise than a proof (kept in the meter's history), "
        f"{report.without} lines without a result, {len(report.refused)} refused"
    )
