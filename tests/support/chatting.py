"""Somebody who writes to an office by chat, with what is known of the chat from one message to the next."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from krn_engine.demo import DEMO_DAY
from krn_engine.office.chat.message import (
    LONGEST_ANSWER,
    LONGEST_TITLE,
    LONGEST_WITH_BUTTONS,
    MOST_BUTTONS,
    Answer,
    Converse,
    Kind,
    Known,
    Message,
)

SHOWN_ROW = re.compile(r"(?:[0-9]{4} ){4}[0-9]{4}(?![0-9 ]*[0-9])")

FIXED_LINE = 28
"""Characters of fixed width that a small phone has room for."""


@dataclass
class Chat:
    """One chat. Each message is handled twice, as after a kill, and must have the same answer."""

    converse: Converse
    known: Known = field(default_factory=Known)
    name: str = "chat"
    at: datetime = DEMO_DAY
    answers: tuple[Answer, ...] = ()
    count: int = 0

    def says(self, text: str, kind: Kind = Kind.TEXT) -> str:
        """What is answered, all of it."""
        self.count += 1
        message = Message(f"{self.name}-{self.count}", kind, text)
        first = self.converse(self.known, message, self.at)
        assert self.converse(self.known, message, self.at) == first
        self.answers, self.known = first
        for answer in self.answers:
            require_sendable(answer)
        assert self.answers
        return "\n".join(answer.text for answer in self.answers)

    def presses(self, title: str) -> str:
        """What is answered to a button of the last answer."""
        button = next(button for button in self.answers[-1].buttons if button.title == title)
        return self.says(button.id, Kind.PRESSED)

    def waits(self, **time: float) -> None:
        """Some time passes."""
        self.at += timedelta(**time)

    @property
    def rows(self) -> list[str]:
        """The rows that the last answer shows."""
        return [row.replace(" ", "") for answer in self.answers for row in SHOWN_ROW.findall(answer.text)]


def require_sendable(answer: Answer) -> None:
    """An answer that both providers take."""
    assert answer.text.strip()
    assert len(answer.text) <= (LONGEST_WITH_BUTTONS if answer.buttons else LONGEST_ANSWER)
    fixed = answer.text.split("```")[1::2]
    assert answer.text.count("```") == 2 * len(fixed)
    assert all(len(line) <= FIXED_LINE for block in fixed for line in block.splitlines())
    assert len(answer.buttons) <= MOST_BUTTONS
    for button in answer.buttons:
        assert 0 < len(button.title) <= LONGEST_TITLE
        assert len(button.id.encode()) <= 64
    assert len({button.id for button in answer.buttons}) == len(answer.buttons)
