"""The way to a provider, over HTTPS: one question, and what can be said of it where no answer comes."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import requests

from krn_engine.office.chat.provider import NotReached, Unknown

PATIENCE = (3.0, 10.0)
"""Seconds for a connection, and for an answer."""
_BEFORE = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "SSLError")
"""What urllib3 calls a failure before anything was asked."""
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answered:
    """What a provider answered: a status of HTTP, and JSON of any shape."""

    status: int
    content: Any = field(repr=False)


class Line:
    """Keeps its connections, those of each thread apart; close it. No error of it quotes an address."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._all: list[requests.Session] = []

    def post(self, url: str, content: Any, headers: Mapping[str, str] = _NONE) -> Answered | NotReached | Unknown:
        """The answer to JSON that is sent once, and never a second time."""
        try:
            answer = self._session().post(url, json=content, headers=headers, timeout=PATIENCE, allow_redirects=False)
        except requests.ConnectTimeout:
            return NotReached()
        except requests.ConnectionError as error:
            reason = getattr(error.args[0], "reason", None) if error.args else None
            return NotReached() if type(reason).__name__ in _BEFORE else Unknown()
        except requests.RequestException:
            return Unknown()
        try:
            return Answered(answer.status_code, answer.json())
        except (ValueError, RecursionError):
            # A proxy on the way, or half an answer: nobody knows what became of the message.
            return Unknown()

    def close(self) -> None:
        """Give the connections of all threads back."""
        for session in self._all:
            session.close()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = requests.Session()
            # Nothing that this machine's user has set says where a customer's message goes.
            session.trust_env = False
            self._all.append(session)
        return session
