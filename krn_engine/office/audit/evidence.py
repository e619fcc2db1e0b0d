"""What callers sent back that did not fit, judged: is it this office's own word, and does it still not fit?"""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection

from krn_engine.office.access.differing import Differing
from krn_engine.office.audit.checkpoints import Checkpoint, require_on_chain
from krn_engine.office.audit.errors import CheckpointForeign
from krn_engine.office.audit.key import PublicKey
from krn_engine.register.audit.chain import moment


def still_differing(connection: Connection, kept: Iterable[Differing]) -> tuple[Differing, ...]:
    """Those that do not lie on the chain as it is now."""
    return tuple(found for found in kept if not _lies_on_chain(connection, found))


def judged(kept: Iterable[Differing], public: Collection[PublicKey]) -> Iterator[tuple[bool, str]]:
    """Each in words, and whether it is a fault: what a key of this office did not sign is no word of this office."""
    for found in kept:
        told = f"{found.name} sent back a checkpoint of {moment(found.signed_at)} that does not lie on this chain"
        if public and not any(_checkpoint(found).fits(key) for key in public):
            yield False, f"{told}; this office's key did not sign it"
        else:
            yield True, f"entry {found.seq}: {told}: an older copy was put back, or the chain was made anew"


def _lies_on_chain(connection: Connection, found: Differing) -> bool:
    try:
        require_on_chain(connection, _checkpoint(found))
    except CheckpointForeign:
        return False
    return True


def _checkpoint(found: Differing) -> Checkpoint:
    return Checkpoint(found.origin, found.seq, found.hash, found.signed_at, found.signature)
