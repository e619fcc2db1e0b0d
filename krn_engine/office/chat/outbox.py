"""The outbox: what goes, how far each answer is, and which provider takes none. Every step is one transaction."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from krn_engine.office.chat.message import Answer, Known
from krn_engine.office.chat.process import Process, inserted
from krn_engine.office.chat.provider import Address, answer_of_text, text_of_answer
from krn_engine.office.chat.tables import outbox, statuses, stops
from krn_engine.office.chat.words import again, as_repeated

OF_ANSWERS = uuid.UUID("5d1c6b5e-5c8f-4c43-9d3a-3c6a3f0f7c11")
"""What marks of answers are made from, with the name of the message that they answer."""


class State(Enum):
    """How far an answer in the outbox is."""

    WAITING = "waiting"
    SENDING = "sending"
    """On disk before it is sent: whoever finds it so after a crash does not know whether it was."""
    UNSURE = "unsure"
    """Nobody knows whether it arrived; its provider may still tell."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Leaving:
    """An answer that may be sent."""

    id: int
    mark: str
    """What this answer is called here and, where that is possible, at the provider."""
    provider: str
    chat: str
    """What the database calls the chat: an HMAC."""
    address: Address
    answer: Answer
    """If it may have arrived already, it says so."""
    tries: int
    """How often it was sent before."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an answer that was sent."""

    id: int
    state: State
    due_at: float = 0.0
    """Before which nothing is done about it, if it is not over: seconds since 1970."""
    message: str | None = None
    """An HMAC of what the provider calls it."""
    code: str | None = None
    """The provider's error code, where it refused the answer."""
    counts: bool = True
    """Whether it was a try of this answer's own."""
    address: Address | None = None
    """Where it is sent from now on, if that is somewhere else."""


