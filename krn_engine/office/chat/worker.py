"""Answers what waits in the inbox: one chat's messages one after the other, each in a step that is whole or not done.

Several workers may be at it, in several processes. A message that is handled twice, since who handled it first was
killed before the end, gives the same answers and is answered once (`Converse`, `Store.answered`).
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

from krn_engine.errors import KrnError
from krn_engine.office.chat.inbox import Lost, Taken
from krn_engine.office.chat.message import Converse, Message
from krn_engine.office.chat.provider import Provider
from krn_engine.office.chat.store import Store
from krn_engine.office.chat.telling import Tell
from krn_engine.office.chat.words import sorry
from krn_engine.office.service_events import ServiceEvent
from krn_engine.office.words.texts import HELP_LINE

AT_ONCE = 8
"""Chats that one worker takes at a time."""
REST_SECONDS = 0.5
"""Where nothing waits; what comes in through this process wakes it."""
GIVES_WAY_SECONDS = 0.2
TRIES = 10
"""Of a message that breaks whoever handles it, process and all."""
SHORTEST_WAIT, LONGEST_WAIT = 0.5, 60.0
"""Seconds between two tries where the office cannot answer: the longer it could not, the more."""
TELLS_EVERY = 60.0
FIRST_SECONDS, WEIGHT = 0.05, 0.05
"""What a message takes before any was measured, and how much one more says of it."""
GIVES_UP_SECONDS = 86_400.0
"""After so long without an answer whoever asks is told to ask elsewhere."""


class Speed:
    """How long one message takes, by those that were handled last. All workers of a process have one."""

    def __init__(self) -> None:
        self.seconds = FIRST_SECONDS
        self.gives_way = False
        """Many are to be told that their answer takes a while, and that goes first: workers rest meanwhile."""

    def took(self, seconds: float) -> None:
        """One more message took so many seconds."""
        self.seconds += WEIGHT * (seconds - self.seconds)


class Worker:
    """`beat` again and again, from one thread."""

    def __init__(
        self,
        store: Store,
        providers: Mapping[str, Provider],
        converse: Mapping[str, Converse],
        tell: Tell,
        speed: Speed,
        help_line: str = HELP_LINE,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._providers = providers
        self._converse = converse
        self._tell = tell
        self._speed = speed
        self._help_line = help_line
        self._steady = steady
        self._held: list[str] = []
        self._told_at: dict[str, float] = {}

    def beat(self) -> float:
        """Answer what waits; gives the seconds until the next time. Raises the database's refusals."""
        if self._held:
            # The database went away the last time: nobody else takes what a living process holds.
            self._store.inbox.release(self._held)
            self._held = []
        if self._speed.gives_way:
            return GIVES_WAY_SECONDS
        taken = self._store.inbox.take(AT_ONCE)
        self._held = [one.chat for one in taken]
        for one in taken:
            # Where this process stood still for so long that another one took it, that one answers.
            with suppress(Lost):
                began = self._steady()
                self._handle(one)
                self._speed.took(self._steady() - began)
        self._held = []
        return 0.0 if taken else REST_SECONDS

    def _handle(self, taken: Taken) -> None:
        provider = self._providers.get(taken.provider)
        if provider is None:
            # The settings do not name it any more, and may again.
            self._store.inbox.put_back(taken, LONGEST_WAIT)
            return
        if taken.tries > TRIES:
            self._set_aside(taken, "tries")
            return
        try:
            said = provider.read(taken.payload)
            if said is None:
                self._store.inbox.answered(taken, (), taken.known)
                return
            message = Message(taken.key, *said)
            now = datetime.fromtimestamp(self._store.process.clock(), UTC)
            answers, known = self._converse[taken.provider](taken.known, message, now)
        except KrnError as refusal:
            self._wait(taken, refusal.code)
        except Exception as error:
            # It would fail in the same way for ever, and the chat would stand still.
            self._set_aside(taken, type(error).__name__)
        else:
            self._store.inbox.answered(taken, answers, known)

    def _wait(self, taken: Taken, code: str) -> None:
        age = self._store.process.clock() - taken.come_at
        if age > GIVES_UP_SECONDS:
            self._set_aside(taken, "office", code)
            return
        if self._store.process.clock() - self._told_at.get(code, 0.0) > TELLS_EVERY:
            # Thousands may wait for the same reason.
            self._told_at[code] = self._store.process.clock()
            self._tell(ServiceEvent.CHAT_WAITS, taken.provider, taken.chat, code=code)
        self._store.inbox.put_back(taken, min(LONGEST_WAIT, max(SHORTEST_WAIT, age / 4)))

    def _set_aside(self, taken: Taken, kind: str, code: str | None = None) -> None:
        self._store.inbox.answered(taken, (sorry(taken.known, self._help_line),), taken.known, aside=True)
        self._tell(ServiceEvent.CHAT_SET_ASIDE, taken.provider, taken.chat, code=code, kind=kind)
