"""Settings count for the register that they name, and a command of the office finds them by it."""

import struct
from pathlib import Path

import pytest

from kiosk.errors import ConfigInvalid
from kiosk.opening import make_register, office_config, open_register
from kiosk.settings import config as settings
from kiosk.settings.config import Config
from krn_engine.issuing.errors import RowsKeyMissing
from krn_engine.issuing.rows_key import Mailbox
from krn_engine.register.database import Register, sqlite_url
from krn_engine.register.errors import SealedElsewhere
from tests.support.cli import Out, krn

KEY = bytes(range(32))


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


# --- under which key


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings by which rows are sealed under a credential, and a list with ready-made rows."""
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "krn-rows").write_bytes(KEY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    rows = ",".join(f"{first}1234567890123456789" for first in range(4))
    (tmp_path / "list.csv").write_text(f"IDPEL,NOMOR_METER,KCT1A,KCT1B,KCT2A,KCT2B\n990000000001,99100000001,{rows}\n")
    path = tmp_path / "kiosk.toml"
    path.write_text(f'register = "{sqlite_url(tmp_path / "register.db")}"\nrows_key = "credential"\n')
    return path


def test_every_command_opens_a_sealed_register_by_the_settings(sealed: Path, capsys: Out) -> None:
    config = ("--config", str(sealed))
    assert krn(capsys, "office", "import", str(sealed.parent / "list.csv"), "--new", *config)[0] == 0
    assert b"01234567890123456789" not in (sealed.parent / "register.db").read_bytes()
    with pytest.raises(SealedElsewhere):
        Register.open(sqlite_url(sealed.parent / "register.db"))
    assert krn(capsys, "office", "report", *config)[0] == 0
    assert krn(capsys, "doctor", "--opens", *config)[0] == 0
    status, out, _ = krn(capsys, "upgrade", "99100000001", "--meter", "none", "--json", *config)
    assert (status, "01234567890123456789" in out) == (0, True)
    assert krn(capsys, "restore", "--accept", *config)[0] == 0


def test_without_the_key_every_command_says_what_to_do(
    sealed: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = ("--config", str(sealed))
    krn(capsys, "office", "import", str(sealed.parent / "list.csv"), "--new", *config)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    for command in (("office", "report"), ("upgrade", "99100000001"), ("doctor", "--opens")):
        status, out, err = krn(capsys, *command, *config)
        assert (status, out) == (1, "")
        assert "sudo systemd-run" in err
        assert err.endswith("[ISS-06]\n")
    _, out, _ = krn(capsys, "doctor", *config)
    assert "ISS-06" in out
    assert "sudo krn-doctor" in out


def test_a_lost_key_is_forgotten_by_a_word(sealed: Path, capsys: Out) -> None:
    config = ("--config", str(sealed))
    krn(capsys, "office", "import", str(sealed.parent / "list.csv"), "--new", *config)
    (sealed.parent / "credentials" / "krn-rows").write_bytes(KEY[::-1])
    assert krn(capsys, "office", "report", *config)[2].endswith("[REG-13]\n")
    status, out, err = krn(capsys, "office", "forget-rows", *config)
    assert (status, "of 1 meters" in out) == (1, True)
    assert err.endswith("[REG-11]\n")
    status, out, _ = krn(capsys, "office", "forget-rows", "--json", "--accept", *config)
    assert (status, out) == (0, '{\n  "ready": 1,\n  "issued": 0,\n  "forgotten": true\n}\n')
    assert krn(capsys, "upgrade", "99100000001", "--meter", "none", *config)[2].endswith("[OFF-09]\n")
    assert krn(capsys, "office", "import", str(sealed.parent / "list.csv"), *config)[0] == 0
    assert krn(capsys, "upgrade", "99100000001", "--meter", "none", *config)[0] == 0


def test_the_board_gives_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = 64, 0x80000000, 0x30081, 40, 0x80000028, 0, 8, *range(1, 9), 0
    monkeypatch.setattr(Mailbox, "ask", lambda _mailbox, _message: struct.pack("<16I", *words))
    config = Config(sqlite_url(tmp_path / "register.db"), rows_key="otp")
    make_register(config).close()
    with open_register(config) as register:
        assert register.is_sealed()
    monkeypatch.setattr(Mailbox, "ask", lambda _mailbox, _message: struct.pack("<16I", *words[:7], *[0] * 9))
    with pytest.raises(RowsKeyMissing, match="no key is programmed"):
        open_register(config)
