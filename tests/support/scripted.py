"""An adapter that answers what it is told to, and shows the registers that it is told to."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.adapter import Evidence, MeterAdapter, MeterRegister, Outcome, Probe, RowEntry, Source, Submission
from hardware.keypad.profile import Words
from hardware.keypad_tools import Calibrated, KeypadTools, LoopBack
from hardware.person import Question
from kiosk.demo.workplace import DemoWorkplace
from krn_engine.demo import DemoCase

OK, NO, LOCK, LOST, BAD = Outcome.ACCEPTED, Outcome.REJECTED, Outcome.LOCKED_OUT, Outcome.UNKNOWN, Outcome.FAULT


@dataclass
class Scripted(MeterAdapter):
    """Gives these outcomes one after the other. A register may be a list: one reading after the other."""

    outcomes: list[Outcome]
    locked_for: float = 0.0
    shows: dict[MeterRegister, str | list[str]] = field(default_factory=dict)
    remembers: dict[str, Submission] = field(default_factory=dict)
    after_row: Callable[[], None] = lambda: None
    seen: str | None = None
    typed: list[str] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)
    model: str = "scripted"
    keypad: KeypadTools | None = None
    handed_over: bool = False
    """Rows go in as they are, and not by keys."""

    def __post_init__(self) -> None:
        super().__init__(self.model)

    def probe(self) -> Probe:
        return Probe(self.model, None, None)

    @property
    def tools(self) -> KeypadTools | None:
        return self.keypad

    def _submit(self, entry: RowEntry) -> Submission:
        self.typed.append(entry.row)
        self.deadlines.append(entry.deadline)
        outcome = self.outcomes.pop(0)
        self.after_row()
        seen = None if outcome is LOST else Evidence(Source.DISPLAY, self.seen or outcome.name, "script")
        locked_for = self.locked_for if outcome in (NO, LOCK) else 0.0
        return Submission(outcome, seen, locked_for=locked_for, handed_over=self.handed_over)

    def read(self, register: MeterRegister) -> Evidence | None:
        shown = self.shows.get(register)
        if isinstance(shown, list):
            shown = shown.pop(0) if shown else None
        return None if shown is None else Evidence(Source.DISPLAY, shown, "script")

    def tampered(self) -> bool | None:
        shown = self.read(MeterRegister.TAMPER)
        return None if shown is None else Words().tamper_state(shown.seen)

    def read_result(self) -> Submission:
        return Submission(Outcome.UNKNOWN)

    def recall(self, attempt: str) -> Submission:
        return self.remembers.get(attempt, Submission(Outcome.UNKNOWN))

    def close(self) -> None:
        """It can be used again."""


@dataclass
class ScriptedTools(KeypadTools):
    """Finds one pace and the contacts that it is told to find, and counts how often the entry was settled."""

    plug: LoopBack | None = None
    settlings: int = 0

    def calibrate(self, *, deadline: float, cancel: threading.Event) -> Calibrated:
        return Calibrated(0.066, 0.045)

    def loop_back(self) -> LoopBack | None:
        return self.plug

    def settled(self) -> None:
        self.settlings += 1

    def unsettled(self) -> None:
        pass

    def release_all(self) -> None:
        pass


class Says:
    """A person who gives these answers, and remembers what was asked."""

    def __init__(self, answers: dict[Question, str | list[str]] | None = None) -> None:
        self._answers = answers or {}
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> str | None:
        self.asked.append(question)
        answer = self._answers.get(question)
        if isinstance(answer, list):
            return answer.pop(0) if answer else None
        return answer


def number(here: DemoWorkplace, case: DemoCase) -> str:
    return here.province.first(case).meter_number
