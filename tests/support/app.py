"""The application on a flow that shows what it is told to, and a clock moved by hand."""

from dataclasses import replace

import pygame

from hardware.virtual.clock import HandClock
from hardware.voice import Voice
from kiosk.app import App
from kiosk.driver import Driver
from kiosk.ui.window import open_window
from kiosk.view.choices import Answer, Choice
from kiosk.view.panels import PANELS
from kiosk.view.parts import NO_HEAD, PLAIN, SILENT, Message
from kiosk.view.views import ErrorView, HomeView, View


class FakeFlow:
    """Shows what it is told to, and remembers what was chosen."""

    def __init__(self) -> None:
        self.view: View = HomeView()
        self.language = "id"
        self.sight = PLAIN
        self.hearing = SILENT
        self.head = NO_HEAD
        self.over = False
        self.chosen: list[Answer] = []
        self.touches = 0
        self.errors: list[Exception] = []

    def choose(self, answer: Answer) -> None:
        self.chosen.append(answer)
        if answer is Choice.LISTEN:
            self.hearing = replace(self.hearing, on=not self.hearing.on)
        elif answer is Choice.LOUDER:
            self.hearing = self.hearing.louder()
        elif answer in (Choice.SLOWER, Choice.FASTER):
            self.hearing = self.hearing.paced(1 if answer is Choice.FASTER else -1)

    def tick(self, now: float) -> None:
        pass

    def touched(self, now: float) -> None:
        self.touches += 1

    def failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.view = ErrorView(Message("a"), Message("b"), Message("c"), "KIOSK-01")


class Driven:
    def __init__(self, voice: Voice | None = None, panel: str = "7") -> None:
        self.clock = HandClock()
        self.flow = FakeFlow()
        self.app = App(self.flow, open_window(PANELS[panel], fullscreen=False), self.clock, voice)
        self.driver = Driver(self.app)
        pygame.event.clear()
        self.step()

    def step(self, seconds: float = 1.0) -> None:
        self.clock.wait(seconds)
        self.app.step()

    def tap(self, name: str) -> None:
        self.driver.tap(name)
        self.step()
