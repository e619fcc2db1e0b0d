"""What an address of a page stands for, sealed: no number and no name is in a browser's history or a proxy's log.

A sealed text is good for one kind of page and for one person, and for a while; nobody else can read or make one.
"""

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from krn_engine.office.web.errors import PageOver

LASTS = timedelta(hours=2)
"""Longer than a session rests: who signs in again comes back to where they were."""
LONGEST = 4096
"""Signs of a sealed text."""
_NONCE = 12
_FORM = re.compile(r"[A-Za-z0-9_-]{40,4096}")
_OVER = "this page is too old, or was made for somebody else: begin again from the menu"


def key_for(secret: bytes, use: str) -> bytes:
    """A key of its own for one use, of a secret that all processes of an office share."""
    return hmac.new(secret, f"krn-web {use}".encode(), hashlib.sha256).digest()


class Seal:
    """Closes values, and opens them again. `clock` gives aware times."""

    def __init__(self, key: bytes, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._cipher = AESGCM(key)
        self._clock = clock

    def close(self, kind: str, whose: str, told: Mapping[str, Any]) -> str:
        """`told`, as JSON has it, as a text that an address may hold; `whose`: the name of who may open it."""
        content = json.dumps({"at": int(self._clock().timestamp()), "told": dict(told)}, separators=(",", ":"))
        nonce = os.urandom(_NONCE)
        closed = nonce + self._cipher.encrypt(nonce, content.encode(), _about(kind, whose))
        return base64.urlsafe_b64encode(closed).rstrip(b"=").decode()

    def open(self, kind: str, whose: str, text: str, lasts: timedelta = LASTS) -> dict[str, Any]:
        """The values that `close` was given. Raises PageOver for another text, kind or person, and after `lasts`."""
        if _FORM.fullmatch(text) is None:
            raise PageOver(_OVER)
        try:
            closed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            content = self._cipher.decrypt(closed[:_NONCE], closed[_NONCE:], _about(kind, whose))
        except (ValueError, InvalidTag):
            raise PageOver(_OVER) from None
        sealed = json.loads(content)
        if not 0 <= self._clock().timestamp() - sealed["at"] + 1 <= lasts.total_seconds():
            raise PageOver(_OVER)
        told: dict[str, Any] = sealed["told"]
        return told


def _about(kind: str, whose: str) -> bytes:
    return f"{kind}\0{whose}".encode()
