"""The meter process's settings, and the devices that they open."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.errors import GpioUnavailable, NotCalibrated, PinTaken, PinUnsafe, ProfileInvalid, SettingsInvalid
from hardware.keypad.build import KeypadBuilder
from hardware.keypad.forms import LinesForm, MatrixForm, MultiplexerForm
from hardware.settings import MeterSettings

MATRIX = '[contacts]\nform = "matrix"\nenable = 27\nrows = [16, 17, 18, 19]\ncolumns = [20, 21, 22]\n'
LINES = '[contacts]\nform = "lines"\nenable = 27\n[contacts.keys]\n1 = 17\nenter = 18\n'
MULTIPLEXERS = (
    '[contacts]\nform = "multiplexers"\nenable = 27\ngate = 25\nrow_address = [16, 17]\ncolumn_address = [20, 21]\n'
)
MOCK = 'pin_factory = "mock"\n'


def test_three_forms() -> None:
    assert MeterSettings.parse(MATRIX).form == MatrixForm(27, (16, 17, 18, 19), (20, 21, 22))
    assert MeterSettings.parse(LINES).form == LinesForm(27, {"1": 17, "enter": 18})
    assert MeterSettings.parse(MULTIPLEXERS).form == MultiplexerForm(27, 25, (16, 17), (20, 21))


def test_what_is_not_set_is_safe() -> None:
    settings = MeterSettings.parse(MATRIX)
    assert (settings.pin_factory, settings.without_kiosk, settings.tone_pin) == ("lgpio", "finish", None)
    assert settings.socket == Path("/run/krn-meter/socket")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "contacts"),
        ("form = ", "not TOML"),
        (MATRIX + "colour = 1", "colour"),
        ("sockets = 'x'\n" + MATRIX, "sockets"),
        (MATRIX.replace("matrix", "wires"), "form"),
        (MATRIX.replace("27", '"27"'), "enable"),
        (MATRIX.replace("[16, 17, 18, 19]", "16"), "rows"),
        ("without_kiosk = 'wait'\n" + MATRIX, "finish"),
        ("pin_factory = 'pigpio'\n" + MATRIX, "lgpio"),
        ("tone_pin = true\n" + MATRIX, "tone_pin"),
        (LINES.replace("17", "1.5"), "contacts.keys must be"),
    ],
)
def test_a_wrong_setting_is_named(text: str, says: str) -> None:
    with pytest.raises(SettingsInvalid, match=re.escape(says)):
        MeterSettings.parse(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        MeterSettings.parse("without_kiosk = 'wait'\ntone_pin = 'x'\n" + MATRIX.replace("27", "'x'"))
    assert all(name in str(refused.value) for name in ("without_kiosk", "tone_pin", "enable"))


def test_no_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"docs/config.md"):
        MeterSettings.read(tmp_path / "meter.toml")


class TestBuilder:
    def test_it_opens_the_devices_again_and_again(self) -> None:
        builder = KeypadBuilder(MeterSettings.parse(MOCK + "tone_pin = 26\n" + MATRIX))
        for _ in range(3):
            with builder.open("generic-4x3") as adapter:
                assert adapter.model == "generic-4x3"

    @pytest.mark.parametrize(
        ("text", "model", "error"),
        [
            (MATRIX, "no-such", ProfileInvalid),
            (MATRIX.replace("27", "14"), "generic-4x3", PinUnsafe),
            (MATRIX.replace("27", "16"), "generic-4x3", PinTaken),
            ("tone_pin = 16\n" + MATRIX, "generic-4x3", PinTaken),
            ("tone_pin = 26\n" + MATRIX, "auto-accept", SettingsInvalid),
        ],
    )
    def test_what_cannot_be_opened_is_said(self, text: str, model: str, error: type[Exception]) -> None:
        builder = KeypadBuilder(MeterSettings.parse(MOCK + text))
        with pytest.raises(error):
            builder.open(model)
        # Nothing stays open: the right thing can be opened with the next call.
        if error is ProfileInvalid:
            builder.open("generic-4x3").close()

    def test_a_timing_that_was_found_is_kept_for_the_next_time(self, tmp_path: Path) -> None:
        text = f'{MOCK}calibrated = "{tmp_path}/profiles"\n{MATRIX}'
        builder = KeypadBuilder(MeterSettings.parse(text))
        with builder.open("generic-4x3") as adapter:
            faster = replace(adapter.profile.timing, press=0.07)
            adapter._keep(faster)
        with builder.open("generic-4x3") as again:
            assert again.profile.timing == faster

    def test_a_timing_that_cannot_be_kept_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        text = f'{MOCK}calibrated = "{tmp_path}/file"\n{MATRIX}'
        with (
            KeypadBuilder(MeterSettings.parse(text)).open("generic-4x3") as adapter,
            pytest.raises(NotCalibrated, match="cannot be kept"),
        ):
            adapter._keep(adapter.profile.timing)

    def test_without_lgpio_it_says_what_to_install(self) -> None:
        with pytest.raises(GpioUnavailable, match="lgpio"):
            KeypadBuilder(MeterSettings.parse(MATRIX)).open("generic-4x3")
