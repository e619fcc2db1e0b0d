"""Steps that only tell: an error, out of service, how it ended, a restart; and which of them an exception leads to."""

import time
from collections.abc import Callable

from kiosk.event_log import Event
from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.refusals import OUT_OF_SERVICE, code_of, error_view, reason_of
from kiosk.flow.step import GO_HOME, Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import ErrorView, OutOfServiceView, ResultView, View, WaitView
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError
from krn_engine.office.net_errors import NetError

RETRY_SECONDS = 10.0
STAYS_CLOSED: tuple[type[KrnError], ...] = (*OUT_OF_SERVICE, NetError)
"""A kiosk that was turned away stays closed while nobody answers it."""


class ErrorStep(Step):
    """Something went wrong. `back` leads to what the person had, where it is still there; `other` to another way."""

    def __init__(
        self,
        here: Workplace,
        view: ErrorView,
        back: Callable[[], Next] | None = None,
        other: Callable[[], Next] | None = None,
    ) -> None:
        super().__init__(here)
        self._view = view
        self._back = back
        self._other = other

    @property
    def view(self) -> View:
        return self._view

    @property
    def event(self) -> tuple[Event, str]:
        return Event.ERROR_SHOWN, self._view.code

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS and self._back is not None:
            return self._back()
        if answer is Choice.YES and self._other is not None:
            return self._other()
        return super().choose(answer)


class OutOfServiceStep(Step):
    """The office cannot keep records: nothing is shown until it can again."""

    idle_after = None
    takes_scans = False

    def __init__(self, here: Workplace, code: str) -> None:
        super().__init__(here)
        self._code = code
        self._work: Background[bool] = Background(self._try)

    @property
    def view(self) -> View:
        return closed_view(self._code)

    @property
    def event(self) -> tuple[Event, str]:
        return Event.OUT_OF_SERVICE, self._code

    def choose(self, answer: Answer) -> Next:
        return self

    def _try(self) -> bool:
        time.sleep(RETRY_SECONDS)
        self.here.office.ping()
        return True

    def poll(self) -> Next | None:
        if not self._work.done:
            return None
        try:
            self._work.result()
        except STAYS_CLOSED:
            self._work = Background(self._try)
            return None
        return GO_HOME


class ResultStep(Step):
    """How the session ended. `event` goes into the log, with its code; None: nothing is logged."""

    def __init__(self, here: Workplace, view: ResultView, event: tuple[Event, str] | None = None) -> None:
        super().__init__(here)
        self._view = view
        self._event = event

    @property
    def view(self) -> View:
        return self._view

    @property
    def event(self) -> tuple[Event, str] | None:
        return self._event

    def choose(self, answer: Answer) -> Next:
        return GO_HOME if answer is Choice.DONE else super().choose(answer)


class RestartStep(Step):
    """The last picture before the application ends and is started anew. No session is under way then."""

    idle_after = None
    takes_scans = False

    @property
    def view(self) -> View:
        return WaitView(messages.RESTARTING)

    @property
    def event(self) -> tuple[Event, str]:
        return Event.RESTART_ASKED, ""

    def choose(self, answer: Answer) -> Next:
        return self


def closed_view(code: str) -> OutOfServiceView:
    """What the screen of a kiosk says that can do nothing for anybody, for a code."""
    return OutOfServiceView(messages.CLOSED, code, reason_of(code))


def step_for_error(here: Workplace, error: Exception) -> Step:
    """Where an exception leads: out of service if no record can be kept, an error screen otherwise."""
    code = code_of(error)
    if isinstance(error, OUT_OF_SERVICE):
        return OutOfServiceStep(here, code)
    return ErrorStep(here, error_view(code))
