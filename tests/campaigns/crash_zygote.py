"""The processes that are killed: each kiosk and each meter process is a fork of one that has everything imported.

Started as a program, it obeys lines on its input: "kiosk FOLDER", "meter FOLDER SENSES WITHOUT_KIOSK" (it answers with
the process's number) and "reap NUMBER" (it answers when that process is gone, with how it ended).
"""

import argparse
import importlib
import json
import logging
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.journal import Journal
from hardware.keypad.models import read_profile
from hardware.settings import ABORT
from hardware.virtual.bench import MATRIX, Senses, wired_adapter
from hardware.virtual.printer import VirtualPrinter
from kiosk.event_log import EventLog
from kiosk.flow.flow import Flow
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import (
    AdviceView,
    ErrorView,
    IdPadView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
    TypingView,
    View,
    WaitView,
)
from kiosk.workplace import Workplace
from krn_engine.demo import DemoProvince
from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.vault import Vault
from krn_engine.office.contract import Office
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from tests.campaigns.crash_wires import MODEL, FarWires

LOOK_SECONDS = 0.001
"""Between two rounds of a kiosk's loop."""
REGISTER, JOURNAL, WIRES, METER, CONTROL = "register.db", "journal", "wires", "meter", "control"
DIED_OF_ITSELF = 70
NO_SENSES = "none"
Opened = Callable[[Path], AbstractContextManager[Office]]
"""Opens the office of a kiosk, whose files are in a folder."""

ENDLESS = 10**9
"""A budget of customers that no campaign spends."""


def told(view: View) -> dict[str, Any]:
    """What a person sees of a view, as far as anybody will be held to it."""
    seen: dict[str, Any] = {"view": type(view).__name__}
    match view:
        case IdPadView():
            seen |= {"asks": None if view.asks is None else view.asks.text}
        case RowsView():
            seen |= {"rows": view.rows, "index": view.index}
        case TakeAwayView():
            seen |= {"qr": view.qr, "printing": view.printing.name}
        case TypingView():
            states = [state.name for state in view.states]
            seen |= {"states": states, "row": view.row, "finished": view.finished}
        case QuestionView():
            seen |= {"question": view.question.text, "options": [option.word for option in view.options]}
        case AdviceView():
            seen |= {"title": view.title.text}
        case ResultView():
            seen |= {"title": view.title.text, "code": view.code}
        case ErrorView():
            seen |= {"code": view.code}
    return seen


class Channel:
    """To the campaign: what is shown goes out before it is shown, what a person does comes back."""

    def __init__(self, folder: Path, who: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(folder / CONTROL))
        self._lines = self._socket.makefile("r", encoding="utf-8")
        self.tell({"view": who})

    def tell(self, seen: dict[str, Any]) -> None:
        """On its way when this returns, whatever becomes of this process."""
        self._socket.sendall(json.dumps(seen).encode() + b"\n")

    def answer(self) -> dict[str, Any]:
        """What the person does. Raises EOFError if there is no campaign any more."""
        line = self._lines.readline()
        if not line:
            raise EOFError
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def on_register(kind: type[LocalOffice], vault: Vault, folder: Path) -> Iterator[Office]:
    """An office on the register in this folder."""
    with Register.open(sqlite_url(folder / REGISTER)) as register:
        yield kind(register, Campaign.default(), vault)


def kiosk(folder: Path, opened: Opened) -> None:
    """A kiosk without a window, until the person in front of it leaves."""
    channel = Channel(folder, "kiosk")
    with opened(folder) as office:
        here = Workplace(
            office,
            "crash",
            lambda _number, model: MeterProcess(folder / METER, model),
            printer=VirtualPrinter(),
            look_ups=LookUps(Budget(folder / "customers.json", per_hour=ENDLESS, per_day=ENDLESS)),
            events=EventLog(folder / "last-errors.json"),
        )
        _show(Flow(here, time.monotonic()), channel)


def _show(flow: Flow, channel: Channel) -> None:
    shown: View | None = None
    while True:
        flow.tick(time.monotonic())
        view = flow.view
        if view == shown:
            time.sleep(LOOK_SECONDS)
            continue
        channel.tell(told(view))
        shown = view
        if isinstance(view, WaitView) or (isinstance(view, TypingView) and not view.finished):
            continue
        answer = channel.answer()
        if "leave" in answer:
            return
        if choice := _choice(answer):
            flow.choose(choice)
            shown = None


def _choice(answer: dict[str, Any]) -> Answer | None:
    if "enter" in answer:
        return Entered(answer["enter"])
    return Choice[answer["choose"]] if "choose" in answer else None


def meter(folder: Path, senses: Senses, *, abort: bool) -> None:
    """As `krn meter serve`, on wires that end at the campaign's meter."""
    wires = FarWires(folder / WIRES)
    profile = read_profile(MODEL)

    def opened(_model: str) -> Any:
        wires.meet()
        return wired_adapter(wires, wires.display, profile, MATRIX, senses, wires.clock, wires.wait)

    journal = Journal(folder / JOURNAL)
    server = MeterServer(folder / METER, journal, opened, abort_without_kiosk=abort)
    _channel = Channel(folder, "meter")
    server.serve()


def _fork(work: Callable[[], None]) -> int:
    number = os.fork()
    if number:
        return number
    ended = DIED_OF_ITSELF
    try:
        os.close(0)
        os.close(1)
        work()
        ended = 0
    except EOFError:
        ended = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(ended)


def main() -> int:
    """Until its input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--office", required=True, help="module:class of the office that the kiosks work with, or what opens it"
    )
    module, name = parser.parse_args().office.split(":")
    named = getattr(importlib.import_module(module), name)
    is_local = isinstance(named, type) and issubclass(named, LocalOffice)
    opened: Opened = partial(on_register, named, DemoProvince(1).vault) if is_local else named
    # A kiosk whose meter process is killed says so in its log, again and again.
    logging.disable()
    children: set[int] = set()
    for line in sys.stdin:
        match line.split():
            case ["kiosk", folder]:
                answer = _fork(partial(kiosk, Path(folder), opened))
                children.add(answer)
            case ["meter", folder, senses, without_kiosk]:
                sees = Senses(() if senses == NO_SENSES else (senses,))
                answer = _fork(partial(meter, Path(folder), sees, abort=without_kiosk == ABORT))
                children.add(answer)
            case ["reap", number]:
                answer = os.waitstatus_to_exitcode(os.waitpid(int(number), 0)[1])
                children.discard(int(number))
            case _:
                return 2
        print(answer, flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
