"""The one root of every refusal that the hardware makes. Like the engine's, each leaf has a code for staff."""

from typing import ClassVar


class HardwareError(Exception):
    """Root of the hardware's refusals; every leaf also inherits the builtin it is a case of."""

    code: ClassVar[str] = "HW-00"

    @property
    def message(self) -> str:
        """The sentence for a person, without the code."""
        return str(self.args[0]) if self.args else self.__class__.__name__


class AdapterBusy(HardwareError, RuntimeError):
    """A row is being typed: a second one is refused, not queued."""

    code = "HW-01"


class AdapterClosed(HardwareError, ValueError):
    """The adapter was closed."""

    code = "HW-02"


class NotARow(HardwareError, ValueError):
    """What should be typed is not 20 digits."""

    code = "HW-03"
