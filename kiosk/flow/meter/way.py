"""What puts the rows into this meter: contacts, light, or a hand."""

from collections.abc import Callable

from hardware.adapter import AdapterKind
from kiosk.flow.step import ROWS_SECONDS, Next, Step
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.views import AdaptersView
from kiosk.workplace import Workplace


class WayStep(Step):
    """Asks by pictures. `then` gets what was chosen; `back` leads to what was there before."""

    idle_after = ROWS_SECONDS

    def __init__(
        self,
        here: Workplace,
        kinds: tuple[AdapterKind, ...],
        then: Callable[[AdapterKind], Next],
        back: Callable[[], Next],
    ) -> None:
        super().__init__(here)
        self._kinds = kinds
        self._then = then
        self._back = back

    @property
    def view(self) -> AdaptersView:
        return AdaptersView(self._kinds)

    def choose(self, answer: Answer) -> Next:
        if answer is Choice.PREVIOUS:
            return self._back()
        for kind in self._kinds:
            if answer == Entered(kind.value):
                return self._then(kind)
        return super().choose(answer)
