"""The rows go into the meter, before the person's eyes."""

import queue
from collections.abc import Callable
from dataclasses import replace

from hardware.adapter import AdapterKind, EntryProgress, MeterAdapter, Outcome
from hardware.errors import AccessRefused, HardwareError
from kiosk.event_log import Event
from kiosk.flow.background import Background
from kiosk.flow.meter.person import ScreenPerson
from kiosk.flow.meter.way import WayStep
from kiosk.flow.notices import ErrorStep, ResultStep
from kiosk.flow.pin import PinStep
from kiosk.flow.refusals import KEY_IN_BY_HAND, USE_KEYPAD, error_view, not_let_in
from kiosk.flow.step import GO_HOME, QUIET_SECONDS, ROWS_SECONDS, Next, Step
from kiosk.upgrade.endings import WORDS
from kiosk.upgrade.events import Checking, Ending, Report, RowAnswer, RowStarted, SessionEvent, Waiting
from kiosk.upgrade.session import UpgradeSession
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import LightStep, MeterPicture, Mood, RowState
from kiosk.view.views import ModelsView, ResultView, TypingView, View
from kiosk.workplace import Workplace
from krn_engine.office.contract import Grade, Issued

_STATES = {
    Outcome.ACCEPTED: RowState.ACCEPTED,
    Outcome.PARTIAL: RowState.ACCEPTED,
    Outcome.REJECTED: RowState.REFUSED,
    Outcome.LOCKED_OUT: RowState.NOT_IN,
    Outcome.FAULT: RowState.NOT_IN,
    Outcome.UNKNOWN: RowState.UNKNOWN,
}
"""What a person sees of an outcome: the row is in, the meter refused it, it is not in, or nobody knows."""


def first_typing_step(here: Workplace, issued: Issued, back: Callable[[], Next], told: int = 0) -> Next:
    """Ask for the PIN and for the model where there are any, then type. `back` leads to the rows.

    `told` is how many key changes are in by the customer's word. Without a PIN whoever answers may be anybody.
    """
    word = Grade.CUSTOMER if here.pin is None else Grade.TECHNICIAN

    def with_model(model: str | None) -> Next:
        if model is None:
            return back()
        other = by_keys if here.by_light(model) and here.by_keys else back
        try:
            return typing_step(here, issued, model, word, told, other)
        except HardwareError as error:
            # The device is dead; the codes are not.
            here.events.note(Event.STEP_FAILED, error.code)
            return ErrorStep(here, replace(error_view(error.code), goes_back=True), back)

    def by_keys() -> Next:
        return ModelStep(here, with_model) if len(here.models) > 1 else with_model(here.models[0].name)

    def by(kind: AdapterKind) -> Next:
        return by_keys() if kind is AdapterKind.KEYPAD else with_model(here.usual_model.name)

    def after_pin() -> Next:
        return by(here.wires[0]) if len(here.wires) == 1 else WayStep(here, here.wires, by, back)

    return after_pin() if here.pin is None else PinStep(here, here.pin, after_pin, back)


def typing_step(
    here: Workplace,
    issued: Issued,
    model: str,
    word: Grade,
    told: int = 0,
    other: Callable[[], Next] | None = None,
) -> Step:
    """Contacts type, or light sends; `word` is how good the word of whoever stands here is.

    `other` leads to another way for a meter that lets nobody in by light. Raises what connecting raises.
    """
    assert here.connect is not None  # noqa: S101  offered only where a meter can be connected
    return TypingStep(here, issued, here.connect(issued.meter_number, model), model, word, told, other)


class ModelStep(Step):
    """Which meter model is connected? The keypad adapter must know its keys. `then` gets its name; None: not known."""

    idle_after = ROWS_SECONDS

    def __init__(self, here: Workplace, then: Callable[[str | None], Next]) -> None:
        super().__init__(here)
        self._then = then

    @property
    def view(self) -> View:
        return ModelsView(self.here.models)

    def choose(self, answer: Answer) -> Next:
        for model in self.here.models:
            if answer == Entered(model.name):
                return self._then(model.name)
        return self._then(None) if answer is Choice.DONT_KNOW else super().choose(answer)


