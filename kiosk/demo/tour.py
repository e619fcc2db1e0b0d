"""The demo where there is no display: the same kiosk, drawn in memory, pressed as a person would press it.

It prints what happens line by line, and saves each screen as a picture.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hardware.virtual.adapter import Pace
from kiosk.app import App
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import demo_workplace
from kiosk.driver import Driver
from kiosk.flow.background import WORK_THREAD
from kiosk.flow.flow import Flow
from kiosk.ui.window import open_window
from kiosk.view.panels import PANELS
from kiosk.view.parts import Printing, RowState
from kiosk.view.views import (
    ConfirmView,
    HomeView,
    IdPadView,
    QuestionView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
    TypingView,
    View,
)
from kiosk.workplace import Workplace
from krn_engine.demo import DemoCase
from krn_engine.row import BENAR, grouped

OUTPUT = Path("demo-output")
PACE = Pace(press=0.004, gap=0.004)
PATIENCE = 30.0
"""Seconds that any one screen may take to come."""


class _Clock:
    """Real time, hurried on where a person would pause between two touches."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead

    def pause(self, seconds: float) -> None:
        self._ahead += seconds


class Tour:
    """One customer's way through the kiosk."""

    def __init__(self, here: Workplace, folder: Path) -> None:
        self._clock = _Clock()
        self._folder = folder
        self._pictures = 0
        self._flow = Flow(here, self._clock())
        self._app = App(self._flow, open_window(PANELS["window"], fullscreen=False), self._clock, demo=True)
        self._driver = Driver(self._app)

    def arrive(self, at: type[View]) -> View:
        """Wait for a kind of screen; raises TimeoutError if another one stays."""
        end = time.monotonic() + PATIENCE
        while True:
            self._app.step()
            view = self._flow.view
            if isinstance(view, at):
                return view
            if time.monotonic() > end:
                raise TimeoutError(f"the demo waited for {at.__name__} and saw {type(view).__name__}")
            time.sleep(0.002)

    def picture(self, name: str) -> None:
        """Save what is shown."""
        self._pictures += 1
        self._driver.save_picture(self._folder / f"{self._pictures:02d}-{name}.png")

    def tap(self, *names: str) -> None:
        """Press buttons one after the other."""
        for name in names:
            self._clock.pause(0.6)
            self._driver.tap(name)
            self._app.step()

    def type_rows(self) -> TypingView:
        """Watch the rows go in; a picture in the middle of each."""
        pictured: set[str] = set()
        end = time.monotonic() + PATIENCE
        while True:
            view = self.arrive(TypingView)
            if not isinstance(view, TypingView) or time.monotonic() > end:
                raise TimeoutError("the rows were not typed in time")
            if view.finished:
                return view
            if view.pressed >= 12 and view.row not in pictured:
                pictured.add(view.row)
                self.picture("typing")
            time.sleep(0.002)

    def codes(self, idpel: str, tell: Callable[[str], None]) -> None:
        """One customer, from the home screen to their rows; `tell` is given what happens.

        Raises TimeoutError where another screen stays.
        """
        self.arrive(HomeView)
        self.picture("home")
        self.tap("start")
        self.arrive(IdPadView)
        self.tap(*(f"digit-{digit}" for digit in idpel))
        self.picture("id")
        tell(f"ID typed:    {grouped(idpel)}")
        self.tap("next")
        confirm = self.arrive(ConfirmView)
        self.picture("confirm")
        if isinstance(confirm, ConfirmView):
            tell(f"Found:       {confirm.masked_name}, meter {confirm.meter_number}, {confirm.rows} rows")
        self.tap("yes")
        self.arrive(QuestionView)
        self.picture("periksa")
        self.tap("answer-no", "answer-no")
        rows = self.arrive(RowsView)
        self.picture("rows")
        if isinstance(rows, RowsView):
            for number, row in enumerate(rows.rows, 1):
                tell(f"Row {number} of {len(rows.rows)}:  {grouped(row)}")

    def take_away(self, idpel: str) -> str:
        """One customer, from the home screen to a printed slip and home again; gives what the QR code holds."""
        self.codes(idpel, lambda _line: None)
        # Nobody copies four codes within a frame: meanwhile the office has said which page is theirs.
        self._app.step()
        self._until_nothing_is_asked()
        self.tap("done")
        self._take_away_with(lambda view: view.leads_to_page)
        self.tap("print")
        shown = self._take_away_with(lambda view: view.printing is Printing.DONE)
        self.picture("take-away")
        self.tap("done")
        self.arrive(ThanksView)
        self.picture("thanks")
        self.tap("done")
        self.arrive(HomeView)
        return "".join(shown.qr)

    def _until_nothing_is_asked(self) -> None:
        end = time.monotonic() + PATIENCE
        while any(thread.name == WORK_THREAD for thread in threading.enumerate()):
            if time.monotonic() > end:
                raise TimeoutError("what was asked in the background was not answered in time")
            self._app.step()
            time.sleep(0.01)

    def _take_away_with(self, holds: Callable[[TakeAwayView], bool]) -> TakeAwayView:
        """The screen, once that is so. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            shown = self.arrive(TakeAwayView)
            if isinstance(shown, TakeAwayView) and holds(shown):
                return shown
            time.sleep(0.002)
        raise TimeoutError("the slip, or the page that its QR code leads to, did not come in time")

    def walk(self, idpel: str, tell: Callable[[str], None]) -> tuple[int, int] | None:
        """One customer, from the home screen to the upgraded meter and home again; `tell` is given what happens.

        Gives the KRN before and after, as the screen says. Raises TimeoutError where another screen stays.
        """
        self.codes(idpel, tell)
        self.tap("type")
        typed = self.type_rows()
        self.picture("typed")
        for number, state in enumerate(typed.states, 1):
            tell(f"Row {number} typed: the meter says {BENAR if state is RowState.ACCEPTED else state.name}")
        self.tap("next")
        result = self.arrive(ResultView)
        self.picture("result")
        version = result.version if isinstance(result, ResultView) else None
        if version is not None:
            tell(f"Meter:       KRN {version[0]} is now KRN {version[1]}")
        self.tap("done")
        self.arrive(HomeView)
        return version


def run_tour(folder: Path = OUTPUT) -> int:
    """The whole demo without a display; 0 when the meter shows the new KRN."""
    print(f"No display here: the demo runs in the terminal, and its screens are saved to {folder}/")
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with demo_workplace(Wire(pace=PACE)) as here:
        ending = Tour(here, folder).walk(here.province.first(DemoCase.FOUR_ROWS).idpel, print)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}/")
    return 0 if ending == (1, 3) else 1
