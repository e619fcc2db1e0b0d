"""What the screen costs: an idle home, a touch while a meter is typed into beside it, a thousand sessions."""

import os
import subprocess
import sys
from collections.abc import Iterator

from kiosk.bench.figure import ROUNDS, Figure, figure

IDLE_SECONDS = 10
TOUCHES = 300
SESSIONS = 1000

_IDLE = """
import os, sys, threading, time
from kiosk.app import App
from kiosk.driver import Driver
from kiosk.view.panels import PANELS
from kiosk.ui.window import open_window
from kiosk.flow.flow import Flow
from kiosk.demo.workplace import demo_workplace

with demo_workplace() as here:
    app = App(Flow(here, time.monotonic()), open_window(PANELS["10"], fullscreen=False))
    app.step()
    time.sleep(1.0)
    threading.Timer(float(sys.argv[1]), lambda: setattr(app, "running", False)).start()
    before, start = sum(os.times()[:2]), time.monotonic()
    app.run()
    print(100.0 * (sum(os.times()[:2]) - before) / (time.monotonic() - start))
"""

_TOUCH = """
import sys, threading, time
import pygame
from kiosk.app import App
from kiosk.driver import Driver
from kiosk.view.panels import PANELS
from kiosk.ui.window import open_window
from kiosk.demo.meters import Wire
from kiosk.flow.flow import Flow
from kiosk.view.views import HomeView, IdPadView
from kiosk.demo.workplace import demo_workplace
from krn_engine.demo import DemoCase

NEVER = threading.Event()

with demo_workplace(Wire(gpio=True)) as here:
    customer = here.province.first(DemoCase.FOUR_ROWS)
    adapter = here.connect(customer.meter_number, "")

    def type_on():
        while True:
            adapter.submit("0" * 19 + "1", deadline=90, cancel=NEVER)

    threading.Thread(target=type_on, daemon=True).start()
    now = [0.0]
    app = App(Flow(here, 0.0), open_window(PANELS["10"], fullscreen=False), lambda: now[0])
    app.step()
    times = []
    for number in range(int(sys.argv[1])):
        now[0] += 1.0
        name = "start" if number % 2 == 0 else "home"
        Driver(app).tap(name)
        start = time.perf_counter()
        app.step()
        times.append(time.perf_counter() - start)
        expected = IdPadView if number % 2 == 0 else HomeView
        assert isinstance(app._flow.view, expected), app._flow.view
    times.sort()
    print(1000 * times[len(times) * 99 // 100])
    sys.stdout.flush()
    import os
    os._exit(0)
"""

_SESSIONS = """
import gc, resource, sys
from hardware.person import NO
from hardware.virtual.adapter import Pace
from kiosk.app import App
from kiosk.driver import Driver
from kiosk.view.panels import PANELS
from kiosk.ui.window import open_window
from kiosk.demo.meters import Wire
from kiosk.view.choices import Choice, Entered
from kiosk.flow.flow import Flow
from kiosk.view.views import AdviceView, HomeView, QuestionView, WaitView
from kiosk.limits.look_ups import LookUps
from kiosk.demo.workplace import demo_workplace
from krn_engine.demo import DemoCase

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6

CHOICES = [Choice.YES, Entered(NO), Entered(NO), Choice.NEXT, Choice.NEXT, Choice.DONE, Choice.DONE, Choice.HOME]
now = [0.0]
with demo_workplace(Wire(pace=Pace(0, 0))) as here:
    object.__setattr__(here, "look_ups", LookUps(clock=lambda: now[0]))
    due = [customer for customer in here.province if customer.case is DemoCase.FOUR_ROWS]
    flow = Flow(here, 0.0)
    app = App(flow, open_window(PANELS["10"], fullscreen=False), lambda: now[0])

    def session(customer):
        for choice in [Choice.START, Entered(customer.idpel), *CHOICES]:
            now[0] += 5.0
            flow.choose(choice)
            app.step()
            while isinstance(flow.view, WaitView):
                app.step()
        while not isinstance(flow.view, HomeView):
            flow.choose(Choice.HOME)
            app.step()

    for number in range(100):
        session(due[number % len(due)])
    gc.collect()
    before = resident()
    for number in range(int(sys.argv[1])):
        session(due[number % len(due)])
    gc.collect()
    print(resident() - before)
"""


def screen() -> Iterator[Figure]:
    """Idle, touched, and used all day."""
    yield figure("idle_cpu", "%", [_run(_IDLE, IDLE_SECONDS) for _ in range(ROUNDS)])
    yield figure("touch_p99", "ms", [_run(_TOUCH, TOUCHES) for _ in range(ROUNDS)])
    yield figure("memory_1000_sessions", "MB", [_run(_SESSIONS, SESSIONS)])


def _run(program: str, argument: int) -> float:
    """What a process of its own printed last; raises RuntimeError if it failed."""
    command = [sys.executable, "-c", program, str(argument)]
    environment = os.environ | {"SDL_VIDEODRIVER": "dummy"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the measured process failed: {done.stderr[-500:]}")
    return float(done.stdout.split()[-1])
