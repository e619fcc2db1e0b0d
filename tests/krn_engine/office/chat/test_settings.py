"""The file of the chats: everything that is wrong is told at once, and secrets lie elsewhere."""

from pathlib import Path

import pytest

from krn_engine.credential import FOLDER
from krn_engine.office.chat.errors import ChatSecretMissing, ChatSettingsInvalid
from krn_engine.office.chat.settings import ChatSettings
from krn_engine.office.chat.telegram import Telegram
from krn_engine.office.chat.whatsapp import WhatsApp

BOTH = '[whatsapp]\nphone_number_id = "1065"\nper_second = 1000\n[telegram]\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no chat"),
        ("[whatsapp", "not TOML"),
        ("[signal]", "unknown setting signal"),
        ("[whatsapp]", "whatsapp.phone_number_id is missing"),
        ('[whatsapp]\nphone_number_id = "+62 812"', "whatsapp.phone_number_id has digits alone"),
        ('[whatsapp]\nphone_number_id = "1/../2"', "has digits alone"),
        ("[whatsapp]\nphone_number_id = 1065", "must be text"),
        ('[whatsapp]\nphone_number_id = "1"\ntoken = "EAA"', "unknown setting whatsapp.token"),
        ("[telegram]\nper_second = 0", "telegram.per_second must be a whole number from 1 to 1000"),
        ('[telegram]\napi = "http://api.example"', "telegram.api must be an address that begins with https://"),
        ('[telegram]\napi = "https://me:word@api.example"', "telegram.api must be an address"),
        ('[telegram]\napi = "https://api.example?a"', "telegram.api must be an address"),
        ('[telegram]\napi = "https://[a"', "telegram.api must be an address"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, says: str) -> None:
    with pytest.raises(ChatSettingsInvalid) as told:
        ChatSettings.parse(text)
    assert says in told.value.message


def test_secrets_come_as_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("whatsapp-token", "whatsapp-secret", "whatsapp-verify", "telegram-token", "telegram-secret")
    for name in names:
        (tmp_path / f"krn-{name}").write_text(f"{name}-1\n")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    providers, secrets = ChatSettings.parse(BOTH).opened()
    whatsapp, telegram = providers["whatsapp"], providers["telegram"]
    assert isinstance(whatsapp, WhatsApp)
    assert isinstance(telegram, Telegram)
    assert (str(whatsapp.token), whatsapp.rhythm.per_second, str(telegram.token)) == (
        "whatsapp-token-1",
        1000,
        "telegram-token-1",
    )
    assert (secrets.app_secret, secrets.verify_token) == ("whatsapp-secret-1", "whatsapp-verify-1")
    assert secrets.telegram_secret == "telegram-secret-1"
    assert "-1" not in repr((whatsapp, telegram, secrets))
    (tmp_path / "krn-telegram-secret").write_text("not a secret\n")
    with pytest.raises(ChatSecretMissing, match="1 to 256"):
        ChatSettings.parse(BOTH).opened()


def test_a_secret_that_is_missing_or_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChatSecretMissing, match="krn-telegram-token"):
        ChatSettings.parse("[telegram]").opened()
    token, secret = tmp_path / "token", tmp_path / "secret"
    for file in (token, secret):
        file.write_text("a\n")
        file.chmod(0o600)
    text = f'[telegram]\ntoken_file = "{token}"\nsecret_file = "{secret}"\n'
    assert list(ChatSettings.parse(text).opened()[0]) == ["telegram"]
    secret.chmod(0o644)
    with pytest.raises(ChatSecretMissing, match="can be read by others"):
        ChatSettings.parse(text).opened()


def test_a_file_is_read_and_named(tmp_path: Path) -> None:
    file = tmp_path / "chats.toml"
    with pytest.raises(ChatSettingsInvalid, match=r"chats\.toml cannot be read"):
        ChatSettings.read(file)
    file.write_bytes(b"\xff")
    with pytest.raises(ChatSettingsInvalid, match="not UTF-8"):
        ChatSettings.read(file)
    file.write_text("[a]")
    with pytest.raises(ChatSettingsInvalid, match=r"Mend .*chats\.toml"):
        ChatSettings.read(file)
    file.write_text(BOTH)
    assert ChatSettings.read(file).whatsapp is not None
