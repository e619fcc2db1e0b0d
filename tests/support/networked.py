"""A kiosk that belongs to an office on the network, enrolled at a real one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.office_link import token_file
from kiosk.settings.config import Config
from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.local import LocalOffice
from krn_engine.office.wire.asked import Enrolled, Scope
from krn_engine.register.database import Register
from tests.support.office import Demo
from tests.support.provinces import register_in
from tests.support.service import Served

CUSTOMERS = 32
NAME = "kiosk-7"


@contextmanager
def office_in(folder: Path) -> Iterator[Demo]:
    """An office on a demo province, on SQLite."""
    province = DemoProvince(CUSTOMERS)
    url = register_in(folder, CUSTOMERS)
    with Register.open(url) as register:
        yield Demo(
            province, register, LocalOffice(register, province.campaign, province.vault, clock=lambda: DEMO_DAY), url
        )


def enrolled(served: Served, name: str = NAME, *units: str) -> Enrolled:
    """The token of a new kiosk, as `krn setup` gets it."""
    code = served.service.callers.make_code(name, Scope.KIOSK, units)
    return served.service.callers.enrol(name, str(code.code))


def kiosk_of(served: Served, folder: Path, *more: str) -> Path:
    """The settings of a kiosk that is enrolled there; `more` are further lines of them."""
    KeptToken.keep(token_file(folder / "state"), enrolled(served))
    return settings_of(served.url, folder, *more)


def settings_of(url: str, folder: Path, *more: str) -> Path:
    """The settings of a kiosk of the office at this address."""
    file = folder / "kiosk.toml"
    lines = [f'office_url = "{url}"', f'state = "{folder / "state"}"', 'panel = "7"', "fullscreen = false", *more]
    file.write_text("\n".join(lines) + "\n")
    return file


def config_of(served: Served, folder: Path, *more: str) -> Config:
    """The same, read."""
    return Config.read(kiosk_of(served, folder, *more))


def forgotten(folder: Path) -> None:
    """Its token is gone."""
    with suppress(FileNotFoundError):
        token_file(folder / "state").unlink()
