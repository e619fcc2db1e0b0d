"""The settings of one workplace, from a TOML file. Unknown settings are refused: a typing error must not be silent."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from hardware.printer.slip import WIDTHS
from kiosk.errors import ConfigInvalid
from kiosk.view.panels import PANELS, TURNS

DEFAULT_PATH = Path("/etc/krn/kiosk.toml")


@dataclass(frozen=True, slots=True)
class Config:
    """See `docs/config.md` for what each setting means."""

    register: str
    """URL of the register, such as sqlite:////var/lib/krn/register.db."""
    vault: Path | None = None
    passphrase_file: Path | None = None
    campaign: Path | None = None
    meter_socket: Path | None = None
    """Where the meter process listens; None: this kiosk only shows rows."""
    backups: Path | None = None
    """Folder of the register's copies (krn backup)."""
    state: Path | None = None
    """Folder of what the kiosk itself remembers; None: nothing over a restart."""
    technician_pin: Path | None = None
    """File with the technician's PIN (krn pin); None: everybody may type into a connected meter."""
    headphones: str | None = None
    """ALSA device of the headphone jack, where screens are read aloud; None: nothing is."""
    printer: Path | None = None
    """Device file of a receipt printer."""
    paper: int = 80
    """Width of its paper in millimetres."""
    office_name: str = "PLN"
    """What stands at the top of a slip."""
    place: str = "kiosk"
    """How this kiosk is named in the records."""
    panel: str = "10"
    turn: int = 0
    """Degrees clockwise by which the picture is turned on the glass, for a panel that is mounted turned."""
    fullscreen: bool = True

    @property
    def register_file(self) -> Path | None:
        """The file of a SQLite register; None for another database."""
        file = make_url(self.register).database if self.register.startswith("sqlite") else None
        return None if file is None else Path(file)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where this workplace keeps records of its own: the folder of a register in a file, and that of its state."""
        file = self.register_file
        folders = [None if file is None else file.parent, self.state]
        return tuple(dict.fromkeys(folder for folder in folders if folder is not None and folder.is_dir()))

    @classmethod
    def parse(cls, text: str) -> "Config":
        """From the text of a configuration file; raises ConfigInvalid with everything that is wrong."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigInvalid(f"the configuration is not TOML: {error}") from error
        problems = [f"unknown setting {name!r}" for name in sorted(set(data) - set(_TYPES))]
        problems += [
            f"{name} must be {_KINDS[kind]}"
            for name, kind in _TYPES.items()
            if name in data and type(data[name]) is not kind
        ]
        if "register" not in data:
            problems.append("register is missing: the URL of the database")
        if data.get("panel", "10") not in PANELS:
            problems.append(f"panel must be one of {', '.join(PANELS)}")
        if data.get("paper", 80) not in WIDTHS:
            problems.append(f"paper must be one of {', '.join(str(width) for width in sorted(WIDTHS))}")
        if data.get("turn", 0) not in TURNS:
            problems.append("turn must be 0, 90, 180 or 270")
        if problems:
            raise ConfigInvalid("the configuration cannot be used: " + "; ".join(problems))
        return cls(**_paths(data))

    @classmethod
    def read(cls, path: Path | None) -> "Config":
        """From `path`, or from the default place; raises ConfigInvalid if there is no such file."""
        path = path or DEFAULT_PATH
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigInvalid(
                f"there is no configuration at {path}: write one (docs/config.md), name it with --config, "
                "or try the demo with --demo"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigInvalid(f"the configuration {path} cannot be read: {error}") from error


_TYPES: dict[str, type] = {
    "register": str,
    "vault": str,
    "passphrase_file": str,
    "campaign": str,
    "meter_socket": str,
    "backups": str,
    "state": str,
    "technician_pin": str,
    "headphones": str,
    "printer": str,
    "paper": int,
    "office_name": str,
    "place": str,
    "panel": str,
    "turn": int,
    "fullscreen": bool,
}


_KINDS = {str: "text", bool: "true or false", int: "a whole number"}
_PATHS = ("vault", "passphrase_file", "campaign", "meter_socket", "backups", "state", "technician_pin", "printer")


def _paths(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Path(value) if name in _PATHS else value for name, value in data.items()}
