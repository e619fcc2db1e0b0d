"""From the meter process's settings to a meter: the one place that chooses which kind of adapter is opened."""

from collections.abc import Callable

from hardware.adapter import MeterAdapter
from hardware.errors import ProfileInvalid
from hardware.keypad.build import KeypadBuilder
from hardware.optical.models import models as optical_models
from hardware.settings import MeterSettings

OpenModel = Callable[[str], MeterAdapter]
"""Opens the adapter for a meter model. It raises HardwareError."""


def opener(settings: MeterSettings) -> OpenModel:
    """Opens the adapter of these settings, as often as it is called.

    The name of the model says which: a keypad's model is typed into, an optical one is reached by light.
    """
    by_keys = _no_keypad if settings.keypad is None else KeypadBuilder(settings.keypad).open
    if settings.optical is None:
        return lambda model: _no_head(model) if model in optical_models() else by_keys(model)
    # Only here: the process of a kiosk without a head holds neither ciphers nor a serial library.
    from hardware.optical.beside import ReadBeside  # noqa: PLC0415
    from hardware.optical.build import OpticalBuilder  # noqa: PLC0415

    light = OpticalBuilder(settings.optical)

    def opened(model: str) -> MeterAdapter:
        if model in optical_models():
            return light.open(model)
        reader = light.beside()
        return by_keys(model) if reader is None else ReadBeside(by_keys(model), reader)

    return opened


def _no_head(model: str) -> MeterAdapter:
    raise ProfileInvalid(f"{model} is reached by light, and the settings have no [optical]")


def _no_keypad(model: str) -> MeterAdapter:
    raise ProfileInvalid(f"{model} is reached through its keys, and the settings have no [keypad]")
