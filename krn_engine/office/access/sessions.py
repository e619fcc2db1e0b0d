"""Sessions of people: begun by name and secret, known by a token, ended by themselves.

A token is `krs_ID_SECRET`, with 256 random bits in it; its SHA-256 is kept, as of the tokens of kiosks (`callers`).
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from krn_engine.office.access import hashing, tries
from krn_engine.office.access.callers import Known
from krn_engine.office.access.database import Database
from krn_engine.office.access.people_tables import people, sessions
from krn_engine.office.net_errors import SessionOver, SignInRefused
from krn_engine.office.wire.asked import Scope
from krn_engine.office.wire.people import SignedIn
from krn_engine.row import Hidden

PREFIX = "krs_"
LASTS = timedelta(hours=8)
RESTS = timedelta(minutes=30)
"""Without use."""
_SEEN_EVERY = timedelta(minutes=1)
_ID_BYTES, _SECRET_BYTES = 6, 32
_TOKEN = re.compile(rf"{PREFIX}([0-9a-f]{{12}})_[A-Za-z0-9_-]{{43}}")
_WRONG = "this name and this PIN or password do not belong together"
_OVER = "this session is over: one ends after 8 hours, after 30 minutes without use, and with sign-out. Sign in again"


class Sessions:
    """Who is signed in. `clock` gives aware times, and `wait` lets so many seconds pass."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wait = wait
        # Made now: the first unknown name would cost twice.
        hashing.nobodys()

    def sign_in(self, name: str, secret: str, address: str) -> SignedIn:
        """A new session. `address` says where from, as the count of wrong tries keeps it.

        Raises SignInRefused, in the same words and after the same work for an unknown name, SignInLocked, and
        TooManyRequests where too many sign in by this name or from this address at this moment.
        """
        name = name.lower()
        begun = tries.begin(self._database, tries.of_name(name), address, self._clock, self._wait)
        try:
            return self._signed_in(name, secret, address, begun)
        except BaseException:
            tries.close(self._database, begun)
            raise

    def _signed_in(self, name: str, secret: str, address: str, begun: tries.Try) -> SignedIn:
        wanted = select(people).where(people.c.name == name, people.c.removed_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        kept = hashing.nobodys() if row is None else row.secret
        if not hashing.is_kept_as(secret, kept) or row is None:
            raise SignInRefused(_WRONG)
        renewed = hashing.kept_as(secret) if hashing.is_outdated(kept) else kept
        now = self._clock()
        session = secrets.token_hex(_ID_BYTES)
        token = f"{PREFIX}{session}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        with self._database.write() as connection:
            # The person may have been removed, or have another secret, since it was compared.
            same = (people.c.id == row.id, people.c.secret == kept, people.c.removed_at.is_(None))
            if not connection.execute(update(people).where(*same).values(secret=renewed, last_seen=now)).rowcount:
                raise SignInRefused(_WRONG)
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            connection.execute(
                insert(sessions).values(
                    id=session, person_id=row.id, digest=_digest(token), seen_at=now, expires_at=now + LASTS
                )
            )
            tries.forgive(connection, tries.of_name(name), address, begun)
        return SignedIn(row.name, Scope(row.scope), tuple(json.loads(row.units)), Hidden(token), now + LASTS)

    def know(self, token: str) -> Known:
        """Whose session it is. Raises SessionOver."""
        form = _TOKEN.fullmatch(token)
        if form is None:
            raise SessionOver(_OVER)
        wanted = (
            select(people, sessions.c.id.label("session"), sessions.c.digest, sessions.c.seen_at, sessions.c.expires_at)
            .select_from(sessions.join(people))
            .where(sessions.c.id == form[1], people.c.removed_at.is_(None))
        )
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        good = hmac.compare_digest(_digest(token), "" if row is None else row.digest)
        now = self._clock()
        if row is None or not good or now >= row.expires_at or now >= row.seen_at + RESTS:
            raise SessionOver(_OVER)
        if now - row.seen_at >= _SEEN_EVERY:
            with self._database.write() as connection:
                connection.execute(update(sessions).where(sessions.c.id == row.session).values(seen_at=now))
        units = tuple(json.loads(row.units))
        return Known(-row.id, row.name, Scope(row.scope), units, row.session, is_person=True)

    def sign_out(self, known: Known) -> None:
        """End this session, from the next request on."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.id == known.token_id))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
