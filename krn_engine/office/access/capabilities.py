"""What lets a customer's telephone see the rows of one meter: a secret that only the paper and the telephone have.

It is 128 random bits in 22 letters and digits. Whoever makes it tells the office its SHA-256 and nothing else: nobody
can guess what has 128 bits, so a slow hash would protect nothing. It ends by itself, with the meter's proof, or when
staff say so.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from sqlalchemy import Column, ColumnElement, String, Table, delete, insert, or_, select, update

from krn_engine.office.access.capability_errors import (
    CapabilityEnded,
    CapabilityOver,
    CapabilityProved,
    CapabilityRefused,
    CapabilityUnknown,
)
from krn_engine.office.access.database import Database, kept
from krn_engine.register.tables import Moment
from krn_engine.row import Hidden

LASTS = timedelta(days=30)
SECRET_BYTES = 16
SECRET = re.compile("[A-Za-z0-9_-]{22}")
"""The form of a secret (base64url without padding)."""
_REMEMBERED = timedelta(days=60)
"""How long after its time whoever brings one is told that it is over, and not that nobody knows it."""
_UNKNOWN = "this page is not known at the office: scan the code on the slip again, or ask the office for a new one"
_OVER = "this page was good for 30 days: ask the office for a new one"
_ENDED = "the office has ended this page: ask there for a new one"
_PROVED = "this meter is upgraded: nothing is left to do, and nothing is to be paid"

capabilities = Table(
    "access_capabilities",
    kept,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the secret
    Column("meter_number", String(13), nullable=False, index=True),
    Column("request_id", String(64), nullable=False),  # that its rows were given out by
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
    Column("ended_by", String(16)),  # a value of EndedBy
)


class EndedBy(Enum):
    """What ended a capability before its time."""

    PROOF = "proof"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Capability:
    """One that is good."""

    digest: str = field(repr=False)
    meter_number: str = field(repr=False)
    request_id: str
    expires_at: datetime
    proved: bool = False
    """A proof of the meter ended it: it is good again if that does not hold any more. Ask the office."""


def new_secret() -> Hidden:
    """128 random bits."""
    return Hidden(secrets.token_urlsafe(SECRET_BYTES))


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256, in 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Capabilities:
    """All that were given out. `address`: where the page is, without the secret. `clock` gives aware times."""

    def __init__(
        self, database: Database, address: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self.clock = clock
        self.address = address

    def is_made(self, digest: str, meter_number: str, request_id: str) -> bool:
        """Whether it was made before. Raises CapabilityRefused if it is about something else."""
        wanted = select(capabilities).where(capabilities.c.digest == digest)
        with self._database.read() as connection:
            found = connection.execute(wanted).first()
        if found is not None and (found.meter_number, found.request_id) != (meter_number, request_id):
            raise CapabilityRefused("this is the home page of another request: make a secret for each")
        return found is not None

    def make(self, digest: str, meter_number: str, request_id: str) -> None:
        """Let in who has the secret of this digest, for `LASTS`; on disk when this returns."""
        now = self.clock()
        with self._database.write() as connection:
            connection.execute(delete(capabilities).where(capabilities.c.expires_at < now - _REMEMBERED))
            # The same may come twice at once: the second finds it here.
            if connection.execute(select(capabilities.c.digest).where(capabilities.c.digest == digest)).first() is None:
                made = {"digest": digest, "meter_number": meter_number, "request_id": request_id}
                connection.execute(insert(capabilities).values(**made, made_at=now, expires_at=now + LASTS))

    def know(self, secret: str) -> Capability:
        """What it lets in to. Raises CapabilityUnknown, CapabilityOver, CapabilityEnded.

        Whether a meter that was proved still is, only the office knows: staff may have opened it again.
        """
        if SECRET.fullmatch(secret) is None:
            raise CapabilityUnknown(_UNKNOWN)
        digest = digest_of(secret)
        with self._database.read() as connection:
            # Looked up by its digest: how long that takes tells nothing of any secret.
            found = connection.execute(select(capabilities).where(capabilities.c.digest == digest)).first()
        if found is None:
            raise CapabilityUnknown(_UNKNOWN)
        by_proof = found.ended_by == EndedBy.PROOF.value
        if found.ended_by is not None and not by_proof:
            raise CapabilityEnded(_ENDED)
        if by_proof and found.expires_at <= self.clock():
            raise proved()
        if found.expires_at <= self.clock():
            raise CapabilityOver(_OVER)
        return Capability(found.digest, found.meter_number, found.request_id, found.expires_at, by_proof)

    def live(self, meter_number: str, by: EndedBy = EndedBy.PROOF) -> int:
        """How many of a meter this would end."""
        with self._database.read() as connection:
            found = connection.execute(select(capabilities.c.digest).where(*self._live(meter_number, by)))
            return len(found.all())

    def end(self, meter_number: str, by: EndedBy) -> None:
        """End all that are good for a meter: from the next request on nobody is let in by them.

        Staff end also those that would be good again if the meter were due again.
        """
        with self._database.write() as connection:
            ended = update(capabilities).where(*self._live(meter_number, by))
            connection.execute(ended.values(ended_at=self.clock(), ended_by=by.value))

    def open_again(self, known: Capability) -> None:
        """It was ended by a proof that does not hold any more."""
        with self._database.write() as connection:
            this = capabilities.c.digest == known.digest, capabilities.c.ended_by == EndedBy.PROOF.value
            connection.execute(update(capabilities).where(*this).values(ended_at=None, ended_by=None))

    def _live(self, meter_number: str, by: EndedBy) -> tuple[ColumnElement[bool], ...]:
        of_meter = capabilities.c.meter_number == meter_number
        is_open: ColumnElement[bool] = capabilities.c.ended_by.is_(None)
        if by is EndedBy.STAFF:
            is_open = or_(is_open, capabilities.c.ended_by == EndedBy.PROOF.value)
        return of_meter, is_open, capabilities.c.expires_at > self.clock()


def proved() -> CapabilityProved:
    """What is said of the page of a meter whose proof was found just now."""
    return CapabilityProved(_PROVED)
