"""With a test plug where the meter's cable was, each contact proves that it closes and opens."""

from collections.abc import Callable
from typing import Any

from gpiozero import DigitalInputDevice, GPIOZeroError

from hardware.errors import PinTaken
from hardware.keypad.contacts import ContactMatrix
from hardware.keypad.pins import check_pins, chosen_factory
from hardware.keypad_tools import LoopBack

LONGEST_SWITCH = 0.1
"""Seconds in which a contact has closed or opened; a PhotoMOS and an optocoupler take a few milliseconds each."""
LOOK_EVERY = 0.002


class LoopBackPlug(DigitalInputDevice):
    """Extends :class:`gpiozero.DigitalInputDevice` and represents the line of a test plug: high while no key is closed.

    Connect a plug where the meter's cable was. In it are a 3 V cell, a resistor and an optocoupler's LED in series,
    and each key's contact lies across that LED; the optocoupler's transistor joins the line to 3.3 V, with 10 kΩ to
    ground on the adapter's board. So a closed key is low, and so is a plug that is not there. For example::

        from hardware.keypad.loopback import LoopBackPlug

        with LoopBackPlug(24) as plug:
            print("the plug is in, and no key is closed" if plug.is_active else "no plug, or a key is closed")

    :param int pin: the GPIO number.
    :param pin_factory: see gpiozero.
    :raises PinUnsafe: for a GPIO number that may not be used.
    :raises PinTaken: for one that is used already.
    """

    def __init__(self, pin: int, *, pin_factory: Any = None) -> None:
        pin_factory = chosen_factory(pin_factory)
        check_pins({"loop": pin}, pin_factory)
        try:
            super().__init__(pin, pull_up=False, pin_factory=pin_factory)
        except GPIOZeroError as error:
            raise PinTaken(f"GPIO{pin} (loop) is held already: {error}") from error


def prove(
    contacts: ContactMatrix,
    plug: LoopBackPlug,
    stop: Callable[[], bool],
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> LoopBack | None:
    """Close each key once; None if the plug is not there: then a meter may be, and nothing is pressed."""

    def becomes(high: bool) -> bool:
        end = clock() + LONGEST_SWITCH
        while bool(plug.is_active) is not high:
            if clock() > end:
                return False
            wait(LOOK_EVERY)
        return True

    if not plug.is_active:
        return None
    good: list[str] = []
    bad: list[str] = []
    for key in contacts.keys:
        if stop():
            break
        with contacts.pressed(key):
            closes = becomes(False)
        opens = becomes(True)
        (good if closes and opens else bad).append(key)
        if not opens:
            # Whatever holds it closed would make every other key look closed too.
            break
    return LoopBack(contacts.keys, tuple(good), tuple(bad))
