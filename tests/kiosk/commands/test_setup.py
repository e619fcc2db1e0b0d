"""`krn setup`, `krn backup`, `krn out-of-service`: the commands of a kiosk that is installed and looked after."""

import argparse
import io
import tomllib
from collections.abc import Callable
from pathlib import Path

import pygame
import pytest

from hardware.settings import MeterSettings
from kiosk.commands import out_of_service, setup
from kiosk.errors import ConfigInvalid
from kiosk.limits.pin import Pin
from kiosk.settings.config import SETTINGS, Config
from kiosk.settings.file import config_page, config_text
from kiosk.ui.window import Window
from kiosk.view.panels import PANELS
from tests.support.cli import krn

Answering = Callable[[str], tuple[int, str]]
PAGE = Path(__file__).parents[3] / "docs/config.md"
PLAIN = "10\nPLN\n123\nkiosk\nn\nn\nn\nn\nn\nn\n"
FULL = (
    'td2-turned\n270\nKANTOR "UJI"\n0800 1\nKios 1\nn\ny\n/srv/vault\ny\ny\ndlms-hdlc\ny\n/dev/usb/lp1\n58\ny\nhw:1\n'
    "16 17 18 19\n20 21 22\n27\n271828\n"
)


@pytest.fixture
def answer(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Answering:
    def run(text: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        status, _, err = krn(capsys, "setup", "--folder", str(tmp_path / "etc"), "--state", str(tmp_path / "state"))
        return status, err

    return run


def test_a_kiosk_that_only_shows_rows(answer: Answering, tmp_path: Path) -> None:
    assert answer(PLAIN) == (0, "")
    config = Config.read(tmp_path / "etc/kiosk.toml")
    assert (config.panel, config.meter_socket, config.technician_pin, config.printer) == ("10", None, None, None)
    assert config.register_file == tmp_path / "state/register.db"
    assert config.register_file.exists()
    assert not (tmp_path / "etc/meter.toml").exists()


@pytest.mark.parametrize("is_made", [True, False])
def test_rows_are_sealed_where_the_installer_has_made_a_key(
    answer: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_made: bool
) -> None:
    monkeypatch.setattr(setup, "ROWS_KEY", tmp_path / "krn-rows")
    if is_made:
        (tmp_path / "krn-rows").touch()
    assert answer(PLAIN) == (0, "")
    assert Config.read(tmp_path / "etc/kiosk.toml").rows_key == ("credential" if is_made else None)


def test_a_kiosk_with_everything(answer: Answering, tmp_path: Path) -> None:
    assert answer(FULL) == (0, "")
    config = Config.read(tmp_path / "etc/kiosk.toml")
    assert (config.panel, config.turn, config.office_name) == ("td2-turned", 270, 'KANTOR "UJI"')
    assert (config.vault, config.printer, config.paper) == (Path("/srv/vault"), Path("/dev/usb/lp1"), 58)
    assert config.headphones == "hw:1"
    assert config.technician_pin is not None
    assert Pin(config.technician_pin).check("271828")
    meter = MeterSettings.read(tmp_path / "etc/meter.toml")
    assert meter.keypad is not None
    assert meter.keypad.contacts.enable == 27
    assert meter.advice == ""
    assert (config.keypad, config.optical_model) == (True, "dlms-hdlc")
    assert meter.optical is not None


def test_a_kiosk_that_reaches_meters_by_light_alone(answer: Answering, tmp_path: Path) -> None:
    assert answer("10\nPLN\n123\nkiosk\nn\nn\nn\ny\ndlms-mode-e\nn\nn\n271828\n") == (0, "")
    config = Config.read(tmp_path / "etc/kiosk.toml")
    assert (config.keypad, config.optical_model, config.meter_socket) == (False, "dlms-mode-e", setup.SOCKET)
    assert config.technician_pin is not None
    meter = MeterSettings.read(tmp_path / "etc/meter.toml")
    assert (meter.keypad, meter.optical is not None) == (None, True)


def test_a_kiosk_whose_staff_want_no_pin(answer: Answering, tmp_path: Path) -> None:
    assert answer(FULL.replace("271828\n", "\n")) == (0, "")
    assert Config.read(tmp_path / "etc/kiosk.toml").technician_pin is None
    assert not (tmp_path / "etc/pin").exists()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ("10\nPLN\n", "to the end"),
        ("11\n", "panel must be one of 7, 10, td2, td2-turned, window"),
        ("10\nPLN \x7f\n", "office_name must be text that can be printed"),
        (FULL.replace("270", "45"), "turn must be one of 0, 90, 180, 270"),
        (FULL.replace("58", "57"), "paper must be one of 80, 58"),
        (FULL.replace("/dev/usb/lp1", "lp1"), "printer must be a path from the root"),
        (FULL.replace("dlms-hdlc", "generic-4x3"), "optical_model must be one of dlms-hdlc, dlms-mode-e"),
        (FULL.replace("/srv/vault", "vault"), "vault must be a path from the root"),
        (FULL.replace("y\n/srv", "yes\n/srv"), "Are rows computed here, from vending keys in a vault? Answer y or n"),
        (FULL.replace("271828", "111111"), "guessed first"),
        (FULL.replace("271828", "2718"), "a PIN has 6 to 12 digits"),
        (FULL.replace("16 17 18 19", "a b"), "GPIO numbers"),
    ],
)
def test_a_wrong_answer_writes_nothing(answer: Answering, tmp_path: Path, answers: str, says: str) -> None:
    status, err = answer(answers)
    assert status == 1
    assert says in err
    assert not (tmp_path / "etc").exists()
    assert not (tmp_path / "state").exists()


