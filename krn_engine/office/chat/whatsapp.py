"""WhatsApp Cloud API (Meta): what it brings, what it takes, and what its errors mean.

What comes in names its sender by a BSUID (`user_id`), a telephone number (`wa_id`), or both. A message of ours carries
our own name for it (`biz_opaque_callback_data`), and each of its statuses says that name: so a message whose answer
was lost is found to have arrived.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from krn_engine.office.chat.line import Answered, Line
from krn_engine.office.chat.message import LONGEST_TITLE, LONGEST_WITH_BUTTONS, MOST_BUTTONS, Answer, Kind
from krn_engine.office.chat.provider import (
    Address,
    Come,
    Do,
    Piece,
    Refused,
    Result,
    Rhythm,
    Sent,
    Status,
    Unknown,
    is_text,
    plain,
    read_json,
)
from krn_engine.row import Hidden

NAME = "whatsapp"
API = "https://graph.facebook.com/v26.0"
SIGNATURE = "X-Hub-Signature-256"
PER_SECOND = 80
SETTLES = 120.0
"""Seconds: a status comes within a few, and after a crash of ours by its second or third try."""
LONGEST_TEXT = 4096
_SIGNED = re.compile(r"sha256=[0-9a-f]{64}")
_ACCOUNT = "whatsapp_business_account"
_SILENT = frozenset({"system", "reaction"})
"""Types of message that say nothing to answer."""

ERRORS: Mapping[int, Do] = MappingProxyType(
    {
        **dict.fromkeys((0, 3, 10, 190, *range(200, 300)), Do.STOP),
        **dict.fromkeys((4, 80007, 130429, 131057), Do.REST),
        131056: Do.PAIR,
        **dict.fromkeys((131047, 131026, 131030, 131021, 131051), Do.NEVER),
        **dict.fromkeys((131048, 368, 131031, 130497, 131042), Do.STOP),
        **dict.fromkeys((1, 2, 131000, 131016), Do.AGAIN),
        131062: Do.BY_NUMBER,
        **dict.fromkeys((100, 131008, 131009), Do.OURS),
    }
)
"""By `error.code`: titles and the status of HTTP say less. 131047 asks for a template: we only answer, and drop it."""


def is_signed(secret: str, body: bytes, signature: str | None) -> bool:
    """Whether the body, byte for byte, was signed by who knows the app's secret."""
    if signature is None or _SIGNED.fullmatch(signature) is None:
        return False
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={made}", signature)


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """One number of an office's account."""

    phone_number_id: str
    token: Hidden
    api: str = API
    per_second: int = PER_SECOND
    settles: float = SETTLES
    line: Line = field(default_factory=Line, repr=False, compare=False)

    @property
    def name(self) -> str:
        """See Provider."""
        return NAME

    @property
    def rhythm(self) -> Rhythm:
        """See Provider. 45 messages are lent, at 6 seconds each."""
        return Rhythm(self.per_second, counts_incoming=True, pair_seconds=6.0, pair_burst=45, settles=self.settles)

    def come(self, body: bytes) -> Come:
        """See Provider. Entries, changes and messages are arrays, batched."""
        try:
            told = read_json(body)
        except ValueError:
            return Come(odd=("not-json",))
        if not isinstance(told, dict) or told.get("object") != _ACCOUNT:
            return Come(odd=("not-an-account",))
        reading = _Reading(self.phone_number_id)
        for entry in reading.dicts(told, "entry"):
            for change in reading.dicts(entry, "changes"):
                value = change.get("value")
                if change.get("field") != "messages" or not isinstance(value, dict):
                    reading.odd.append("field")
                else:
                    reading.value(value)
        if not (reading.pieces or reading.statuses or reading.odd or reading.passed):
            reading.odd.append("nothing")
        odd, passed = (tuple(dict.fromkeys(kinds)) for kinds in (reading.odd, reading.passed))
        return Come(tuple(reading.pieces), tuple(reading.statuses), odd, passed)

    def read(self, payload: bytes) -> tuple[Kind, str] | None:
        """See Provider."""
        told: Any = read_json(payload)
        if not isinstance(told, dict):
            raise ValueError("no message")
        kind = told.get("type")
        if isinstance(kind, str) and kind in _SILENT:
            return None
        text = _at(told, "text", "body") if kind == "text" else None
        if text is not None:
            return Kind.TEXT, plain(text, LONGEST_TEXT)
        for path in (("interactive", "button_reply", "id"), ("interactive", "list_reply", "id"), ("button", "payload")):
            if kind == path[0] and (pressed := _at(told, *path)) is not None:
                return Kind.PRESSED, plain(pressed, LONGEST_TEXT)
        return Kind.OTHER, ""

    def send(self, address: Address, answer: Answer, mark: str) -> Result:
        """See Provider. By the BSUID if there is one: so fewer telephone numbers are handed about."""
        to = {"recipient": address.user} if address.user else {"to": address.number}
        sent = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            **to,
            **_content(answer),
            "biz_opaque_callback_data": mark,
        }
        told = self.line.post(
            f"{self.api}/{self.phone_number_id}/messages", sent, {"Authorization": f"Bearer {self.token!s}"}
        )
        return self._result(told) if isinstance(told, Answered) else told

    def refused(self, code: int) -> Do:
        """See Provider. What nobody has heard of is not tried for ever."""
        return ERRORS.get(code, Do.AGAIN)

    def close(self) -> None:
        """See Provider."""
        self.line.close()

    def _result(self, told: Answered) -> Result:
        content = told.content
        code = _at(content, "error", "code", kind=int) if isinstance(content, dict) else None
        if code is not None:
            return Refused(code, self.refused(code))
        messages = content.get("messages") if isinstance(content, dict) else None
        first = messages[0] if isinstance(messages, list) and messages else None
        named = _at(first, "id") if isinstance(first, dict) else None
        if told.status < 400:
            return Sent(named or "")
        return Unknown() if told.status >= 500 else Refused(told.status, Do.AGAIN)


