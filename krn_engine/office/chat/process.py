"""One process that serves chats: its hold on the tables, the names it hashes, and what it counts."""

import hashlib
import hmac
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, update

from krn_engine.office.access.database import BUSY_SECONDS, Database
from krn_engine.office.chat.tables import chats, counts, roles
from krn_engine.register.concurrency import insert_into

LEASE_SECONDS = 10.0
"""What a process was at is free after so long without a sign of it."""
SENDER = "sender"
"""The role of the one process that sends."""


class Process:
    """`key` hashes names; `clock` gives seconds since 1970."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._key = hashlib.sha256(b"krn-chat-1" + key).digest()
        self.clock = clock
        self.me = uuid.uuid4().hex
        self._counting = threading.Lock()
        self._counted: Counter[tuple[str, str, str]] = Counter()

    def read(self) -> AbstractContextManager[Connection]:
        """A connection that reads, as `Database.read`."""
        return self._database.read()

    def change(self, patience: float = BUSY_SECONDS) -> AbstractContextManager[Connection]:
        """A transaction that writes, as `Database.change`.

        `patience`: seconds for which another may hold a file before RegisterBusy is raised.
        """
        return self._database.change(patience)

    def hashed(self, *names: str) -> str:
        """64 digits, the same here for the same names, that tell nothing elsewhere: a name may hold a telephone."""
        told = json.dumps(names).encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()

    def live(self, *asked: str) -> frozenset[str]:
        """Say that this process lives, and take these roles if they are free; gives those that it has."""
        now = self.clock()
        until = now + LEASE_SECONDS
        had = set()
        with self.change() as connection:
            for name in (self.me, *asked):
                mine = {"name": name, "holder": self.me, "until": until}
                statement = insert_into(connection, roles).values(**mine)
                free = or_(roles.c.holder == self.me, roles.c.until < now)
                taken = statement.on_conflict_do_update(
                    index_elements=[roles.c.name], set_={"holder": self.me, "until": until}, where=free
                ).returning(roles.c.name)
                if connection.execute(taken).first() is not None:
                    had.add(name)
        return frozenset(had - {self.me})

    def leave(self) -> None:
        """This process goes: what it has is free at once."""
        with self.change() as connection:
            connection.execute(delete(roles).where(roles.c.holder == self.me))
            connection.execute(update(chats).where(chats.c.held_by == self.me).values(held_by=None))

    def lives(self, holder: Any) -> Any:
        """Whether the process of this name has given a sign lately, in a statement."""
        return exists().where(roles.c.name == holder, roles.c.until >= self.clock())

    def count(self, provider: str, name: str, code: str = "", more: int = 1) -> None:
        """In memory: a line that all change in each transaction would make each wait for the others."""
        with self._counting:
            self._counted[provider, name, code] += more

    def write_counts(self) -> None:
        """What was counted since the last time goes to the others'; a process that is killed takes some with it."""
        with self._counting:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return
        with self.change() as connection:
            for (provider, name, code), more in sorted(counted.items()):
                statement = insert_into(connection, counts).values(provider=provider, name=name, code=code, value=more)
                keys = [counts.c.provider, counts.c.name, counts.c.code]
                over = {"value": counts.c.value + more}
                connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=over))


def inserted(connection: Connection, table: Any, records: list[dict[str, Any]]) -> int:
    """Insert those of these records that are not in the table yet; gives how many that were."""
    statement = insert_into(connection, table).on_conflict_do_nothing()
    return connection.execute(statement, records, execution_options={"preserve_rowcount": True}).rowcount
