"""All that is kept of chats, for one process: inbox, outbox, how it stands, and what is forgotten when."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import and_, case, delete, exists, func, select, update

from krn_engine.office.access.database import Database
from krn_engine.office.chat.inbox import Inbox
from krn_engine.office.chat.outbox import Outbox
from krn_engine.office.chat.process import Process
from krn_engine.office.chat.tables import FILE, chats, counts, inbox, of_chats, outbox, roles, statuses

KEPT_SECONDS = 8 * 86_400.0
"""How long names of messages are kept: a provider brings one again for up to seven days."""
ASIDE_SECONDS = 7 * 86_400.0
"""How long what nobody could read is kept for somebody to look at."""
CHAT_SECONDS = 30 * 86_400.0
"""How long a chat is known in which nothing is said."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many wait, and how fast they go."""

    waiting: int
    oldest: float
    """Seconds since the first of them came."""
    leaving: int
    urgent: int
    """How many of those that leave are words which only say when an answer comes."""
    processes: int
    """That live."""


class Store:
    """The tables, for one process. `key` hashes names; `clock` gives seconds since 1970."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self.process = Process(database, key, clock)
        self.inbox = Inbox(self.process)
        self.outbox = Outbox(self.process)

    @staticmethod
    def opened(register: str) -> Database:
        """The database, made if it is not there. Raises what a database can be refused with."""
        return Database.of(register, FILE, of_chats)

    def figures(self) -> Figures:
        """How many wait, and how many processes are at it."""
        now = self.process.clock()
        with self.process.read() as connection:
            waits = connection.execute(select(func.count(), func.min(inbox.c.come_at)).where(inbox.c.waits)).one()
            going = select(func.count(), func.count(case((outbox.c.urgent, 1)))).where(outbox.c.open)
            leaving, urgent = connection.execute(going).one()
            alive = select(func.count()).select_from(roles).where(roles.c.until >= now, roles.c.name == roles.c.holder)
            processes = connection.execute(alive).scalar_one()
        oldest = 0.0 if waits[1] is None else max(0.0, now - waits[1])
        return Figures(waits[0], oldest, leaving, urgent, processes)

    def counted(self) -> list[tuple[str, str, str, int]]:
        """What was counted, over all processes: provider, what was counted, code, and how often."""
        with self.process.read() as connection:
            return [(row.provider, row.name, row.code, row.value) for row in connection.execute(select(counts))]

    def newest(self) -> int:
        """The number of the message that came last."""
        with self.process.read() as connection:
            return int(connection.execute(select(func.max(inbox.c.id))).scalar() or 0)

    def forget(self) -> None:
        """Delete what has been kept for as long as it is of use."""
        now = self.process.clock()
        with self.process.change() as connection:
            old = and_(inbox.c.ended_at < now - ASIDE_SECONDS, inbox.c.payload.is_not(None))
            connection.execute(update(inbox).where(old).values(payload=None, address=None))
            connection.execute(delete(inbox).where(inbox.c.ended_at < now - KEPT_SECONDS))
            connection.execute(delete(outbox).where(outbox.c.ended_at < now - KEPT_SECONDS))
            connection.execute(delete(statuses).where(statuses.c.come_at < now - KEPT_SECONDS))
            connection.execute(delete(roles).where(roles.c.until < now - KEPT_SECONDS))
            waits = exists().where(inbox.c.chat == chats.c.key, inbox.c.waits)
            connection.execute(delete(chats).where(chats.c.seen_at < now - CHAT_SECONDS, ~waits))
