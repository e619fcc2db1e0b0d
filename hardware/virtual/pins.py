"""Mock pins on wires: a pin that a device drives, drives its wire, and an input pin shows its wire's level."""

from typing import Any, Protocol

from gpiozero.pins.mock import MockFactory, MockPin


class Wires(Protocol):
    """The far end of the pins."""

    def drive(self, pin: int, high: bool) -> None:
        """A line is driven high, or no longer (low, or given back: an external pull-down makes both the same)."""
        ...

    def level(self, pin: int) -> bool:
        """What an input line shows now."""
        ...


class WiredPin(MockPin):
    """Extends :class:`gpiozero.pins.mock.MockPin`: an output tells its wire, an input asks it."""

    def _change_state(self, value: bool) -> Any:
        changed = super()._change_state(value)
        if changed and self._function == "output":
            self.factory.wires.drive(self.number, bool(value))
        return changed

    def _set_function(self, value: str) -> None:
        was_driven = self._function == "output" and self._state
        super()._set_function(value)
        if was_driven and value == "input":
            self.factory.wires.drive(self.number, False)

    def _get_state(self) -> Any:
        if self._function == "input":
            return self.factory.wires.level(self.number)
        return super()._get_state()

    @property
    def number(self) -> int:
        """The GPIO number."""
        return int(self.info.name.removeprefix("GPIO"))


class WiredFactory(MockFactory):
    """Extends :class:`gpiozero.pins.mock.MockFactory`: a Pi whose pins end in `wires`."""

    def __init__(self, wires: Wires) -> None:
        super().__init__(pin_class=WiredPin)
        self.wires = wires
