"""The contract between a printer and the rest: is it ready, and one slip at a time."""

from abc import ABC, abstractmethod
from enum import Enum

from hardware.printer.slip import Slip


class PrinterState(Enum):
    """What a printer says of itself."""

    READY = "ready"
    PAPER_OUT = "paper out"
    COVER_OPEN = "cover open"
    GONE = "gone"
    """Nothing answers: unplugged, or without supply."""


class Printer(ABC):
    """One receipt printer."""

    @abstractmethod
    def state(self) -> PrinterState:
        """Asked of the printer itself, now."""

    @abstractmethod
    def print(self, slip: Slip) -> None:
        """Print and cut. Raises PrinterNotReady before anything is printed, PrintBroken if it stopped in the middle."""
