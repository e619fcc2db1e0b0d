"""What can be done with a meter that is reached through its keys, beside what every meter can do.

`MeterAdapter.tools` gives them, or None: a meter with an optical port has no keys, no pace and no contacts.
"""

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The pace that was found for a meter, in seconds."""

    press: float
    gap: float


@dataclass(frozen=True, slots=True)
class LoopBack:
    """What a test plug in the meter's place showed of the contacts, by the names of their keys."""

    keys: tuple[str, ...]
    """Every key that is wired."""
    good: tuple[str, ...]
    """Keys whose contact closed, and opened again."""
    bad: tuple[str, ...]
    """Keys whose contact did not close, or did not open. What is in neither was not tried."""


class KeypadTools(ABC):
    """The care of contacts, of the pace at which they press, and of what they may have left in a meter's entry."""

    @abstractmethod
    def calibrate(self, *, deadline: float, cancel: threading.Event) -> Calibrated:
        """Find the fastest pace that this meter reads without a mistake, and type at it from now on.

        Digits are typed and taken back, nothing is submitted. Raises NotCalibrated where nobody can read the display,
        or `deadline` seconds have passed or `cancel` is set: the pace is then as it was.
        """

    @abstractmethod
    def loop_back(self) -> LoopBack | None:
        """Close and open every contact on a test plug; None, and nothing is pressed, where there is no plug.

        Raises AdapterBusy while a row is typed, and AdapterClosed.
        """

    @abstractmethod
    def settled(self) -> None:
        """The meter answered the last row before somebody's eyes: no digit of it is left in the meter's entry."""

    @abstractmethod
    def unsettled(self) -> None:
        """Digits of an interrupted row may still be in the entry: the next key waits until the meter forgets them."""

    @abstractmethod
    def release_all(self) -> None:
        """Open every contact now. From any thread, at any time, as often as wanted."""
