"""Keeps an office's chain going while it serves: seals what waits, and signs a checkpoint when one is due."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, exists, select

from krn_engine.errors import KrnError
from krn_engine.office.audit.checkpoints import EVERY, is_due, make_checkpoint
from krn_engine.office.audit.key import SigningKey
from krn_engine.register.audit.entries import BATCH
from krn_engine.register.audit.sealer import seal_if_free, seal_now
from krn_engine.register.concurrency import Lock, hold, is_served_by_many, try_hold
from krn_engine.register.database import Register
from krn_engine.register.tables import audit

SEALS_EVERY, LOOKS_EVERY = 0.2, 1.0
"""Seconds: where entries wait for a place in the chain, and where there are only checkpoints to make."""
AFTER_FAILURE = 2.0
_WAITS = select(exists().where(audit.c.seq.is_(None)))


class Keeper:
    """`beat` once in a while. Several may, in as many processes: one works, and the others see that it does."""

    def __init__(
        self, register: Register, key: SigningKey | None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._register = register
        self._key = key
        self._clock = clock

    def beat(self) -> float:
        """Seal and sign what is due; gives the seconds until the next time. Raises the register's refusals."""
        with self._register.read() as connection:
            many = is_served_by_many(connection)
            waits = many and bool(connection.execute(_WAITS).scalar())
        if waits and seal_if_free(self._register) == BATCH:
            # There is more, and who ends the service waits for one batch only.
            return 0.0
        if self._key is not None:
            with self._register.read() as connection:
                due = is_due(connection, self._clock())
            if due:
                self._register.change(self._sign)
        return SEALS_EVERY if many else LOOKS_EVERY

    def sign_now(self) -> None:
        """Seal all that waits, and sign the end of the chain if no checkpoint is there; without a key only seal."""
        seal_now(self._register)
        self._register.change(self._sign_at_once)

    def _sign_at_once(self, connection: Connection) -> None:
        hold(connection, Lock.AUDIT)
        self._sign(connection, timedelta(0))

    def _sign(self, connection: Connection, every: timedelta = EVERY) -> None:
        """Somebody else may have signed since, or be at it."""
        if self._key is not None and try_hold(connection, Lock.AUDIT):
            now = self._clock()
            if is_due(connection, now, every):
                make_checkpoint(connection, self._key, now)


@contextmanager
def kept(register: Register, key: SigningKey | None) -> Iterator[Keeper]:
    """A thread that beats as long as this lasts. A database that is gone for a while stops it for as long."""
    keeper, over = Keeper(register, key), threading.Event()

    def run() -> None:
        pause = 0.0
        while not over.wait(pause):
            try:
                pause = keeper.beat()
            except KrnError:
                # Who asks the office hears of it, and entries wait.
                pause = AFTER_FAILURE

    thread = threading.Thread(target=run, name="audit", daemon=True)
    thread.start()
    try:
        yield keeper
    finally:
        over.set()
        thread.join()
