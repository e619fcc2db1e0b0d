"""The contacts across a keypad, as gpiozero devices. They know nothing of what moves the pin, nor of meters."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gpiozero import CompositeDevice, DigitalOutputDevice, GPIOZeroError

from hardware.errors import ContactHeld, NoSuchKey, PinTaken
from hardware.keypad.forms import Form, Layout, LinesForm, MatrixForm, MultiplexerForm, place_of
from hardware.keypad.pins import check_pins, chosen_factory

LONGEST_HOLD = 0.7
"""Seconds after which a closed contact is opened in any case. The monostable's second is the bound behind it; a meter
may do something of its own when a key is held for five (Cashpower Three Phase manual, page 23)."""


class Contact(DigitalOutputDevice):
    """Extends :class:`gpiozero.DigitalOutputDevice` and represents one line that closes a contact while it is high.

    Connect the line through a resistor to the LED of a PhotoMOS relay (or to a solenoid's driver), the LED's supply to
    the monostable's output, and a pull-down of 10 kΩ from the line to ground. Never wire it active-low: a line is low
    while the Pi starts, and after it was given back. For example::

        from hardware.keypad.contacts import Contact

        with Contact(17) as contact:
            contact.on()

    :param int pin: the GPIO number.
    :param pin_factory: see gpiozero; the default is what the settings choose.
    """

    def __init__(self, pin: int, *, pin_factory: Any = None) -> None:
        super().__init__(pin, active_high=True, initial_value=False, pin_factory=pin_factory)


class Enable(DigitalOutputDevice):
    """Extends :class:`gpiozero.DigitalOutputDevice` and represents the line that lets contacts close at all.

    Connect the line to the trigger of a retriggerable monostable of one second, with a pull-down of 10 kΩ; its output
    switches the supply of every contact. Only a rising edge starts it, so a line that is left high by a stopped or
    killed program lets go as well. For example::

        from hardware.keypad.contacts import Enable

        with Enable(27) as enable:
            enable.kick()

    :param int pin: the GPIO number.
    :param pin_factory: see gpiozero.
    """

    def __init__(self, pin: int, *, pin_factory: Any = None) -> None:
        super().__init__(pin, active_high=True, initial_value=False, pin_factory=pin_factory)

    def kick(self) -> None:
        """One rising edge: contacts may be closed for the monostable's second."""
        self.on()
        self.off()


class Hold:
    """One press. `broken` is true if the contact was opened before its time, by another thread or by the limit."""

    def __init__(self) -> None:
        self.broken = False


class ContactMatrix(CompositeDevice):
    """Extends :class:`gpiozero.CompositeDevice` and represents the contacts across the keys of one keypad.

    Connect them as `docs/hardware.md` draws for each form. Keys have names; one at a time is closed. For example::

        from hardware.keypad.contacts import ContactMatrix
        from hardware.keypad.forms import LinesForm

        with ContactMatrix(LinesForm(27, {"1": 17, "2": 18}), (("1", "2"),)) as contacts:
            with contacts.pressed("2"):
                sleep(0.12)

    :param form: which line does what.
    :param layout: names of the keys, row by row.
    :param float longest_hold: seconds after which a contact is opened by itself.
    :param pin_factory: see gpiozero.
    :raises PinUnsafe: for a GPIO number that may not be used.
    :raises PinTaken: for one that is used twice, or by another program.
    """

    def __init__(
        self, form: Form, layout: Layout, *, longest_hold: float = LONGEST_HOLD, pin_factory: Any = None
    ) -> None:
        pin_factory = chosen_factory(pin_factory)
        check_pins({"enable": form.enable, **form.lines}, pin_factory)
        self._form = form
        self._layout = layout
        self._longest_hold = longest_hold
        self._one = threading.Lock()
        self._hold: Hold | None = None
        devices: dict[str, DigitalOutputDevice] = {}
        try:
            for name, pin in form.lines.items():
                devices[name] = Contact(pin, pin_factory=pin_factory)
            devices["enable"] = Enable(form.enable, pin_factory=pin_factory)
        except Exception as error:
            for device in devices.values():
                device.close()
            # lgpio's own error is none of gpiozero's: "GPIO busy", where another process holds the line.
            if isinstance(error, GPIOZeroError) or type(error).__module__ == "lgpio":
                raise PinTaken(f"a line is held already: {error}") from error
            raise
        super().__init__(**devices, pin_factory=pin_factory)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of all keys that can be pressed."""
        return tuple(key for row in self._layout for key in row if self._lines_of(key) is not None)

    @contextmanager
    def pressed(self, key: str) -> Iterator[Hold]:
        """Hold one key closed for as long as the block runs, but never longer than the limit.

        Raises NoSuchKey, and ContactHeld while a key is held already.
        """
        lines = self._lines_of(key)
        if lines is None:
            raise NoSuchKey(f"this keypad has no key {key!r}")
        if not self._one.acquire(blocking=False):
            raise ContactHeld("a key is held already: one at a time")
        limit = threading.Timer(self._longest_hold, self.release)
        limit.daemon = True
        self._hold = hold = Hold()
        try:
            limit.start()
            self.enable.kick()
            for name in lines:
                self._named[name].on()
            yield hold
        finally:
            self._hold = None
            self.release()
            limit.cancel()
            self._one.release()

    def release(self) -> None:
        """Open everything, from any thread, at any time."""
        hold = self._hold
        if hold is not None:
            hold.broken = True
        # The gate first: an address that changes while the gate is open would brush other keys.
        for device in sorted(self, key=lambda device: device is not self._named.get("gate")):
            device.off()

    def close(self) -> None:
        """Open everything, then give the lines back. May be called twice, and before construction has ended."""
        if getattr(self, "_all", None):
            self.release()
        super().close()

    def _lines_of(self, key: str) -> tuple[str, ...] | None:
        """Names of the lines to drive for a key, the one that closes the contact last; None if it is not wired."""
        try:
            row, column = place_of(key, self._layout)
        except LookupError:
            return None
        match self._form:
            case LinesForm(keys=keys):
                return (f"key_{key}",) if key in keys else None
            case MatrixForm(rows=rows, columns=columns):
                there = row < len(rows) and column < len(columns)
                return (f"row_{row}", f"column_{column}") if there else None
            case MultiplexerForm(row_address=rows, column_address=columns):
                if row >> len(rows) or column >> len(columns):
                    return None
                row_bits = tuple(f"row_bit_{bit}" for bit in range(len(rows)) if row >> bit & 1)
                column_bits = tuple(f"column_bit_{bit}" for bit in range(len(columns)) if column >> bit & 1)
                return (*row_bits, *column_bits, "gate")
