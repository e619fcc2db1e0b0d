"""What a kiosk keeps of its office for the time without a network: its key, pages of the copy, and the lease."""

from dataclasses import dataclass, field
from datetime import datetime

from krn_engine.office.contract import Found, RowOutcome
from krn_engine.office.wire.asked import CALLER_NAME, UNIT
from krn_engine.office.wire.shapes import Flag, Maybe, Moment, Object, Several, Text, Whole
from krn_engine.office.wire.values import (
    CHANGE_ID,
    CODE,
    FIRST,
    FOUND,
    KNOWN_OF_ROWS,
    KRN,
    METER_NUMBER,
    MINUTES,
    ROWS_OF_CHANGE,
)
from krn_engine.row import Hidden

SYNC_PAGE = 500
"""Most meters of one page."""
SYNC_CURSOR = Text(0, 128, "[a-z0-9.]*")
KEY_STATE = Text(1, 64, "[A-Za-z0-9/]*")
_SEALED = Text(1, 220, "sealed:[A-Za-z0-9+/=]*")
_COPY = Text(16, 16, "[0-9a-f]*")
_KEY = "[0-9a-f]*"
_TO_COUNT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class CopyKey:
    """A new key for a kiosk's copy, shown this once: what was sealed under the one before it opens no more."""

    caller: str
    copy: str
    """The name of the key. A page or a lease of another name is not for this copy."""
    key: Hidden
    """32 bytes in hexadecimal digits, for `krn_engine.register.seal.Seal`."""
    office_key: str
    """The office's public key (Ed25519, RFC 8032), 32 bytes in hexadecimal digits: leases are signed with it."""


@dataclass(frozen=True, slots=True)
class Sync:
    """What is new behind a place in the list."""

    after: str
    """The `next` of the page before; empty: from the beginning."""
    limit: int


@dataclass(frozen=True, slots=True)
class CopiedChange:
    """A key change that a meter needs, with its rows sealed for one kiosk.

    `Seal(key).open(rows, meter_number, from_state, to_state, copy)` gives its rows, separated by spaces.
    """

    id: str
    """The key change has this id whether it is given out by the office or from a copy."""
    from_state: str
    to_state: str
    old_krn: int | None
    new_krn: int | None
    rows: str
    outcomes: tuple[RowOutcome | None, ...]
    """Of each row, as `IssuedChange.outcomes`."""
    attempts: tuple[str | None, ...]
    """Of each row, as `IssuedChange.attempts`."""
    claims: tuple[bool, ...]
    """Of each row, as `IssuedChange.claims`."""
    on_record: bool
    """The office has given it out before."""


@dataclass(frozen=True, slots=True)
class CopiedMeter:
    """All that a kiosk needs of a meter: it takes the place of what the copy had of it."""

    meter_number: str = field(repr=False)
    found: tuple[Found, ...] = field(repr=False)
    """What `find` gives for each of its customers; the first for the meter's own number."""
    changes: tuple[CopiedChange, ...]
    """What `issue` would give, in order; none where it would give nothing, or not ahead (`code`)."""
    code: str
    """Why there are no rows in the copy; empty: there are, or none are needed."""
    first: int
    """As `Issued.first`."""
    krn_before: int | None
    """As `Issued.krn_before`."""
    minutes_for_a_change: int


@dataclass(frozen=True, slots=True)
class SignedLease:
    """A lease as it was signed: `krn_engine.office.lease` makes and reads it."""

    text: str
    """The exact JSON."""
    signature: str
    """Ed25519, 64 bytes in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Until when a kiosk may give rows out of its copy without asking."""

    caller: str
    copy: str
    """The name of the key that the copy is sealed under."""
    units: tuple[str, ...]
    begins: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SyncPage:
    """Meters, and where the next page begins.

    The first pages list every meter of the caller's units: `anew` stands on the first of them, `listed` on the last,
    and what the copy has and the list does not name has left. Pages after that tell of meters that something became of.
    """

    copy: str
    """The name of the key that rows are sealed under: if it is not the kiosk's, it asks for another key."""
    anew: bool
    listed: bool
    meters: tuple[CopiedMeter, ...]
    next: str
    """Always to be kept: the next round begins with it."""
    more: bool
    """There is more now."""
    left_out: int
    """Meters whose records are damaged: they are not told of, and staff are told at the office."""
    as_of: datetime
    """The office's time before it read."""
    lease: SignedLease


SYNC = Object(Sync, {"after": SYNC_CURSOR, "limit": Whole(1, SYNC_PAGE)})
COPY_KEY = Object(
    CopyKey,
    {"caller": CALLER_NAME, "copy": _COPY, "key": Text(64, 64, _KEY, Hidden), "office_key": Text(64, 64, _KEY)},
)
LEASE = Object(
    Lease,
    {"caller": CALLER_NAME, "copy": _COPY, "units": Several(UNIT, 1000), "begins": Moment(), "until": Moment()},
)
SIGNED_LEASE = Object(SignedLease, {"text": Text(2, 40_000), "signature": Text(128, 128, _KEY)})


def _one_of_each(change: CopiedChange) -> str:
    same = len(change.outcomes) == len(change.attempts) == len(change.claims)
    return "" if same else "one outcome, attempt and claim for each row are needed"


COPIED_CHANGE = Object(
    CopiedChange,
    {
        "id": CHANGE_ID,
        "from_state": KEY_STATE,
        "to_state": KEY_STATE,
        "old_krn": Maybe(KRN),
        "new_krn": Maybe(KRN),
        "rows": _SEALED,
        **KNOWN_OF_ROWS,
        "on_record": Flag(),
    },
    check=_one_of_each,
)
COPIED_METER = Object(
    CopiedMeter,
    {
        "meter_number": METER_NUMBER,
        "found": Several(FOUND, 100, 1),
        "changes": Several(COPIED_CHANGE, ROWS_OF_CHANGE),
        "code": CODE,
        "first": FIRST,
        "krn_before": Maybe(KRN),
        "minutes_for_a_change": MINUTES,
    },
)
PAGE_OF_COPY = Object(
    SyncPage,
    {
        "copy": _COPY,
        "anew": Flag(),
        "listed": Flag(),
        "meters": Several(COPIED_METER, SYNC_PAGE),
        "next": SYNC_CURSOR,
        "more": Flag(),
        "left_out": Whole(0, _TO_COUNT),
        "as_of": Moment(),
        "lease": SIGNED_LEASE,
    },
)
