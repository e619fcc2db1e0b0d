"""Notes what happens to chats in the service's log: names of chats are hashes there, and nothing that is said."""

from typing import Protocol

from krn_engine.office.service_events import ServiceEvent

_SIGNS = 12


class Log(Protocol):
    """The service's log."""

    def note(
        self,
        event: ServiceEvent,
        *,
        operation: str | None = None,
        code: str | None = None,
        caller: str | None = None,
        kind: str | None = None,
    ) -> None:
        """Note an event."""
        ...


class Tell:
    """Notes an event of a provider's."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def __call__(
        self, event: ServiceEvent, provider: str, chat: str | None = None, *, code: str | None = None, kind: str = ""
    ) -> None:
        """`chat` is the name that it has in the tables, which is a hash."""
        caller = None if chat is None else f"chat-{chat[:_SIGNS]}"
        self._log.note(event, operation=provider, caller=caller, code=code, kind=kind or None)
