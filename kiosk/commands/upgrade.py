"""`krn upgrade`: the main job in a terminal. Look up, issue the rows, type them, show the meter's answer to each."""

import argparse
import json
import sys
import uuid
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from hardware.keypad.models import DEFAULT_MODEL, read_profile
from hardware.optical.models import read_model
from hardware.virtual.adapter import Pace
from hardware.virtual.faults import OF_THE_KEYPAD, Fault
from kiosk.commands.person import TerminalPerson
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.errors import CannotUpgrade, NoMeterHere
from kiosk.settings.config import Config
from kiosk.upgrade.endings import WORDS
from kiosk.upgrade.events import TAKEN, Ending, Report, RowAnswer, SessionEvent, Waiting
from kiosk.upgrade.session import UpgradeSession
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.demo import DemoCase
from krn_engine.office.contract import Blocked, Due, Found, Grade, Issued, NotFound, NothingToDo, Unclear
from krn_engine.office.identify import NotAnId
from krn_engine.row import grouped

ONLY_ON_GPIO = OF_THE_KEYPAD | {Fault.LOCKED_OUT}
"""A lock-out stands by the clock of the meter that is typed into; the rest is how a meter is when it is connected."""
FAST = Pace(press=0.002, gap=0.002)
"""A virtual meter needs no waiting for its springs."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn upgrade`."""
    parser = subparsers.add_parser("upgrade")
    parser.add_argument("id", nargs="?", help="IDPEL (12 digits) or meter number (11); with --demo it may be left out")
    parser.add_argument("--demo", action="store_true", help="work on an invented province, with no hardware")
    parser.add_argument(
        "--meter",
        choices=("virtual", "gpio", "optical", "none"),
        help="where the rows go: a virtual meter's keys, contacts on GPIO lines, by light, nowhere (demo: virtual)",
    )
    parser.add_argument("--model", help=f"model of the connected meter ({DEFAULT_MODEL}; by light the configured one)")
    parser.add_argument("--type-again", action="store_true", help="a person looked: a row in doubt may be typed again")
    parser.add_argument(
        "--fault",
        action="append",
        choices=[fault.value for fault in Fault],
        default=[],
        help="demo: let this go wrong, what is of the keypad on gpio; may be given more than once",
    )
    parser.add_argument("--seed", type=int, default=0, help="demo on gpio: dice of the faults")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do it; 0 if the meter is at the target, or its rows were shown."""
    meter = args.meter or ("virtual" if args.demo else "none")
    # Before rows are issued: an unknown model is refused.
    if meter == "optical" and args.model is not None:
        read_model(args.model)
    elif meter != "optical":
        read_profile(args.model or DEFAULT_MODEL)
    _require_faults_that_play(args, meter)
    with _workplace(args, meter) as here:
        if meter == "optical" and here.light is None:
            raise NoMeterHere("no optical head is configured: set optical_model (docs/config.md)")
        if meter != "none" and here.connect is None:
            raise NoMeterHere(
                "only the demo has virtual meters: use --demo, or --meter none to see the rows"
                if meter == "virtual"
                else "no meter process is configured: set meter_socket (docs/config.md), or use --meter none"
            )
        wanted = args.id
        if wanted is None and isinstance(here, DemoWorkplace):
            wanted = here.province.first(DemoCase.FOUR_ROWS).idpel
        if wanted is None:
            raise CannotUpgrade("say which customer: krn upgrade ID")
        person = TerminalPerson(ask=not args.json and sys.stdin.isatty(), type_again=args.type_again)
        model = args.model or (here.usual_model.name if meter == "optical" else DEFAULT_MODEL)
        return _Terminal(here, args.json, person, model).upgrade(wanted, type_into_meter=meter != "none")


def _require_faults_that_play(args: argparse.Namespace, meter: str) -> None:
    """A session that ends well because nothing went wrong tells nothing of a fault. Raises CannotUpgrade."""
    asked = {Fault(name) for name in args.fault}
    silent = asked if not args.demo else asked & ONLY_ON_GPIO if meter != "gpio" else set()
    if silent:
        names = ", ".join(sorted(fault.value for fault in silent))
        raise CannotUpgrade(f"only --demo --meter gpio plays this fault: {names}")


def _workplace(args: argparse.Namespace, meter: str) -> AbstractContextManager[Workplace]:
    if args.demo:
        faults = frozenset(Fault(name) for name in args.fault)
        keys = DEFAULT_MODEL if args.model is None or meter == "optical" else args.model
        wire = Wire(meter == "gpio", meter != "gpio", FAST, keys, faults, args.seed)
        return demo_workplace(wire, light=meter == "optical")
    return configured_workplace(Config.read(args.config, has_demo=True))


class _Terminal:
    def __init__(self, here: Workplace, as_json: bool, person: TerminalPerson, model: str) -> None:
        self._here = here
        self._as_json = as_json
        self._person = person
        self._model = model

    def upgrade(self, wanted: str, *, type_into_meter: bool) -> int:
        found = self._found(wanted)
        document: dict[str, Any] = {"customer": _customer(found)}
        # Whose meter it is comes before anything that is said of it.
        self._say(f"{document['customer']['name']}, meter {found.meter_number}, KRN {found.krn or '?'}")
        _require_clear(found)
        if document["customer"]["claimed"]:
            self._say("A customer says that all rows are in. Nothing has proved it, so the rows are issued again.")
        if isinstance(found.standing, NothingToDo):
            self._say("This meter is up to date. Nothing to do, and nothing to pay.")
            return self._finish(document | {"plan": [], "rows": [], "answers": [], "outcome": "nothing-to-do"}, 0)
        issued = self._here.office.issue(found.meter_number, uuid.uuid4().hex)
        document |= {"plan": _plan(issued), "rows": list(issued.rows), "answers": []}
        for number, row in enumerate(issued.rows, 1):
            self._say(f"row {number} of {len(issued.rows)}   {grouped(row)}")
        if not type_into_meter or self._here.connect is None:
            return self._finish(document | {"outcome": "rows-issued"}, 0)
        report = self._type(issued, found.meter_number)
        document |= {
            "answers": [_answer(answer) for answer in report.answers],
            "meter": {"krn": report.krn, "proved": report.proved},
            "outcome": report.ending.value,
            "reason": report.ending.code or None,
        }
        self._say(f"meter now: KRN {'?' if report.krn is None else report.krn}   ({report.ending.value})")
        status = self._finish(document, 0 if report.ending is Ending.UPGRADED else 1)
        if status:
            print(f"krn: error: {WORDS[report.ending].reason} [{report.ending.code}]", file=sys.stderr)
        return status

    def _found(self, wanted: str) -> Found:
        result = self._here.office.find(wanted)
        if isinstance(result, NotAnId):
            raise CannotUpgrade(result.message)
        if isinstance(result, NotFound):
            raise CannotUpgrade("this ID is not in the register: check every digit, or ask the counter")
        return result

    def _type(self, issued: Issued, meter_number: str) -> Report:
        assert self._here.connect is not None  # noqa: S101  the caller has looked
        with self._here.connect(meter_number, self._model) as adapter:
            session = UpgradeSession(
                self._here.office,
                issued,
                adapter,
                place=self._here.place,
                person=self._person,
                word=Grade.TECHNICIAN,
                watch=self._show_event,
                clock=self._here.clock,
                wait=self._here.wait,
            )
            return session.run()

    def _show_event(self, event: SessionEvent) -> None:
        if isinstance(event, RowAnswer):
            submission = event.submission
            seen = submission.evidence.seen if submission.evidence else "no answer"
            mark = "ok" if submission.outcome in TAKEN else "!!"
            done = "sent" if self._here.by_light(self._model) else "typed"
            self._say(f"row {event.row} {done}: the meter says {seen}   [{mark}]")
        elif isinstance(event, Waiting) and event.seconds % 10 == 0:
            self._say(f"the meter is locked for {event.seconds} s more")

    def _say(self, line: str) -> None:
        if not self._as_json:
            print(line, flush=True)

    def _finish(self, document: dict[str, Any], status: int) -> int:
        if self._as_json:
            json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
            print()
        return status


def _require_clear(found: Found) -> None:
    match found.standing:
        case Blocked(reason):
            raise CannotUpgrade(f"the office has blocked this meter: {reason}")
        case Unclear(_, message):
            raise CannotUpgrade(message)


def _customer(found: Found) -> dict[str, Any]:
    customer = found.customer
    return {
        "name": customer.masked_name,
        "idpel": f"{customer.idpel[:2]}******{customer.idpel[-4:]}",
        "meter_number": found.meter_number,
        "tariff": customer.tariff,
        "power_va": customer.power_va,
        "krn": found.krn,
        "claimed": isinstance(found.standing, Due) and found.standing.claimed,
        "urgency": found.assessment.urgency.name.lower(),
        "reasons": [reason.value for reason in found.assessment.reasons],
        "warnings": [warning.value for warning in found.warnings],
    }


def _plan(issued: Issued) -> list[dict[str, Any]]:
    return [
        {"from_krn": change.old_krn, "to_krn": change.new_krn, "rows": len(change.rows)} for change in issued.changes
    ]


def _answer(answer: RowAnswer) -> dict[str, Any]:
    submission = answer.submission
    return {
        "row": answer.row,
        "outcome": submission.outcome.value,
        "result": submission.result,
        "seen": submission.evidence.seen if submission.evidence else None,
        "by": submission.evidence.by if submission.evidence else None,
        "source": submission.evidence.source.value if submission.evidence else None,
    }
