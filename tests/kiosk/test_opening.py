"""Settings count for the register that they name, and a command of the office finds them by it."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigInvalid
from kiosk.opening import office_config
from kiosk.settings import config as settings
from kiosk.settings.config import Config
from krn_engine.register.database import sqlite_url
from tests.support.cli import Out, krn


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The settings of this machine, at the default place."""
    place = tmp_path / "kiosk.toml"
    place.write_text(f'register = "{sqlite_url(tmp_path / "register.db")}"\nunits = ["51101"]\n')
    monkeypatch.setattr(settings, "DEFAULT_PATH", place)
    return Config.read(place)


def test_the_register_of_this_machine_has_its_settings(here: Config, tmp_path: Path) -> None:
    assert office_config(None, None) == here
    assert office_config(str(tmp_path / "register.db"), None) == here
    assert office_config(str(tmp_path / "." / "x" / ".." / "register.db"), None) == here
    assert office_config(sqlite_url(tmp_path / "register.db"), None) == here


@pytest.mark.usefixtures("here")
def test_another_register_has_none_of_them(tmp_path: Path) -> None:
    for other in (sqlite_url(tmp_path / "other.db"), "postgresql://db/krn", "no url://"):
        assert office_config(other, None) == Config(other)


def test_a_file_of_settings_that_is_named_counts_for_any_register(here: Config, tmp_path: Path) -> None:
    config = office_config(str(tmp_path / "other.db"), settings.DEFAULT_PATH)
    assert (config.register, config.units) == (sqlite_url(tmp_path / "other.db"), here.units)


def test_without_settings_a_register_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEFAULT_PATH", tmp_path / "none.toml")
    with pytest.raises(ConfigInvalid, match="there is no configuration"):
        office_config(None, None)
    assert office_config("a.db", None) == Config("sqlite:///a.db")


def test_an_import_by_the_settings_leaves_other_units_out(here: Config, tmp_path: Path, capsys: Out) -> None:
    worklist = tmp_path / "list.csv"
    worklist.write_text("IDPEL,NOMOR_METER,UNIT\n990000000001,99100000001,51101\n990000000002,99100000002,51102\n")
    status, out, _ = krn(capsys, "office", "import", str(worklist), "--new")
    assert (status, here.register_file is not None and here.register_file.is_file()) == (0, True)
    assert out == "1 lines name other units; they were left out\n1 customers stored, 0 lines refused\n"
