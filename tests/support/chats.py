"""Chats of a test: tables of its own, a provider that does as it is told, and a conversation of a few words."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from krn_engine.office.access.database import Database
from krn_engine.office.chat.keeper import Keeper
from krn_engine.office.chat.message import Answer, Converse, Kind, Known, Message
from krn_engine.office.chat.provider import Address, Come, Do, Piece, Result, Rhythm, Sent
from krn_engine.office.chat.sender import Sender
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.tables import FILE, of_chats
from krn_engine.office.chat.telling import Tell
from krn_engine.office.chat.worker import Speed, Worker
from krn_engine.office.server.log import ServiceLog

NAME = "scripted"
FAST = Rhythm(1000.0, counts_incoming=False, pair_seconds=1.0, pair_burst=100, settles=60.0)


@dataclass
class Time:
    """A clock that is set by hand."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scripted:
    """A provider that answers what it is told to, and otherwise takes everything."""

    rhythm: Rhythm = FAST
    results: list[Result | Exception] = field(default_factory=list)
    took: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each that was sent: to whom, what, and our mark."""
    name: str = NAME

    def come(self, body: bytes) -> Come:
        return Come((Piece(body.decode(), "one", Address("one"), body),))

    def read(self, payload: bytes) -> tuple[Kind, str] | None:
        text = payload.decode()
        if text == "broken":
            raise ValueError("no message")
        return None if text == "silent" else (Kind.TEXT, text)

    def send(self, address: Address, answer: Answer, mark: str) -> Result:
        self.took.append((address.user or f"+{address.number}", answer.text, mark))
        told = self.results.pop(0) if self.results else Sent(f"m{len(self.took)}")
        if isinstance(told, Exception):
            raise told
        return told

    def refused(self, code: int) -> Do:
        return Do.STOP if code == 190 else Do.NEVER

    def close(self) -> None:
        pass


def echo(known: Known, message: Message, _now: datetime) -> tuple[tuple[Answer, ...], Known]:
    """Says what was said, and how many answers there were before."""
    return (Answer(f"{known.done}: {message.text}"),), known.with_(done=known.done + 1)


@dataclass
class Chat:
    """One process's part of the chats, driven by hand."""

    database: Database
    time: Time = field(default_factory=Time)
    provider: Scripted = field(default_factory=Scripted)
    converse: Converse = echo
    said: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self.store = Store(self.database, b"key", self.time)
        self.providers = {NAME: self.provider}
        self.tell = Tell(ServiceLog(b"log", self.said))
        self.sender = Sender(self.store, self.providers, self.tell, self.time)
        self.speed = Speed()
        self.keeper = Keeper(self.store, self.providers, self.sender, self.tell, self.speed, 1, self.time)

    @property
    def worker(self) -> Worker:
        return Worker(self.store, self.providers, {NAME: self.converse}, self.tell, self.speed)

    def come(self, text: str, chat: str = "one", name: str = "") -> int:
        """Somebody writes."""
        piece = Piece(name or text, chat, Address(chat, "62"), text.encode())
        return self.store.inbox.put(NAME, Come((piece,)), text.encode())

    def answer(self) -> None:
        """All that waits."""
        while self.worker.beat() == 0.0:
            pass

    def send(self) -> None:
        """All that may be sent at this moment, by this process."""
        self.keeper.beat()
        while self.sender.beat() == 0.0:
            pass

    @property
    def texts(self) -> list[str]:
        """What was sent."""
        return [text for _, text, _ in self.provider.took]

    def other(self) -> "Chat":
        """Another process on the same tables, at the same clock and provider."""
        return Chat(self.database, self.time, self.provider, self.converse, self.said)


@contextmanager
def chat_on(url: str) -> Iterator[Chat]:
    """On a database of its own."""
    with Database.of(url, FILE, of_chats) as database:
        made = Chat(database)
        try:
            yield made
        finally:
            made.sender.close()
