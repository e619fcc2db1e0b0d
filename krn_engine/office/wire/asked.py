"""What the service is asked beside the office's own values, and how refusals come back (RFC 9457)."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from krn_engine.errors import KrnError
from krn_engine.office.contract import HistoryEntry, RowRecord, SessionEnding, Statement
from krn_engine.office.net_errors import RefusalUnknown
from krn_engine.office.wire.shapes import Maybe, Moment, Object, Several, Text, Whole, Word
from krn_engine.office.wire.values import HISTORY_ENTRY, ID_TEXT, METER_NUMBER, SESSION_ENDING, STATEMENT
from krn_engine.row import Hidden

PAGE = 1000
"""Most entries of one page of a list."""
_OUTCOMES = uuid.UUID("5f6b3d0e-6a0c-5f1a-9f0e-2b7d8c1a4e55")
"""The name space of the names of outcomes."""
_REQUESTS = uuid.UUID("0c9d5f1c-5b0e-5d53-8f57-6a5f2f1f9b11")
"""The name space of requests whose own name is no UUID."""
CURSOR = Text(0, 24, "(-?[0-9]{1,18}-[0-9]{1,4})?")
_CALLER = r"[A-Za-z0-9][A-Za-z0-9_-]*"
CALLER_NAME = Text(1, 32, _CALLER)
AFTER_NAME = Text(0, 32, f"({_CALLER})?")
CODE = Text(8, 9, "[A-Z2-9]{4}-?[A-Z2-9]{4}")
"""8 characters, perhaps in two groups."""
UNIT = Text(1, 16)


class Scope(Enum):
    """Who a caller is, and by that what it may ask."""

    KIOSK = "kiosk"
    OFFICER = "officer"
    REPORT = "report"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Find:
    """Whose number is it?"""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issue:
    """Rows for this meter."""

    meter_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HomePage:
    """A page at home for the rows of a request, for whoever has the secret of this digest (SHA-256)."""

    meter_number: str = field(repr=False)
    digest: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HomeAddress:
    """Where that page is, without its secret; None: this office shows none."""

    address: str | None


@dataclass(frozen=True, slots=True)
class End:
    """How a session at this meter ended."""

    meter_number: str = field(repr=False)
    session: SessionEnding


@dataclass(frozen=True, slots=True)
class State:
    """What staff say of this meter."""

    meter_number: str = field(repr=False)
    statement: Statement


@dataclass(frozen=True, slots=True)
class History:
    """What became of this meter, from a place in the list on."""

    meter_number: str = field(repr=False)
    after: str
    """The `next` of the page before; empty: from the beginning."""
    limit: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Entries, the newest first, and where the next page begins; empty: there is none."""

    entries: tuple[HistoryEntry, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """A new kiosk, or another caller, brings the code that staff made for it."""

    name: str
    code: Hidden


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The token of a caller, shown this once."""

    name: str
    scope: Scope
    units: tuple[str, ...]
    """The units whose customers it sees; none: all."""
    token: Hidden
    rotate_at: datetime
    """From then on it should ask for a new one."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewCode:
    """Staff want a code for a caller of this name."""

    name: str
    scope: Scope
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A code, shown this once, to be brought within minutes."""

    name: str
    code: Hidden
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is enrolled."""

    name: str
    scope: Scope
    units: tuple[str, ...]
    since: datetime
    last_seen: datetime | None
    """To the minute; None: never."""
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallersPage:
    """Callers by name, and the name behind which the next page begins; empty: there is none."""

    callers: tuple[Caller, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as a problem detail (RFC 9457): `code` is that of docs/errors.md, `detail` its sentence."""

    type: str
    title: str
    status: int
    detail: str
    code: str


_LIMIT = Whole(1, PAGE)
_UNITS = Several(UNIT, 1000)
FIND = Object(Find, {"text": ID_TEXT})
ISSUE = Object(Issue, {"meter_number": METER_NUMBER})
HOME_PAGE = Object(HomePage, {"meter_number": METER_NUMBER, "digest": Text(64, 64, "[0-9a-f]*")})
HOME_ADDRESS = Object(HomeAddress, {"address": Maybe(Text(1, 200, "https?://[!-~]*"))})
END = Object(End, {"meter_number": METER_NUMBER, "session": SESSION_ENDING})
STATE = Object(State, {"meter_number": METER_NUMBER, "statement": STATEMENT})
HISTORY = Object(History, {"meter_number": METER_NUMBER, "after": CURSOR, "limit": _LIMIT})
HISTORY_PAGE = Object(HistoryPage, {"entries": Several(HISTORY_ENTRY, PAGE), "next": CURSOR})
ENROL = Object(Enrol, {"name": CALLER_NAME, "code": Text(8, 9, CODE.pattern, Hidden)})
ENROLLED = Object(
    Enrolled,
    {
        "name": CALLER_NAME,
        "scope": Word(Scope),
        "units": _UNITS,
        "token": Text(1, 80, "[A-Za-z0-9_-]*", Hidden),
        "rotate_at": Moment(),
        "expires_at": Moment(),
    },
)
NEW_CODE = Object(NewCode, {"name": CALLER_NAME, "scope": Word(Scope), "units": _UNITS})
NEW_CODE_ANSWER = Object(Code, {"name": CALLER_NAME, "code": Text(8, 9, CODE.pattern, Hidden), "expires_at": Moment()})
CALLER = Object(
    Caller,
    {
        "name": CALLER_NAME,
        "scope": Word(Scope),
        "units": _UNITS,
        "since": Moment(),
        "last_seen": Maybe(Moment()),
        "revoked_at": Maybe(Moment()),
    },
)
CALLERS_PAGE = Object(CallersPage, {"callers": Several(CALLER, PAGE), "next": AFTER_NAME})
_TYPE = "urn:krn:error:"
_PROBLEM_CODE = "[A-Z]+-[0-9]{2}"
PROBLEM = Object(
    Problem,
    {
        "type": Text(1, 64, f"{_TYPE}{_PROBLEM_CODE}"),
        "title": Text(1, 100),
        "status": Whole(400, 599),
        "detail": Text(0, 1000),
        "code": Text(1, 16, _PROBLEM_CODE),
    },
)
PROBLEM_TYPE = "application/problem+json"


def problem_of(refusal: KrnError, status: int, title: str) -> Problem:
    """A refusal as a problem. Its sentence is on one line."""
    detail = " ".join(refusal.message.split())[:1000]
    return Problem(f"{_TYPE}{refusal.code}", title, status, detail, refusal.code)


def refusal_of(problem: Problem) -> KrnError:
    """The refusal that came back, as the class that owns its code; RefusalUnknown for a code that nobody here knows."""
    leaf = KrnError.of_code(problem.code)
    if leaf is None:
        return RefusalUnknown(
            f"the office refused this for a reason that this program does not know ({problem.code}): update it"
        )
    return leaf(problem.detail)


def outcome_name(row: RowRecord) -> uuid.UUID:
    """The name of an outcome: the same for the same attempt and outcome, whoever sends it and however often."""
    return uuid.uuid5(_OUTCOMES, f"{row.attempt} {row.outcome.value}")


def request_name(request_id: str) -> uuid.UUID:
    """The UUID by which an office knows a request: the request's own name, where that is one, or one made of it."""
    try:
        return uuid.UUID(hex=request_id)
    except ValueError:
        return uuid.uuid5(_REQUESTS, request_id)