class _Reading:
    """What was found in one delivery so far."""

    def __init__(self, ours: str) -> None:
        self._ours = ours
        self.pieces: list[Piece] = []
        self.statuses: list[Status] = []
        self.odd: list[str] = []
        self.passed: list[str] = []

    def dicts(self, table: Mapping[str, Any], name: str) -> Iterable[dict[str, Any]]:
        """The objects in an array; what else is there is odd."""
        found = table.get(name, [])
        if not isinstance(found, list):
            self.odd.append(name)
            return
        for item in found:
            if isinstance(item, dict):
                yield item
            else:
                self.odd.append(name)

    def value(self, value: dict[str, Any]) -> None:
        number = _at(value, "metadata", "phone_number_id")
        if number is None:
            self.odd.append("metadata")
            return
        if number != self._ours:
            # An account may have several numbers, and all of them come here: ours would answer for another.
            self.passed.append("other-number")
            return
        contacts = list(self.dicts(value, "contacts"))
        for message in self.dicts(value, "messages"):
            self._message(message, contacts)
        for status in self.dicts(value, "statuses"):
            self._status(status)
        if value.get("errors"):
            self.odd.append("errors")

    def _message(self, message: dict[str, Any], contacts: list[dict[str, Any]]) -> None:
        number, user = message.get("from"), message.get("from_user_id")
        contact = next((one for one in contacts if number is not None and one.get("wa_id") == number), None)
        if contact is None and len(contacts) == 1 and (number is None or "wa_id" not in contacts[0]):
            contact = contacts[0]
        if contact is not None:
            user = user or contact.get("user_id")
            number = number or contact.get("wa_id")
        named = message.get("id")
        user, number = (name if is_text(name) else "" for name in (user, number))
        if not is_text(named) or not (user or number):
            self.odd.append("message")
            return
        payload = json.dumps(message).encode()
        self.pieces.append(Piece(str(named), f"{user or number}", Address(str(user), str(number)), payload))

    def _status(self, status: dict[str, Any]) -> None:
        named, word, mark = status.get("id"), status.get("status"), status.get("biz_opaque_callback_data")
        if not is_text(named) or not is_text(word, 32):
            self.odd.append("status")
            return
        codes = [_at(error, "code", kind=int) for error in self.dicts(status, "errors")]
        code = next((code for code in codes if code is not None), None)
        if word == "failed" and code is None:
            code = -1
        self.statuses.append(Status(str(named), str(word), mark if is_text(mark, 32) else None, code))


def _at(table: Any, *path: str, kind: type = str) -> Any:
    """What lies there, if it is of this type."""
    for name in path:
        table = table.get(name) if isinstance(table, dict) else None
    return table if type(table) is kind else None


def _content(answer: Answer) -> dict[str, Any]:
    """Text, or text with buttons where it is short enough: who has no button writes the word."""
    if not answer.buttons or len(answer.text) > LONGEST_WITH_BUTTONS:
        return {"type": "text", "text": {"body": answer.text[:LONGEST_TEXT], "preview_url": False}}
    buttons = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title[:LONGEST_TITLE]}}
        for button in answer.buttons[:MOST_BUTTONS]
    ]
    body = {"type": "button", "body": {"text": answer.text}, "action": {"buttons": buttons}}
    return {"type": "interactive", "interactive": body}
