"""Only a technician types into meters: the PIN, tried slowly, and good for this one time."""

from collections.abc import Callable

from kiosk.flow import messages
from kiosk.flow.background import Background
from kiosk.flow.choices import Answer, Entered
from kiosk.flow.steps import Step
from kiosk.flow.views import IdPadView, Message, View, WaitView
from kiosk.pin import Pin
from kiosk.workplace import Workplace


class PinStep(Step):
    """Asks until it is right. Going home, or away, forgets that it was."""

    def __init__(
        self, here: Workplace, pin: Pin, following: Callable[[], Step], problem: Message | None = None
    ) -> None:
        super().__init__(here)
        self._pin = pin
        self._following = following
        self._problem = problem

    @property
    def view(self) -> View:
        pause = self._pin.pause()
        problem = messages.too_often(pause) if pause > 0 else self._problem
        return IdPadView(problem=problem, secret=True)

    def choose(self, answer: Answer) -> Step:
        if isinstance(answer, Entered) and self._pin.pause() <= 0:
            return _CheckStep(self.here, self._pin, answer.text, self._following)
        return super().choose(answer)


class _CheckStep(Step):
    """The digest takes its time on purpose."""

    idle_after = None

    def __init__(self, here: Workplace, pin: Pin, typed: str, following: Callable[[], Step]) -> None:
        super().__init__(here)
        self._pin = pin
        self._following = following
        self._work: Background[bool] = Background(lambda: pin.check(typed))

    @property
    def view(self) -> View:
        return WaitView(messages.CHECKING_PIN)

    def poll(self) -> Step | None:
        match self._work.result():
            case None:
                return None
            case True:
                return self._following()
            case _:
                return PinStep(self.here, self._pin, self._following, messages.WRONG_PIN)
