"""Who stands at the kiosk of the crash campaign: they do what their plan says, and answer by what the meter shows."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from hardware.person import NO, NOTHING, YES, Question
from hardware.virtual.meter import VirtualMeter
from kiosk.flow import messages
from kiosk.flow.customer.come_back import ALL, NOT_TRIED, SOME
from kiosk.flow.meter.person import QUESTIONS
from kiosk.upgrade.endings import WORDS
from kiosk.upgrade.events import Ending
from kiosk.view.choices import Choice
from kiosk.view.parts import Printing, RowState
from krn_engine.demo import DemoCase, DemoCustomer
from krn_engine.row import BENAR, SALAH
from tests.campaigns.crash_wires import Line

CHANGES = {DemoCase.FOUR_ROWS: 2, DemoCase.READY_MADE: 2, DemoCase.TWO_ROWS: 1, DemoCase.HALF_DONE: 1, DemoCase.EA11: 1}
"""How many key changes these customers' meters need."""
LOOKS_SECONDS = 5.0
"""How long somebody looks at a meter for its answer to a row."""
KEPT_BACK = 0.1
"""How often a person does not let a doubtful row be typed again: the meter is then handed over."""
GOOD_NEWS = (WORDS[Ending.UPGRADED].title.text, messages.RIGHT_NUMBER.text, messages.UP_TO_DATE.text)
ONE_WAY = {
    "ConfirmView": Choice.YES,
    "AdviceView": Choice.NEXT,
    "ResultView": Choice.DONE,
    "ThanksView": Choice.DONE,
    "ErrorView": Choice.HOME,
    "IdleView": Choice.HOME,
}
"""Views that everybody leaves in the same way."""
_ASKED = {view.question.text: question for question, view in QUESTIONS.items()}
Told = dict[str, Any]


class Plan(Enum):
    """What a person wants of this visit."""

    TYPE = "type into the meter"
    TAKE_AWAY = "take the rows away"


@dataclass
class Seen:
    """What the kiosk showed one person, over all of their visits."""

    rows: tuple[str, ...] = ()
    """The longest list of rows: that of the first visit that came so far."""
    lists: list[tuple[str, ...]] = field(default_factory=list)
    """Every list of rows, in order."""
    accepted: set[str] = field(default_factory=set)
    """Rows of which the typing screen said that the meter took them."""
    good_news: bool = False
    """It was said that the upgrade is done."""
    by_hand: Counter[str] = field(default_factory=Counter)
    """Rows that this person typed themselves."""