class TypingStep(Step):
    """Runs the upgrade session in the background, shows what it tells, and asks what it asks."""

    takes_scans = False

    def __init__(
        self,
        here: Workplace,
        issued: Issued,
        adapter: MeterAdapter,
        model: str,
        word: Grade,
        told: int = 0,
        other: Callable[[], Next] | None = None,
    ) -> None:
        super().__init__(here)
        self._other = other
        self._by_light = here.by_light(model)
        self._issued = issued
        self._events: queue.SimpleQueue[SessionEvent] = queue.SimpleQueue()
        self._person = ScreenPerson(issued.meter_number)
        self._adapter = adapter
        self._session = UpgradeSession(
            here.office,
            issued,
            self._adapter,
            place=here.place,
            person=self._person,
            word=word,
            told=told,
            watch=self._events.put,
            clock=here.clock,
            wait=here.wait,
        )
        done = [change.done for change in issued.changes for _ in change.rows]
        self._states = [RowState.ACCEPTED if ready else RowState.WAITING for ready in done]
        self._current = done.index(False) if False in done else len(done) - 1
        self._pressed = self._light = 0
        keys = here.model(model).keys
        self._meter = MeterPicture(self._adapter.model, "", issued.meter_number, keys=keys)
        self._countdown: int | None = None
        self._checking = True
        self._report: Report | None = None
        self._work: Background[Report] = Background(self._run)

    def _run(self) -> Report:
        with self._adapter:
            return self._session.run()

    @property
    def event(self) -> tuple[Event, str]:
        return Event.TYPING_BEGAN, ""

    @property
    def patience(self) -> float | None:
        """The idle question waits until the typing is over."""
        return None if self._report is None else QUIET_SECONDS

    @property
    def view(self) -> View:
        return self._person.view or TypingView(
            states=tuple(self._states),
            row=self._issued.rows[self._current],
            pressed=self._pressed,
            meter=self._meter,
            finished=self._report is not None,
            countdown=self._countdown,
            first=self._issued.first,
            checking=self._checking,
            light=self._light if self._by_light else None,
        )

    def poll(self) -> Next | None:
        while True:
            try:
                self._take(self._events.get_nowait())
            except queue.Empty:
                break
        if self._report is None:
            try:
                self._report = self._work.result()
            except AccessRefused as error:
                return self._not_let_in(error)
            self._checking = self._checking and self._report is None
        return None

    def _not_let_in(self, error: AccessRefused) -> Next:
        """The meter wants a password that nobody here has, or another one: the codes can be typed all the same."""
        if self._other is None:
            raise error
        self.here.events.note(Event.STEP_FAILED, error.code)
        way = USE_KEYPAD if self.here.by_keys else KEY_IN_BY_HAND
        return ErrorStep(self.here, not_let_in(error.code, way), other=self._other)

    def _take(self, event: SessionEvent) -> None:
        match event:
            case Checking():
                self._checking = True
            case RowStarted(row):
                self._current, self._countdown, self._checking = row - 1, None, False
                self._pressed = self._light = 0
                # What lies before the first row of this session is in the meter.
                self._states[: row - 1] = [_before(state) for state in self._states[: row - 1]]
                self._states[self._current] = RowState.TYPING
                # The answer to the row before is gone with the first key, and not every adapter sees what comes then.
                self._meter = replace(self._meter, display="", lit_key=None)
            case EntryProgress(done) if self._by_light:
                self._light = done
                # It goes out as a whole.
                self._pressed = len(self._issued.rows[self._current]) if done >= LightStep.SENT.value else 0
            case EntryProgress(done, of, key, display):
                digits = len(self._issued.rows[self._current])
                # One key is one digit, and the last of them Enter; without keys it is a share of the row.
                self._pressed = min(done, digits) if key is not None else digits * done // of
                shown = self._meter.display if display is None else display
                self._meter = replace(self._meter, display=shown, lit_key=key)
            case RowAnswer(row, submission):
                evidence = submission.evidence
                seen = self._meter.display if evidence is None else evidence.seen
                self._meter = replace(self._meter, display=seen, lit_key=None)
                self._states[row - 1] = _STATES[submission.outcome]
            case Waiting(seconds):
                self._countdown = seconds

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.HOME and self._person.asked is not None:
            return GO_HOME
        self._person.choose(answer)
        if answer is Choice.NEXT and self._report is not None:
            ending = self._report.ending
            event = (Event.METER_UPGRADED if ending is Ending.UPGRADED else Event.HANDED_OVER, ending.code)
            return ResultStep(self.here, self._result(self._report), event)
        return self

    def _result(self, report: Report) -> ResultView:
        words = WORDS[report.ending]
        good = report.ending is Ending.UPGRADED
        old = self._issued.changes[0].old_krn
        version = (old, report.krn) if good and old is not None and report.krn is not None else None
        return ResultView(
            mood=Mood.GOOD if good else Mood.CAREFUL,
            title=words.title,
            lines=(words.after,),
            version=version,
            meter=self._meter,
            code=report.ending.code,
        )

    def leave(self) -> None:
        self._session.cancel()
        self._person.leave()
        self._adapter.abort()


def _before(state: RowState) -> RowState:
    return RowState.ACCEPTED if state is RowState.WAITING else state
