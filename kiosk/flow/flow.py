"""The session's state machine: one step at a time, and how the person sees and hears it. Going home wipes all of it."""

import logging
from dataclasses import replace

from kiosk.event_log import Event
from kiosk.flow.home import HomeStep
from kiosk.flow.notices import RestartStep, step_for_error
from kiosk.flow.refusals import code_of
from kiosk.flow.step import GO_HOME, GoHome, Next, Step
from kiosk.view.any_flow import AnyFlow
from kiosk.view.choices import Answer, Choice
from kiosk.view.parts import ENGLISH, INDONESIAN, PLAIN, SILENT, Hearing, Sight
from kiosk.view.views import IdleView, View
from kiosk.workplace import Workplace

ALONE_SECONDS = 60.0
"""After so many seconds without a touch the home screen counts as left alone."""
WARNING_SECONDS = 30.0
"""How long the question "are you still there?" is shown before the session is wiped."""

log = logging.getLogger(__name__)


class Flow(AnyFlow):
    """Feed it choices and time; look at `view` and `language`."""

    def __init__(self, here: Workplace, now: float = 0.0) -> None:
        self._here = here
        self._step: Step = HomeStep(here)
        self._language = INDONESIAN
        self._sight = PLAIN
        self._hearing = SILENT
        self._touched = now
        self._now = now
        self.over = False
        """True when the application is to be started anew."""

    @property
    def view(self) -> View:
        """What is to be seen now."""
        seconds = self._seconds_left()
        return self._step.view if seconds is None else IdleView(seconds)

    @property
    def language(self) -> str:
        """The code of the language, "id" or "en"."""
        return self._language

    @property
    def sight(self) -> Sight:
        """How this person wants to see it."""
        return self._sight

    @property
    def hearing(self) -> Hearing:
        """Whether this person has it read aloud."""
        return self._hearing

    def choose(self, answer: Answer) -> None:
        """Something was chosen on the screen that `view` is drawn on."""
        asked = self._seconds_left() is not None
        self._touched = self._now
        if asked and answer is not Choice.HOME:
            return
        match answer:
            case Choice.LANGUAGE:
                self._language = ENGLISH if self._language == INDONESIAN else INDONESIAN
            case Choice.LARGER:
                self._sight = replace(self._sight, large=not self._sight.large)
            case Choice.STRONGER:
                self._sight = replace(self._sight, strong=not self._sight.strong)
            case Choice.LISTEN:
                self._hearing = replace(self._hearing, on=not self._hearing.on)
            case Choice.LOUDER:
                self._hearing = self._hearing.louder()
            case _:
                self._choose(answer)

    def _choose(self, answer: Answer) -> None:
        try:
            self._go(self._step.choose(answer))
        except Exception as error:  # noqa: BLE001, RUF100  whatever it is, the kiosk goes on with an error screen
            self.failed(error)

    def tick(self, now: float) -> None:
        """A round has passed: look for finished work, and for people who left."""
        self._now = now
        try:
            following = self._step.poll()
        except Exception as error:  # noqa: BLE001, RUF100  as above
            self.failed(error)
            return
        if following is not None:
            self._touched = now
            self._go(following)
        elif self._idle_for() >= WARNING_SECONDS:
            self._here.events.note(Event.SESSION_LEFT)
            self._go(GO_HOME)
        elif self._restart_is_due():
            self._go(RestartStep(self._here))

    def _restart_is_due(self) -> bool:
        """A restart was asked for, and the home screen has been left alone."""
        file = self._here.restart_file
        alone = isinstance(self._step, HomeStep) and self._now - self._touched >= ALONE_SECONDS
        return alone and file is not None and file.exists()

    def touched(self, now: float) -> None:
        """A person touched something. While the idle question is shown, only its own buttons answer it."""
        self._now = now
        if self._seconds_left() is None:
            self._touched = now

    def failed(self, error: Exception) -> None:
        """An exception becomes an error screen; the log names its kind and never what it was about."""
        log.error("step failed: %s", type(error).__name__)
        self._here.events.note(Event.STEP_FAILED, code_of(error))
        self._go(step_for_error(self._here, error))

    def _go(self, following: Next) -> None:
        step = HomeStep(self._here) if isinstance(following, GoHome) else following
        if step is self._step:
            return
        self._step.leave()
        self._step = step
        if step.event is not None:
            self._here.events.note(*step.event)
        self.over = isinstance(step, RestartStep)
        if isinstance(step, HomeStep):
            self._language, self._sight, self._hearing = INDONESIAN, PLAIN, SILENT

    def _idle_for(self) -> float:
        """Seconds past the step's patience; negative while it lasts."""
        patience = self._step.patience
        return -1.0 if patience is None else self._now - self._touched - patience

    def _seconds_left(self) -> int | None:
        """Seconds until the session is wiped, while the idle question is shown; None before."""
        over = self._idle_for()
        return None if over < 0 else max(1, round(WARNING_SECONDS - over))
