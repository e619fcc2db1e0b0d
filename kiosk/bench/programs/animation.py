"""Draws the typing screen anew as fast as it can, from the line that it prints until it is ended.

python -m kiosk.bench.programs.animation
"""

from kiosk.app import App
from kiosk.ui.window import open_window
from kiosk.view.any_flow import AnyFlow
from kiosk.view.choices import Answer
from kiosk.view.panels import PANELS
from kiosk.view.parts import INDONESIAN, NO_HEAD, PLAIN, SILENT, MeterPicture, RowState
from kiosk.view.views import TypingView
from krn_engine.row import Row

ROW = Row("73786976294838206463")
STATES = (RowState.TYPING, RowState.WAITING, RowState.WAITING, RowState.WAITING)


class Moving(AnyFlow):
    """One more digit of a row is pressed in every round."""

    language = INDONESIAN
    sight = PLAIN
    hearing = SILENT
    head = NO_HEAD

    def __init__(self) -> None:
        self.over = False
        self._pressed = 0

    @property
    def view(self) -> TypingView:
        """The row as far as it is typed."""
        meter = MeterPicture("virtual", ROW[: self._pressed], "99100000001", ROW[self._pressed])
        return TypingView(STATES, ROW, self._pressed, meter)

    def choose(self, answer: Answer) -> None:
        """Nobody is there to choose."""

    def tick(self, now: float) -> None:
        """Press the next digit; after the last comes the first."""
        self._pressed = (self._pressed + 1) % len(ROW)

    def touched(self, now: float) -> None:
        """Nobody is there to touch it."""

    def failed(self, error: Exception) -> None:
        """What draws nothing measures nothing."""
        raise error


def main() -> None:
    """Draw until somebody ends it: SDL takes the signal to terminate for a window that is closed."""
    app = App(Moving(), open_window(PANELS["10"], fullscreen=False))
    app.step()
    print("drawing", flush=True)
    while app.running:
        app.step()


if __name__ == "__main__":
    main()
