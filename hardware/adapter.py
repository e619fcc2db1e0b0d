"""What every meter can do: take one row, and say what became of it and how that is known."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Self

from hardware.errors import AdapterBusy, AdapterClosed, NotARow
from hardware.keypad_tools import KeypadTools
from krn_engine.row import ROW_DIGITS, Row

Keys = tuple[tuple[str, ...], ...]
"""The names of a meter's keys, row by row as on its keypad; an empty name is a place without a key."""
USUAL_KEYS: Keys = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("backspace", "0", "enter"))


class AdapterKind(Enum):
    """What puts the rows into a meter."""

    KEYPAD = "keypad"
    """Contacts press the meter's keys."""
    OPTICAL = "optical"
    """A head on the meter's optical port sends them by light."""
    HAND = "hand"
    """A person keys the rows in."""


@dataclass(frozen=True, slots=True)
class Model:
    """A meter model: its name for the adapter, what a person calls it, and its keys."""

    name: str
    title: str
    keys: Keys = USUAL_KEYS
    maker: str = ""
    """Empty: not known."""
    series: str = ""
    enter: str = "enter"
    """The key that submits a row; empty: the meter takes it with the 20th digit."""


class Outcome(Enum):
    """What became of a row. Without evidence it is UNKNOWN, never a success."""

    ACCEPTED = "ACCEPTED"
    """The meter said that it took the row."""
    PARTIAL = "PARTIAL"
    """The meter took the row and named the section that it still waits for."""
    REJECTED = "REJECTED"
    """The meter refused the row."""
    LOCKED_OUT = "LOCKED_OUT"
    """The meter's keypad is locked; the row was not read."""
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
    REGISTER = "register"
    """The meter's own display registers, which it shows for short codes."""
    PERSON = "person"


class MeterRegister(Enum):
    """What a meter can be asked to show. The profile of its model says how it is asked."""

    KRN = "krn"
    METER_NUMBER = "meter number"
    SGC = "sgc"
    TAMPER = "tamper"
    """Whether it says PERIKSA."""
    TECHNICAL_COUNT = "technical tokens"
    """How many tokens other than credit it has taken."""
    LAST_TOKEN = "last token"  # noqa: S105  a register, and no secret
    """The last token other than credit that it has taken."""
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
    handed_over: bool = False
    """The row went to the meter as it is, and not by keys: only a person's word has it handed over again.

    A refusal is no slip of a key, and a count of tokens that has not grown proves nothing: the meter may still work.
    """


UNKNOWN = Submission(Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Probe:
    """Which meter is at the other end of the wire."""

    model: str
    meter_number: str | None
    krn: int | None


@dataclass(frozen=True, slots=True)
class EntryProgress:
    """How far a row has gone in, as far as this kind of adapter can tell. It prints neither key nor display."""

    done: int
    """Steps that are done: keys pressed, or digits sent."""
    of: int
    """Steps of the whole row."""
    key: str | None = field(default=None, repr=False)
    """The key that went down, where keys are pressed."""
    display: str | None = field(default=None, repr=False)
    """What the display shows, where it can be seen."""


Watch = Callable[[EntryProgress], None]


@dataclass(frozen=True, slots=True)
class RowEntry:
    """What `MeterAdapter.submit` was asked to do."""

    row: Row
    deadline: float
    cancel: threading.Event
    watch: Watch
    attempt: str | None


def _unwatched(_progress: EntryProgress) -> None:
    """Nobody wants to know how far a row has gone in."""


SECTION_TIMEOUT = 600.0
"""Seconds for which a meter is taken to remember a section, unless its profile says otherwise (CLOU: 10 minutes)."""


class MeterAdapter(ABC):
    """One meter on one wire. Use it as a context manager: leaving it gives the wire back, with no key held."""

    section_timeout: float = SECTION_TIMEOUT
    """Seconds after which the meter forgets the first rows of an unfinished key change."""
    row_seconds: float = 90.0
    """The longest that one row may take to go in and to be answered."""
    set_aside: int = 0
    """Lines of its memory of attempts that could not be read; what became of those rows is UNKNOWN."""

    def __init__(self, model: str) -> None:
        self.model = model
        """Name of the meter model at the other end, as its profile has it."""
        self._busy = threading.Lock()
        self._aborted = threading.Event()
        self._closed = threading.Event()

    @property
    def tools(self) -> KeypadTools | None:
        """What can be done beside this, if the meter is reached through its keys; else None."""
        return None

    @abstractmethod
    def probe(self) -> Probe:
        """Which meter is there; what it cannot be asked is None. Raises HardwareError if no meter can be reached."""

    def submit(
        self,
        row: str,
        *,
        deadline: float,
        cancel: threading.Event,
        watch: Watch = _unwatched,
        attempt: str | None = None,
    ) -> Submission:
        """Enter 20 digits and say what became of them.

        `deadline` is the number of seconds that all of it may take; `cancel` stops it before the row is submitted.
        `watch` is told of every step, from the thread that enters. `attempt` names this attempt for `recall`; an
        adapter that has heard the name before enters nothing and gives the answer it gave. Raises NotARow, AdapterBusy
        while another row is entered, AdapterClosed and, where the meter is reached by light, AccessRefused and
        WrongMeter; with each of them nothing of the row has gone out. What goes wrong later is UNKNOWN.
        """
        require_row(row)
        with self._alone():
            return self._submit(RowEntry(Row(row), deadline, cancel, watch, attempt))

    @abstractmethod
    def _submit(self, entry: RowEntry) -> Submission:
        """What `submit` does once the row is known to be one and nothing else is under way."""

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
        """The last answer of the meter, read again without entering a row; UNKNOWN if it cannot tell."""

    def recall(self, attempt: str) -> Submission:
        """What became of an earlier attempt of this name; UNKNOWN from an adapter that keeps no memory."""
        return UNKNOWN

    def abort(self) -> None:
        """Stop entering, clear the entry, do nothing more. From any thread."""
        self._aborted.set()

    def close(self) -> None:
        """Stop entering and give the wire back. May be called twice."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- for the kinds of adapter

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One call at a time. Raises AdapterClosed, and AdapterBusy while another is under way."""
        self._require_open()
        if not self._busy.acquire(blocking=False):
            raise AdapterBusy("a row is being entered already: wait for it, or abort it")
        try:
            self._aborted.clear()
            yield
        finally:
            self._busy.release()

    def _require_open(self) -> None:
        """Raises AdapterClosed."""
        if self._closed.is_set():
            raise AdapterClosed("this adapter was closed")

    def _stopped(self, cancel: threading.Event) -> bool:
        """True once `cancel` is set, or the call was aborted, or the adapter closed."""
        return cancel.is_set() or self._aborted.is_set() or self._closed.is_set()


def require_row(row: str) -> None:
    """Raises NotARow unless these are 20 digits."""
    if len(row) != ROW_DIGITS or not (row.isascii() and row.isdigit()):
        raise NotARow("a row has 20 digits: nothing was typed")
