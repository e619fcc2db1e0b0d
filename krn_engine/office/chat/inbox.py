"""The inbox and the chats: what is taken, who handles it, and what is said to it. Every step is one transaction."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from krn_engine.office.access.database import BUSY_SECONDS
from krn_engine.office.chat.message import Answer, Known
from krn_engine.office.chat.outbox import line_of
from krn_engine.office.chat.process import Process, inserted
from krn_engine.office.chat.provider import Address, Come
from krn_engine.office.chat.tables import chats, inbox, outbox, statuses

_ODD = "odd"


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that this process handles."""

    id: int
    """In the order of arrival."""
    key: str
    """What the database calls the message: an HMAC."""
    provider: str
    chat: str
    """What the database calls the chat: an HMAC."""
    address: Address
    payload: bytes = field(repr=False)
    """As it came, for `Provider.read`."""
    come_at: float
    """Seconds since 1970."""
    tries: int
    """How often it was taken, now too."""
    known: Known


class Lost(Exception):
    """Another process has this message now: what was done with it here does not count."""


class Inbox:
    """What came in and waits for an answer, as one process sees it."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def put(self, provider: str, come: Come, body: bytes, patience: float = BUSY_SECONDS) -> int:
        """What one delivery holds, on disk when this returns; gives how many messages are new.

        `patience`: see `Database.change`. Raises the database's refusals.
        """
        now = self._process.clock()
        messages = [
            {
                "key": self._process.hashed(provider, piece.id),
                "provider": provider,
                "chat": self._process.hashed(provider, "chat", piece.chat),
                "address": piece.address.to_text(),
                "payload": piece.payload,
                "come_at": now,
                "waits": True,
                "ended_at": None,
                "aside": False,
            }
            for piece in come.pieces
        ]
        if come.odd:
            digest = hashlib.sha256(body).hexdigest()
            odd = {"provider": provider, "chat": None, "address": None, "payload": body, "come_at": now, "waits": False}
            messages.append(
                {"key": self._process.hashed(provider, _ODD, digest), **odd, "ended_at": now, "aside": True}
            )
        heard = [
            {
                "key": self._process.hashed(provider, "status", status.message, status.word),
                "mark": status.mark,
                "message": self._process.hashed(provider, "ours", status.message),
                "code": None if status.code is None else str(status.code)[:16],
                "fresh": status.code is not None,
                "come_at": now,
            }
            for status in come.statuses
        ]
        if not messages and not heard:
            return 0
        with self._process.change(patience) as connection:
            new = inserted(connection, inbox, messages) if messages else 0
            if heard:
                inserted(connection, statuses, heard)
        return new

    def take(self, most: int) -> list[Taken]:
        """Messages of at most `most` chats, the oldest of each, which this process holds from now on.

        Raises the database's refusals.
        """
        now = self._process.clock()
        free = or_(
            chats.c.key.is_(None),
            and_(chats.c.due_at <= now, or_(chats.c.held_by.is_(None), ~self._process.lives(chats.c.held_by))),
        )
        wanted = (
            select(inbox.c.chat)
            .select_from(inbox.outerjoin(chats, chats.c.key == inbox.c.chat))
            .where(inbox.c.waits, free)
            .order_by(inbox.c.id)
            .limit(4 * most)
        )
        with self._process.read() as connection:
            found = list(dict.fromkeys(connection.execute(wanted).scalars()))[:most]
        if not found:
            return []
        # Always in the same order, so that two who take at once do not wait for each other in a circle.
        found.sort()
        with self._process.change() as connection:
            made = [{"key": chat, "known": "", "held_by": None, "due_at": 0.0, "seen_at": now} for chat in found]
            inserted(connection, chats, made)
            held = (
                update(chats)
                .where(chats.c.key.in_(found), chats.c.due_at <= now)
                .where(or_(chats.c.held_by.is_(None), ~self._process.lives(chats.c.held_by)))
                .values(held_by=self._process.me)
                .returning(chats.c.key, chats.c.known)
            )
            known = {row.key: row.known for row in connection.execute(held)}
            if not known:
                return []
            first = select(func.min(inbox.c.id)).where(inbox.c.waits, inbox.c.chat.in_(known)).group_by(inbox.c.chat)
            tried = update(inbox).where(inbox.c.id.in_(first), inbox.c.waits).values(tries=inbox.c.tries + 1)
            rows = connection.execute(tried.returning(inbox)).all()
            none = set(known) - {row.chat for row in rows}
            if none:
                connection.execute(update(chats).where(chats.c.key.in_(none)).values(held_by=None))
        return [
            Taken(
                row.id,
                row.key,
                row.provider,
                row.chat,
                Address.of_text(row.address),
                bytes(row.payload),
                row.come_at,
                row.tries,
                _known_of(known[row.chat]),
            )
            for row in sorted(rows, key=lambda row: int(row.id))
        ]

    def answered(self, taken: Taken, answers: Sequence[Answer], known: Known, *, aside: bool = False) -> None:
        """The answers into the outbox, what is known now, and the message done: all of it or nothing.

        `aside`: nobody could answer it; it is kept for somebody to look at. Raises Lost if another process has it.
        """
        now = self._process.clock()
        over: dict[str, Any] = {} if aside else {"payload": None, "address": None}
        with self._process.change() as connection:
            done = update(inbox).where(inbox.c.id == taken.id, inbox.c.waits)
            ended = connection.execute(done.values(waits=False, ended_at=now, aside=aside, **over)).rowcount
            mine = update(chats).where(chats.c.key == taken.chat, chats.c.held_by == self._process.me)
            told = {"known": _text_of(known), "held_by": None, "told_at": None, "due_at": 0.0, "seen_at": now}
            if not ended or not connection.execute(mine.values(**told)).rowcount:
                raise Lost
            leaving = [
                line_of(taken, now, taken.address.to_text(), answer, known, f"{taken.key} {number}", urgent=False)
                for number, answer in enumerate(answers)
            ]
            if leaving:
                connection.execute(insert(outbox), leaving)
            self._process.count(taken.provider, "aside" if aside else "handled")

    def put_back(self, taken: Taken, seconds: float) -> None:
        """A message could not be answered now: its chat waits for so many seconds, and so do its later messages.

        Raises the database's refusals.
        """
        held = and_(chats.c.key == taken.chat, chats.c.held_by == self._process.me)
        with self._process.change() as connection:
            connection.execute(update(inbox).where(inbox.c.id == taken.id).values(tries=0))
            connection.execute(update(chats).where(held).values(held_by=None, due_at=self._process.clock() + seconds))

    def release(self, held: Sequence[str]) -> None:
        """Give back those of these chats that this process still holds. Raises the database's refusals."""
        mine = and_(chats.c.key.in_(held), chats.c.held_by == self._process.me)
        with self._process.change() as connection:
            connection.execute(update(chats).where(mine).values(held_by=None))

    def tell(self, older: float, most: int, words: Callable[[Known], Answer]) -> int:
        """Tell chats that have waited for longer than `older` seconds, and were not told, what `words` gives.

        At most so many of them; gives how many. Raises the database's refusals.
        """
        now = self._process.clock()
        wanted = (
            select(inbox.c.key, inbox.c.provider, inbox.c.chat, inbox.c.address, chats.c.known)
            .select_from(inbox.outerjoin(chats, chats.c.key == inbox.c.chat))
            .where(inbox.c.waits, inbox.c.come_at <= now - older, chats.c.told_at.is_(None))
            .order_by(inbox.c.id)
            .limit(most)
        )
        with self._process.read() as connection:
            rows = {row.chat: row for row in reversed(connection.execute(wanted).all())}
        if not rows:
            return 0
        found = sorted(rows)
        with self._process.change() as connection:
            made = [{"key": chat, "known": "", "held_by": None, "due_at": 0.0, "seen_at": now} for chat in found]
            inserted(connection, chats, made)
            told = update(chats).where(chats.c.key.in_(found), chats.c.told_at.is_(None)).values(told_at=now)
            mine = sorted(connection.execute(told.returning(chats.c.key)).scalars())
            still = select(inbox.c.key).where(inbox.c.key.in_([rows[chat].key for chat in mine]), inbox.c.waits)
            waiting = set(connection.execute(still).scalars())
            leaving = [
                line_of(row, now, row.address, words(known), known, f"{row.key} when", urgent=True)
                for row, known in ((rows[chat], _known_of(rows[chat].known)) for chat in mine)
                if row.key in waiting
            ]
            if leaving:
                inserted(connection, outbox, leaving)
        return len(leaving)


def _text_of(known: Known) -> str:
    return json.dumps(asdict(known))


def _known_of(text: str | None) -> Known:
    """What an earlier release knew has its place still; what a later one knew beside it has none."""
    told = json.loads(text or "{}")
    names = Known.__dataclass_fields__
    values = {name: value for name, value in told.items() if name in names}
    return Known(**values | ({"asked": tuple(values["asked"])} if "asked" in values else {}))
