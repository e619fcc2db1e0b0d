"""The flow of a kiosk that could not open its office: one screen with the reason, until it is time to try again."""

from kiosk.flow.notices import RETRY_SECONDS, closed_view
from kiosk.view.any_flow import AnyFlow
from kiosk.view.choices import Answer
from kiosk.view.parts import INDONESIAN, NO_HEAD, PLAIN, SILENT
from kiosk.view.views import View


class OutOfServiceFlow(AnyFlow):
    """Stands in for `Flow` while there is nothing to work with."""

    language = INDONESIAN
    sight = PLAIN
    hearing = SILENT
    head = NO_HEAD

    def __init__(self, code: str, now: float, seconds: float = RETRY_SECONDS) -> None:
        self._view = closed_view(code)
        self._until = now + seconds
        self.over = False
        """True when the application should end, so that the office is opened again."""

    @property
    def view(self) -> View:
        """The reason."""
        return self._view

    def choose(self, answer: Answer) -> None:
        """Nothing can be chosen."""

    def touched(self, now: float) -> None:
        """A touch changes nothing."""

    def tick(self, now: float) -> None:
        """Ends when the wait is over."""
        self.over = self.over or now >= self._until

    def failed(self, error: Exception) -> None:
        """Drawing failed: the next try makes the window anew."""
        self.over = True
