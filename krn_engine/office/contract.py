"""What a kiosk may ask of an office, and what it gets: values, whose expected answers are types and not exceptions."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from krn_engine.issuing.urgency import Assessment
from krn_engine.office.identify import NotAnId
from krn_engine.row import Row


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a kiosk may show: the name is masked before it leaves the office, and there is no address at all."""

    masked_name: str
    idpel: str
    tariff: str
    power_va: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """The meter needs this many rows."""

    rows: int
    handed_out: bool = False
    """Rows for the state on record were issued before: the customer comes back."""


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """The meter is at the target: good news, free of charge."""

    krn: int | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """The office has blocked this meter."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The record does not fit the campaign; `message` says what is odd."""

    code: str
    message: str


Standing = Due | NothingToDo | Blocked | Unclear


class FindWarning(Enum):
    """What the person should look at although the number was found."""

    CHECK_DIGIT = "ID-11"
    """The meter number does not fit its check digit."""
    COULD_BE_IDPEL = "ID-12"
    """11 digits that are a meter number, and also begin the customer number of another person."""


@dataclass(frozen=True, slots=True)
class Found:
    """A customer and the meter on record."""

    customer: Customer
    meter_number: str
    krn: int | None
    standing: Standing
    assessment: Assessment
    warnings: tuple[FindWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class NotFound:
    """A well-formed ID that is not in the register."""

    digits: str = field(repr=False)
    warnings: tuple[FindWarning, ...] = ()
    code: str = "ID-10"


FindResult = Found | NotFound | NotAnId


class RowOutcome(Enum):
    """What became of one row: the words of `hardware.adapter.Outcome`, and STARTED before there is an outcome."""

    STARTED = "started"
    """The first key of the row is about to be pressed. Without a later outcome this means UNKNOWN."""
    ACCEPTED = "accepted"
    PARTIAL = "partial"
    """The meter took the last row of a key change, and its KRN shows that it still waits for another row."""
    REJECTED = "rejected"
    LOCKED_OUT = "locked_out"
    UNKNOWN = "unknown"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class IssuedChange:
    """One key change as issued: its rows, and what is known of each."""

    id: str
    old_krn: int | None
    new_krn: int | None
    rows: tuple[Row, ...]
    outcomes: tuple[RowOutcome | None, ...] = ()
    """The last outcome of each row; None: never tried. STARTED does not occur here, it reads as UNKNOWN."""
    attempts: tuple[str | None, ...] = ()
    """The attempt that each of them is about, by which the meter process may remember more."""

    @property
    def done(self) -> bool:
        """True when every row was accepted."""
        return all(outcome is RowOutcome.ACCEPTED for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Issued:
    """The answer to a request: the key changes in order. On disk before it is returned."""

    request_id: str
    meter_number: str
    changes: tuple[IssuedChange, ...]
    minutes_for_a_change: int
    """Within how many minutes all rows of one change must go in; see `Campaign`."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in the order in which they are typed."""
        return tuple(row for change in self.changes for row in change.rows)


@dataclass(frozen=True, slots=True)
class RowRecord:
    """What happened to one row, by whose word."""

    key_change_id: str
    section: int
    """Row of the key change, from 1."""
    outcome: RowOutcome
    evidence: str
    """What was seen: the words on the display, a code, a tone. Never the row itself."""
    by: str
    """Who or what saw it."""
    place: str
    """Which kiosk or counter."""
    attempt: str
    """One name for STARTED and for its outcome; recording an outcome twice changes nothing."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What once came of one row, as staff may see it: never the row itself."""

    at: datetime
    old_krn: int | None
    new_krn: int | None
    section: int
    """Row of its key change, from 1."""
    outcome: RowOutcome
    by: str
    place: str


@dataclass(frozen=True, slots=True)
class Day:
    """How many rows meters took on one day."""

    day: date
    rows_accepted: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the campaign is, in meters."""

    meters: int
    upgraded: int
    due: int
    blocked: int
    unclear: int
    days: tuple[Day, ...]
    """The last days, today at the end."""
    last_outcome_at: datetime | None

    @property
    def percent(self) -> float:
        """Share of the meters that are upgraded, 0 to 100."""
        return 100.0 * self.upgraded / self.meters if self.meters else 0.0

    @property
    def rows_accepted_today(self) -> int:
        """Rows that meters took since midnight."""
        return self.days[-1].rows_accepted


class Office(Protocol):
    """Finds, issues, records. Raises `KrnError` leaves for what it must refuse."""

    def find(self, text: str) -> FindResult:
        """The customer of an ID as typed."""
        ...

    def issue(self, meter_number: str, request_id: str) -> Issued:
        """The rows that the meter still needs.

        The same request, or the same state of the meter, gives the same rows and one record. Raises MeterUnknown,
        NoUpgradeNeeded, MeterBlocked, RequestReused, NoVendingKeys and the refusals of issuing.
        """
        ...

    def record(self, row: RowRecord) -> None:
        """Keep what happened to a row; on disk when this returns. Raises OutcomeRefused for a row never issued."""
        ...

    def progress(self) -> Progress:
        """How far the campaign is."""
        ...

    def history(self, meter_number: str) -> tuple[Attempt, ...]:
        """What came of each attempt at a row of a meter, the newest first; nothing for a meter that is not known."""
        ...
