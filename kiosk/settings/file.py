"""A configuration file as it is written for a kiosk: every setting explained, those that are not used as comments."""

from collections.abc import Mapping

from hardware.optical.settings import SETTINGS as OPTICAL_SETTINGS
from kiosk.settings.config import SETTINGS, Config
from krn_engine.issuing.sources.settings import TABLES
from krn_engine.office.chat.settings import TABLES as CHAT_TABLES
from krn_engine.setting import Value, declared, settings_table, to_toml

_MADE = {
    "kiosk.toml": settings_table(tuple(SETTINGS.values())),
    "[optical]": settings_table(OPTICAL_SETTINGS),
    "sources": "\n".join(f"`{name}`\n\n{settings_table(declared(kind))}" for name, kind in TABLES),
    "chats": "\n".join(f"`{name}`\n\n{settings_table(declared(kind))}" for name, kind in CHAT_TABLES),
}
"""What of the documentation is made of declarations, by the names between which it stands."""


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
    """docs/config.md with its tables of settings as they are declared. Raises ValueError if it has no place for one."""
    for name, text in _MADE.items():
        marks = f"<!-- {name}, made by make config -->\n", f"<!-- end of {name} -->\n"
        before, begin, rest = page.partition(marks[0])
        _, end, after = rest.partition(marks[1])
        if not begin or not end:
            raise ValueError(f"the page has no place for the table: {''.join(marks)}")
        page = f"{before}{begin}\n{text}\n{end}{after}"
    return page


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