class Outbox:
    """Answers on their way, as one process sees them. Each method raises the database's refusals."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def ready(self, most: int, stopped: Iterable[str]) -> list[Leaving]:
        """Answers that may be sent now, the first of each chat; none of providers that are stopped."""
        now, before = self._process.clock(), outbox.alias()
        first = ~exists().where(before.c.chat == outbox.c.chat, before.c.open, before.c.id < outbox.c.id)
        wanted = (
            select(outbox)
            .where(outbox.c.open, outbox.c.state == State.WAITING.value, outbox.c.due_at <= now, first)
            .where(outbox.c.provider.not_in(list(stopped)))
            .order_by(outbox.c.urgent.desc(), outbox.c.id)
            .limit(most)
        )
        with self._process.read() as connection:
            rows = connection.execute(wanted).all()
        return [
            Leaving(
                row.id,
                row.mark,
                row.provider,
                row.chat,
                Address.of_text(row.address),
                as_repeated(*answer_of_text(row.content)) if row.again else answer_of_text(row.content)[0],
                row.tries,
            )
            for row in rows
        ]

    def step(self, ended: Sequence[Ended], begun: Sequence[int], later: Mapping[int, float]) -> frozenset[int]:
        """What became of those that were sent; which are sent next, and which not before when: in one transaction.

        Gives those of `begun` that are this process's to send.
        """
        now = self._process.clock()
        with self._process.change() as connection:
            for one in ended:
                self._end(connection, one, now)
            for number, due_at in later.items():
                waits = and_(outbox.c.id == number, outbox.c.state == State.WAITING.value)
                connection.execute(update(outbox).where(waits).values(due_at=due_at))
            if not begun:
                return frozenset()
            sending = (
                update(outbox)
                .where(outbox.c.id.in_(begun), outbox.c.state == State.WAITING.value)
                .values(state=State.SENDING.value, held_by=self._process.me, tries=outbox.c.tries + 1)
                .returning(outbox.c.id)
            )
            return frozenset(connection.execute(sending).scalars())

    def _end(self, connection: Connection, one: Ended, now: float) -> None:
        mine = and_(outbox.c.id == one.id, outbox.c.held_by == self._process.me, outbox.c.state == State.SENDING.value)
        values: dict[str, Any] = {"state": one.state.value, "held_by": None, "code": one.code}
        if one.state in (State.SENT, State.FAILED):
            values |= {"open": False, "ended_at": now, "address": None, "content": None, "message": one.message}
        else:
            values["due_at"] = one.due_at
            if not one.counts:
                values["tries"] = outbox.c.tries - 1
            if one.address is not None:
                values["address"] = one.address.to_text()
        row = connection.execute(update(outbox).where(mine).values(**values).returning(outbox.c.provider)).first()
        if row is not None:
            if one.state in (State.SENT, State.FAILED, State.UNSURE):
                self._process.count(row.provider, one.state.value)
            if one.code is not None:
                self._process.count(row.provider, "error", one.code)

    def take_back(self, but: Sequence[int]) -> None:
        """All that this process has marked for sending and has not sent waits again, but for these ids."""
        mine = and_(outbox.c.open, outbox.c.held_by == self._process.me, outbox.c.state == State.SENDING.value)
        over = {"state": State.WAITING.value, "held_by": None, "tries": outbox.c.tries - 1}
        with self._process.change() as connection:
            connection.execute(update(outbox).where(mine, outbox.c.id.not_in(but)).values(**over))

    def settle(self, settles: Mapping[str, float | None]) -> tuple[int, int]:
        """See to what nobody knows of: of processes that are gone, and what a status has told since.

        `settles`: of each provider, after how many seconds a status would have come. Gives how many became unsure, and
        how many of those are sent again.
        """
        now = self._process.clock()
        unsure = again = 0
        with self._process.change() as connection:
            for provider, seconds in settles.items():
                gone = and_(outbox.c.open, outbox.c.state == State.SENDING.value, outbox.c.provider == provider)
                left = update(outbox).where(gone, ~self._process.lives(outbox.c.held_by))
                made = left.values(state=State.UNSURE.value, held_by=None, due_at=now + (seconds or 0.0))
                more = connection.execute(made).rowcount
                if more:
                    self._process.count(provider, State.UNSURE.value, more=more)
                    unsure += more
                is_unsure = and_(outbox.c.open, outbox.c.state == State.UNSURE.value, outbox.c.provider == provider)
                heard = exists().where(statuses.c.mark == outbox.c.mark)
                over = {"state": State.SENT.value, "open": False, "ended_at": now, "address": None, "content": None}
                arrived = connection.execute(update(outbox).where(is_unsure, heard).values(**over)).rowcount
                if arrived:
                    self._process.count(provider, State.SENT.value, more=arrived)
                due = update(outbox).where(is_unsure, outbox.c.due_at <= now)
                more = connection.execute(due.values(state=State.WAITING.value, again=True)).rowcount
                if more:
                    self._process.count(provider, "again", more=more)
                    again += more
        return unsure, again

    def failed_since(self) -> list[tuple[str, int]]:
        """Provider and code of messages of ours that were taken and then failed, each told once."""
        now = self._process.clock()
        told = update(statuses).where(statuses.c.fresh).values(fresh=False)
        with self._process.change() as connection:
            rows = connection.execute(told.returning(statuses.c.mark, statuses.c.message, statuses.c.code)).all()
            found: list[tuple[str, int]] = []
            for row in rows:
                ours = or_(outbox.c.message == row.message, outbox.c.mark == (row.mark or ""))
                changed = update(outbox).where(ours, outbox.c.state != State.FAILED.value)
                over = {
                    "open": False,
                    "address": None,
                    "content": None,
                    "ended_at": now,
                    "code": row.code,
                }
                marked = changed.values(state=State.FAILED.value, **over).returning(outbox.c.provider)
                for provider in connection.execute(marked).scalars():
                    self._process.count(provider, State.FAILED.value)
                    self._process.count(provider, "error", row.code)
                    found.append((provider, int(row.code)))
        return found

    def stop(self, provider: str, code: str) -> bool:
        """Nothing more goes to this provider; gives whether that is new."""
        now = self._process.clock()
        with self._process.change() as connection:
            new = inserted(connection, stops, [{"provider": provider, "code": code, "since": now, "tried_at": now}])
            told = update(stops).where(stops.c.provider == provider).values(code=code, tried_at=now)
            connection.execute(told)
        return bool(new)

    def tried(self, provider: str) -> None:
        """Note that one answer goes to a provider that is stopped, to see whether it still is."""
        with self._process.change() as connection:
            told = update(stops).where(stops.c.provider == provider)
            connection.execute(told.values(tried_at=self._process.clock()))

    def go_on(self, provider: str) -> bool:
        """A provider takes messages again; gives whether it was stopped."""
        with self._process.change() as connection:
            return bool(connection.execute(delete(stops).where(stops.c.provider == provider)).rowcount)

    def stopped(self) -> dict[str, float]:
        """Which providers are stopped, and when each was tried last."""
        with self._process.read() as connection:
            return {row.provider: row.tried_at for row in connection.execute(select(stops))}


def line_of(
    of: Any, now: float, address: str, answer: Answer, known: Known, name: str, *, urgent: bool
) -> dict[str, Any]:
    """A line of the outbox, in answer to a message. Its mark follows from that message: it is there once."""
    return {
        "mark": uuid.uuid5(OF_ANSWERS, name).hex,
        "provider": of.provider,
        "chat": of.chat,
        "address": address,
        "content": text_of_answer(answer, again(known)),
        "urgent": urgent,
        "open": True,
        "state": State.WAITING.value,
        "due_at": now,
        "made_at": now,
    }
