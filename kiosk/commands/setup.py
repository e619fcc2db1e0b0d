"""`krn setup`: the first settings of a kiosk, question by question."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware.errors import HardwareError
from hardware.printer.slip import WIDTHS
from hardware.settings import MeterSettings
from kiosk.errors import ConfigInvalid
from kiosk.limits.pin import write_pin
from kiosk.settings.file import Value, config_text, meter_text
from kiosk.view.panels import PANELS, TURNS
from krn_engine.durable import replace_file
from krn_engine.register.database import Register, sqlite_url

STATE = Path("/var/lib/krn")
SOCKET = Path("/run/krn-meter/socket")
PRINTER = "/dev/krn-printer"
HEADPHONES = "plughw:CARD=Headphones"
ROWS, COLUMNS, ENABLE = "16 17 18 19", "20 21 22", "27"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn setup`."""
    parser = subparsers.add_parser("setup", help="write the settings of this kiosk, question by question")
    parser.add_argument("--folder", type=Path, default=Path("/etc/krn"), help="where to write them (/etc/krn)")
    parser.add_argument("--state", type=Path, default=STATE, help=f"folder of the records ({STATE})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, check, write. What is there already is asked about before it is written over."""
    folder: Path = args.folder
    if (folder / "kiosk.toml").exists() and not _yes("There are settings already. Write over them?", default=False):
        print("nothing was changed")
        return 0
    settings = dict(_kiosk(args.state, folder))
    meter = _meter() if "meter_socket" in settings else None
    pin = _pin() if meter is not None else ""
    if not pin:
        settings.pop("technician_pin", None)
    text = config_text(settings)
    state: Path = args.state
    try:
        state.mkdir(parents=True, exist_ok=True)
        _create_register(state / "register.db")
        folder.mkdir(parents=True, exist_ok=True)
        if pin:
            write_pin(folder / "pin", pin)
            _give(folder / "pin", state)
        if meter is not None:
            replace_file(folder / "meter.toml", meter.encode(), 0o644)
        replace_file(folder / "kiosk.toml", text.encode(), 0o644)
    except OSError as error:
        raise ConfigInvalid(f"the settings cannot be written: {error}") from error
    print(f"written to {folder}. Try them with krn doctor; import a worklist with krn office import.")
    return 0


def _kiosk(state: Path, folder: Path) -> Iterator[tuple[str, Value]]:
    yield "register", sqlite_url(state / "register.db")
    yield "backups", state / "backups"
    yield "state", state / "state"
    panel = _ask("Which panel?", "10", _one_of(tuple(PANELS)))
    yield "panel", panel
    if panel == "td2-turned":
        yield "turn", int(_ask("By how many degrees is it turned, clockwise?", "90", _one_of([str(t) for t in TURNS])))
    yield "office_name", _ask("What stands at the top of a slip?", "PLN", _anything)
    yield "place", _ask("How is this kiosk named in the records?", "kiosk", _anything)
    if _yes("Are rows computed here, from vending keys in a vault?", default=False):
        yield "vault", Path(_ask("Where is the vault?", str(state / "vault"), _anything))
    if _yes("Is a keypad adapter for meters connected?", default=False):
        yield "meter_socket", SOCKET
        yield "technician_pin", folder / "pin"
    if _yes("Is a receipt printer connected?", default=False):
        yield "printer", Path(_ask("Its device file?", PRINTER, _anything))
        yield "paper", int(_ask("Width of its paper in millimetres?", "80", _one_of([str(w) for w in WIDTHS])))
    if _yes("Are screens read aloud, on headphones?", default=False):
        yield "headphones", _ask("Which ALSA device is their jack?", HEADPHONES, _anything)


def _meter() -> str:
    """The contacts' pins, tried as settings before they are taken."""
    while True:
        rows = _ask("GPIO numbers of the rows?", ROWS, _some_pins)
        columns = _ask("GPIO numbers of the columns?", COLUMNS, _some_pins)
        enable = _ask("GPIO number of ENABLE?", ENABLE, _some_pins)
        text = meter_text(_pins(rows), _pins(columns), _pins(enable)[0])
        try:
            MeterSettings.parse(text)
        except HardwareError as error:
            _again(error.message)
            continue
        return text


def _pin() -> str:
    """The staff's PIN; empty if none is wanted."""
    if not sys.stdin.isatty():
        return _ask("PIN for the staff (6 to 12 digits; empty: none)?", "", _maybe_pin)
    while True:
        pin = getpass.getpass("PIN for the staff (6 to 12 digits; empty: none): ")
        if pin == getpass.getpass("Once more: "):
            return pin
        _again("the two are not the same")


def _create_register(path: Path) -> None:
    if path.exists():
        return
    Register.create(sqlite_url(path)).close()
    for file in path.parent.glob(f"{path.name}*"):
        _give(file, path.parent)


def _give(path: Path, like: Path) -> None:
    """Root writes what the kiosk reads: the file belongs to whom the kiosk's folder belongs to."""
    if os.geteuid() == 0:
        os.chown(path, like.stat().st_uid, like.stat().st_gid)


# --- asking


def _ask(question: str, default: str, problem: Callable[[str], str]) -> str:
    """The answer, asked for until it can be used; an empty one is the default. Raises ConfigInvalid at the end."""
    while True:
        print(f"{question} [{default}] ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            raise ConfigInvalid("the questions were not answered to the end: nothing was written")
        answer = line.strip() or default
        wrong = problem(answer)
        if not wrong:
            return answer
        _again(wrong)
        if not sys.stdin.isatty():
            raise ConfigInvalid(f"{question} {wrong}: nothing was written")


def _again(wrong: str) -> None:
    print(f"  {wrong}")


def _yes(question: str, *, default: bool) -> bool:
    return _ask(question, "y" if default else "n", _one_of(("y", "n"))) == "y"


def _one_of(choices: "tuple[str, ...] | list[str]") -> Callable[[str], str]:
    return lambda answer: "" if answer in choices else f"one of {', '.join(choices)}"


def _anything(_answer: str) -> str:
    return ""


def _pins(answer: str) -> tuple[int, ...]:
    return tuple(int(part) for part in answer.replace(",", " ").split())


def _some_pins(answer: str) -> str:
    return "" if answer.replace(",", " ").replace(" ", "").isdecimal() else "GPIO numbers, with spaces between them"


def _maybe_pin(answer: str) -> str:
    return "" if not answer or answer.isdigit() else "digits only"
