"""Callers of an office: enrolled by a code that staff made, known by a token, turned away at once when revoked.

A token is `krn_ID_SECRET`, with 256 random bits in it. Only its SHA-256 is kept: nobody can guess what has 256 bits, so
a slow hash would protect nothing and cost each request a quarter of a second.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, Row, delete, insert, select, update

from krn_engine.office.access.copies import Copies, forget_copy, is_revoked, keep_revoked
from krn_engine.office.access.database import Database, callers, codes, tokens
from krn_engine.office.access.differing import Differing, all_differing, keep_differing
from krn_engine.office.access.heartbeats import Heartbeats
from krn_engine.office.access.names import OF_THE_MACHINE, is_good, is_local, require_no_person, require_one_spelling
from krn_engine.office.access.reach import reaches
from krn_engine.office.access.witnesses import all_witnesses, keep_witness
from krn_engine.office.net_errors import CallerMissing, CallerRevoked, CallerUnknown, EnrolmentRefused, NotAllowed
from krn_engine.office.wire.asked import Caller, CallersPage, Code, Enrolled, Scope
from krn_engine.office.wire.sync import CopyKey
from krn_engine.register.audit.entries import LOCAL, AuditEvent
from krn_engine.row import Hidden

CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that are taken for others when somebody reads them out."""
CODE_LENGTH = 8
CODE_LASTS = timedelta(minutes=15)
TRIES = 5
ROTATES_AFTER = timedelta(days=30)
LASTS = timedelta(days=60)
OVERLAP = timedelta(days=1)
"""How long a token is good when the next one was fetched: the answer with that may have been lost."""
_SEEN_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32
_ID_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
_ID_LENGTH = 12
_UNKNOWN = "the office does not know this token, or it is too old or was revoked: enrol this kiosk anew"
_REVOKED = "the office has revoked this kiosk: it is let in no more, and destroys what it keeps of the office's data"
_NOBODY = "nobody of this name is enrolled, and no code for it is good: look at the list of all names"
_BEYOND = "this reaches beyond your units: name one of them or more, and no other"
_TAKEN = "this name belongs to a caller whom an administrator of other units looks after: take another"
_WRONG_CODE = "this code is wrong, was used, or is too old: ask the office for another one"


@dataclass(frozen=True, slots=True)
class Known:
    """A caller whose token is good."""

    id: int
    """Of a person below zero: what is kept of a caller by its number is never taken for a person's."""
    name: str
    scope: Scope
    units: tuple[str, ...]
    """The units whose customers it sees; none: all."""
    token_id: str
    is_person: bool = False
    """Somebody who signed in; `token_id` is that of the session then."""


class Revoked(Enum):
    """What a revocation changed."""

    CALLER = "caller"
    """It is let in no more."""
    CODE = "code"
    """Nobody was let in, and now nobody can be enrolled by the code that was made."""
    NOTHING = "nothing"
    """It was revoked before."""


class Tell(Protocol):
    """Puts into the audit what is about to be done, by whom; it is on disk when this returns.

    It comes before the deed, which is in another file or transaction: of a deed there is always an entry, and an entry
    may be of a deed that failed at the last moment.
    """

    def __call__(self, event: AuditEvent, actor: str, /, **told: Any) -> None:
        """`told` as `note` has it."""


def untold(_event: AuditEvent, _actor: str, /, **_told: Any) -> None:
    """For who only looks, or has no audit: nothing is written."""


