"""`krn meter`: the meter process, and the tools for a meter that is connected."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from hardware.adapter import MeterAdapter
from hardware.build import opener
from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.errors import HardwareError, LineLost, MeterAnswersWrong, MeterProcessGone, NoAnswer, NotCalibrated
from hardware.journal import Journal
from hardware.keypad.build import KeypadBuilder
from hardware.keypad.calibrate import Calibration, Trial
from hardware.keypad.models import DEFAULT_MODEL, read_profile, store_timing
from hardware.notify import Pulse
from hardware.optical.models import models as optical_models
from hardware.person import asked
from hardware.settings import ABORT, MeterSettings
from kiosk.commands.person import TerminalPerson
from kiosk.errors import CannotUpgrade
from kiosk.upgrade.events import TAKEN
from krn_engine.row import grouped

if TYPE_CHECKING:
    from hardware.virtual.bench import Bench

TYPE_SECONDS = 90.0
_INSTEAD_OF_SETTINGS = {
    "socket": "where to listen",
    "journal": "where to keep the journal",
    "calibrated": "folder of calibrated timings",
}
# What is virtual is imported only where it is asked for: the meter process of a real kiosk holds no demo.


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn meter`."""
    parser = subparsers.add_parser("meter")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    serve = _action(actions, "serve", _serve, "own the devices and serve the kiosk over a Unix socket")
    serve.add_argument(
        "--wires", type=Path, help="instead of settings: the pins end in a virtual bench that listens on this socket"
    )
    for name, does in _INSTEAD_OF_SETTINGS.items():
        serve.add_argument(f"--{name}", type=Path, help=f"with --demo or --wires: {does}")
    serve.add_argument("--abort", action="store_true", help="with --demo or --wires: without_kiosk = abort")
    serve.set_defaults(parser=serve)
    probing = _action(actions, "probe", _probe, "ask who is there: meter number and KRN, by light where a head is")
    probing.set_defaults(model=None)
    typing = _action(actions, "type", _type, "type one row, and say what the meter answers")
    typing.add_argument("row", nargs="?", help="20 digits; with --demo it may be left out")
    _action(actions, "calibrate", _calibrate, "find the fastest timing that this meter reads right, and keep it")
    _action(actions, "loop-back", _loop_back, "with a test plug in the meter's place: do all contacts close and open?")
    bench = _parser_of(actions, "bench", _bench, "a virtual meter in a process of its own, for serve --wires")
    bench.add_argument("--wires", type=Path, required=True, help="where to listen")
    bench.add_argument("--scan", type=float, default=0.02, help="seconds of one scan of its keys")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = _parser_of(actions, name, run, text)
    meter = parser.add_mutually_exclusive_group()
    meter.add_argument("--settings", type=Path, help="settings of the meter process (docs/config.md)")
    meter.add_argument("--demo", action="store_true", help="a virtual meter of the demo province, on mock pins")
    return parser


