"""Whether the office answers, as far as is known: who has just waited for it in vain does not wait again at once."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from krn_engine.errors import KrnError
from krn_engine.office.audit.checkpoints import Checkpoint
from krn_engine.office.contract import Office
from krn_engine.office.net_errors import (
    AnswerBroken,
    CallerRevoked,
    OfficeFailed,
    OfficeNotReady,
    OfficeUnreachable,
    RefusalUnknown,
    TooManyRequests,
)
from krn_engine.office.wire.delivered import Fact, Told
from krn_engine.office.wire.sync import CopyKey, SyncPage

T = TypeVar("T")
AWAY = (OfficeUnreachable, OfficeNotReady, OfficeFailed, AnswerBroken, TooManyRequests)
"""With these the office gave no answer: with the last since too much is asked, perhaps with a token that was stolen.

Another certificate than its own, or a token that it does not know, is one.
"""


class Remote(Office, Protocol):
    """An office across a network, that also keeps a kiosk's copy up to date; `RemoteOffice` is one."""

    @property
    def office_time(self) -> datetime | None:
        """What the office's clock tells now, by its last answer; None: it is not known."""
        ...

    def hurried(self) -> AbstractContextManager[None]:
        """Meanwhile nothing that this thread asks takes longer than 6 seconds."""
        ...

    def sync(self, after: str, limit: int = ...) -> SyncPage:
        """What is new behind a place in its list."""
        ...

    def deliver(self, facts: tuple[Fact, ...]) -> tuple[Told, ...]:
        """What became of each fact, in their order."""
        ...

    def copy_key(self) -> CopyKey:
        """Another key for the copy: what was sealed under the one before opens no more."""
        ...

    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint of its audit."""
        ...

    def witness(self, seen: Checkpoint) -> None:
        """Send back one that was seen."""
        ...


class Line:
    """`clock` gives aware times; `revoked` is told when the office says so, `answered` when it answers anything."""

    def __init__(
        self, clock: Callable[[], datetime], revoked: Callable[[], None], answered: Callable[[], None] = lambda: None
    ) -> None:
        self._clock = clock
        self._revoked = revoked
        self._answered = answered
        self._lock = threading.Lock()
        self.up = True
        """Until the office was asked in vain."""
        self.since = clock()
        """When that began."""
        self.code = ""
        """Of what went wrong with the last question; empty: nothing."""

    def ask(self, question: Callable[[], T]) -> T:
        """The answer. Raises what the question raises."""
        try:
            answer = question()
        except KrnError as error:
            away = is_away(error)
            self._said(up=not away, code=error.code)
            if not away:
                self._answered()
            if isinstance(error, CallerRevoked):
                self._revoked()
            raise
        self._said(up=True, code="")
        self._answered()
        return answer

    def _said(self, *, up: bool, code: str) -> None:
        with self._lock:
            if up is not self.up:
                self.up, self.since = up, self._clock()
            self.code = code


def is_away(error: KrnError) -> bool:
    """Whether the office gave no answer. One that this program does not understand is one, and is not gone round."""
    return isinstance(error, AWAY) and not isinstance(error, RefusalUnknown)
