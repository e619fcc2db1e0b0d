"""The meter process's settings, and the devices that they open."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.build import opener
from hardware.errors import (
    GpioUnavailable,
    LineLost,
    NotCalibrated,
    PinTaken,
    PinUnsafe,
    ProfileInvalid,
    SettingsInvalid,
)
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.build import KeypadBuilder
from hardware.keypad.forms import LinesForm, MatrixForm, MultiplexerForm
from hardware.optical.beside import ReadBeside
from hardware.optical.reader import OpticalReader
from hardware.optical.settings import OpticalSettings
from hardware.settings import MeterSettings
from tests.support.meter_settings import keypad_of

MATRIX = '[keypad.contacts]\nform = "matrix"\nenable = 27\nrows = [16, 17, 18, 19]\ncolumns = [20, 21, 22]\n'
LINES = '[keypad.contacts]\nform = "lines"\nenable = 27\n[keypad.contacts.keys]\n1 = 17\nenter = 18\n'
MULTIPLEXERS = (
    '[keypad.contacts]\nform = "multiplexers"\nenable = 27\n'
    "gate = 25\nrow_address = [16, 17]\ncolumn_address = [20, 21]\n"
)
MOCK = '[keypad]\npin_factory = "mock"\n'
OLD = 'pin_factory = "mock"\ntone_pin = 26\ncalibrated = "/srv/profiles"\njournal = "/srv/journal"\n' + MATRIX.replace(
    "keypad.", ""
)
"""As release 0.1 had it: what is the keypad's stands at the top."""


def test_the_contacts_may_have_any_of_three_forms() -> None:
    assert keypad_of(MATRIX).contacts == MatrixForm(27, (16, 17, 18, 19), (20, 21, 22))
    assert keypad_of(LINES).contacts == LinesForm(27, {"1": 17, "enter": 18})
    assert keypad_of(MULTIPLEXERS).contacts == MultiplexerForm(27, 25, (16, 17), (20, 21))


def test_what_is_not_set_is_safe() -> None:
    settings = MeterSettings.parse(MATRIX)
    keypad = keypad_of(MATRIX)
    assert (keypad.pin_factory, settings.without_kiosk, keypad.tone_pin) == ("lgpio", "finish", None)
    assert settings.socket == Path("/run/krn-meter/socket")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "contacts"),
        ("optical = 5", "optical must be a table"),
        ("[optical]\nclient = 0", "optical.client must be"),
        ("[optical]\npassword = 'x'", "unknown setting optical.password"),
        ("[infrared]\nport = '/dev/ttyUSB0'\n" + MATRIX, "unknown setting infrared"),
        ("[contacts]\n" + MATRIX, "unknown setting contacts"),
        ("keypad = 5", "keypad must be a table"),
        (OLD.replace("26", "true"), "keypad.tone_pin must be"),
        ("form = ", "not TOML"),
        (MATRIX + "colour = 1", "colour"),
        ("sockets = 'x'\n" + MATRIX, "sockets"),
        (MATRIX.replace("matrix", "wires"), "form"),
        (MATRIX.replace("27", '"27"'), "enable"),
        (MATRIX.replace("[16, 17, 18, 19]", "16"), "rows"),
        ("without_kiosk = 'wait'\n" + MATRIX, "finish"),
        ("[keypad]\npin_factory = 'pigpio'\n" + MATRIX, "lgpio"),
        ("[keypad]\ntone_pin = true\n" + MATRIX, "keypad.tone_pin"),
        (LINES.replace("17", "1.5"), "contacts.keys must be"),
        (
            MATRIX.replace("27", "99999"),
            "keypad.contacts.enable must be a GPIO number from 9 to 13 or 16 to 27",
        ),
        (MATRIX.replace("27", "14"), "keypad.contacts.enable must be a GPIO number from 9 to 13 or 16 to 27"),
        (MATRIX.replace("20, 21", "28, 21"), "keypad.contacts.columns must be a list of GPIO numbers from 9"),
        (LINES.replace("17", "8"), "keypad.contacts.keys must be a table of GPIO numbers from 9"),
        (MULTIPLEXERS.replace("25", "-1"), "keypad.contacts.gate must be"),
        ("[keypad]\ntone_pin = 28\n" + MATRIX, "keypad.tone_pin must be a GPIO number from 9"),
        (MATRIX.replace("27", "16"), "keypad.contacts.enable and keypad.contacts.rows have GPIO16: give each"),
        (MATRIX.replace("16, 17", "17, 17"), "keypad.contacts.rows has GPIO17 twice: give each line a number"),
        (MATRIX.replace("20, 21", "19, 21"), "keypad.contacts.rows and keypad.contacts.columns have GPIO19"),
        (LINES.replace("18", "17"), "keypad.contacts.keys.1 and keypad.contacts.keys.enter have GPIO17"),
        (MULTIPLEXERS.replace("20, 21", "25, 21"), "keypad.contacts.gate and keypad.contacts.column_address have"),
        ("[keypad]\ntone_pin = 16\n" + MATRIX, "keypad.tone_pin and keypad.contacts.rows have GPIO16"),
        ("[keypad]\ntone_pin = 10\nloop_pin = 10\n" + MATRIX, "keypad.tone_pin and keypad.loop_pin have GPIO10"),
    ],
)
def test_a_wrong_setting_is_named(text: str, says: str) -> None:
    with pytest.raises(SettingsInvalid, match=re.escape(says)):
        MeterSettings.parse(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        MeterSettings.parse("without_kiosk = 'wait'\n[keypad]\ntone_pin = 'x'\n" + MATRIX.replace("27", "'x'"))
    assert all(name in str(refused.value) for name in ("without_kiosk", "tone_pin", "enable"))


def test_a_file_of_the_first_release_is_read_and_says_what_to_write() -> None:
    """An upgrade must not leave a kiosk without its adapter."""
    new = 'journal = "/srv/journal"\n' + MOCK + 'tone_pin = 26\ncalibrated = "/srv/profiles"\n' + MATRIX
    old, expected = MeterSettings.parse(OLD), MeterSettings.parse(new)
    assert replace(old, advice="") == expected
    assert expected.advice == ""
    assert "put calibrated, pin_factory, tone_pin under a line [keypad]" in old.advice
    assert "[keypad.contacts] for [contacts]" in old.advice
    assert "under a line" not in MeterSettings.parse(MATRIX.replace("keypad.", "")).advice


def test_the_adapter_is_chosen_by_the_settings() -> None:
    open_adapter = opener(MeterSettings.parse(MOCK + MATRIX))
    for _ in range(2):
        with open_adapter("generic-4x3") as adapter:
            assert isinstance(adapter, KeypadAdapter)
            assert adapter.tools is adapter


def test_an_optical_head_needs_no_keypad_and_the_model_says_which_is_meant(tmp_path: Path) -> None:
    alone = MeterSettings.parse(f"[optical]\nport = '{tmp_path}/head'")
    assert (alone.keypad, alone.optical) == (None, OpticalSettings(port=tmp_path / "head"))
    assert MeterSettings.parse(MATRIX).optical is None
    assert MeterSettings.parse("[optical]\n" + MATRIX).optical == OpticalSettings()
    with opener(alone)("read-out") as adapter:
        assert isinstance(adapter, OpticalReader)
        assert adapter.tools is None
        with pytest.raises(LineLost, match="head is not plugged in"):
            adapter.probe()
    with pytest.raises(ProfileInvalid, match=r"the settings have no \[keypad\]"):
        opener(alone)("generic-4x3")
    with pytest.raises(ProfileInvalid, match=r"the settings have no \[optical\]"):
        opener(MeterSettings.parse(MOCK + MATRIX))("read-out")


def test_a_head_may_read_beside_a_keypad() -> None:
    both = MeterSettings.parse("[optical]\nbeside_keypad = 'read-out'\n" + MOCK + MATRIX)
    with opener(both)("generic-4x3") as adapter:
        assert isinstance(adapter, ReadBeside)
        assert adapter.tools is not None
    for name in ("dlms-hdlc", "generic-4x3"):
        with pytest.raises(SettingsInvalid, match="beside_keypad must be one of virtual-optical, read-out"):
            MeterSettings.parse(f"[optical]\nbeside_keypad = '{name}'\n" + MATRIX)


def test_no_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"docs/config.md"):
        MeterSettings.read(tmp_path / "meter.toml")


