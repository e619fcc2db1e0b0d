"""Configuration files: everything wrong is said at once."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config


def test_every_setting_of_a_configuration_is_read() -> None:
    config = Config.parse('register = "sqlite:////a"\nvault = "/b"\nplace = "Loket 1"\npanel = "7"\nfullscreen = false')
    assert config == Config("sqlite:////a", vault=Path("/b"), place="Loket 1", panel="7", fullscreen=False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "register is missing"),
        ("register = 1", "register must be text"),
        ('register = "x"\nfullscreen = "yes"', "fullscreen must be true or false"),
        ('register = "x"\npanel = "11"', "panel must be one of"),
        ('register = "x"\ncolour = "red"', "unknown setting colour"),
        ("register = ", "not TOML"),
        ("register = 'x'\npaper = 70", "paper must be one of 80, 58"),
        ("register = 'x'\nturn = true", "turn must be one of 0, 90, 180, 270"),
        ("register = 'x'\nplace = \"kiosk\\u001b[2J\"", "place must be text that can be printed"),
        ("register = 'x'\ncounter = \"Loket\\n2\"", "counter must be text that can be printed"),
        ("register = 'x'\ncounter = 'Loket Pelayanan Pelanggan'", "counter must have at most 12 characters"),
        ("register = 'x'\nhelp_line = '0800-1-234-5678'", "help_line must have at most 9 characters"),
        ("register = 'x'\nstate = 1", "state must be text"),
        ("register = 'x'\nunits = '51101'", "units must be a list of texts"),
        ("register = 'x'\nunits = []", "units must name at least one unit"),
        ("register = 'x'\nunits = ['51101', '']", "none that is empty"),
    ],
)
def test_a_wrong_configuration_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigInvalid, match=says):
        Config.parse(text)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigInvalid) as refused:
        Config.parse("panel = 10\ncolour = 1")
    for problem in ("register is missing: URL of the register", 'panel must be one of "7", "10"', "colour"):
        assert problem in refused.value.message


def test_a_configuration_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match=r"krn setup, or name another with --config$"):
        Config.read(tmp_path / "none.toml")
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        Config.read(tmp_path)
