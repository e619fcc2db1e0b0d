"""The settings of the meter process, from a TOML file of its own. `docs/config.md` says what each means."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from hardware.errors import SettingsInvalid
from hardware.keypad.settings import KeypadSettings
from hardware.keypad.table import KeypadTable
from hardware.optical.settings import OpticalSettings
from krn_engine.strict_toml import StrictTable, parse_toml

DEFAULT_PATH = Path("/etc/krn/meter.toml")
FINISH, ABORT = "finish", "abort"
SOCKET = "/run/krn-meter/socket"
JOURNAL = "/var/lib/krn-meter/journal"
KEYPAD, OPTICAL = "keypad", "optical"


@dataclass(frozen=True, slots=True)
class MeterSettings:
    """What the meter process owns and where it keeps it. Each kind of adapter reads the table of its own name."""

    keypad: KeypadSettings | None
    """None: no contacts, only an optical head."""
    optical: OpticalSettings | None = None
    """None: no optical head."""
    socket: Path = Path(SOCKET)
    journal: Path = Path(JOURNAL)
    without_kiosk: str = FINISH
    advice: str = ""
    """What to write instead, if the file is written as for an earlier release; it is read all the same."""

    @classmethod
    def parse(cls, text: str) -> "MeterSettings":
        """From the text of a settings file; raises SettingsInvalid with everything that is wrong."""
        try:
            data, advice = _with_keypad_table(parse_toml(text))
        except ValueError as error:
            raise SettingsInvalid(f"the settings are not TOML: {error}") from error
        top = StrictTable(data)
        only_light = top.has(OPTICAL) and not top.has(KEYPAD)
        settings = cls(
            keypad=None if only_light else KeypadSettings.of(top.table_of(KeypadTable, KEYPAD)),
            optical=OpticalSettings.of(top.table(OPTICAL)) if top.has(OPTICAL) else None,
            socket=Path(top.text("socket", SOCKET)),
            journal=Path(top.text("journal", JOURNAL)),
            without_kiosk=top.text("without_kiosk", FINISH, (FINISH, ABORT)),
            advice=advice,
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


def _with_keypad_table(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The data with the keypad's settings in their table, and what to write instead if they were not there.

    Release 0.1 had them at the top of the file, and a kiosk that is upgraded must not stand there without its adapter.
    """
    old = [f.name for f in fields(KeypadSettings) if f.name in data]
    if not old or KEYPAD in data:
        return data, ""
    rest = {name: value for name, value in data.items() if name not in old}
    names = ", ".join(name for name in old if name != "contacts")
    advice = "write [keypad.contacts] for [contacts] (and [keypad.contacts.keys])" if "contacts" in old else ""
    moved = f"put {names} under a line [keypad]" if names else ""
    said = " and ".join(part for part in (moved, advice) if part)
    return rest | {KEYPAD: {name: data[name] for name in old}}, f"written as for an earlier release: {said}"
