"""Where a passphrase comes from."""

import getpass
import io
import sys
from pathlib import Path

import pytest

from krn_engine.issuing import passphrase
from krn_engine.issuing.errors import PassphraseRefused


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_file_before_credential_before_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private(tmp_path / passphrase.CREDENTIAL, "from the credential\n")
    with pytest.raises(PassphraseRefused, match="systemd credential"):
        passphrase.from_system()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert passphrase.from_system() == "from the credential"
    assert passphrase.from_system(private(tmp_path / "file", "from the file\n")) == "from the file"


@pytest.mark.parametrize("text", ["", "\n", "two\nlines\n"])
def test_a_file_without_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(PassphraseRefused, match="on one line"):
        passphrase.from_file(private(tmp_path / "file", text))


def test_a_file_that_others_can_read(tmp_path: Path) -> None:
    path = private(tmp_path / "file", "secret")
    path.chmod(0o640)
    with pytest.raises(PassphraseRefused, match="chmod 600"):
        passphrase.from_file(path)
    with pytest.raises(PassphraseRefused, match="cannot be read"):
        passphrase.from_file(tmp_path / "none")


@pytest.mark.parametrize(
    ("answers", "says"), [(("short", "short"), "12 characters"), (("a long passphrase", "another one"), "not the same")]
)
def test_a_passphrase_is_chosen_long_enough_and_twice_the_same(
    answers: tuple[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = iter(answers)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(given))
    with pytest.raises(PassphraseRefused, match=says):
        passphrase.choose()
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "a long passphrase")
    assert passphrase.choose() == "a long passphrase"
