"""An older register or vault is told, at each start, until staff accept it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.doctor import examine
from kiosk.event_log import Event
from kiosk.generations import EVERY, Generations, Kept
from kiosk.settings.config import Config
from kiosk.view.parts import Mood
from kiosk.workplace import configured_workplace
from krn_engine.demo import DEMO_DAY, DemoCase, DemoProvince
from krn_engine.issuing.vault import Vault
from krn_engine.register.backup import back_up
from krn_engine.register.database import Register, sqlite_url

REGISTER, VAULT = Kept.REGISTER, Kept.VAULT


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_smaller_number_is_told_until_it_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "generations.json"
    first = Generations(path)
    for number in (5, 6):
        first.found(REGISTER, number)
    first.keep()
    again = Generations(path)
    again.found(REGISTER, 5)
    assert again.older == (REGISTER,)
    for number in (6, 7):
        # Counting on from the older file proves nothing.
        again.found(REGISTER, number)
    assert Generations(path).older == (REGISTER,)
    again.accept()
    assert not again.older
    assert not Generations(path).older
    again.found(REGISTER, 7)
    assert not again.older
    again.found(REGISTER, 6)
    assert again.older == (REGISTER,)


def test_each_file_has_its_own_number(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "g.json")
    generations.found(REGISTER, 9)
    generations.found(VAULT, 3)
    generations.found(VAULT, 2)
    generations.found(VAULT, None)
    assert generations.older == (VAULT,)


def test_it_is_on_disk_within_a_minute(tmp_path: Path) -> None:
    path, clock = tmp_path / "g.json", Clock()
    generations = Generations(path, clock)
    kept = []
    for number, at in ((1, 0.0), (2, EVERY - 1), (3, EVERY), (4, EVERY + 1)):
        clock.now = at
        generations.found(REGISTER, number)
        kept.append(path.read_text())
    generations.keep()
    kept.append(path.read_text())
    assert ['"seen": 1' in text for text in kept] == [True, True, False, False, False]
    assert ['"seen": 3' in text for text in kept] == [False, False, True, True, False]
    assert '"seen": 4' in kept[-1]


def test_a_file_that_cannot_be_read_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "g.json"
    for spoiled in ("{", "[]", '{"register": {"seen": "x", "older": false}}', '{"other": {}}'):
        path.write_text(spoiled)
        generations = Generations(path)
        generations.found(REGISTER, 4)
        assert not generations.older
        assert "cannot be read" in caplog.text
        caplog.clear()


def test_a_disk_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    Generations(tmp_path / "file" / "g.json").found(REGISTER, 4)
    assert "cannot be kept" in caplog.text


# --- a whole kiosk


@pytest.fixture
def config(tmp_path: Path) -> Config:
    province = DemoProvince(32)
    with Register.create(sqlite_url(tmp_path / "register.db")) as register:
        province.load(register)
    secret = tmp_path / "secret"
    secret.write_text("twenty characters and more\n")
    secret.chmod(0o600)
    province.vault.write(tmp_path / "vault", "twenty characters and more")
    return Config(
        sqlite_url(tmp_path / "register.db"),
        vault=tmp_path / "vault",
        passphrase_file=secret,
        state=tmp_path / "state",
    )


def told(config: Config) -> tuple[bool, dict[str, Mood]]:
    """Whether the start was noted, and the lines of the doctor."""
    with configured_workplace(config) as here:
        noted = any(error.event is Event.OLDER_FILE for error in here.events.last_errors)
        return noted, {check.part: check.mood for check in examine(here) if check.part.startswith("older-")}


def work(config: Config) -> None:
    with configured_workplace(config) as here:
        number = DemoProvince(32).first(DemoCase.FOUR_ROWS).meter_number
        here.office.issue(number, "r")


@pytest.mark.slow
def test_an_older_register(config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = back_up(tmp_path / "register.db", tmp_path / "copies", DEMO_DAY)
    work(config)
    assert told(config) == (False, {})
    shutil.copyfile(copy, tmp_path / "register.db")
    for _ in range(2):
        assert told(config) == (True, {"older-register": Mood.CAREFUL})
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'register = "{config.register}"\nvault = "{config.vault}"\npassphrase_file = "{config.passphrase_file}"\n'
        f'state = "{config.state}"\n'
    )
    assert main(["restore", "--accept", "--config", str(settings)]) == 0
    assert "the register is accepted as it is" in capsys.readouterr().out
    assert told(replace(config))[1] == {}
    assert main(["restore", "--accept", "--config", str(settings)]) == 0
    assert "nothing is older" in capsys.readouterr().out


@pytest.mark.slow
def test_a_copy_that_was_restored_is_told_too(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = back_up(tmp_path / "register.db", tmp_path / "copies", DEMO_DAY)
    work(config)
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'register = "{config.register}"\n')
    assert main(["restore", str(copy), "--config", str(settings)]) == 0
    assert "until krn restore --accept" in capsys.readouterr().out
    assert told(config) == (True, {"older-register": Mood.CAREFUL})


@pytest.mark.slow
def test_an_older_vault(config: Config, tmp_path: Path) -> None:
    older = (tmp_path / "vault").read_bytes()
    vault = Vault.read(tmp_path / "vault", "twenty characters and more")
    vault.adding(())[0].write(tmp_path / "vault", "twenty characters and more")
    assert told(config) == (False, {})
    (tmp_path / "vault").write_bytes(older)
    assert told(config) == (True, {"older-vault": Mood.CAREFUL})


def test_every_transaction_counts_once(tmp_path: Path) -> None:
    with Register.create(sqlite_url(tmp_path / "new.db")) as register:
        said: list[int] = []
        register.on_write(said.append)
        DemoProvince(4).load(register)
        assert said == [1]
        with pytest.raises(ZeroDivisionError), register.write():
            raise ZeroDivisionError
        assert register.generation() == 1
