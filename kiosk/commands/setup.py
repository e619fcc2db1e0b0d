"""`krn setup`: the first settings of a kiosk, question by question."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware.errors import HardwareError
from hardware.settings import MeterSettings
from kiosk.errors import ConfigInvalid
from kiosk.limits.pin import LONGEST, SHORTEST, pin_problem, write_pin
from kiosk.settings.config import SETTINGS
from kiosk.settings.file import config_text, meter_text
from krn_engine.durable import replace_file
from krn_engine.register.database import Register, sqlite_url
from krn_engine.setting import Setting, Value

STATE = Path("/var/lib/krn")
SOCKET = Path("/run/krn-meter/socket")
PRINTER = Path("/dev/krn-printer")
ROWS_KEY = Path("/etc/credstore.encrypted/krn-rows")
HEADPHONES = "plughw:CARD=Headphones"
ROWS, COLUMNS, ENABLE = "16 17 18 19", "20 21 22", "27"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn setup`."""
    parser = subparsers.add_parser("setup", help="write the settings of this kiosk, question by question")
    parser.add_argument("--folder", type=Path, default=Path("/etc/krn"), help="where to write them (/etc/krn)")
    parser.add_argument("--state", type=Path, default=STATE, help=f"folder of the records ({STATE})")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, check, write: the file gets whole paths. What is there already is asked about before it is written over."""
    folder, state = args.folder.absolute(), args.state.absolute()
    if (folder / "kiosk.toml").exists() and not _yes("There are settings already. Write over them?", default=False):
        print("nothing was changed")
        return 0
    settings = dict(_kiosk(state, folder))
    meter = _meter() if "meter_socket" in settings else None
    pin = _pin() if meter is not None else ""
    if not pin:
        settings.pop("technician_pin", None)
    text = config_text(settings)
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
    if ROWS_KEY.exists():
        # The installer made it.
        yield "rows_key", "credential"
    panel = _setting("panel")
    yield "panel", panel
    if panel == "td2-turned":
        yield "turn", _setting("turn", 90)
    yield "office_name", _setting("office_name")
    yield "help_line", _setting("help_line")
    yield "place", _setting("place")
    if _yes("Are rows computed here, from vending keys in a vault?", default=False):
        yield "vault", _setting("vault", state / "vault")
    if _yes("Is a keypad adapter for meters connected?", default=False):
        yield "meter_socket", SOCKET
        yield "technician_pin", folder / "pin"
    if _yes("Is a receipt printer connected?", default=False):
        yield "printer", _setting("printer", PRINTER)
        yield "paper", _setting("paper")
    if _yes("Are screens read aloud, on headphones?", default=False):
        yield "headphones", _setting("headphones", HEADPHONES)


def _meter() -> str:
    """The contacts' pins, tried as settings before they are taken."""
    while True:
        rows = _ask("GPIO numbers of the rows?", ROWS, _pins_refusal)
        columns = _ask("GPIO numbers of the columns?", COLUMNS, _pins_refusal)
        enable = _ask("GPIO number of ENABLE?", ENABLE, _pins_refusal)
        text = meter_text(_pins(rows), _pins(columns), _pins(enable)[0])
        try:
            MeterSettings.parse(text)
        except HardwareError as error:
            _again(error.message)
            continue
        return text


def _pin() -> str:
    """The staff's PIN; empty: the kiosk asks for no PIN."""
    question = f"PIN for the staff ({SHORTEST} to {LONGEST} digits; empty: none)"
    if not sys.stdin.isatty():
        return _ask(f"{question}?", "", _pin_refusal)
    while True:
        pin = getpass.getpass(f"{question}: ")
        problem = _pin_refusal(pin)
        if not problem and pin != getpass.getpass("Once more: "):
            problem = "the two are not the same"
        if not problem:
            return pin
        _again(problem)


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


def _setting(name: str, usual: Value | None = None) -> Value:
    """A setting, asked for in the words of its declaration; `usual` is the answer here, if it is not its default."""
    setting = SETTINGS[name]
    usual = setting.default if usual is None else usual
    question = f"{name}: {setting.sentence}".replace('`"', "").replace('"`', "").replace("`", "")
    return setting.parse(_ask(question, str(usual), _refusal(setting)))


def _refusal(setting: Setting) -> Callable[[str], str]:
    def refusal(answer: str) -> str:
        try:
            setting.parse(answer)
        except ValueError as error:
            return f"{setting.name} must be {error}"
        return ""

    return refusal


def _ask(question: str, default: str, refusal: Callable[[str], str]) -> str:
    """The answer, asked for until it can be used; an empty one is the default. Raises ConfigInvalid at the end."""
    while True:
        print(f"{question} [{default}] ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            raise ConfigInvalid("the questions were not answered to the end: nothing was written")
        answer = line.strip() or default
        wrong = refusal(answer)
        if not wrong:
            return answer
        _again(wrong)
        if not sys.stdin.isatty():
            raise ConfigInvalid(f"{wrong}: nothing was written")


def _again(wrong: str) -> None:
    print(f"  {wrong}")


def _yes(question: str, *, default: bool) -> bool:
    refusal = f"{question} Answer y or n"
    return _ask(question, "y" if default else "n", lambda answer: "" if answer in ("y", "n") else refusal) == "y"


def _pins(answer: str) -> tuple[int, ...]:
    return tuple(int(part) for part in answer.replace(",", " ").split())


def _pins_refusal(answer: str) -> str:
    digits = answer.replace(",", "").replace(" ", "")
    return "" if digits.isascii() and digits.isdecimal() else "pins are GPIO numbers, with spaces between them"


def _pin_refusal(answer: str) -> str:
    return pin_problem(answer) if answer else ""
