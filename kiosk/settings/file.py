"""A configuration file as it is written for a kiosk: every setting explained, those that are not used as comments."""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from kiosk.settings.config import Config

EXPLAINED = {
    "register": 'URL of the register, such as `"sqlite:////var/lib/krn/register.db"`',
    "vault": "path of the vault, where rows are computed here",
    "passphrase_file": "file with the vault's passphrase, readable by its owner only",
    "campaign": "campaign file (below)",
    "meter_socket": 'where the meter process listens, such as `"/run/krn-meter/socket"`',
    "backups": "folder of the register's copies, which `krn backup` makes",
    "state": "folder of what the kiosk itself remembers, such as how often numbers were looked up",
    "technician_pin": "file with the technician's PIN, made by `krn pin FILE`",
    "headphones": 'ALSA device of the headphone jack, such as `"plughw:CARD=Headphones"`; needs espeak-ng and aplay',
    "printer": 'device file of an ESC/POS receipt printer, such as `"/dev/usb/lp0"`',
    "paper": "width of its paper in millimetres, 80 or 58",
    "office_name": "what stands at the top of a slip",
    "place": "how this kiosk is named in the records",
    "panel": '`"7"`, `"10"`, `"td2"` (upright), `"td2-turned"` or `"window"`',
    "turn": (
        "degrees clockwise by which the picture is turned on the glass: a Touch Display 2 that lies on its "
        'side is `"td2-turned"` with `90` or `270`'
    ),
    "fullscreen": "`true` or `false`",
}
"""What each setting means, in the words of docs/config.md."""

Value = str | int | bool | Path


def config_text(settings: Mapping[str, Value]) -> str:
    """The file for these settings; raises ConfigInvalid with everything that is wrong with them."""
    parts = ["# The settings of this kiosk; krn setup writes them, and docs/config.md has more about them.\n"]
    for field in fields(Config):
        parts.append(f"\n# {EXPLAINED[field.name]}\n")
        if field.name in settings:
            parts.append(f"{field.name} = {_toml(settings[field.name])}\n")
        else:
            parts.append(f"# {field.name} = {_toml(field.default) if isinstance(field.default, Value) else '...'}\n")
    text = "".join(parts)
    Config.parse(text)
    return text


def meter_text(rows: tuple[int, ...], columns: tuple[int, ...], enable: int) -> str:
    """The settings of the meter process for contacts in a matrix, which is the form that is built most."""
    return (
        "# The settings of the meter process; docs/config.md has all of them, docs/hardware.md has the wiring.\n"
        "[contacts]\n"
        'form = "matrix"\n'
        f"enable = {enable}\n"
        f"rows = {list(rows)}\n"
        f"columns = {list(columns)}\n"
    )


def _toml(value: Value) -> str:
    """JSON writes texts, numbers and truth values as TOML does; TOML's control characters cannot be typed in."""
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