class Callers:
    """Who is enrolled. `clock` gives aware times; `tell` puts into the audit what is about to be done."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        tell: Tell = untold,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell
        self.copies = Copies(database, clock)
        """The keys of their copies."""
        self.heartbeats = Heartbeats(database, clock)
        """How each of them is."""

    def know(self, token: str | None) -> Known:
        """Whose token it is. Raises CallerUnknown, and CallerRevoked for one that was good until its caller was."""
        parts = (token or "").split("_", 2)
        if token is None or len(parts) != 3 or parts[0] != "krn":
            raise CallerUnknown("a token is needed, and none was sent")
        found = (
            select(callers, tokens.c.id.label("token_id"), tokens.c.digest, tokens.c.made_at, tokens.c.expires_at)
            .select_from(tokens.join(callers))
            .where(tokens.c.id == parts[1])
        )
        with self._database.read() as connection:
            row = connection.execute(found).first()
            if row is None and is_revoked(connection, parts[1], _digest(token)):
                raise CallerRevoked(_REVOKED)
        # Compared in any case, and in a time that tells nothing of where the two differ.
        good = hmac.compare_digest(_digest(token), "" if row is None else row.digest)
        now = self._clock()
        if row is None or not good or row.revoked_at is not None or row.expires_at <= now:
            raise CallerUnknown(_UNKNOWN)
        if row.last_seen is None or now - row.last_seen >= _SEEN_EVERY:
            with self._database.write() as connection:
                connection.execute(update(callers).where(callers.c.id == row.id).values(last_seen=now))
                ends = now + OVERLAP
                before = (tokens.c.caller_id == row.id, tokens.c.made_at < row.made_at, tokens.c.expires_at > ends)
                connection.execute(update(tokens).where(*before).values(expires_at=ends))
        return Known(row.id, row.name, Scope(row.scope), tuple(json.loads(row.units)), row.token_id)

    def make_code(
        self, name: str, scope: Scope, units: Sequence[str], by: str = LOCAL, within: Collection[str] = ()
    ) -> Code:
        """A code for a caller of this name, to be brought within `CODE_LASTS`. One made for it before is void.

        `within` are the units of who makes it, none: all. Raises EnrolmentRefused for a name under which the audit has
        somebody else, NotAllowed for other units than those, and for the name of a caller of others.
        """
        if is_local(name):
            raise EnrolmentRefused(OF_THE_MACHINE)
        if not reaches(within, units):
            raise NotAllowed(_BEYOND)
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        now = self._clock()
        expires = now + CODE_LASTS
        with self._database.write() as connection:
            require_no_person(connection, name)
            require_one_spelling(connection, name, now)
            there = (_caller(connection, name), _good_code(connection, name, now))
            if not all(one is None or reaches(within, json.loads(one.units)) for one in there):
                raise NotAllowed(_TAKEN)
            self._tell(AuditEvent.CODE_MADE, by, caller=name, scope=scope.value, units=list(units))
            connection.execute(delete(codes).where(codes.c.name == name))
            connection.execute(
                insert(codes).values(
                    name=name,
                    digest=_digest(code),
                    scope=scope.value,
                    units=json.dumps(list(units)),
                    expires_at=expires,
                    tries_left=TRIES,
                )
            )
        return Code(name, Hidden(f"{code[:4]}-{code[4:]}"), expires)

    def enrol(self, name: str, code: str) -> Enrolled:
        """A token for whoever brings the code; tokens that this name had before are void. Raises EnrolmentRefused."""
        now = self._clock()
        with self._database.write() as connection:
            row = _good_code(connection, name, now)
            good = hmac.compare_digest(_digest(code.replace("-", "")), "" if row is None else row.digest)
            if row is not None and good:
                require_no_person(connection, name)
                self._tell(AuditEvent.ENROLLED, name, caller=name, scope=row.scope, units=json.loads(row.units))
                connection.execute(delete(codes).where(codes.c.name == name))
                caller_id = _put(connection, row, now)
                connection.execute(delete(tokens).where(tokens.c.caller_id == caller_id))
                forget_copy(connection, caller_id)
                return self._token(connection, caller_id, name, Scope(row.scope), json.loads(row.units))
            connection.execute(update(codes).where(codes.c.name == name).values(tries_left=codes.c.tries_left - 1))
        raise EnrolmentRefused(_WRONG_CODE)

    def rotate(self, known: Known) -> Enrolled:
        """The next token; any but the one that asked for it is void.

        The one that asked is good as before until the next one is used, and for `OVERLAP` after that: whoever never
        got the answer, and then had no network for days, still has a token.
        """
        self._tell(AuditEvent.ROTATED, known.name, caller=known.name)
        with self._database.write() as connection:
            of_caller = tokens.c.caller_id == known.id
            connection.execute(delete(tokens).where(of_caller, tokens.c.id != known.token_id))
            return self._token(connection, known.id, known.name, known.scope, known.units)

    def copy_key(self, known: Known) -> CopyKey:
        """A new key for this caller's copy, in place of the one before."""
        self._tell(AuditEvent.COPY_KEY_MADE, known.name, caller=known.name)
        return self.copies.new_key(known.id, known.name)

    def revoke(self, name: str, by: str = LOCAL, within: Collection[str] = ()) -> Revoked:
        """From now on nobody of this name is let in, and its code lets nobody in; says what that changed.

        `within` are the units of who does it, none: all. Raises CallerMissing, also for a caller of other units.
        """
        now = self._clock()
        with self._database.write() as connection:
            row, code = _caller(connection, name), _good_code(connection, name, now)
            if row is not None and not reaches(within, json.loads(row.units)):
                raise CallerMissing(_NOBODY)
            if code is not None and not reaches(within, json.loads(code.units)):
                code = None
            if row is None and code is None:
                raise CallerMissing(_NOBODY)
            is_in = row is not None and row.revoked_at is None
            if is_in or code is not None:
                self._tell(AuditEvent.REVOKED if is_in else AuditEvent.CODE_WITHDRAWN, by, caller=name)
            if code is not None:
                connection.execute(delete(codes).where(codes.c.name == name))
            if row is None or not is_in:
                return Revoked.NOTHING if code is None else Revoked.CODE
            keep_revoked(connection, row.id, now)
            connection.execute(delete(tokens).where(tokens.c.caller_id == row.id))
            forget_copy(connection, row.id)
            connection.execute(update(callers).where(callers.c.id == row.id).values(revoked_at=now))
            return Revoked.CALLER

    def page(self, after: str, limit: int, within: Collection[str] = ()) -> CallersPage:
        """Callers whose names come after this one, at most `limit`; of these units alone, none: all."""
        wanted = select(callers).where(callers.c.name > after).order_by(callers.c.name)
        with self._database.read() as connection:
            if not within:
                wanted = wanted.limit(limit + 1)
            seen = (row for row in connection.execute(wanted) if reaches(within, json.loads(row.units)))
            rows = list(islice(seen, limit + 1))
        shown = tuple(
            Caller(row.name, Scope(row.scope), tuple(json.loads(row.units)), row.since, row.last_seen, row.revoked_at)
            for row in rows[:limit]
        )
        return CallersPage(shown, shown[-1].name if len(rows) > limit else "")

    def witness(self, known: Known, seq: int, digest: str) -> None:
        """Keep that this caller remembers the audit like that."""
        keep_witness(self._database, known.name, seq, digest, self._clock())

    def remembered(self) -> tuple[list[tuple[Any, Any, Any]], tuple[Differing, ...]]:
        """What callers remember of the audit, as it is on record; and what did not fit, and nobody has answered for."""
        with self._database.read() as connection:
            return list(all_witnesses(connection)), all_differing(connection)

    def differs(self, found: Differing) -> bool:
        """Keep what this caller remembers and the audit does not hold; False: somebody has answered for it."""
        return keep_differing(self._database, found, self._clock())

    def log_key(self) -> bytes:
        """What the log hashes names and numbers with: the same for all processes of this office, and for no other."""
        return self._database.key("log-key")

    def orders_key(self) -> bytes:
        """What lists of work orders are marked with."""
        return self._database.orders_key()

    def _token(self, connection: Connection, caller_id: int, name: str, scope: Scope, units: Sequence[str]) -> Enrolled:
        now = self._clock()
        token_id = "".join(secrets.choice(_ID_SIGNS) for _ in range(_ID_LENGTH))
        token = f"krn_{token_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        connection.execute(
            insert(tokens).values(
                id=token_id, caller_id=caller_id, digest=_digest(token), made_at=now, expires_at=now + LASTS
            )
        )
        return Enrolled(name, scope, tuple(units), Hidden(token), now + ROTATES_AFTER, now + LASTS)


def _caller(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(callers).where(callers.c.name == name)).first()


def _good_code(connection: Connection, name: str, now: datetime) -> Row[Any] | None:
    return connection.execute(select(codes).where(codes.c.name == name, is_good(now))).first()


def _put(connection: Connection, code: Row[Any], now: datetime) -> int:
    """The caller of a code, enrolled for the first time or anew."""
    says = {"scope": code.scope, "units": code.units, "since": now, "revoked_at": None}
    found = connection.execute(
        update(callers).where(callers.c.name == code.name).values(says).returning(callers.c.id)
    ).scalar()
    if found is None:
        made = insert(callers).values(name=code.name, **says).returning(callers.c.id)
        found = connection.execute(made).scalar_one()
    return int(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
