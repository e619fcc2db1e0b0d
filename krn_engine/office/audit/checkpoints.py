"""Checkpoints: the hash that the chain had at a place, signed. A copy kept elsewhere shows if the chain was rewritten.

Whoever owns the database can make the whole chain anew, and its hashes fit then. Nobody without the key can sign the
new ones, and nobody can make the copies forget the old ones. Modelled on the checkpoints of transparency logs
(c2sp.org/tlog-checkpoint).
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from krn_engine.office.audit.errors import CheckpointForeign, CheckpointMissing
from krn_engine.office.audit.key import PublicKey, SigningKey
from krn_engine.office.audit.odd import UNREADABLE, require_odd
from krn_engine.register.audit.chain import moment
from krn_engine.register.audit.entries import head_of
from krn_engine.register.tables import audit, checkpoints

EVERY = timedelta(minutes=1)
MOST = 1000
"""Entries after which there is another one, if a minute is not over yet."""
ORIGIN = "krn-audit/"
"""Before the register's own number, from the first entry of its chain."""
_NEWEST = select(checkpoints).order_by(checkpoints.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the chain of a register was up to an entry."""

    origin: str
    """Which chain."""
    seq: int
    """The number of the entry."""
    hash: str
    """In 64 hexadecimal digits."""
    at: datetime
    """When it was signed."""
    signature: str
    """Ed25519 over `content`, in 128 hexadecimal digits."""

    @property
    def content(self) -> bytes:
        """What is signed."""
        return content_of(self.origin, self.seq, bytes.fromhex(self.hash), self.at)

    def fits(self, key: PublicKey) -> bool:
        """Whether the owner of this key signed it."""
        return key.signed(self.content, bytes.fromhex(self.signature))


def content_of(origin: str, seq: int, digest: bytes, at: datetime) -> bytes:
    """Lines of text, each with its end."""
    lines = ("krn-checkpoint-1", origin, str(seq), digest.hex(), moment(at))
    return "".join(f"{line}\n" for line in lines).encode()


def origin_of(connection: Connection) -> str:
    """The name of the register's chain, which its first entry gives; empty where that tells none."""
    try:
        body = connection.execute(select(audit.c.body).where(audit.c.seq == 1)).scalar()
        name = ORIGIN + str(json.loads(body or "")["register"])
        name.encode()
    except LookupError:
        return ""
    except UNREADABLE as error:
        require_odd(error)
        return ""
    return name


def newest(connection: Connection) -> Checkpoint | None:
    """The last checkpoint; None: there is none."""
    row = connection.execute(_NEWEST).first()
    if row is None:
        return None
    return Checkpoint(origin_of(connection), row.seq, row.hash.hex(), row.at, row.signature.hex())


def require_newest(connection: Connection) -> Checkpoint:
    """The last checkpoint. Raises CheckpointMissing."""
    found = newest(connection)
    if found is None:
        raise CheckpointMissing("this office has no checkpoint: has it a key (krn office audit key)?")
    return found


def is_due(connection: Connection, now: datetime, every: timedelta = EVERY) -> bool:
    """Whether a checkpoint should be made: `every` is over and there is something new, or very much is."""
    last = connection.execute(_NEWEST).first()
    seq, _ = head_of(connection)
    if last is None or seq <= last.seq:
        return seq > 0 and last is None
    # The clock may have gone back since.
    return seq - last.seq >= MOST or bool(abs(now - last.at) >= every)


def make_checkpoint(connection: Connection, key: SigningKey, now: datetime) -> None:
    """Sign the end of the chain as it is, in the transaction of a connection beside which nobody seals or signs."""
    seq, digest = head_of(connection)
    signature = key.sign(content_of(origin_of(connection), seq, digest, now))
    connection.execute(insert(checkpoints).values(seq=seq, hash=digest, at=now, signature=signature))


def require_on_chain(connection: Connection, checkpoint: Checkpoint) -> None:
    """Raises CheckpointForeign unless the chain was what this checkpoint says."""
    digest = connection.execute(select(audit.c.hash).where(audit.c.seq == checkpoint.seq)).scalar()
    if checkpoint.origin != origin_of(connection):
        raise CheckpointForeign("this checkpoint is of another register: an office's is kept by its own kiosks")
    if digest is None or digest.hex() != checkpoint.hash:
        raise CheckpointForeign(
            f"the audit of this office is not what it was at entry {checkpoint.seq}: keep the checkpoint, and have the "
            "audit verified (krn office audit verify --checkpoint FILE)"
        )
