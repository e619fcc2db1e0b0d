"""The threads that answer chats, for as long as a process of the service lives."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from krn_engine.errors import KrnError
from krn_engine.office.chat.keeper import Keeper
from krn_engine.office.chat.message import Converse
from krn_engine.office.chat.provider import Provider
from krn_engine.office.chat.sender import Sender
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.telling import Log, Tell
from krn_engine.office.chat.worker import Speed, Worker
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.words.texts import HELP_LINE

WORKERS = 2
"""Threads of one process that answer: they wait for the office's database for half of their time."""
AFTER_FAILURE = 2.0


@dataclass(frozen=True, slots=True)
class Chats:
    """What the webhooks need: where to put what comes, and whom to wake."""

    store: Store
    providers: Mapping[str, Provider]
    secrets: "Secrets"
    came: threading.Event = field(default_factory=threading.Event)
    """Something is in the inbox."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """By which a provider is known; empty: that provider is not set up."""

    app_secret: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)
    telegram_secret: str = field(default="", repr=False)


@contextmanager
def answering(chats: Chats, converse: Mapping[str, Converse], log: Log, help_line: str = HELP_LINE) -> Iterator[None]:
    """Answer as long as this lasts; what is on its way at the end is waited for. No thread dies of an error."""
    over, tell = threading.Event(), Tell(log)
    sender = Sender(chats.store, chats.providers, tell)
    speed = Speed()
    workers = [Worker(chats.store, chats.providers, converse, tell, speed, help_line) for _ in range(WORKERS)]
    keeper = Keeper(chats.store, chats.providers, sender, tell, speed, WORKERS)

    def rest(seconds: float) -> None:
        over.wait(seconds)

    def until_it_comes(seconds: float) -> None:
        if seconds and chats.came.wait(seconds):
            chats.came.clear()

    def going(beat: Callable[[], float], pause: Callable[[float], None]) -> None:
        while not over.is_set():
            try:
                pause(beat())
            except KrnError:
                # Who asks the office hears of it, and messages wait.
                over.wait(AFTER_FAILURE)
            except Exception as error:
                tell(ServiceEvent.CHAT_FAILED, "all", kind=type(error).__name__)
                over.wait(AFTER_FAILURE)

    work: list[tuple[str, Callable[[], float], Callable[[float], None]]] = [
        ("chat-keeper", keeper.beat, rest),
        ("chat-sender", sender.beat, rest),
        *((f"chat-worker-{number}", worker.beat, until_it_comes) for number, worker in enumerate(workers)),
    ]
    threads = [threading.Thread(target=going, args=parts, name=name, daemon=True) for name, *parts in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        chats.came.set()
        for thread in threads:
            thread.join()
        with suppress(KrnError):
            sender.close()
            chats.store.process.write_counts()
            chats.store.process.leave()
