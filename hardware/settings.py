"""The settings of the meter process, from a TOML file of its own. `docs/config.md` says what each means."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.errors import SettingsInvalid
from hardware.keypad.forms import Form, LinesForm, MatrixForm, MultiplexerForm
from hardware.keypad.table import KeypadTable

DEFAULT_PATH = Path("/etc/krn/meter.toml")
FORMS = ("lines", "matrix", "multiplexers")
FINISH, ABORT = "finish", "abort"


SOCKET = "/run/krn-meter/socket"
JOURNAL = "/var/lib/krn-meter/journal"
CALIBRATED = "/var/lib/krn-meter/profiles"


@dataclass(frozen=True, slots=True)
class MeterSettings:
    """What the meter process owns and where it keeps it."""

    form: Form
    socket: Path = Path(SOCKET)
    journal: Path = Path(JOURNAL)
    calibrated: Path = Path(CALIBRATED)
    pin_factory: str = "lgpio"
    without_kiosk: str = FINISH
    tone_pin: int | None = None
    loop_pin: int | None = None

    @classmethod
    def parse(cls, text: str) -> "MeterSettings":
        """From the text of a settings file; raises SettingsInvalid with everything that is wrong."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsInvalid(f"the settings are not TOML: {error}") from error
        top = KeypadTable(data)
        contacts = top.table("contacts")
        settings = cls(
            form=_form(contacts),
            socket=Path(top.text("socket", SOCKET)),
            journal=Path(top.text("journal", JOURNAL)),
            calibrated=Path(top.text("calibrated", CALIBRATED)),
            pin_factory=top.text("pin_factory", "lgpio", ("lgpio", "mock")),
            without_kiosk=top.text("without_kiosk", FINISH, (FINISH, ABORT)),
            tone_pin=top.pin("tone_pin") if top.has("tone_pin") else None,
            loop_pin=top.pin("loop_pin") if top.has("loop_pin") else None,
        )
        problems = top.problems()
        if problems:
            raise SettingsInvalid("the settings cannot be used: " + "; ".join(problems))
        return settings

    @classmethod
    def read(cls, path: Path | None) -> "MeterSettings":
        """From `path`, or from the default place; raises SettingsInvalid if there is no such file."""
        path = path or DEFAULT_PATH
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SettingsInvalid(
                f"there are no settings of the meter process at {path}: write them (docs/config.md), name them with "
                "--settings, or try the demo with --demo"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"the settings {path} cannot be read: {error}") from error


def _form(table: KeypadTable) -> Form:
    kind = table.text("form", "", FORMS)
    enable = table.pin("enable")
    forms: dict[str, Any] = {
        "lines": lambda: LinesForm(enable, table.pin_map("keys")),
        "matrix": lambda: MatrixForm(enable, table.pins("rows"), table.pins("columns")),
        "multiplexers": lambda: MultiplexerForm(
            enable, table.pin("gate"), table.pins("row_address"), table.pins("column_address")
        ),
    }
    form: Form = forms.get(kind, lambda: LinesForm(enable, {}))()
    return form
