"""Giving entries their place in the chain, where many write at once: one sealer at a time, in batches.

What has no number yet is the sealer's queue, so nothing is skipped: an entry whose transaction took long is not seen
before it is committed, and gets a later number then. Whoever follows the numbers never has to look back.
"""

from sqlalchemy import Connection

from krn_engine.register.audit.entries import seal_next
from krn_engine.register.concurrency import Lock, hold, is_served_by_many, try_hold
from krn_engine.register.database import Register


def seal_now(register: Register) -> int:
    """Seal all that was committed before this was called; says how many those were. Raises what `write` raises."""
    sealed = 0
    while batch := register.change(_alone):
        sealed += batch
    return sealed


def seal_if_free(register: Register) -> int:
    """The same for one batch, unless another process is at it."""
    return register.change(lambda connection: seal_next(connection) if try_hold(connection, Lock.AUDIT) else 0)


def _alone(connection: Connection) -> int:
    hold(connection, Lock.AUDIT)
    return seal_next(connection) if is_served_by_many(connection) else 0