def test_a_question_says_what_is_declared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(FULL))
    _, out, _ = krn(capsys, "setup", "--folder", str(tmp_path / "etc"), "--state", str(tmp_path / "state"))
    for name, usual in (("panel", "10"), ("turn", "90"), ("place", "kiosk"), ("paper", "80"), ("headphones", "plughw")):
        question = SETTINGS[name].sentence.replace("`", "").replace('"', "")
        assert f"{name}: {question} [{usual}" in out


def test_settings_that_are_there_are_asked_about(answer: Answering, tmp_path: Path) -> None:
    answer(PLAIN)
    known = (tmp_path / "etc/kiosk.toml").read_bytes()
    assert answer("n\n")[0] == 0
    assert (tmp_path / "etc/kiosk.toml").read_bytes() == known
    assert answer("y\n" + FULL)[0] == 0
    assert (tmp_path / "etc/kiosk.toml").read_bytes() != known


def test_the_file_explains_every_setting_in_the_words_of_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    text = config_text({"register": "sqlite:///x"})
    assert set(SETTINGS) == set(Config.__dataclass_fields__)
    for name, setting in SETTINGS.items():
        assert f"| `{name}` | {setting.sentence} |" in page, name
        assert f"# {setting.sentence}\n" in text
    assert config_page(page) == page, "run make config"
    assert tomllib.loads(text) == {"register": "sqlite:///x"}


def test_a_file_that_could_not_be_used_is_not_made() -> None:
    with pytest.raises(ConfigInvalid, match="panel must be one of"):
        config_text({"register": "x", "panel": "11"})


def test_a_copy_is_made_and_put_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    krn(capsys, "office", "demo", "--customers", "4", "--out", str(tmp_path / "demo"))
    config = str(tmp_path / "demo/kiosk.toml")
    status, _, err = krn(capsys, "backup", "--config", config)
    assert (status, "say where to" in err) == (1, True)
    status, out, _ = krn(capsys, "backup", "--config", config, "--to", str(tmp_path / "copies"))
    assert status == 0
    assert Path(out.strip()).is_file()
    (tmp_path / "demo/register.db").unlink()
    status, told, _ = krn(capsys, "restore", out.strip(), "--config", config)
    assert (status, "there was none before" in told) == (0, True)
    status, told, _ = krn(capsys, "restore", out.strip(), "--config", config)
    assert (status, "register.db.replaced-1" in told) == (0, True)
    status, _, err = krn(capsys, "restore", str(tmp_path / "none.db"), "--config", config)
    assert (status, "[REG-01]" in err) == (1, True)


def test_another_database_has_a_backup_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kiosk.toml").write_text('register = "postgresql://office/krn"')
    config = str(tmp_path / "kiosk.toml")
    status, _, err = krn(capsys, "backup", "--config", config)
    assert (status, "pg_dump" in err) == (1, True)
    assert krn(capsys, "restore", "copy.db", "--config", config)[0] == 1


@pytest.mark.parametrize(("result", "code"), [("watchdog", "SYS-03"), ("start-limit-hit", "SYS-04"), ("", "SYS-00")])
def test_the_still_picture_says_why(result: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    def run(app: object) -> None:
        flow = app._flow  # type: ignore[attr-defined]
        shown.append(flow.view.code)
        flow.tick(1e9)
        assert flow.over

    monkeypatch.setenv("MONITOR_SERVICE_RESULT", result)
    monkeypatch.setattr("kiosk.app.App.run", run)
    window = Window(PANELS["7"], pygame.Surface((800, 480)))
    monkeypatch.setattr("kiosk.ui.window.open_window", lambda *_, **__: window)
    assert out_of_service.run(argparse.Namespace(seconds=1.0, panel="7")) == 0
    assert shown == [code]
