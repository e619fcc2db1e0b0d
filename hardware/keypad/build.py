"""From settings to devices: the keypad adapter of this machine."""

from typing import Any

from hardware.errors import NotCalibrated, SettingsInvalid
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.models import read_profile, store_timing
from hardware.keypad.pins import check_pins, open_factory
from hardware.keypad.profile import Timing
from hardware.keypad.sensors.base import Sensor
from hardware.keypad.sensors.tone import ToneSensor
from hardware.settings import MeterSettings


class KeypadBuilder:
    """Opens the adapter again and again on one pin factory: a Pi has one."""

    def __init__(self, settings: MeterSettings) -> None:
        self._settings = settings
        self._factory: Any = None

    def open(self, model: str) -> KeypadAdapter:
        """The adapter for a model. Raises ProfileInvalid, GpioUnavailable, PinUnsafe, PinTaken, NoSuchKey."""
        profile = read_profile(model, self._settings.calibrated)
        if self._factory is None:
            self._factory = open_factory(self._settings.pin_factory)
        tone = self._settings.tone_pin
        if tone is not None:
            form = self._settings.form
            check_pins({"tone": tone, "enable": form.enable, **form.lines}, self._factory)
            if not (profile.tones.accepted and profile.tones.rejected):
                raise SettingsInvalid(f"tone_pin is set, but the profile {model} knows no tones: take the line out")
        contacts = ContactMatrix(self._settings.form, profile.layout, pin_factory=self._factory)
        sensors: list[Sensor] = []
        try:
            if tone is not None:
                sensors.append(ToneSensor(tone, profile.tones, pin_factory=self._factory))
            return KeypadAdapter(contacts, profile, sensors, keep=lambda timing: self._keep(model, timing))
        except Exception:
            contacts.close()
            for sensor in sensors:
                sensor.close()
            raise

    def _keep(self, model: str, timing: Timing) -> None:
        try:
            store_timing(model, timing, self._settings.calibrated)
        except OSError as error:
            raise NotCalibrated(f"the timing was found but cannot be kept: {error}") from error
