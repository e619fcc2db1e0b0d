"""Where an exception leads: an error screen, or out of service until records can be kept again."""

import time

from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.choices import Answer
from kiosk.flow.steps import HomeStep, Step
from kiosk.flow.views import ErrorView, OutOfServiceView, View
from kiosk.workplace import Workplace
from krn_engine.register.errors import RegisterDamaged, RegisterMissing, RegisterReadOnly

OUT_OF_SERVICE = (RegisterDamaged, RegisterMissing, RegisterReadOnly)
"""With these nothing can be put on record, so nothing may be shown."""
RETRY_SECONDS = 10.0


class ErrorStep(Step):
    """Something went wrong."""

    def __init__(self, here: Workplace, view: ErrorView) -> None:
        super().__init__(here)
        self._view = view

    @property
    def view(self) -> View:
        return self._view


class OutOfServiceStep(Step):
    """The office cannot keep records: nothing is shown until it can again."""

    idle_after = None

    def __init__(self, here: Workplace, code: str) -> None:
        super().__init__(here)
        self._code = code
        self._work: Background[bool] = Background(self._try)

    @property
    def view(self) -> View:
        return OutOfServiceView(messages.CLOSED, self._code)

    def choose(self, answer: Answer) -> Step:
        return self

    def _try(self) -> bool:
        time.sleep(RETRY_SECONDS)
        self.here.office.progress()
        return True

    def poll(self) -> Step | None:
        if not self._work.done:
            return None
        try:
            self._work.result()
        except OUT_OF_SERVICE:
            self._work = Background(self._try)
            return None
        return HomeStep(self.here)


def step_for_error(here: Workplace, error: Exception) -> Step:
    """Where an exception leads: out of service if no record can be kept, an error screen otherwise."""
    code = messages.code_of(error)
    if isinstance(error, OUT_OF_SERVICE):
        return OutOfServiceStep(here, code)
    return ErrorStep(here, messages.error_view(code))
