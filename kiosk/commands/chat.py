"""`krn chat`: the conversation of the chat in a terminal, with no provider: a line is a message."""

import argparse
import io
import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kiosk.demo.workplace import demo_workplace
from kiosk.settings.config import Config
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.errors import KrnError
from krn_engine.office.chat.conversation import Conversation
from krn_engine.office.chat.elsewhere import OtherUnit, units_of
from krn_engine.office.chat.message import Answer, Button, Converse, Kind, Known, Message
from krn_engine.office.chat.refused import CANNOT_ANSWER
from krn_engine.office.contract import Office
from krn_engine.office.local import LocalOffice
from krn_engine.office.words.texts import INDONESIAN, LANGUAGES, Texts

PLACE = "chat terminal"
"""Who acts, and where, in the records."""
DEMO_UNITS = (OtherUnit("98", "ULP Contoh", "0000-123456"),)
PHOTOGRAPH = "[foto]"
"""A line that stands for a message without text."""
_INVENTED = (
    (DemoCase.FOUR_ROWS, "four codes"),
    (DemoCase.TWO_ROWS, "two codes"),
    (DemoCase.HALF_DONE, "half done"),
    (DemoCase.DONE, "up to date"),
    (DemoCase.BLOCKED, "blocked"),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `krn chat`."""
    parser = subparsers.add_parser("chat")
    parser.add_argument("--demo", action="store_true", help="converse for an invented province")
    parser.add_argument("--language", choices=LANGUAGES, default=INDONESIAN, help=f"to begin with ({INDONESIAN})")
    parser.add_argument("--config", type=Path, help="configuration file")
    parser.add_argument("--json", action="store_true", help="print each answer as one line of JSON, and nothing else")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Converse until the input ends; 0, or 1 if a message could not be answered."""
    with _office(args) as (here, others):
        conversation = Conversation(_acting(here.office), PLACE, here.help_line, others)
        terminal = _Terminal(conversation, Known(language=args.language), args.json, here.help_line)
        if args.demo and not args.json:
            print(_invited())
        return terminal.converse(_lines())


@contextmanager
def _office(args: argparse.Namespace) -> Iterator[tuple[Workplace, tuple[OtherUnit, ...]]]:
    if args.demo:
        with demo_workplace() as here:
            yield here, DEMO_UNITS
        return
    config = Config.read(args.config, has_demo=True)
    with configured_workplace(config) as here:
        yield here, units_of(config.other_units)


def _acting(office: Office) -> Office:
    """The office with the terminal's name in the audit; one on the network knows by itself who asks."""
    return office.acting_for(PLACE) if isinstance(office, LocalOffice) else office


def _invited() -> str:
    province = DemoProvince()
    customers = [f"  {province.first(case).idpel}  {what}" for case, what in _INVENTED]
    return "\n".join(["Write as a customer would; Ctrl-D ends it. Some invented customers:", *customers, ""])


def _lines() -> Iterator[str]:
    """The input, line by line; what is no UTF-8 has signs in the place of what cannot be read."""
    if sys.stdin is None:
        # It was closed by whoever started this.
        return
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    while line := sys.stdin.readline():
        yield line.rstrip("\r\n")


class _Terminal:
    """One chat; `converse` keeps what is known of it."""

    def __init__(self, conversation: Converse, known: Known, as_json: bool, help_line: str) -> None:
        self._conversation = conversation
        self._known = known
        self._as_json = as_json
        self._help_line = help_line
        self._offered: tuple[Button, ...] = ()
        self._chat = uuid.uuid4().hex

    def converse(self, lines: Iterator[str]) -> int:
        unanswered = 0
        self._prompt()
        for number, line in enumerate(lines):
            try:
                answers, self._known = self._conversation(self._known, self._message(number, line), datetime.now(UTC))
            except KrnError as error:
                # It would wait in an inbox; here nobody answers it later.
                unanswered += 1
                say = Texts(self._known.language, self._help_line)
                answers = (Answer("\n".join(say(sentence) for sentence in CANNOT_ANSWER)),)
                print(f"krn: {error.message} [{error.code}]", file=sys.stderr)
            self._offered = answers[-1].buttons
            for answer in answers:
                self._say(answer)
            self._prompt()
        return 1 if unanswered else 0

    def _prompt(self) -> None:
        if not self._as_json and sys.stdin is not None and sys.stdin.isatty():
            print("> ", end="", flush=True)

    def _message(self, number: int, line: str) -> Message:
        """A line that says what stands on a button presses it."""
        name = f"{self._chat}-{number}"
        if line.strip().casefold() == PHOTOGRAPH:
            return Message(name, Kind.OTHER)
        for button in self._offered:
            if line.strip().casefold() == button.title.casefold():
                return Message(name, Kind.PRESSED, button.id)
        return Message(name, Kind.TEXT, line)

    def _say(self, answer: Answer) -> None:
        if self._as_json:
            buttons = [{"id": button.id, "title": button.title} for button in answer.buttons]
            print(json.dumps({"text": answer.text, "buttons": buttons}, ensure_ascii=False), flush=True)
            return
        print(answer.text.replace("```", ""))
        if answer.buttons:
            print("  ".join(f"[{button.title}]" for button in answer.buttons))
        print(flush=True)
