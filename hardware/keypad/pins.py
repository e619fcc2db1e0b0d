"""Which GPIO numbers may drive a contact, and what drives them."""

from collections.abc import Mapping
from typing import Any

from gpiozero import Device, GPIOZeroError
from gpiozero.pins.mock import MockFactory

from hardware.errors import GpioUnavailable, PinTaken, PinUnsafe
from hardware.keypad.header import SAFE_PINS
from hardware.keypad.settings import FACTORIES


def open_factory(name: str) -> Any:
    """The pin factory of a setting. Only lgpio works on every Pi, and a fall-back to another would be silent.

    Raises GpioUnavailable.
    """
    if name not in FACTORIES:
        raise GpioUnavailable(f"the pin factory {name!r} is not used here: choose lgpio, or mock without hardware")
    if name == "mock":
        return MockFactory()
    try:
        from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415  only a Pi has lgpio

        return LGPIOFactory()
    except ImportError as error:
        raise GpioUnavailable("lgpio is not installed: install the Debian package python3-lgpio") from error
    except Exception as error:  # lgpio raises errors of its own, which are plain Exceptions
        raise GpioUnavailable(f"the GPIO lines cannot be opened ({error}): is this a Raspberry Pi?") from error


def chosen_factory(factory: Any) -> Any:
    """The factory that was given, else the one that the program has set, else lgpio's. Raises GpioUnavailable."""
    return (Device.pin_factory or open_factory("lgpio")) if factory is None else factory


def check_pins(lines: Mapping[str, int], factory: Any) -> None:
    """Raises PinUnsafe for a line that may not be used or is not on this board, PinTaken for one that is used twice."""
    used: dict[int, str] = {}
    for name, pin in lines.items():
        if pin not in SAFE_PINS:
            safe = ", ".join(str(number) for number in sorted(SAFE_PINS))
            raise PinUnsafe(f"GPIO{pin} ({name}) may not drive a contact: choose from {safe}")
        if pin in used:
            raise PinTaken(f"GPIO{pin} is used twice, for {used[pin]} and {name}: give each its own")
        used[pin] = name
        try:
            factory.pin(pin)
        except GPIOZeroError as error:
            raise PinUnsafe(f"GPIO{pin} ({name}) is not on this board: {error}") from error
        except Exception as error:
            # lgpio claims the line here; its error for one that another process has is a plain Exception.
            if "busy" not in str(error).lower():
                raise
            raise PinTaken(f"GPIO{pin} ({name}) is held by another program: stop it first (krn-meter?)") from error
