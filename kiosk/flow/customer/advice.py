"""Something to know before going on, or before going home."""

from collections.abc import Callable

from kiosk.flow.step import GO_HOME, Next, Step
from kiosk.view.choices import Answer, Choice
from kiosk.view.views import AdviceView, View
from kiosk.workplace import Workplace


class AdviceStep(Step):
    """Something to know; then on, or home where there is nothing more to do here. `back` leads to the question."""

    def __init__(
        self,
        here: Workplace,
        view: AdviceView,
        following: Callable[[], Next] | None = None,
        back: Callable[[], Next] | None = None,
    ) -> None:
        super().__init__(here)
        self._view = view
        self._following = following
        self._back = back

    @property
    def view(self) -> View:
        return self._view

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.NEXT and self._following is not None:
            return self._following()
        if answer is Choice.PREVIOUS and self._back is not None:
            return self._back()
        return GO_HOME if answer is Choice.DONE else super().choose(answer)
