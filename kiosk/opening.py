"""Which register a command works on, by which settings and under which key: one place for all that open one."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from kiosk.settings import config as settings
from kiosk.settings.config import Config
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.passphrase import from_system
from krn_engine.issuing.rows_key import from_board, from_credential
from krn_engine.issuing.vault import Vault
from krn_engine.office.net_errors import OfficeElsewhere
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.half_made import take_away_in
from krn_engine.register.seal import Seal


def register_url(text: str) -> str:
    """A URL as it is, and a path as the URL of a SQLite file."""
    return text if "://" in text else sqlite_url(Path(text))


def open_register(config: Config) -> Register:
    """Open the register that the settings name; half-made copies of it that a killed program left are taken away.

    Raises OfficeElsewhere, RowsKeyMissing, and what `Register.open` raises: of both, that there is no register first.
    """
    require_register(config)
    Register.require(config.register)
    register = Register.open(config.register, seal_of(config))
    if config.backups is not None:
        take_away_in(config.backups)
    return register


def require_register(config: Config) -> None:
    """Raises OfficeElsewhere for the settings of a kiosk whose office is on the network."""
    if config.office_url is not None:
        raise OfficeElsewhere(
            f"this kiosk has no register: it belongs to the office at {config.office_url}. Do this there, or name a "
            "register with --register where the command has it"
        )


def make_register(config: Config) -> Register:
    """Make it where there is none. Raises OfficeElsewhere, RowsKeyMissing, and what `Register.make` raises."""
    require_register(config)
    return Register.make(config.register, seal_of(config))


def seal_of(config: Config) -> Seal | None:
    """What the rows are sealed with, by the settings. Raises RowsKeyMissing."""
    if config.rows_key is None:
        return None
    return Seal(from_board() if config.rows_key == "otp" else from_credential())


def copy_secret_of(config: Config) -> bytes | None:
    """What the key of the copy lies under, by the settings; None: its file alone. Raises RowsKeyMissing."""
    if config.copy_key is None:
        return None
    return from_board() if config.copy_key == "otp" else from_credential()


def campaign_of(config: Config) -> Campaign:
    """The campaign of the settings. Raises CampaignInvalid."""
    return Campaign.default() if config.campaign is None else Campaign.read(config.campaign)


def vault_of(config: Config) -> Vault | None:
    """The vending keys that the settings name, if any. Raises VaultError."""
    return None if config.vault is None else Vault.read(config.vault, from_system(config.passphrase_file))


def office_config(register: str | None, path: Path | None) -> Config:
    """The settings by which a command of the office works on a register, named by its path or its URL.

    Without `register` it is that of the settings. Settings at the default place count for their own register only;
    a file of settings that is named counts for any. Raises ConfigInvalid, and OfficeElsewhere where there is none.
    """
    if register is None:
        config = Config.read(path)
        require_register(config)
        return config
    url = register_url(register)
    if path is not None:
        config = replace(Config.read(path), office_url=None, office_ca=None)
        return replace(config, register=url, office_certificate=None, office_certificate_key=None)
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
