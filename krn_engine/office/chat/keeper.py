"""What is done about chats now and then: who is late is told, what is unsure is settled, old names are forgotten."""

import time
from collections.abc import Callable, Mapping

from krn_engine.office.chat import words
from krn_engine.office.chat.process import SENDER
from krn_engine.office.chat.provider import Do, Provider
from krn_engine.office.chat.sender import Sender
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.telling import Tell
from krn_engine.office.chat.worker import Speed
from krn_engine.office.service_events import ServiceEvent

BEATS_EVERY = 0.5
LIVES_EVERY = 2.0
"""Seconds; a lease is five times as long, and each sign is a write to the disk."""
SETTLES_EVERY = 1.0
FORGETS_EVERY = 3600.0
LATE_SECONDS = 5.0
"""An answer that takes longer is told of at once."""
WAITED_SECONDS = 8.0
"""Whoever has waited for so long is told, whatever was reckoned."""
AT_ONCE = 500
MANY = 30
"""Chats that are to be told: their words go before the answers of others."""


class Keeper:
    """`beat` again and again, from one thread. `workers`: how many threads of this process have this `speed`."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        sender: Sender,
        tell: Tell,
        speed: Speed,
        workers: int,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._providers = providers
        self._sender = sender
        self._tell = tell
        self._speed = speed
        self._workers = workers
        self._steady = steady
        self._leads = False
        self._lives_at = self._settles_at = 0.0
        self._forgets_at = steady() + FORGETS_EVERY

    def beat(self) -> float:
        """Gives the seconds until the next time. Raises the database's refusals."""
        began = self._steady()
        if began >= self._lives_at:
            self._leads = SENDER in self._store.process.live(SENDER)
            self._lives_at = began + LIVES_EVERY
            if self._leads:
                self._sender.leads()
        if self._leads and began >= self._settles_at:
            self._settles_at = began + SETTLES_EVERY
            self._settle()
        self._greet()
        self._store.process.write_counts()
        if self._leads and began >= self._forgets_at:
            self._forgets_at = began + FORGETS_EVERY
            self._store.forget()
        return BEATS_EVERY

    def _settle(self) -> None:
        unsure, again = self._store.outbox.settle(
            {name: provider.rhythm.settles for name, provider in self._providers.items()}
        )
        for number, kind in ((unsure, "crash"), (again, "again")):
            if number:
                self._tell(ServiceEvent.CHAT_UNSURE, "all", kind=kind)
        for name, code in self._store.outbox.failed_since():
            provider = self._providers.get(name)
            if provider is not None and provider.refused(code) is Do.STOP and self._store.outbox.stop(name, str(code)):
                self._tell(ServiceEvent.CHAT_STOPPED, name, code=str(code))
            else:
                self._tell(ServiceEvent.CHAT_NOT_SENT, name, code=str(code), kind="status")

    def _greet(self) -> None:
        """Where the backlog means a while, each chat is told once, at once; and then it is answered."""
        figures = self._store.figures()
        # Where a provider takes nothing they would rest for ever.
        self._speed.gives_way = figures.urgent > MANY and not self._store.outbox.stopped()
        if not figures.waiting:
            return
        slowest = min(provider.rhythm.per_second for provider in self._providers.values())
        takes = (
            figures.waiting * self._speed.seconds / (self._workers * max(1, figures.processes))
            + figures.leaving / slowest
        )
        late = takes > LATE_SECONDS
        # Where the office gives no answer nobody knows when it will.
        told = takes if late else None
        self._store.inbox.tell(0.0 if late else WAITED_SECONDS, AT_ONCE, lambda known: words.when(known, told))