class TestBuilder:
    def test_it_opens_the_devices_again_and_again(self) -> None:
        builder = KeypadBuilder(keypad_of(MOCK + "tone_pin = 26\n" + MATRIX))
        for _ in range(3):
            with builder.open("generic-4x3") as adapter:
                assert adapter.model == "generic-4x3"

    @pytest.mark.parametrize(
        ("text", "model", "error"),
        [
            (MATRIX, "no-such", ProfileInvalid),
            ("tone_pin = 26\n" + MATRIX, "auto-accept", SettingsInvalid),
        ],
    )
    def test_what_cannot_be_opened_is_said(self, text: str, model: str, error: type[Exception]) -> None:
        builder = KeypadBuilder(keypad_of(MOCK + text))
        with pytest.raises(error):
            builder.open(model)
        # Nothing stays open: the right thing can be opened with the next call.
        if error is ProfileInvalid:
            builder.open("generic-4x3").close()

    @pytest.mark.parametrize(
        ("enable", "tone", "error"), [(14, None, PinUnsafe), (16, None, PinTaken), (27, 16, PinTaken)]
    )
    def test_the_devices_refuse_such_wiring_all_the_same(
        self, enable: int, tone: int | None, error: type[Exception]
    ) -> None:
        keypad = keypad_of(MOCK + MATRIX)
        wired = replace(keypad, contacts=replace(keypad.contacts, enable=enable), tone_pin=tone)
        with pytest.raises(error):
            KeypadBuilder(wired).open("generic-4x3")

    def test_a_timing_that_was_found_is_kept_for_the_next_time(self, tmp_path: Path) -> None:
        text = f'{MOCK}calibrated = "{tmp_path}/profiles"\n{MATRIX}'
        builder = KeypadBuilder(keypad_of(text))
        with builder.open("generic-4x3") as adapter:
            faster = replace(adapter.profile.timing, press=0.07)
            adapter._keep(faster)
        with builder.open("generic-4x3") as again:
            assert again.profile.timing == faster

    def test_a_timing_that_cannot_be_kept_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        text = f'{MOCK}calibrated = "{tmp_path}/file"\n{MATRIX}'
        with (
            KeypadBuilder(keypad_of(text)).open("generic-4x3") as adapter,
            pytest.raises(NotCalibrated, match="cannot be kept"),
        ):
            adapter._keep(adapter.profile.timing)

    def test_without_lgpio_it_says_what_to_install(self) -> None:
        with pytest.raises(GpioUnavailable, match="lgpio"):
            KeypadBuilder(keypad_of(MATRIX)).open("generic-4x3")
