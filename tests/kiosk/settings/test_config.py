"""Configuration files: everything wrong is said at once."""

from pathlib import Path

import pytest

from hardware.adapter import AdapterKind
from kiosk.errors import ConfigInvalid, OwnDataRefused
from kiosk.settings.config import OF_THE_OFFICE, Config
from kiosk.workplace import light_model, opened_workplace
from krn_engine.register.database import Register

AT_OFFICE = "office_url = 'https://office.example:8443'\noffice_ca = '/etc/krn/ca.pem'\nstate = '/s'\n"
PLAIN = "office_url = 'http://localhost:8443'\nstate = '/s'\n"


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
        ("register = 'x'\noptical_model = 'generic-4x3'", "optical_model must be one of dlms-hdlc, dlms-mode-e"),
        ("register = 'x'\noptical_model = 'read-out'", "optical_model must be one of dlms-hdlc, dlms-mode-e"),
        ("register = 'x'\nkeypad = false", "keypad must be true where there is no optical_model"),
        ("register = 'x'\nkeypad = 0", "keypad must be true or false"),
        ("register = 'sqlite:///a'\noffice_url = 'https://o:1'\noffice_ca = '/c'\nstate = '/s'", "both given"),
        ("register = 'sqlite:///a'\noffice_ca = '/c'", "office_ca goes with an office_url"),
        ("office_url = 'http://office:8443'\nstate = '/s'", "plain HTTP is for this machine alone"),
        ("office_url = 'https://office:8443'\nstate = '/s'", r"authority is needed: name its file \(office_ca\)"),
        ("office_url = 'office:8443'\nstate = '/s'", "is no URL"),
        ("office_url = 'https://o:x'\noffice_ca = '/c'\nstate = '/s'", "is no URL"),
        ("office_url = 'https://me:secret@o'\noffice_ca = '/c'\nstate = '/s'", "is no URL"),
        ("office_url = 'http://localhost:1'", "state must be given"),
        (f"{AT_OFFICE}office_certificate = '/c'", "office_certificate_key must be given where there is an office_cert"),
        (f"{AT_OFFICE}office_certificate_key = '/k'", "office_certificate must be given where there is an office_cert"),
        (
            f"{PLAIN}office_certificate = '/c'\noffice_certificate_key = '/k'",
            "office_certificate goes with .* of https",
        ),
        ("register = 'sqlite:///a'\noffice_certificate = '/c'", "office_certificate goes with an office_url"),
        ("register = 'sqlite:///a'\noffice_certificate_key = '/k'", "office_certificate_key goes with an office_url"),
        ("office_url = 1\nstate = '/s'", "office_url must be text"),
        (f"{AT_OFFICE}home_url = 'https://o'", "home_url is a setting of the office at office_url"),
        ("register = 'sqlite:///a'\nhome_url = 'http://office.example'", "home_url cannot be used: plain HTTP"),
        ("register = 'sqlite:///a'\nhome_url = 'office.example'", "home_url cannot be used: .* is no URL"),
        ("register = 'sqlite:///a'\nhome_url = 'https://o/#x'", "home_url cannot be used: .* is no URL"),
        (
            f"register = 'sqlite:///a'\nhome_url = 'https://{'o' * 100}'",
            "cannot be used: it has more than 100",
        ),
    ],
)
def test_a_wrong_configuration_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigInvalid, match=says):
        Config.parse(text)


def test_a_kiosk_belongs_to_an_office_in_place_of_a_register() -> None:
    config = Config.parse(AT_OFFICE)
    assert (config.office_url, config.office_ca) == ("https://office.example:8443", Path("/etc/krn/ca.pem"))
    assert (config.register, config.register_file) == ("", None)
    assert config.certificate is None


def test_a_kiosk_may_have_a_certificate_for_the_offices_door() -> None:
    config = Config.parse(f"{AT_OFFICE}office_certificate = '/c.pem'\noffice_certificate_key = '/c.key'")
    assert config.certificate == (Path("/c.pem"), Path("/c.key"))


@pytest.mark.parametrize("name", OF_THE_OFFICE)
def test_a_kiosk_of_an_office_has_no_data_of_its_own(name: str, tmp_path: Path) -> None:
    value = {"vault_guarded": "true", "rows_key": "'otp'", "units": "['51101']"}.get(name, "'/x'")
    with pytest.raises(OwnDataRefused, match=f"office URL has no vault.*Take out {name}$") as refused:
        Config.parse(f"{AT_OFFICE}{name} = {value}")
    assert refused.value.code == "NET-19"
    (tmp_path / "kiosk.toml").write_text(f"{AT_OFFICE}{name} = {value}")
    with pytest.raises(OwnDataRefused, match=r"Mend .*kiosk\.toml"):
        Config.read(tmp_path / "kiosk.toml")


def test_a_kiosk_may_reach_meters_by_light_alone(tmp_path: Path) -> None:
    text = (
        f"register = 'sqlite:///{tmp_path}/r.db'\nmeter_socket = '/run/x'\nkeypad = false\noptical_model = 'dlms-hdlc'"
    )
    config = Config.parse(text)
    assert (config.keypad, config.optical_model) == (False, "dlms-hdlc")
    Register.create(config.register).close()
    with opened_workplace(config) as here:
        assert here.adapters == (AdapterKind.OPTICAL, AdapterKind.HAND)
        assert here.usual_model == light_model("dlms-hdlc")


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
