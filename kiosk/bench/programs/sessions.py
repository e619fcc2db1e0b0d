"""Prints by how many megabytes the kiosk's resident memory grows over sessions, each to the last row and home again.

Every customer comes twice: to be given rows, and to go on with them.

python -m kiosk.bench.programs.sessions SESSIONS NOT_COUNTED
"""

import gc
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from hardware.person import NO, YES
from hardware.virtual.clock import HandClock
from kiosk.app import App
from kiosk.demo.workplace import demo_workplace
from kiosk.flow.customer.come_back import NOT_TRIED
from kiosk.flow.flow import Flow
from kiosk.flow.messages import HAVE_YOU_GOT_THEM, WHAT_HAPPENED
from kiosk.limits.budget import Budget
from kiosk.limits.look_ups import LookUps
from kiosk.ui.window import open_window
from kiosk.view.choices import Answer, Choice, Entered
from kiosk.view.panels import PANELS
from kiosk.view.views import (
    AdviceView,
    ConfirmView,
    HomeView,
    IdPadView,
    QuestionView,
    RowsView,
    TakeAwayView,
    ThanksView,
    View,
    WaitView,
)
from kiosk.workplace import Workplace
from krn_engine.demo import DemoCase

TOUCH_SECONDS = 5.0
"""Between two touches, of the kiosk's clock."""
PATIENCE = 20.0
"""Real seconds that the office may take."""
NO_ROWS = {DemoCase.DONE, DemoCase.UNKNOWN_STATE, DemoCase.BLOCKED}
"""Customers who are given none."""

ENDLESS = 10**9
"""A budget of customers that no campaign spends."""


def main() -> None:
    """Measure. Raises RuntimeError if a session does not come to the last row."""
    sessions, not_counted = int(sys.argv[1]), int(sys.argv[2])
    visits = sessions + not_counted
    clock = HandClock()
    # Of the demo's customers half are given rows, and each of them comes twice.
    with demo_workplace(customers=max(64, visits + 16)) as here:
        due = [customer.idpel for customer in here.province if customer.case not in NO_ROWS]
        kiosk = Kiosk(
            replace(here, look_ups=LookUps(Budget(clock=clock, per_hour=ENDLESS, per_day=ENDLESS), clock)), clock
        )
        for visit in range(not_counted):
            kiosk.session(due[visit // 2])
        before = _resident()
        for visit in range(not_counted, visits):
            kiosk.session(due[visit // 2])
        print(_resident() - before)


class Kiosk:
    """The application and the people before it."""

    def __init__(self, here: Workplace, clock: HandClock) -> None:
        self._clock = clock
        self._flow = Flow(here, clock())
        self._app = App(self._flow, open_window(PANELS["10"], fullscreen=False), clock)

    def session(self, idpel: str) -> None:
        """From the home screen to the last row and back; raises RuntimeError if it comes elsewhere."""
        last_row = False
        self._choose(Choice.START)
        while not isinstance(view := self._seen(), HomeView):
            last_row = last_row or (isinstance(view, RowsView) and view.index + 1 == len(view.rows))
            self._choose(_answer(view, idpel))
        if not last_row:
            raise RuntimeError("a session ended before the last row")

    def _choose(self, answer: Answer) -> None:
        self._clock.wait(TOUCH_SECONDS)
        self._flow.choose(answer)

    def _seen(self) -> View:
        """What is drawn when the office is done."""
        end = time.monotonic() + PATIENCE
        self._app.step()
        while isinstance(self._flow.view, WaitView):
            if time.monotonic() > end:
                raise RuntimeError("the office took too long")
            time.sleep(0.001)
            self._app.step()
        return self._flow.view


def _answer(view: View, idpel: str) -> Answer:
    """Towards the rows, with no row in the meter yet, and on home from the last one."""
    match view:
        case IdPadView(problem=None):
            return Entered(idpel)
        case ConfirmView():
            return Choice.YES
        case QuestionView(question):
            answers = ((WHAT_HAPPENED, NOT_TRIED), (HAVE_YOU_GOT_THEM, YES))
            return Entered(next((word for asked, word in answers if asked == question), NO))
        case AdviceView():
            return Choice.NEXT
        case RowsView(rows, index):
            return Choice.NEXT if index + 1 < len(rows) else Choice.DONE
        case TakeAwayView() | ThanksView():
            return Choice.DONE
        case _:
            raise RuntimeError(f"a session came to {type(view).__name__}")


def _resident() -> float:
    """Megabytes of this process in memory, without what is only waiting to be collected."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
