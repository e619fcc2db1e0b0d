"""The chat in a terminal, as somebody tries it."""

import io
import json
import sys
from pathlib import Path

import pytest

from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.contract import Attempt, Grade
from krn_engine.office.local import LocalOffice
from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.office.words.texts import LANGUAGES
from krn_engine.register.audit.entries import LOCAL
from krn_engine.register.database import Register, sqlite_url
from tests.support.cli import Out, krn
from tests.support.places import Files

IDPEL = DemoProvince().first(DemoCase.FOUR_ROWS).idpel


def types(monkeypatch: pytest.MonkeyPatch, typed: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="ascii"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_is_a_message_and_what_stands_on_a_button_presses_it(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    types(monkeypatch, f"{IDPEL}\n1-2 benar\n[foto]\n\xff\xfe".encode("latin-1"))
    status, out, err = krn(capsys, "chat", "--demo", "--language", language, "--json")
    assert (status, err) == (0, "")
    said = [json.loads(line) for line in out.splitlines()]
    assert len(said) == 4
    assert all(set(answer) == {"text", "buttons"} for answer in said)
    assert [answer["buttons"][0]["title"] for answer in said] == ["1-2 BENAR", *["3-4 BENAR"] * 3]
    assert ("minutes" in said[0]["text"]) is (language == "en")


def test_the_demo_says_whom_to_ask_for(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    types(monkeypatch, b"")
    status, out, err = krn(capsys, "chat", "--demo")
    assert (status, err) == (0, "")
    assert f"{IDPEL}  four codes" in out


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of an office on a small province, which knows another unit."""
    url = Files(tmp_path).register(16)
    file = tmp_path / "kiosk.toml"
    file.write_text(f'register = "{url}"\nhelp_line = "0800"\nother_units = ["98 ULP Contoh 0000-1"]\n')
    return file


def test_it_converses_for_the_office_of_the_settings(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    ready = DemoProvince().first(DemoCase.READY_MADE)
    types(monkeypatch, f"#{ready.idpel}\n1 dan 2 benar\n980000000000\n".encode())
    status, out, err = krn(capsys, "chat", "--config", str(config))
    assert (status, err) == (0, "")
    assert "Lanjutkan dengan kode 3 dan 4." in out
    assert "dilayani ULP Contoh. Silakan hubungi 0000-1 atau 0800." in out
    assert "```" not in out
    with Register.open(sqlite_url(config.parent / "register.db")) as register:
        history = LocalOffice(register, DemoProvince().campaign).history(ready.meter_number)
        with register.read() as connection:
            actors = connection.exec_driver_sql("SELECT DISTINCT actor FROM audit").scalars().all()
    assert {(entry.grade, entry.place) for entry in history if isinstance(entry, Attempt)} == {
        (Grade.CUSTOMER, "chat terminal")
    }
    assert set(actors) == {LOCAL, "chat terminal"}


def test_what_nobody_answers_later_is_said_to_be_sent_again(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    def fails(*_arguments: object) -> None:
        raise OfficeUnreachable("the office gives no answer")

    monkeypatch.setattr(LocalOffice, "find", fails)
    types(monkeypatch, f"halo\n{IDPEL}\n".encode())
    status, out, err = krn(capsys, "chat", "--config", str(config))
    assert status == 1
    assert "Silakan kirim lagi nanti, atau hubungi 0800." in out
    assert err == f"krn: the office gives no answer [{OfficeUnreachable.code}]\n"


def test_an_other_unit_that_says_too_little_is_refused(capsys: Out, config: Path) -> None:
    config.write_text(config.read_text().replace("98 ULP Contoh", "98"))
    status, _, err = krn(capsys, "chat", "--config", str(config))
    assert status == 1
    assert "other_units must" in err


def test_a_closed_input_is_an_empty_one(capsys: Out, monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert krn(capsys, "chat", "--config", str(config)) == (0, "", "")
