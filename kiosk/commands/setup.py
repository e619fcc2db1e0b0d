"""`krn setup`: the first settings of a kiosk, question by question."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.errors import HardwareError
from hardware.optical.models import all_models
from hardware.settings import MeterSettings
from kiosk.commands.asking import again, ask, yes
from kiosk.errors import ConfigInvalid
from kiosk.limits.pin import LONGEST, SHORTEST, pin_problem, write_pin
from kiosk.settings.config import SETTINGS, Config
from kiosk.settings.file import config_text, meter_text
from krn_engine.durable import replace_file
from krn_engine.office.net_errors import TokenNotKept
from krn_engine.register.database import Register, sqlite_url
from krn_engine.setting import Setting, Value

if TYPE_CHECKING:
    from kiosk.commands.enrolling import Belongs

STATE = Path("/var/lib/krn")
SOCKET = Path("/run/krn-meter/socket")
PRINTER = Path("/dev/krn-printer")
ROWS_KEY = Path("/etc/credstore.encrypted/krn-rows")
HEADPHONES = "plughw:CARD=Headphones"
OFFICE = "office"
"""Stands among the settings for the office on the network until it is known."""
MODELS = tuple(model.name for model in all_models() if model.takes_tokens)
OPTICAL = "\n[optical]\n"
"""An empty table is enough where meters let everybody in; docs/config.md has the rest."""
_WHAT_NEXT = "Try them with krn doctor; import a worklist with krn office import."
_AT_OFFICE = "Try them with krn doctor; sudo systemd/install.sh lets the installed kiosk onto the network."
ROWS, COLUMNS, ENABLE = "16 17 18 19", "20 21 22", "27"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn setup`."""
    parser = subparsers.add_parser("setup")
    parser.add_argument("--folder", type=Path, default=Path("/etc/krn"), help="where to write them (/etc/krn)")
    parser.add_argument("--state", type=Path, default=STATE, help=f"folder of the records ({STATE})")
    parser.add_argument("--certificate", type=Path, help="this kiosk's own, for its office's door (PEM)")
    parser.add_argument("--certificate-key", type=Path, help="its key (PEM)")
    parser.add_argument(
        "--leave-facts", action="store_true", help="leave what the office of before does not have in a file of its own"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, check, write: the file gets whole paths. What is there already is asked about before it is written over."""
    folder, state = args.folder.absolute(), args.state.absolute()
    own = _own(args.certificate, args.certificate_key)
    if (folder / "kiosk.toml").exists() and not yes("There are settings already. Write over them?", default=False):
        print("nothing was changed")
        return 0
    settings = dict(_kiosk(state, folder))
    meter = _meter(settings) if "meter_socket" in settings else None
    pin = _pin() if meter is not None else ""
    if not pin:
        settings.pop("technician_pin", None)
    if own is not None and OFFICE not in settings:
        raise ConfigInvalid("a certificate is for a kiosk of an office on the network: nothing was written")
    office = _at_office(settings, folder, state, own, leave=args.leave_facts) if settings.pop(OFFICE, False) else None
    text = config_text(settings)
    try:
        state.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        if office is None:
            _create_register(state / "register.db")
        else:
            office.write(folder, state / "state", partial(_give, like=state))
        if pin:
            write_pin(folder / "pin", pin)
            _give(folder / "pin", state)
        if meter is not None:
            replace_file(folder / "meter.toml", meter.encode(), 0o644)
        replace_file(folder / "kiosk.toml", text.encode(), 0o644)
    except TokenNotKept:
        raise
    except OSError as error:
        raise ConfigInvalid(f"the settings cannot be written: {error}") from error
    if office is not None and (state / "register.db").exists():
        print(f"the register of before is left at {state / 'register.db'}: nothing goes by it any more")
    print(f"written to {folder}. {_WHAT_NEXT if office is None else _AT_OFFICE}")
    return 0


def _own(certificate: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """The kiosk's certificate that was named. Raises ConfigInvalid for half of it, and for files that are none."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise ConfigInvalid("a certificate comes with its key: name both, --certificate and --certificate-key")
    from kiosk.commands.enrolling import own_refusal  # noqa: PLC0415  as in _at_office

    refusal = own_refusal((certificate, key))
    if refusal:
        raise ConfigInvalid(refusal)
    return certificate.absolute(), key.absolute()


def _at_office(
    settings: dict[str, Value], folder: Path, state: Path, own: tuple[Path, Path] | None, *, leave: bool
) -> "Belongs":
    """Enrol the kiosk, and put the office's address and the certificates into its settings."""
    # Only such a kiosk has a use for it, and an office's own machine has no library for it.
    from kiosk.commands.enrolling import belong  # noqa: PLC0415

    # What is wrong with all else is told before a code is used up.
    config_text({**settings, "office_url": "http://localhost"})
    for wanted in (folder, state):
        there = next(path for path in (wanted, *wanted.parents) if path.exists())
        if not os.access(there, os.W_OK):
            raise ConfigInvalid(f"{there} cannot be written: do this as root, or name other folders")
    office = belong(_before(folder / "kiosk.toml"), state / "state", str(settings["place"]), own, leave=leave)
    settings.update(office.settings(folder))
    return office


def _before(path: Path) -> Config | None:
    """The settings that were there, if they can be read."""
    try:
        return Config.read(path)
    except ConfigInvalid:
        return None


def _kiosk(state: Path, folder: Path) -> Iterator[tuple[str, Value]]:
    yield "state", state / "state"
    panel = _setting("panel")
    yield "panel", panel
    if panel == "td2-turned":
        yield "turn", _setting("turn", 90)
    yield "office_name", _setting("office_name")
    yield "help_line", _setting("help_line")
    yield "place", _setting("place")
    if yes("Does this kiosk belong to an office on the network?", default=False):
        # How it gets there is asked last, so that no code is used up for settings that are then given up.
        yield OFFICE, True
    else:
        yield from _of_its_own(state)
    keypad = yes("Is a keypad adapter for meters connected?", default=False)
    light = yes("Is an optical head for meters connected?", default=False)
    if light:
        yield "optical_model", ask(f"Which meters does it reach: {', '.join(MODELS)}?", MODELS[0], _model_refusal)
        if not keypad:
            yield "keypad", False
    if keypad or light:
        yield "meter_socket", SOCKET
        yield "technician_pin", folder / "pin"
    if yes("Is a receipt printer connected?", default=False):
        yield "printer", _setting("printer", PRINTER)
        yield "paper", _setting("paper")
    if yes("Are screens read aloud, on headphones?", default=False):
        yield "headphones", _setting("headphones", HEADPHONES)


def _of_its_own(state: Path) -> Iterator[tuple[str, Value]]:
    """What a kiosk keeps that has its register here."""
    yield "register", sqlite_url(state / "register.db")
    yield "backups", state / "backups"
    if ROWS_KEY.exists():
        # The installer made it.
        yield "rows_key", "credential"
    if yes("Are rows computed here, from vending keys in a vault?", default=False):
        yield "vault", _setting("vault", state / "vault")


def _model_refusal(answer: str) -> str:
    return "" if answer in MODELS else f"optical_model must be one of {', '.join(MODELS)}"


def _meter(settings: Mapping[str, Value]) -> str:
    """The settings of the meter process: contacts, a head, or both."""
    light = OPTICAL if "optical_model" in settings else ""
    return light.lstrip() if settings.get("keypad") is False else _contacts() + light


def _contacts() -> str:
    """The contacts' pins, tried as settings before they are taken."""
    while True:
        rows = ask("GPIO numbers of the rows?", ROWS, _pins_refusal)
        columns = ask("GPIO numbers of the columns?", COLUMNS, _pins_refusal)
        enable = ask("GPIO number of ENABLE?", ENABLE, _pins_refusal)
        text = meter_text(_pins(rows), _pins(columns), _pins(enable)[0])
        try:
            MeterSettings.parse(text)
        except HardwareError as error:
            again(error.message)
            continue
        return text


def _pin() -> str:
    """The staff's PIN; empty: the kiosk asks for no PIN."""
    question = f"PIN for the staff ({SHORTEST} to {LONGEST} digits; empty: none)"
    if not sys.stdin.isatty():
        return ask(f"{question}?", "", _pin_refusal)
    while True:
        pin = getpass.getpass(f"{question}: ")
        problem = _pin_refusal(pin)
        if not problem and pin != getpass.getpass("Once more: "):
            problem = "the two are not the same"
        if not problem:
            return pin
        again(problem)


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
    return setting.parse(ask(question, str(usual), _refusal(setting)))


def _refusal(setting: Setting) -> Callable[[str], str]:
    def refusal(answer: str) -> str:
        try:
            setting.parse(answer)
        except ValueError as error:
            return f"{setting.name} must be {error}"
        return ""

    return refusal


def _pins(answer: str) -> tuple[int, ...]:
    return tuple(int(part) for part in answer.replace(",", " ").split())


def _pins_refusal(answer: str) -> str:
    digits = answer.replace(",", "").replace(" ", "")
    return "" if digits.isascii() and digits.isdecimal() else "pins are GPIO numbers, with spaces between them"


def _pin_refusal(answer: str) -> str:
    return pin_problem(answer) if answer else ""
