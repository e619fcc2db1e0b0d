"""From the keypad's settings to its devices: the keypad adapter of this machine."""

from functools import partial
from typing import Any

from hardware.errors import NotCalibrated, SettingsInvalid
from hardware.keypad.adapter import KeypadAdapter
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.loopback import LoopBackPlug
from hardware.keypad.models import read_profile, store_timing
from hardware.keypad.pins import check_pins, open_factory
from hardware.keypad.profile import Timing
from hardware.keypad.sensors.base import Sensor
from hardware.keypad.sensors.tone import ToneSensor
from hardware.keypad.settings import KeypadSettings


class KeypadBuilder:
    """Opens the adapter again and again on one pin factory: a Pi has one."""

    def __init__(self, settings: KeypadSettings) -> None:
        self._settings = settings
        self._factory: Any = None

    def open(self, model: str) -> KeypadAdapter:
        """The adapter for a model. Raises ProfileInvalid, GpioUnavailable, PinUnsafe, PinTaken, NoSuchKey."""
        profile = read_profile(model, self._settings.calibrated)
        if self._factory is None:
            self._factory = open_factory(self._settings.pin_factory)
        form, tone, loop = self._settings.contacts, self._settings.tone_pin, self._settings.loop_pin
        inputs = {name: pin for name, pin in (("tone", tone), ("loop", loop)) if pin is not None}
        if inputs:
            check_pins({**inputs, "enable": form.enable, **form.lines}, self._factory)
        if tone is not None and not (profile.tones.accepted and profile.tones.rejected):
            raise SettingsInvalid(f"tone_pin is set, but the profile {model} knows no tones: take the line out")
        contacts = ContactMatrix(form, profile.layout, pin_factory=self._factory)
        sensors: list[Sensor] = []
        plug: LoopBackPlug | None = None
        try:
            if loop is not None:
                plug = LoopBackPlug(loop, pin_factory=self._factory)
            if tone is not None:
                sensors.append(ToneSensor(tone, profile.tones, pin_factory=self._factory))
            keep = partial(self._keep, model)
            return KeypadAdapter(contacts, profile, sensors, keep=keep, plug=plug)
        except Exception:
            contacts.close()
            for sensor in sensors:
                sensor.close()
            if plug is not None:
                plug.close()
            raise

    def _keep(self, model: str, timing: Timing) -> None:
        try:
            store_timing(model, timing, self._settings.calibrated)
        except OSError as error:
            raise NotCalibrated(f"the timing was found but cannot be kept: {error}") from error
