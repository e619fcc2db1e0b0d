"""Which register a command works on, by which settings and under which key: one place for all that open one."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from kiosk.settings import config as settings
from kiosk.settings.config import Config
from krn_engine.issuing.rows_key import from_board, from_credential
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.half_made import take_away_in
from krn_engine.register.seal import Seal


def register_url(text: str) -> str:
    """A URL as it is, and a path as the URL of a SQLite file."""
    return text if "://" in text else sqlite_url(Path(text))


def open_register(config: Config) -> Register:
    """Open the register that the settings name; half-made copies of it that a killed program left are taken away.

    Raises RowsKeyMissing, and what `Register.open` raises: of both, that there is no register first.
    """
    Register.require(config.register)
    register = Register.open(config.register, seal_of(config))
    if config.backups is not None:
        take_away_in(config.backups)
    return register


def make_register(config: Config) -> Register:
    """Make it where there is none. Raises RowsKeyMissing, and what `Register.make` raises."""
    return Register.make(config.register, seal_of(config))


def seal_of(config: Config) -> Seal | None:
    """What the rows are sealed with, by the settings. Raises RowsKeyMissing."""
    if config.rows_key is None:
        return None
    return Seal(from_board() if config.rows_key == "otp" else from_credential())


def office_config(register: str | None, path: Path | None) -> Config:
    """The settings by which a command of the office works on a register, named by its path or its URL.

    Without `register` it is that of the settings. Settings at the default place count for their own register only;
    a file of settings that is named counts for any. Raises ConfigInvalid.
    """
    if register is None:
        return Config.read(path)
    url = register_url(register)
    if path is not None:
        return replace(Config.read(path), register=url)
    if settings.DEFAULT_PATH.exists():
        config = Config.read(None)
        if _same(config.register, url):
            return config
    return Config(url)


def _same(one: str, other: str) -> bool:
    files = [_file(url) for url in (one, other)]
    return one == other if None in files else files[0] == files[1]


def _file(url: str) -> Path | None:
    """The file of a SQLite register, however its path is written."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(parsed.database or "").resolve() if is_file else None