@dataclass
class Person:
    """One customer with their meter. `answer` is given each view, and gives what they do."""

    customer: DemoCustomer
    line: Line
    source: random.Random
    seen: Seen = field(default_factory=Seen)
    plan: Plan = Plan.TYPE
    last: str = ""
    """The view that stood on the screen last."""
    code: str = ""
    """The last reason for staff."""
    handed_over: bool = False
    left: bool = False
    """They went away of themselves, and the kiosk need not be there any more."""
    _came: bool = False
    _rows: tuple[str, ...] = ()
    _in_work: str = ""
    """The row that the kiosk said it is typing."""
    _asked_at: float = 0.0
    """Since when the meter is looked at for its answer; 0: it is not."""

    def come(self, plan: Plan) -> None:
        """Another visit."""
        self.plan, self.last, self.code, self._came, self._rows = plan, "", "", False, ()
        self.left = False

    def answer(self, told: Told) -> Told:
        """What they do now; an empty answer: they only look."""
        self.last = told["view"]
        self.look(told)
        match told["view"]:
            case "HomeView":
                return self._at_home()
            case "IdPadView":
                return _enter(self.customer.idpel)
            case "QuestionView":
                return self._question(told)
            case "RowsView":
                return self._with_rows(told)
            case "TakeAwayView":
                return self._taking_away(told)
            case "TypingView":
                return _choose(Choice.NEXT) if told["finished"] else {}
            case view:
                return _choose(ONE_WAY[view]) if view in ONE_WAY else {}

    def look(self, told: Told) -> None:
        """Remember everything that somebody will be held to."""
        match told["view"]:
            case "RowsView":
                self._show(tuple(told["rows"]))
            case "TakeAwayView":
                self._show(tuple(line.split(")")[1].replace(" ", "") for line in told["qr"].splitlines()))
            case "TypingView":
                self._in_work = told["row"]
                states = zip(told["states"], self._rows, strict=True)
                self.seen.accepted |= {row for state, row in states if state == RowState.ACCEPTED.name}
            case "ResultView":
                self.code = told["code"]
                self.seen.good_news |= told["title"] in GOOD_NEWS
            case "ErrorView":
                self.code = told["code"]

    def _show(self, rows: tuple[str, ...]) -> None:
        self._rows = rows
        self.seen.rows = max(self.seen.rows, rows, key=len)
        if rows not in self.seen.lists:
            self.seen.lists.append(rows)

    def _at_home(self) -> Told:
        if self._came:
            self.left = True
            return {"leave": True}
        self._came = True
        return _choose(Choice.START)

    def _with_rows(self, told: Told) -> Told:
        if self.plan is Plan.TYPE:
            return _choose(Choice.TYPE)
        last = told["index"] == len(told["rows"]) - 1
        return _choose(Choice.DONE if last else Choice.NEXT)

    def _taking_away(self, told: Told) -> Told:
        if told["printing"] == Printing.OFFERED.name:
            return _choose(Choice.PRINT)
        return _choose(Choice.DONE) if told["printing"] == Printing.DONE.name else {}

    def _question(self, told: Told) -> Told:
        text = told["question"]
        if text in (messages.SAYS_PERIKSA.text, messages.HOLDS_A_TOKEN.text):
            return _enter(NO)
        if text == messages.HAVE_YOU_GOT_THEM.text:
            return _enter(YES)
        with self.line.meter() as meter:
            if text == messages.WHAT_HAPPENED.text:
                word: str | None = self._what_happened(meter)
            elif text == messages.WHICH_KRN_AT_HOME.text:
                word = str(int(meter.state.key.krn))
            elif text == messages.LAST_GOOD.text:
                word = self._last_good(meter, rows=len(told["options"]) + 1)
            else:
                asked = _ASKED[text]
                if asked is Question.ANSWER_TO_ROW and self._waits_for(meter):
                    return {}
                word = self._truth(meter, asked)
        return _choose(Choice.DONT_KNOW) if word is None else _enter(word)

    def _what_happened(self, meter: VirtualMeter) -> str:
        done = changes_in(meter)
        return ALL if done == CHANGES[self.customer.case] else SOME if done else NOT_TRIED

    def _last_good(self, meter: VirtualMeter, rows: int) -> str | None:
        """The last row that is in, of so many that were given out now; None: of these there is none."""
        changes = CHANGES[self.customer.case]
        of_a_change = len(self.seen.rows) // changes
        on_record = changes - rows // of_a_change
        done = changes_in(meter) - on_record
        return str(done * of_a_change) if done > 0 else None

    def _waits_for(self, meter: VirtualMeter) -> bool:
        """A person looks until the meter has worked on this row, or for seconds: what stood there before is no answer.

        On a busy machine the last key reaches the virtual meter after the question.
        """
        if meter.entries and meter.entries[-1].digits == self._in_work:
            self._asked_at = 0.0
            return False
        self._asked_at = self._asked_at or time.monotonic()
        return time.monotonic() - self._asked_at < LOOKS_SECONDS

    def _truth(self, meter: VirtualMeter, question: Question) -> str | None:
        match question:
            case Question.ANSWER_TO_ROW:
                looked_at = meter.entries[-1] if meter.entries else None
                answered = looked_at.result if looked_at is not None and looked_at.digits == self._in_work else None
                return NOTHING if answered is None else BENAR if answered.accepted else SALAH
            case Question.SHOWS_PERIKSA:
                return YES if meter.state.tampered else NO
            case Question.NUMBER_IS_RIGHT:
                return YES if str(meter.state.drn) == self.customer.meter_number else NO
            case Question.KRN_SHOWN:
                return str(int(meter.state.key.krn))
            case Question.TYPE_AGAIN:
                self.handed_over = self.source.random() < KEPT_BACK
                return NO if self.handed_over else YES


def changes_in(meter: VirtualMeter) -> int:
    """How many key changes this meter has made since it was connected first."""
    return sum(entry.key_changed for entry in meter.entries)


def _choose(choice: Choice) -> Told:
    return {"choose": choice.name}


def _enter(text: str) -> Told:
    return {"enter": text}
