"""The whole contract between a meter and the rest: put one row in, and say what became of it and how that is known."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from hardware.errors import NotARow, NotCalibrated

ROW_DIGITS = 20
"""Digits of a row: a token of IEC 62055-41."""


Keys = tuple[tuple[str, ...], ...]
"""A meter's keys as they lie, row by row; an empty name is a place without a key."""
USUAL_KEYS: Keys = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("backspace", "0", "enter"))


class AdapterKind(Enum):
    """What puts the rows into a meter."""

    KEYPAD = "keypad"
    """Contacts across the meter's keys."""
    HAND = "hand"
    """Somebody's own fingers."""


@dataclass(frozen=True, slots=True)
class Model:
    """A meter model: its name for the adapter, what a person calls it, and its keys."""

    name: str
    title: str
    keys: Keys = USUAL_KEYS


class Outcome(Enum):
    """What became of a row. Without evidence it is UNKNOWN, never a success."""

    ACCEPTED = "ACCEPTED"
    """The meter said that it took the row."""
    PARTIAL = "PARTIAL"
    """It took the row and named the section it still waits for."""
    REJECTED = "REJECTED"
    """It said that it did not."""
    LOCKED_OUT = "LOCKED_OUT"
    """Its keypad is locked; the row was not read."""
    UNKNOWN = "UNKNOWN"
    """The row may or may not have been read. Nothing is typed again without a person's word."""
    FAULT = "FAULT"
    """The row was not entered: the typing went wrong or was stopped before Enter, and the entry was cleared."""


class Source(Enum):
    """How an answer is known."""

    DISPLAY = "display"
    STATUS_CODE = "status code"
    TONE = "tone"
    PICTURE = "picture"
    PERSON = "person"


class MeterRegister(Enum):
    """What a meter can be asked to show. How it is asked is its profile's."""

    KRN = "krn"
    METER_NUMBER = "meter number"
    SGC = "sgc"
    TAMPER = "tamper"
    """Whether it says PERIKSA."""
    TECHNICAL_COUNT = "technical tokens"
    """How many tokens other than credit it has taken."""
    LAST_TOKEN = "last token"  # noqa: S105  a register, and no secret
    """The last of them, and the two before it."""
    LAST_BUT_ONE = "last token but one"
    LAST_BUT_TWO = "last token but two"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen or heard, and who or what saw it."""

    source: Source
    seen: str
    by: str


@dataclass(frozen=True, slots=True)
class Press:
    """One key as it was really pressed. Times in seconds; `at` counts from the start of the row. It prints no key."""

    key: str = field(repr=False)
    at: float
    length: float


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to one row."""

    outcome: Outcome
    evidence: Evidence | None = None
    result: str | None = None
    """The standard's name of the result, such as "1stKCT", where the meter tells it."""
    locked_for: float = 0.0
    """Seconds of lock-out still to wait."""
    presses: tuple[Press, ...] = ()
    tampered: bool = False
    """The meter refused the row because it is in its tamper state: it says PERIKSA, or its own word for it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What stands at the other end."""

    model: str
    meter_number: str | None
    krn: int | None


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
    """These closed, and opened again."""
    bad: tuple[str, ...]
    """These did not. What is in neither was not tried."""


@dataclass(frozen=True, slots=True)
class KeyDown:
    """A key went down: which, how many of the row are pressed now, and what the display shows, if that can be seen.

    It prints neither key nor display: both are digits of a row.
    """

    key: str = field(repr=False)
    pressed: int
    display: str | None = field(default=None, repr=False)


Watch = Callable[[KeyDown], None]


class MeterAdapter(ABC):
    """One meter on one wire. Use it as a context manager: leaving it opens every contact."""

    model: str
    """Name of the meter model at the other end, as its profile has it."""
    section_timeout: float = 600.0
    """Seconds after which the meter forgets the first rows of an unfinished key change (CLOU: 10 minutes)."""
    row_seconds: float = 90.0
    """The longest that one row may take to go in and to be answered."""

    @abstractmethod
    def probe(self) -> Probe:
        """Who is there; what the meter cannot be asked is None. Raises HardwareError if nobody is there."""

    @abstractmethod
    def submit(
        self,
        token: str,
        *,
        deadline: float,
        cancel: threading.Event,
        watch: Watch | None = None,
        request: str | None = None,
    ) -> Submission:
        """Enter 20 digits and say what became of them.

        `deadline` is the number of seconds that all of it may take; `cancel` stops it before Enter. `watch` is called
        for every key, from the thread that types. `request` names this attempt for `recall`; an adapter that has
        heard the name before types nothing and gives the answer it gave. Raises NotARow, AdapterBusy while another
        row is typed, and AdapterClosed.
        """

    @abstractmethod
    def read(self, register: MeterRegister) -> Evidence | None:
        """Let the meter show a register; None if it has no such register or nobody can read the display.

        Even where nobody can read it, the meter shows it afterwards, so that a person can. Raises as `submit` does.
        """

    @abstractmethod
    def tampered(self) -> bool | None:
        """Is the meter in its tamper state (PERIKSA), by the words of its own model? None: nobody can tell."""

    @abstractmethod
    def read_result(self) -> Submission:
        """The last answer of the meter, read again without typing a row; UNKNOWN if it cannot tell."""

    def recall(self, request: str) -> Submission:
        """What became of an earlier attempt of this name; UNKNOWN from an adapter that keeps no memory."""
        return Submission(Outcome.UNKNOWN)

    def settled(self) -> None:
        """Somebody saw the meter answer the last row, so nothing of it stands in the entry any more."""

    def unsettled(self) -> None:
        """An earlier hand may have left digits in the entry: the next key waits until the meter has forgotten them."""

    def calibrate(self, *, deadline: float, cancel: threading.Event) -> Calibrated:
        """Find the fastest pace that this meter reads without a mistake, and type at it from now on.

        Digits are typed and taken back, nothing is submitted. Raises NotCalibrated where there is nothing to find,
        nobody can read the display, or `deadline` seconds have passed or `cancel` is set: the pace is then as it was.
        """
        raise NotCalibrated("this adapter has no pace to find: there is nothing to calibrate")

    def loop_back(self) -> LoopBack | None:
        """Close and open every contact on a test plug; None, and nothing is pressed, where there is no plug.

        Raises AdapterBusy while a row is typed, and AdapterClosed.
        """
        return None

    @abstractmethod
    def abort(self) -> None:
        """Stop typing, clear the entry, press nothing more. From any thread."""

    @abstractmethod
    def release_all(self) -> None:
        """Open every contact now. From any thread, at any time, as often as wanted."""

    @abstractmethod
    def close(self) -> None:
        """Release everything and give the wire back. May be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def require_row(token: str) -> None:
    """Raises NotARow unless these are 20 digits."""
    if len(token) != ROW_DIGITS or not (token.isascii() and token.isdigit()):
        raise NotARow("a row has 20 digits: nothing was typed")