def _parser_of(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """Of an action on a meter of some model, wherever it is."""
    parser = actions.add_parser(name, help=text)
    parser.add_argument("--model", default=DEFAULT_MODEL, help=f"model of the meter ({DEFAULT_MODEL})")
    parser.set_defaults(run=run)
    return parser


# --- the process


def _serve(args: argparse.Namespace) -> int:
    _require_one_source(args)
    settings = None if args.demo or args.wires else MeterSettings.read(args.settings)
    if settings is not None and settings.advice:
        print(f"krn-meter: the settings are {settings.advice} (docs/config.md)", file=sys.stderr, flush=True)
    if settings is None and not (args.socket and args.journal):
        raise CannotUpgrade("a demo of the meter process needs --socket and --journal")
    socket = settings.socket if settings is not None else args.socket
    journal = Journal(settings.journal if settings is not None else args.journal)
    abort = args.abort if settings is None else settings.without_kiosk == ABORT
    with ExitStack() as stack:
        stack.callback(journal.close)
        server = MeterServer(socket, journal, _opener(args, settings), abort_without_kiosk=abort)
        stack.callback(server.stop)
        signal.signal(signal.SIGTERM, _leave)
        print(f"krn-meter: listening on {socket}", flush=True)
        server.serve(Pulse())
    return 0


def _require_one_source(args: argparse.Namespace) -> None:
    """Ends in a usage error where something that was said would count for nothing."""
    if args.settings and args.wires:
        args.parser.error("--settings and --wires: each says what the pins end in, so leave one out")
    said = [f"--{name}" for name in (*_INSTEAD_OF_SETTINGS, "abort") if getattr(args, name)]
    if said and not (args.demo or args.wires):
        args.parser.error(f"{', '.join(said)}: only with --demo or --wires; otherwise the settings say it")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Out of `accept`, through every clean-up on the way: gpiozero's own runs at exit only."""
    sys.exit(0)


def _opener(args: argparse.Namespace, settings: MeterSettings | None) -> Callable[[str], MeterAdapter]:
    if settings is not None:
        return opener(settings)
    if args.wires is not None:
        return lambda model: _on_wires(args.wires, args.calibrated, model)
    bench = _demo_bench(args)
    return lambda _model: bench.connect()


def _on_wires(path: Path, calibrated: Path | None, model: str) -> MeterAdapter:
    from hardware.virtual.bench import MATRIX, Senses, wired_adapter  # noqa: PLC0415
    from hardware.virtual.remote import RemoteWires  # noqa: PLC0415

    wires = RemoteWires(path)
    return wired_adapter(wires, wires.display, read_profile(model, calibrated), MATRIX, Senses())


def _demo_bench(args: argparse.Namespace, *, real_time: bool = True) -> "Bench":
    from kiosk.demo.meters import DemoMeters, Wire  # noqa: PLC0415
    from krn_engine.demo import DemoCase, DemoProvince  # noqa: PLC0415

    province = DemoProvince()
    meters = DemoMeters(province, Wire(gpio=True, real_time=real_time, model=args.model))
    return meters.bench(province.first(DemoCase.FOUR_ROWS).meter_number)


def _bench(args: argparse.Namespace) -> int:
    from hardware.virtual.bench import Bench  # noqa: PLC0415
    from hardware.virtual.keypad import Scan  # noqa: PLC0415
    from hardware.virtual.remote import BenchServer  # noqa: PLC0415

    bench = _demo_bench(args)
    server = BenchServer(Bench(bench.meter, bench.profile, scan=Scan(args.scan)), args.wires)
    signal.signal(signal.SIGTERM, _leave)
    print(f"virtual bench: meter {bench.meter.state.drn}, listening on {args.wires}", flush=True)
    server.serve()
    return 0


# --- the tools


def _adapter(args: argparse.Namespace) -> MeterAdapter:
    """Through the meter process if it runs, else on the devices themselves."""
    if args.demo:
        return _demo_meter(args)
    settings = MeterSettings.read(args.settings)
    try:
        return MeterProcess(settings.socket, args.model)
    except MeterProcessGone:
        return opener(settings)(args.model)


def _demo_meter(args: argparse.Namespace) -> MeterAdapter:
    if args.model not in optical_models():
        return _demo_bench(args, real_time=False).connect()
    from kiosk.demo.meters import DemoMeters, Wire  # noqa: PLC0415
    from krn_engine.demo import DemoCase, DemoProvince  # noqa: PLC0415

    province = DemoProvince()
    number = province.first(DemoCase.FOUR_ROWS).meter_number
    return DemoMeters(province, Wire(real_time=False)).connect(number, args.model)


def _probe(args: argparse.Namespace) -> int:
    if args.model is None and not args.demo:
        args.model = _under_a_head(MeterSettings.read(args.settings))
    args.model = args.model or DEFAULT_MODEL
    with _adapter(args) as adapter:
        probe = adapter.probe()
    print(f"model          {probe.model}")
    print(f"meter number   {probe.meter_number or 'not readable'}")
    print(f"KRN            {'not readable' if probe.krn is None else probe.krn}")
    return 0


def _under_a_head(settings: MeterSettings) -> str | None:
    """The model of the meter that a head is on, told while it is looked for; None: there is no head, and a keypad.

    Raises what looking under the last head raised, where there is nothing else to ask.
    """
    if settings.optical is None:
        return None
    from hardware.optical.build import OpticalBuilder  # noqa: PLC0415

    light = OpticalBuilder(settings.optical)
    failed: HardwareError = LineLost("no optical head is plugged in")
    for head in light.heads():
        print(f"head           {head.name}")
        try:
            found = light.under(head)
        except (NoAnswer, MeterAnswersWrong, LineLost) as error:
            print(f"               {error.message} [{error.code}]")
            failed = error
            continue
        who = found.identification
        print(f"identification {'none: HDLC at once' if who is None else f'{who.maker} {who.text}, {who.speed} baud'}")
        print(f"models         {', '.join(model.name for model in found.models) or 'none fits'}")
        if found.models:
            return found.models[0].name
    if settings.keypad is None:
        raise failed
    return None


def _type(args: argparse.Namespace) -> int:
    row = args.row
    if row is None and args.demo:
        row = _first_row()
    if row is None:
        raise CannotUpgrade("say which row: krn meter type ROW")
    row = row.replace(" ", "")
    person = TerminalPerson(ask=sys.stdin.isatty())
    with _adapter(args) as adapter:
        answer = asked(person, adapter.submit(row, deadline=TYPE_SECONDS, cancel=threading.Event()))
    lengths = [press.length for press in answer.presses]
    print(f"row        {grouped(row)}")
    print(f"outcome    {answer.outcome.value}{f' ({answer.result})' if answer.result else ''}")
    print(f"evidence   {answer.evidence.seen if answer.evidence else 'none'}")
    if lengths:
        print(f"presses    {len(lengths)}, {min(lengths) * 1000:.0f} to {max(lengths) * 1000:.0f} ms")
    return 0 if answer.outcome in TAKEN else 1


def _first_row() -> str:
    from kiosk.demo.workplace import demo_workplace  # noqa: PLC0415
    from krn_engine.demo import DemoCase  # noqa: PLC0415

    with demo_workplace() as here:
        return here.office.issue(here.province.first(DemoCase.FOUR_ROWS).meter_number, "krn-meter-type").rows[0]


def _loop_back(args: argparse.Namespace) -> int:
    bench = _demo_bench(args, real_time=False) if args.demo else None
    if bench is not None:
        bench.wiring.plug = True
    with _adapter(args) if bench is None else bench.connect() as adapter:
        found = None if adapter.tools is None else adapter.tools.loop_back()
    if found is None:
        print("no test plug: it is not in the meter's place, loop_pin is not set, or a contact is closed all the time")
        return 1
    for key in found.keys:
        print(f"{key:<10} {'good' if key in found.good else 'BAD' if key in found.bad else 'not tried'}")
    return 0 if found.good == found.keys else 1


def _calibrate(args: argparse.Namespace) -> int:
    profile = read_profile(args.model)
    bench = _demo_bench(args, real_time=False) if args.demo else None
    keypad = None if bench is not None else MeterSettings.read(args.settings).keypad
    if bench is not None:
        adapter = bench.connect()
    elif keypad is not None:
        adapter = KeypadBuilder(keypad).open(args.model)
    else:
        raise NotCalibrated("the settings have no [keypad]: a meter that is reached by light has no pace to find")

    def judge(digits: str) -> bool | None:
        shown = adapter.text()
        if shown is None and bench is None and sys.stdin.isatty():
            shown = input("Which digits does the meter show? Enter: cannot tell: ").replace(" ", "") or None
        return None if shown is None else shown == digits[-profile.digits_shown :]

    def tell(trial: Trial, seconds: float, right: bool) -> None:
        print(f"{trial.value:<6} {seconds * 1000:6.1f} ms   {'right' if right else 'wrong'}", flush=True)

    clock, wait = (time.monotonic, time.sleep) if bench is None else (bench.clock, bench.wait)
    with adapter:
        timing = Calibration(adapter.contacts, profile, judge, clock=clock, wait=wait, tell=tell).run()
    for name, seconds in asdict(timing).items():
        print(f"{name:<15} {seconds * 1000:6.1f} ms")
    if keypad is None:
        print("a demo's timing is not kept")
        return 0
    try:
        print(f"kept in {store_timing(args.model, timing, keypad.calibrated)}")
    except OSError as error:
        raise NotCalibrated(f"the timing was found but cannot be kept: {error}") from error
    return 0
