"""What a kiosk may ask of an office, and what it gets: values, whose expected answers are types and not exceptions."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from itertools import accumulate, pairwise
from typing import Protocol, Self
from unicodedata import category

from krn_engine.issuing.urgency import Assessment
from krn_engine.office.errors import StatementRefused
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
    claimed: bool = False
    """A customer said that all of them are in the meter, and nothing has proved it."""
    partly_claimed: bool = False
    """A customer said so of some of them."""


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


class Grade(Enum):
    """How good the evidence of an outcome is, by what gave it; the best first."""

    REGISTER = "register"
    """The meter's own display registers: its KRN, its count of tokens taken."""
    SENSOR = "sensor"
    """A sensor that saw or heard the meter's answer."""
    TECHNICIAN = "technician"
    """Somebody of the office who looked at the meter."""
    CUSTOMER = "customer"
    """Somebody in front of the kiosk, who may be anybody: what they say is a claim."""

    @property
    def proves(self) -> bool:
        """Whether it may move what is on record of a meter. A claim may not."""
        return self is not Grade.CUSTOMER


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
    """The last outcome of each row, claims left out; None: never tried. STARTED does not occur, it reads as UNKNOWN."""
    attempts: tuple[str | None, ...] = ()
    """The attempt that each of them is about, by which the meter process may remember more."""
    claims: tuple[bool, ...] = ()
    """Of each row, whether the last that is known of it is a customer's word that it is in."""

    @property
    def done(self) -> bool:
        """True when every row was accepted, by evidence that proves it."""
        return all(outcome is RowOutcome.ACCEPTED for outcome in self.outcomes)

    @property
    def claimed(self) -> bool:
        """True when every row is in by what is known, and of at least one only a customer says so."""
        known = zip(self.outcomes, self.claims, strict=True)
        return any(self.claims) and all(claim or outcome is RowOutcome.ACCEPTED for outcome, claim in known)


@dataclass(frozen=True, slots=True)
class Issued:
    """The answer to a request: the key changes in order. On disk before it is returned."""

    request_id: str
    meter_number: str
    changes: tuple[IssuedChange, ...]
    minutes_for_a_change: int
    """Within how many minutes all rows of one change must go in; see `Campaign`."""
    first: int = 1
    """Number of the first row on the list that these rows were first given out with: what is in before them counts."""
    krn_before: int | None = None
    """The KRN that the meter shows by its record while none of these rows is in; None where no record tells it."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in the order in which they are typed."""
        return tuple(row for change in self.changes for row in change.rows)

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Numbers of the first and last row of each key change."""
        lasts = accumulate((len(change.rows) for change in self.changes), initial=self.first - 1)
        return tuple((before + 1, last) for before, last in pairwise(lasts))


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
    grade: Grade | None = None
    """How good the evidence is; None where there is none."""


@dataclass(frozen=True, slots=True)
class SessionEnding:
    """How an upgrade session at one meter ended."""

    ending: str
    """In one word, such as "upgraded" or "not-proved"."""
    code: str
    """The reason for staff; empty for a meter that is upgraded."""
    krn: int | None
    """What the meter showed as its KRN at the end, if anybody saw it."""
    grade: Grade | None
    """Who or what saw that; None where nobody did."""
    proved: bool
    """That KRN, and the meter's counts where they can be read, are those of an upgraded meter."""
    place: str
    """Which kiosk or counter."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What staff say of a meter, and why. It stands until they say something else."""

    krn: int | None
    """The KRN that the meter holds; None: only what customers claimed is taken back."""
    reason: str
    by: str
    """Who says it."""
    place: str
    """Which kiosk or counter."""

    @classmethod
    def said(cls, krn: int | None, reason: str, by: str, place: str) -> Self:
        """In words that somebody gave. Raises StatementRefused for what hides in a history, or breaks its lines."""
        for name, text in (("reason", reason), ("name", by)):
            for sign in text:
                if not sign.isprintable() and category(sign) != "Zs":
                    raise StatementRefused(
                        f"the {name} has a control character (U+{ord(sign):04X}): type it anew, on one line"
                    )
        return cls(krn, reason, by, place)


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
    grade: Grade | None = None

    @property
    def claim(self) -> bool:
        """True for a customer's word that the row is in."""
        return self.grade is Grade.CUSTOMER and self.outcome is RowOutcome.ACCEPTED


@dataclass(frozen=True, slots=True)
class Ended:
    """How a session once ended."""

    at: datetime
    session: SessionEnding


@dataclass(frozen=True, slots=True)
class Stated:
    """What staff once said."""

    at: datetime
    statement: Statement


HistoryEntry = Attempt | Ended | Stated


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
    """Proved."""
    claimed: int
    """Upgraded by a customer's word alone: their rows can still be had."""
    due: int
    """What is left to do, claimed meters left out."""
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

    def home_page(self, meter_number: str, request_id: str, digest: str) -> str | None:
        """The address of a page on which a customer goes through the rows of this request at home; None: there is none.

        Whoever has the secret of this `digest` (`access.capabilities`) is let in there, for 30 days, until the meter is
        proved, or until staff end it: it is the fragment of the address. On disk when this returns; the same again
        changes nothing. Raises CapabilityRefused for rows that this request did not give out.
        """
        ...

    def record(self, row: RowRecord) -> None:
        """Keep what happened to a row; on disk when this returns. A claim is kept and moves nothing.

        Raises OutcomeRefused for a row never issued, and for one that a meter took by no evidence at all.
        """
        ...

    def end(self, meter_number: str, session: SessionEnding, delivery: str | None = None) -> None:
        """Keep how a session ended; of one `delivery` (a UUID) once, however often it comes.

        Raises MeterUnknown, DeliveryReused.
        """
        ...

    def state(self, meter_number: str, statement: Statement, delivery: str | None = None) -> None:
        """Keep what staff say of a meter, and go by it; of one `delivery` once.

        Raises MeterUnknown, StatementRefused, DeliveryReused.
        """
        ...

    def progress(self) -> Progress:
        """How far the campaign is."""
        ...

    def history(self, meter_number: str) -> tuple[HistoryEntry, ...]:
        """Attempts at rows, endings of sessions and statements, the newest first; nothing for an unknown meter."""
        ...

    def ping(self) -> None:
        """Whether it answers now: returns, or raises why it does not. It counts nothing and reads no record."""
        ...
