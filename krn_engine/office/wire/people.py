"""How people sign in, and who they are."""

from dataclasses import dataclass
from datetime import datetime

from krn_engine.office.wire.asked import CALLER_NAME, UNIT, Scope
from krn_engine.office.wire.shapes import NO_CONTROL, Maybe, Moment, Object, Several, Text, Word
from krn_engine.row import Hidden

LONGEST_SECRET = 128


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person gives name and PIN, or password."""

    name: str
    secret: Hidden


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token of a session, shown this once; without use it ends before `expires_at`."""

    name: str
    scope: Scope
    units: tuple[str, ...]
    """The units whose customers this person sees; none: all."""
    token: Hidden
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Who may sign in."""

    name: str
    scope: Scope
    units: tuple[str, ...]
    since: datetime
    last_seen: datetime | None
    """Signed in; None: never."""
    removed_at: datetime | None


_UNITS = Several(UNIT, 1000)
SIGN_IN = Object(SignIn, {"name": CALLER_NAME, "secret": Text(1, LONGEST_SECRET, NO_CONTROL, Hidden)})
SIGNED_IN = Object(
    SignedIn,
    {
        "name": CALLER_NAME,
        "scope": Word(Scope),
        "units": _UNITS,
        "token": Text(1, 80, "[A-Za-z0-9_-]*", Hidden),
        "expires_at": Moment(),
    },
)
PERSON = Object(
    Person,
    {
        "name": CALLER_NAME,
        "scope": Word(Scope),
        "units": _UNITS,
        "since": Moment(),
        "last_seen": Maybe(Moment()),
        "removed_at": Maybe(Moment()),
    },
)
