"""Ten thousand random touches, keys and waits: no exception, no dead end, no secret off its screen."""

import logging
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pygame
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hardware.virtual.adapter import Pace
from hardware.virtual.printer import VirtualPrinter
from kiosk.app import App
from kiosk.demo.meters import Wire
from kiosk.demo.workplace import demo_workplace
from kiosk.flow.background import WORK_THREAD
from kiosk.flow.flow import Flow
from kiosk.limits.look_ups import LookUps
from kiosk.view.panels import PANELS
from kiosk.view.views import (
    ErrorView,
    HomeView,
    KeyInView,
    OutOfServiceView,
    RehearsalView,
    RowsView,
    TakeAwayView,
    TypingView,
    View,
    WaitView,
)
from krn_engine.demo import DemoCase

PANEL = PANELS["7"]
CASES = (DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11, DemoCase.DONE, DemoCase.BLOCKED, DemoCase.PERIKSA)
KEYS = (pygame.K_RETURN, pygame.K_ESCAPE, pygame.K_TAB, pygame.K_BACKSPACE, pygame.K_5, pygame.K_KP_MINUS)
SHOWS_ROWS = (RehearsalView, RowsView, TakeAwayView, TypingView, KeyInView)
EXAMPLES, STEPS = 60, 100


class Monkey(RuleBasedStateMachine):
    """One kiosk, from morning on, in the hands of somebody who presses anything."""

    def __init__(self) -> None:
        super().__init__()
        pygame.display.init()
        pygame.font.init()
        pygame.event.clear()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="krn-monkey-")))
        here = self._stack.enter_context(demo_workplace(Wire(pace=Pace(0, 0)), folder=folder, printer=VirtualPrinter()))
        self.province = here.province
        self.now = 100.0
        self.here = replace(here, look_ups=LookUps(clock=lambda: self.now))
        self.surface = pygame.Surface((PANEL.width, PANEL.height))
        self._start()
        self.failed: list[str] = []
        self.rows: set[str] = set()
        self._listen()
        self._settle()

    def _start(self) -> None:
        self.flow = Flow(self.here, self.now)
        self.app = App(self.flow, (PANEL, self.surface), lambda: self.now)

    def _listen(self) -> None:
        handler = logging.Handler(logging.ERROR)
        handler.emit = lambda record: self.failed.append(record.getMessage())  # type: ignore[method-assign]
        logger = logging.getLogger("kiosk")
        logger.addHandler(handler)
        self._stack.callback(logger.removeHandler, handler)

    def _settle(self) -> View:
        """Let what runs beside the screen come to its end."""
        end = time.monotonic() + 10.0
        while True:
            self.app.step()
            if self.flow.over:
                self._start()  # staff asked for it
                continue
            view = self.flow.view
            if isinstance(view, RowsView):
                self.rows |= set(view.rows)
            if isinstance(view, KeyInView):
                self.rows.add(view.row)
            busy = isinstance(view, WaitView) or (isinstance(view, TypingView) and not view.finished)
            if not busy or (isinstance(view, WaitView) and view.may_leave):
                return view
            assert time.monotonic() < end, f"stuck in {type(view).__name__}"
            time.sleep(0.001)

    def _do(self, *events: pygame.event.Event) -> None:
        self.now += 0.6
        for event in events:
            self.app.step(event)
        self._settle()

    # --- what anybody can do

    @rule(choice=st.integers(0, 30))
    def press_a_button(self, choice: int) -> None:
        buttons = self.app.screen.buttons
        if buttons:
            self._touch(*buttons[choice % len(buttons)].rect.center)

    @rule(x=st.integers(0, PANEL.width - 1), y=st.integers(0, PANEL.height - 1))
    def touch_anywhere(self, x: int, y: int) -> None:
        self._touch(x, y)

    @rule(x=st.floats(0, 1), y=st.floats(0, 1), other=st.booleans())
    def put_a_finger_down_and_lift_another(self, x: float, y: float, other: bool) -> None:
        finger = {"touch_id": 1, "finger_id": 1, "x": x, "y": y}
        self._do(
            pygame.event.Event(pygame.FINGERDOWN, finger),
            pygame.event.Event(pygame.FINGERUP, finger | {"finger_id": 2 if other else 1, "x": 1 - x}),
            pygame.event.Event(pygame.FINGERUP, finger),
        )

    @rule(key=st.sampled_from(KEYS))
    def press_a_key(self, key: int) -> None:
        self._do(pygame.event.Event(pygame.KEYDOWN, key=key, mod=0))

    @rule(case=st.sampled_from(CASES), by_meter=st.booleans())
    def scan_a_number(self, case: DemoCase, by_meter: bool) -> None:
        customer = self.province.first(case)
        for digit in customer.meter_number if by_meter else customer.idpel:
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=getattr(pygame, f"K_{digit}"), mod=0))
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_RETURN, mod=0))
        self._do()

    @rule(seconds=st.sampled_from([1.0, 30.0, 61.0, 200.0, 700.0]))
    def go_away(self, seconds: float) -> None:
        self.now += seconds
        self._settle()

    def _touch(self, x: int, y: int) -> None:
        at = {"touch_id": 1, "finger_id": 1, "x": x / PANEL.width, "y": y / PANEL.height}
        self._do(pygame.event.Event(pygame.FINGERDOWN, at), pygame.event.Event(pygame.FINGERUP, at))

    # --- what must hold

    @invariant()
    def nothing_unexpected_happened(self) -> None:
        view = self.flow.view
        assert not isinstance(view, OutOfServiceView)
        assert not (isinstance(view, ErrorView) and view.code == "KIOSK-01"), self.failed
        assert all("LookUpsExhausted" in message for message in self.failed), self.failed

    @invariant()
    def rows_are_seen_on_their_screens_only(self) -> None:
        view = self.flow.view
        said = "".join(text for text, _ in self.app.screen.lines).replace(" ", "")
        if not isinstance(view, SHOWS_ROWS):
            assert not any(row in said for row in self.rows), type(view).__name__
        if isinstance(view, HomeView):
            held = repr(vars(self.flow)) + repr(vars(self.flow._step))
            assert not any(row in held for row in self.rows)

    def teardown(self) -> None:
        """Wherever it stands: left alone, it goes home."""
        for _ in range(4):
            self.now += 300.0
            view = self._settle()
        assert isinstance(view, HomeView)
        for thread in threading.enumerate():
            if thread.name == WORK_THREAD:
                thread.join(10)
        self._stack.close()


TestMonkey = pytest.mark.slow(Monkey.TestCase)
TestMonkey.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    # A monkey's way to a fault is as good as the shortest: the fault is looked at, not the way.
    phases=[Phase.generate],
)
