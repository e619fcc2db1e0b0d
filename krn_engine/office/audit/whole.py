"""Is the audit whole, by all that an office has to compare it with: its keys, and what its callers remember."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from krn_engine.office.access.differing import Differing
from krn_engine.office.audit.checkpoints import Checkpoint
from krn_engine.office.audit.evidence import judged, still_differing
from krn_engine.office.audit.key import PublicKey
from krn_engine.office.audit.verify import Verdict, Witness, verify

Remembered = tuple[Any, Any, Any]
"""A name, the number of an entry and its hash, as they are on record: whatever somebody put there."""


def look(
    connection: Connection,
    public: Collection[PublicKey],
    remembered: Iterable[Remembered],
    differing: Iterable[Differing],
    *,
    start: int = 1,
    brought: Sequence[Checkpoint] = (),
) -> Verdict:
    """See `verify`. `differing` is what callers sent back that did not fit, and nobody has answered for."""
    witnesses = [_witness(*one) for one in remembered]
    verdict = verify(connection, start=start, public=public, brought=brought, remembered=witnesses)
    for is_fault, told in judged(still_differing(connection, differing), public):
        (verdict.faults if is_fault else verdict.remarks).append(told)
    return verdict


def _witness(name: Any, seq: Any, digest: Any) -> Witness:
    """What is on record there may be anything."""
    who = f"what {name} sent back"
    if not isinstance(seq, int) or not isinstance(digest, str):
        return Witness(1, b"", who, odd=True)
    try:
        return Witness(seq, bytes.fromhex(digest), who)
    except ValueError:
        return Witness(seq, b"", who, odd=True)
