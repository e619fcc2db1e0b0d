"""The demo where there is no display: the same kiosk, drawn in memory, pressed as a person would press it.

It prints what happens line by line, and saves each screen as a picture.
"""

import os
import shutil
import time
from pathlib import Path

from hardware.virtual.adapter import Pace
from kiosk.app import App
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import DemoWorkplace, demo_workplace
from kiosk.driver import Driver
from kiosk.flow.flow import Flow
from kiosk.ui.window import open_window
from kiosk.view.panels import PANELS
from kiosk.view.parts import RowState
from kiosk.view.views import ConfirmView, HomeView, IdPadView, QuestionView, ResultView, RowsView, TypingView, View
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

    def __init__(self, here: DemoWorkplace, folder: Path) -> None:
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


def run_tour(folder: Path = OUTPUT) -> int:
    """The whole demo without a display; 0 when the meter shows the new KRN."""
    print(f"No display here: the demo runs in the terminal, and its screens are saved to {folder}/")
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with demo_workplace(Wire(pace=PACE)) as here:
        ending = _tell(Tour(here, folder), here)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}/")
    return 0 if ending == (1, 3) else 1


def _tell(tour: Tour, here: DemoWorkplace) -> tuple[int, int] | None:
    idpel = here.province.first(DemoCase.FOUR_ROWS).idpel
    tour.arrive(HomeView)
    tour.picture("home")
    tour.tap("start")
    tour.arrive(IdPadView)
    tour.tap(*(f"digit-{digit}" for digit in idpel))
    tour.picture("id")
    print(f"ID typed:    {grouped(idpel)}")
    tour.tap("next")
    confirm = tour.arrive(ConfirmView)
    tour.picture("confirm")
    if isinstance(confirm, ConfirmView):
        print(f"Found:       {confirm.masked_name}, meter {confirm.meter_number}, {confirm.rows} rows")
    tour.tap("yes")
    tour.arrive(QuestionView)
    tour.picture("periksa")
    tour.tap("answer-no", "answer-no")
    rows = tour.arrive(RowsView)
    tour.picture("rows")
    if isinstance(rows, RowsView):
        for number, row in enumerate(rows.rows, 1):
            print(f"Row {number} of {len(rows.rows)}:  {grouped(row)}")
    tour.tap("type")
    typed = tour.type_rows()
    tour.picture("typed")
    for number, state in enumerate(typed.states, 1):
        print(f"Row {number} typed: the meter says {BENAR if state is RowState.ACCEPTED else state.name}")
    tour.tap("next")
    result = tour.arrive(ResultView)
    tour.picture("result")
    version = result.version if isinstance(result, ResultView) else None
    if version is not None:
        print(f"Meter:       KRN {version[0]} is now KRN {version[1]}")
    tour.tap("done")
    tour.arrive(HomeView)
    return version
