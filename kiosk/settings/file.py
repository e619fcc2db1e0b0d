"""A configuration file as it is written for a kiosk: every setting explained, those that are not used as comments."""

from collections.abc import Mapping

from kiosk.settings.config import SETTINGS, Config
from krn_engine.setting import Value, settings_table, to_toml

_BEGIN, _END = "<!-- kiosk.toml, made by make config -->\n", "<!-- end of kiosk.toml -->\n"


def config_text(settings: Mapping[str, Value]) -> str:
    """The file for these settings; raises ConfigInvalid with everything that is wrong with them."""
    parts = ["# The settings of this kiosk; krn setup writes them, and docs/config.md has more about them.\n"]
    for name, setting in SETTINGS.items():
        parts.append(f"\n# {setting.sentence}\n")
        if name in settings:
            parts.append(f"{name} = {to_toml(settings[name])}\n")
        else:
            parts.append(f"# {name} = {'...' if setting.default is None else to_toml(setting.default)}\n")
    text = "".join(parts)
    Config.parse(text)
    return text


def config_page(page: str) -> str:
    """docs/config.md with the table of settings as they are declared. Raises ValueError if it has no place for it."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page has no place for the table: {_BEGIN}{_END}")
    return f"{before}{begin}\n{settings_table(tuple(SETTINGS.values()))}\n{end}{after}"


def meter_text(rows: tuple[int, ...], columns: tuple[int, ...], enable: int) -> str:
    """The settings of the meter process for contacts in a matrix, which is the form that is built most."""
    return (
        "# The settings of the meter process; docs/config.md has all of them, docs/hardware.md has the wiring.\n"
        "[keypad.contacts]\n"
        'form = "matrix"\n'
        f"enable = {enable}\n"
        f"rows = {list(rows)}\n"
        f"columns = {list(columns)}\n"
    )
