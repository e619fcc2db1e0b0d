"""Telegram's Bot API: what it brings, what it takes, and what its errors mean.

Nothing in it names a message of ours before it is sent, and a bot cannot ask what it has sent: whether a message
whose answer was lost has arrived, nobody can say.
"""

import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Any

from krn_engine.office.chat.line import Answered, Line
from krn_engine.office.chat.message import Answer, Kind
from krn_engine.office.chat.provider import (
    Address,
    Come,
    Do,
    Piece,
    Refused,
    Result,
    Rhythm,
    Sent,
    Unknown,
    is_text,
    plain,
    read_json,
)
from krn_engine.row import Hidden

NAME = "telegram"
API = "https://api.telegram.org"
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of a header
PER_SECOND = 30
LONGEST_TEXT = 4096
SECRET_SIGNS = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FENCE = "```"
_MESSAGES = ("message", "edited_message")
"""Who corrects a number in a message that was sent asks again."""
_PERSON = "private"


def is_ours(secret: str, given: str | None) -> bool:
    """Whether whoever delivers knows the secret that the webhook was set with."""
    return given is not None and hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Telegram:
    """One bot."""

    token: Hidden
    api: str = API
    per_second: int = PER_SECOND
    line: Line = field(default_factory=Line, repr=False, compare=False)

    @property
    def name(self) -> str:
        """See Provider."""
        return NAME

    @property
    def rhythm(self) -> Rhythm:
        """See Provider."""
        return Rhythm(self.per_second, counts_incoming=False, pair_seconds=1.0, pair_burst=1, settles=None)

    def come(self, body: bytes) -> Come:
        """See Provider. What is said in a group is for nobody here: rows would be everybody's."""
        try:
            told = read_json(body)
        except ValueError:
            return Come(odd=("not-json",))
        named = told.get("update_id") if isinstance(told, dict) else None
        if not isinstance(told, dict) or type(named) is not int:
            return Come(odd=("no-update",))
        pressed = told.get("callback_query")
        if isinstance(pressed, dict):
            message, waits = pressed.get("message"), pressed.get("id")
        else:
            message, waits = next((told[kind] for kind in _MESSAGES if kind in told), None), ""
            if message is None:
                return Come(passed=("update",))
        chat = message.get("chat") if isinstance(message, dict) else None
        user = chat.get("id") if isinstance(chat, dict) else None
        if type(user) is not int or not (waits == "" or is_text(waits)):
            return Come(odd=("message",))
        if isinstance(chat, dict) and chat.get("type") != _PERSON:
            return Come(passed=("group",))
        kept = {"data": pressed.get("data")} if isinstance(pressed, dict) else message
        address = Address(str(user), pressed=str(waits))
        return Come((Piece(str(named), str(user), address, json.dumps(kept).encode()),))

    def read(self, payload: bytes) -> tuple[Kind, str] | None:
        """See Provider."""
        told: Any = read_json(payload)
        if not isinstance(told, dict):
            raise ValueError("no message")
        if isinstance(told.get("data"), str):
            return Kind.PRESSED, plain(told["data"], LONGEST_TEXT)
        if isinstance(told.get("text"), str):
            return Kind.TEXT, plain(told["text"], LONGEST_TEXT)
        return Kind.OTHER, ""

    def send(self, address: Address, answer: Answer, mark: str) -> Result:
        """See Provider. It has no use for a mark."""
        if address.pressed:
            # Else the button goes on turning. What becomes of this word is of no use to anybody.
            self._ask("answerCallbackQuery", {"callback_query_id": address.pressed})
        text, entities = with_entities(answer.text)
        sent: dict[str, Any] = {"chat_id": int(address.user), "text": text, "entities": entities}
        if answer.buttons:
            keys = [[{"text": button.title, "callback_data": button.id[:64]}] for button in answer.buttons]
            sent["reply_markup"] = {"inline_keyboard": keys}
        return self._ask("sendMessage", sent)

    def refused(self, code: int) -> Do:
        """See Provider."""
        if code in (401, 404):
            return Do.STOP
        if code == 429:
            return Do.REST
        if code == 403:
            # They have blocked the bot, or left.
            return Do.NEVER
        return Do.OURS if 400 <= code < 500 else Do.AGAIN

    def _ask(self, method: str, sent: dict[str, Any]) -> Result:
        told = self.line.post(f"{self.api}/bot{self.token!s}/{method}", sent)
        return self._result(told) if isinstance(told, Answered) else told

    def close(self) -> None:
        """See Provider."""
        self.line.close()

    def _result(self, told: Answered) -> Result:
        content = told.content
        if not isinstance(content, dict) or type(content.get("ok")) is not bool:
            return Unknown()
        if content["ok"]:
            message = content.get("result")
            named = message.get("message_id") if isinstance(message, dict) else None
            return Sent(str(named) if type(named) is int else "")
        code = content.get("error_code")
        code = code if type(code) is int else told.status
        asked = content.get("parameters")
        rest = asked.get("retry_after") if isinstance(asked, dict) else None
        return Refused(code, self.refused(code), float(rest) if type(rest) is int and rest >= 0 else None)


def with_entities(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without its triple back-ticks, and where it has a fixed width, in UTF-16 units as the Bot API counts."""
    shown, entities, at = "", [], 0
    for number, between in enumerate(text.split(_FENCE)):
        part = between.strip("\n") if number % 2 else between
        length = len(part.encode("utf-16-le")) // 2
        if number % 2 and length:
            entities.append({"type": "pre", "offset": at, "length": length})
        shown, at = shown + part, at + length
    return shown[:LONGEST_TEXT], entities
