"""Copies of kiosks: the key of each, the office's key for leases, and tokens whose caller was revoked.

The key of a copy is shown once, when it is made: a kiosk that lost the answer asks for another one, and a token that
somebody copied opens no rows of a copy that is there. The office keeps the key to seal what comes later. Its own key
for leases lies beside the tokens: whoever reads it here could make a token as well.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Column, Connection, ForeignKey, Integer, String, Table, delete, insert, select

from krn_engine.office.access.database import Database, kept, settings, tokens
from krn_engine.office.errors import CopyKeyMissing
from krn_engine.office.lease import LASTS, SEED_BYTES, Signer
from krn_engine.office.wire.sync import CopyKey, Lease, SignedLease
from krn_engine.register.seal import KEY_BYTES, Seal
from krn_engine.register.tables import Moment
from krn_engine.row import Hidden

copy_keys = Table(
    "access_copy_keys",
    kept,
    Column("caller_id", Integer, ForeignKey("access_callers.id"), primary_key=True, autoincrement=False),
    Column("name", String(16), nullable=False),  # drawn by lot, and may be seen
    Column("key", String(64), nullable=False),  # 32 bytes in hexadecimal digits
    Column("made_at", Moment, nullable=False),
)
revoked = Table(
    "access_revoked",
    kept,
    # Tokens that were good when their caller was revoked: whoever brings one is told that, and nothing else.
    Column("id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("revoked_at", Moment, nullable=False),
)
_NAME_BYTES = 8
_LEASE_KEY = "lease-key"
_MISSING = "this kiosk has no key for a copy: it asks for one first (POST /v1/copy-key)"


class KeyOfCopy(NamedTuple):
    """What a copy is sealed under."""

    name: str
    seal: Seal


class Copies:
    """Keys of copies, and leases. `clock` gives aware times."""

    def __init__(self, database: Database, clock: Callable[[], datetime], lasts: timedelta = LASTS) -> None:
        self._database = database
        self._clock = clock
        self._lasts = lasts

    def new_key(self, caller_id: int, caller: str) -> CopyKey:
        """A new key for the copy of this caller, in place of the one before."""
        made = CopyKey(caller, secrets.token_hex(_NAME_BYTES), Hidden(secrets.token_hex(KEY_BYTES)), "")
        with self._database.write() as connection:
            signer = _signer(connection)
            forget_copy(connection, caller_id)
            connection.execute(
                insert(copy_keys).values(caller_id=caller_id, name=made.copy, key=str(made.key), made_at=self._clock())
            )
        return CopyKey(made.caller, made.copy, made.key, signer.public)

    def key(self, caller_id: int) -> KeyOfCopy:
        """The key of this caller's copy. Raises CopyKeyMissing."""
        wanted = select(copy_keys.c.name, copy_keys.c.key).where(copy_keys.c.caller_id == caller_id)
        with self._database.read() as connection:
            found = connection.execute(wanted).first()
        if found is None:
            raise CopyKeyMissing(_MISSING)
        return KeyOfCopy(found.name, Seal(bytes.fromhex(found.key)))

    def lease(self, caller: str, copy: str, units: tuple[str, ...]) -> SignedLease:
        """A lease from now on."""
        now = self._clock()
        with self._database.read() as connection:
            seed = connection.execute(_LEASE_KEY_KEPT).scalar()
        if seed is None:
            # The key of a copy is made in the same transaction as this one: there is none, either.
            raise CopyKeyMissing(_MISSING)
        return Signer(bytes.fromhex(seed)).sign(Lease(caller, copy, units, now, now + self._lasts))


_LEASE_KEY_KEPT = select(settings.c.value).where(settings.c.name == _LEASE_KEY)


def _signer(connection: Connection) -> Signer:
    """The office's key for leases, made the first time; in a transaction of `Database.write`."""
    seed = connection.execute(_LEASE_KEY_KEPT).scalar()
    if seed is None:
        seed = secrets.token_hex(SEED_BYTES)
        connection.execute(insert(settings).values(name=_LEASE_KEY, value=seed))
    return Signer(bytes.fromhex(seed))


def forget_copy(connection: Connection, caller_id: int) -> None:
    """Throw away the key of this caller's copy."""
    connection.execute(delete(copy_keys).where(copy_keys.c.caller_id == caller_id))


def keep_revoked(connection: Connection, caller_id: int, at: datetime) -> None:
    """Remember the tokens of a caller that is revoked."""
    found = connection.execute(select(tokens.c.id, tokens.c.digest).where(tokens.c.caller_id == caller_id)).all()
    if found:
        connection.execute(insert(revoked), [{**token._mapping, "revoked_at": at} for token in found])


def is_revoked(connection: Connection, token_id: str, digest: str) -> bool:
    """Whether this very token was good until its caller was revoked."""
    kept_digest = connection.execute(select(revoked.c.digest).where(revoked.c.id == token_id)).scalar()
    return kept_digest is not None and hmac.compare_digest(digest, kept_digest)
