"""The PIN of a technician, asked for before a meter is typed into: tried slowly, and good for one time."""

from collections.abc import Callable

from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.step import Next, Step, WorkStep
from kiosk.limits.pin import Pin
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.parts import Message
from kiosk.view.views import IdPadView, View
from kiosk.workplace import Workplace


class PinStep(Step):
    """Asks for the PIN until it is right; `back` leads to where it was asked for. Leaving forgets that it was right."""

    takes_scans = False

    def __init__(
        self,
        here: Workplace,
        pin: Pin,
        following: Callable[[], Next],
        back: Callable[[], Next],
        problem: Message | None = None,
    ) -> None:
        super().__init__(here)
        self._pin = pin
        self._back = back
        self._following = following
        self._problem = problem

    @property
    def view(self) -> View:
        pause = self._pin.pause()
        problem = messages.too_often(pause) if pause > 0 else self._problem
        return IdPadView(problem=problem, secret=True, paused=pause > 0)

    def choose(self, answer: Answer) -> Next:
        if isinstance(answer, Entered) and self._pin.pause() <= 0:
            return self._check(answer.text)
        if answer is Choice.PREVIOUS:
            return self._back()
        return super().choose(answer)

    def _check(self, typed: str) -> Next:
        """The digest takes its time on purpose."""

        def then(right: bool) -> Next:
            if right:
                return self._following()
            return PinStep(self.here, self._pin, self._following, self._back, messages.WRONG_PIN)

        return WorkStep(self.here, messages.CHECKING_PIN, Background(lambda: self._pin.check(typed)), then)
