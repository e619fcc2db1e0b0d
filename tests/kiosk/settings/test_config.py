"""Configuration files: everything wrong is said at once."""

from pathlib import Path

import pytest

from kiosk.errors import ConfigInvalid
from kiosk.settings.config import Config


def test_a_whole_configuration() -> None:
    config = Config.parse('register = "sqlite:////a"\nvault = "/b"\nplace = "Loket 1"\npanel = "7"\nfullscreen = false')
    assert config == Config("sqlite:////a", vault=Path("/b"), place="Loket 1", panel="7", fullscreen=False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "register is missing"),
        ("register = 1", "register must be text"),
        ('register = "x"\nfullscreen = "yes"', "fullscreen must be true or false"),
        ('register = "x"\npanel = "11"', "panel must be one of"),
        ('register = "x"\ncolour = "red"', "unknown setting 'colour'"),
        ("register = ", "not TOML"),
    ],
)
def test_wrong_configurations(text: str, says: str) -> None:
    with pytest.raises(ConfigInvalid, match=says):
        Config.parse(text)


def test_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="--demo"):
        Config.read(tmp_path / "none.toml")
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        Config.read(tmp_path)
