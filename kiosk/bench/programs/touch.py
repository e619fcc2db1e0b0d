"""Prints the 99th percentile of the milliseconds from a touch to its picture, while a meter is typed into beside it.

python -m kiosk.bench.programs.touch TOUCHES
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hardware.virtual.clock import HandClock
from kiosk.app import App
from kiosk.demo.meters import DemoMeters, Wire
from kiosk.demo.workplace import demo_workplace
from kiosk.driver import Driver
from kiosk.flow.flow import Flow
from kiosk.ui.window import open_window
from kiosk.view.panels import PANELS
from kiosk.view.views import HomeView, IdPadView, View
from krn_engine.demo import DemoCase, DemoProvince

BETWEEN = 1.0
"""Seconds between two touches, of the application's clock: what comes sooner bounces."""
THERE_AND_BACK: tuple[tuple[str, type[View]], ...] = (("start", IdPadView), ("previous", HomeView))
"""Buttons in turn, and what each leads to."""
WRONG_ROW = "0" * 19 + "1"


def main() -> None:
    """Touch, and time each answer. Raises RuntimeError if a touch leads elsewhere."""
    clock = HandClock()
    with demo_workplace() as here, _typing_beside(here.province):
        flow = Flow(here, clock())
        app = App(flow, open_window(PANELS["10"], fullscreen=False), clock)
        driver = Driver(app)
        app.step()
        times = []
        for number in range(int(sys.argv[1])):
            button, leads_to = THERE_AND_BACK[number % 2]
            clock.wait(BETWEEN)
            driver.tap(button)
            start = time.perf_counter()
            app.step()
            times.append(time.perf_counter() - start)
            if not isinstance(flow.view, leads_to):
                raise RuntimeError(f"the button {button} led to {type(flow.view).__name__}")
    times.sort()
    print(1000 * times[len(times) * 99 // 100])


@contextmanager
def _typing_beside(province: DemoProvince) -> Iterator[None]:
    """A thread of this process presses keys of a wired meter. Raises RuntimeError if it gave up before the end."""
    began, stop = threading.Event(), threading.Event()
    number = province.first(DemoCase.FOUR_ROWS).meter_number
    with DemoMeters(province, Wire(gpio=True)).connect(number) as adapter:

        def type_on() -> None:
            while not stop.is_set():
                adapter.submit(WRONG_ROW, deadline=90, cancel=stop, watch=lambda _key: began.set())

        thread = threading.Thread(target=type_on, daemon=True)
        thread.start()
        began.wait(10)
        try:
            yield
            if not (began.is_set() and thread.is_alive()):
                raise RuntimeError("no meter was typed into beside the touches")
        finally:
            stop.set()
            thread.join()


if __name__ == "__main__":
    main()
