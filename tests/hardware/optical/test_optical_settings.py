"""The table `[optical]`, what it changes of a model, and the secrets that it names and never holds."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.errors import SettingsInvalid
from hardware.optical.build import OpticalBuilder
from hardware.optical.model import Access
from hardware.optical.models import read_model
from hardware.optical.secrets import Secrets
from hardware.optical.settings import AUTHENTICATION_KEY, ENCRYPTION_KEY, PASSWORD, OpticalSettings
from krn_engine.strict_toml import StrictTable, parse_toml
from tests.support.optical import Optical

KEY, OTHER_KEY = "000102030405060708090A0B0C0D0E0F", "d0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
LOW = "Rahasia-12345"


def parsed(text: str) -> OpticalSettings:
    """The settings of these lines; fails with what is wrong with them."""
    table = StrictTable(parse_toml(text))
    settings = OpticalSettings.of(table)
    assert table.problems() == []
    return settings


def secret(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    file = folder / name
    file.write_text(text)
    file.chmod(mode)
    return file


def test_without_a_word_the_model_and_the_only_head_count() -> None:
    model = read_model("dlms-mode-e")
    assert parsed("") == OpticalSettings()
    assert parsed("").applied_to(model) == model
    assert parsed("").title == b""


def test_the_utility_says_who_the_client_is() -> None:
    settings = parsed(
        'access = "hls-gmac"\nciphered = true\nclient = 1\nlogical_device = 2\nphysical_device = 17\n'
        "address_bytes = 2\n"
        'client_title = "4B524E0000000001"\nport = "/dev/serial/by-id/usb-x"'
    )
    model = read_model("dlms-mode-e")
    assert settings.applied_to(model) == replace(
        model, access=Access.HLS_GMAC, ciphered=True, client=1, logical_device=2, physical_device=17, address_bytes=2
    )
    assert settings.title == b"KRN\x00\x00\x00\x00\x01"
    assert settings.port == Path("/dev/serial/by-id/usb-x")


def test_an_address_that_does_not_fit_is_told() -> None:
    with pytest.raises(SettingsInvalid, match=r"\[optical\]: logical_device 1 and physical_device 17 do not go"):
        parsed("physical_device = 17").applied_to(read_model("dlms-mode-e"))


def test_a_head_is_asked_with_the_models_that_the_settings_fit() -> None:
    with Optical(real_time=True).port() as port:
        found = OpticalBuilder(parsed("ciphered = true")).under(port.path)
    assert [model.name for model in found.models] == ["virtual-optical"]
    with pytest.raises(SettingsInvalid, match="do not go into an address of 1"):
        OpticalBuilder(parsed("logical_device = 200")).under(Path("/nowhere"))


@pytest.mark.parametrize("text", ['access = "hls-gmac"', 'access = "lls"\nciphered = true'])
def test_keys_are_refused_for_a_model_that_does_not_tell_where_its_counter_is(text: str) -> None:
    model = read_model("dlms-mode-e")
    assert parsed(text).applied_to(model).counter is not None
    with pytest.raises(SettingsInvalid, match=r"\[optical\]: .*invocation counter"):
        parsed(text).applied_to(replace(model, counter=None))
    # What only reads out has nobody let in.
    assert not parsed(text).applied_to(read_model("read-out")).takes_tokens


def test_ciphering_is_refused_for_a_client_that_nobody_asks() -> None:
    with pytest.raises(SettingsInvalid, match="let in by lls or hls-gmac"):
        parsed("ciphered = true").applied_to(read_model("dlms-mode-e"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("client = 0", "client must be"),
        ("client = 128", "client must be"),
        ("logical_device = 16384", "logical_device must be"),
        ('access = "open"', "access must be"),
        ('client_title = "KRN"', "client_title must be 16 hex digits"),
        ('client_title = "4B524E000000000G"', "client_title must be 16 hex digits"),
        ('password = "12345678"', "unknown setting password"),
        ("port = 1", "port must be text"),
    ],
)
def test_a_wrong_value_is_told_by_its_name(text: str, says: str) -> None:
    table = StrictTable(parse_toml(text))
    OpticalSettings.of(table)
    assert any(says in problem for problem in table.problems()), table.problems()


def test_secrets_come_from_files_that_only_the_meter_process_reads(tmp_path: Path) -> None:
    password, authentication, encryption = (
        secret(tmp_path, "low", LOW + "\n"),
        secret(tmp_path, "authentication", KEY + "\n"),
        secret(tmp_path, "encryption", OTHER_KEY),
    )
    found = parsed(
        f'password_file = "{password}"\nauthentication_key_file = "{authentication}"\n'
        f'encryption_key_file = "{encryption}"'
    ).secrets()
    assert found == Secrets(LOW.encode(), bytes.fromhex(KEY), bytes.fromhex(OTHER_KEY))


def test_secrets_come_from_systemd_where_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert OpticalSettings().secrets() == Secrets()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert OpticalSettings().secrets() == Secrets()
    # systemd's own files are of mode 0400 for the service, and of another owner's group.
    secret(tmp_path, PASSWORD, "0x3132", 0o440)
    secret(tmp_path, AUTHENTICATION_KEY, KEY, 0o440)
    secret(tmp_path, ENCRYPTION_KEY, OTHER_KEY, 0o440)
    assert OpticalSettings().secrets() == Secrets(b"12", bytes.fromhex(KEY), bytes.fromhex(OTHER_KEY))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = secret(tmp_path, "low", LOW, mode)
    with pytest.raises(SettingsInvalid, match="can be read by others: chmod 600 it first"):
        OpticalSettings(password_file=file).secrets()


@pytest.mark.parametrize("text", ["", "\n", f"{LOW}\n{LOW}\n", "0x123", "0x", "sandi-é", LOW * 6])
def test_a_password_that_cannot_be_one_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    _refused(OpticalSettings(password_file=secret(tmp_path, "low", text)), text)


@pytest.mark.parametrize("text", ["", KEY[:-2], KEY + "00", "0x" + KEY, "Z" + KEY[1:], LOW])
def test_a_key_that_cannot_be_one_is_refused_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    _refused(OpticalSettings(authentication_key_file=secret(tmp_path, "key", text)), text)
    _refused(OpticalSettings(encryption_key_file=secret(tmp_path, "key", text)), text)


def test_a_secret_that_cannot_be_read_is_refused_without_a_word_of_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        OpticalSettings(password_file=tmp_path / "none").secrets()
    file = secret(tmp_path, "low", "")
    file.write_bytes(b"\xff" + LOW.encode())
    _refused(OpticalSettings(password_file=file), LOW)


def _refused(settings: OpticalSettings, text: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        settings.secrets()
    whole = f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r}"
    assert all(line not in whole for line in text.split() if len(line) > 2)
    assert LOW not in whole


def test_secrets_are_never_printed(caplog: pytest.LogCaptureFixture) -> None:
    held = Secrets(LOW.encode(), bytes.fromhex(KEY), bytes.fromhex(OTHER_KEY))
    logging.getLogger("test").warning("%s %r %s", held, held, f"{held}")
    assert repr(held) == "Secrets()"
    assert LOW not in caplog.text
    assert KEY.lower() not in caplog.text.lower()
