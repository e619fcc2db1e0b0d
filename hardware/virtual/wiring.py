"""What lies between the pins and the keypad: contacts, the monostable that feeds them, and the beeper's microphone."""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.keypad.forms import Form, Layout, closed_places
from hardware.virtual.keypad import Places, ScannedKeypad

MONOSTABLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Closure:
    """One time during which contacts were closed, for a test of what was pressed."""

    places: Places
    down: float
    up: float


class Wiring:
    """The far end of the pins (see `hardware.virtual.pins.Wires`), with the electronics of one form of contacts.

    Each rising edge of ENABLE gives the contacts their supply for one second; without it no line closes anything.
    """

    def __init__(
        self,
        form: Form,
        layout: Layout,
        keypad: ScannedKeypad,
        clock: Callable[[], float],
        *,
        tone_pin: int | None = None,
        loop_pin: int | None = None,
    ) -> None:
        self._form = form
        self._layout = layout
        self._keypad = keypad
        self._clock = clock
        self._tone_pin = tone_pin
        self._loop_pin = loop_pin
        self._high: frozenset[int] = frozenset()
        self._supply_until = 0.0
        self._places: Places = frozenset()
        self._since = 0.0
        self.closures: list[Closure] = []
        self.plug = False
        """The test plug is where the meter's cable was (see `hardware.keypad.loopback`)."""

    @property
    def keypad(self) -> ScannedKeypad:
        """The keypad, with the time that has passed behind it."""
        self._supply(self._clock())
        self._keypad.pass_time(self._clock())
        return self._keypad

    def drive(self, pin: int, high: bool, at: float | None = None) -> None:
        """See `Wires.drive`; `at` is the moment, if it is not now."""
        now = self._clock() if at is None else at
        self._supply(now)
        self._high = self._high | {pin} if high else self._high - {pin}
        if pin == self._form.enable and high:
            self._supply_until = now + MONOSTABLE_SECONDS
        self._contacts(now)

    def all_low(self) -> None:
        """Every line was set low at once: a program has opened them anew."""
        for pin in self._high:
            self.drive(pin, False)

    def level(self, pin: int) -> bool:
        """See `Wires.level`."""
        if pin == self._loop_pin:
            self._supply(self._clock())
            return self.plug and not self._places
        return pin == self._tone_pin and self.keypad.meter.beeper.sounds(self._clock())

    def _supply(self, now: float) -> None:
        """The monostable may have fallen back since the last edge."""
        if self._places and self._supply_until <= now:
            self._change(frozenset(), self._supply_until)

    def _contacts(self, now: float) -> None:
        powered = now < self._supply_until
        places = closed_places(self._form, self._layout, self._high) if powered else frozenset()
        if places != self._places:
            self._change(places, now)

    def _change(self, places: Places, at: float) -> None:
        if self._places:
            self.closures.append(Closure(self._places, self._since, at))
        self._places, self._since = places, at
        if not self.plug:
            self._keypad.close(places, at)
